"""The number of a member's card, in the one form that every reader and scanner gives it.

The part before the dash says what read it: `M-` a printed code, `uid-` the chip's number, `mag-` a
magnetic stripe, `num-` a reader that types a bare number. So no two kinds can be taken for one
another.
"""

import re
from typing import Final

from domain.errors import ErrorCode, TillfoldError

PRINTED_PREFIX: Final = "M-"
NUMBER_PREFIX: Final = "num-"
LONGEST_CARD: Final = 64
_UID: Final = re.compile(r"uid-((?:[0-9A-F]{2}){4}|(?:[0-9A-F]{2}){7,8}|(?:[0-9A-F]{2}){10})")
_FORMS: Final = (
    re.compile(r"M-[0-9A-Za-z._~-]{4,60}"),
    _UID,
    re.compile(r"mag-[0-9A-Za-z]{4,40}"),
    re.compile(r"num-[0-9A-Za-z]{6,40}"),
)
# ISO/IEC 14443-3, 6.5.4: a UID of four bytes that begins with 08 is drawn anew at each tap.
_DRAWN_ANEW: Final = re.compile(r"uid-08[0-9A-F]{6}")
_SHOWN_SIGNS: Final = 4


def parse_card(text: str) -> str:
    """The card's number in its one form.

    Raises:
        TillfoldError: `card_malformed`; `card_changes` for a device whose number is another one at
            each tap, as a phone's.
    """
    card = text.strip()
    if card.lower().startswith("uid-"):
        card = "uid-" + card[4:].upper()
    if not any(form.fullmatch(card) for form in _FORMS):
        raise TillfoldError(ErrorCode.CARD_MALFORMED)
    if _DRAWN_ANEW.fullmatch(card):
        raise TillfoldError(ErrorCode.CARD_CHANGES)
    return card


def card_of_number(text: str) -> str | None:
    """The card whose reader types a bare number; None where the text cannot be one."""
    card = NUMBER_PREFIX + text
    return card if _FORMS[-1].fullmatch(card) else None


def mask_card(card: str) -> str:
    """Its last four signs, for people to compare with the card; "" without a card."""
    return f"…{card[-_SHOWN_SIGNS:]}" if card else ""
