"""Codes of gift cards: their prefix keeps a product barcode from being taken for money."""

import re
from typing import Final

from domain.stored_value.plans import GiftCardTerms

# Product barcodes (EAN, UPC, ITF) are digits, so a prefix of letters is never one of them.
_PREFIX: Final = re.compile(r"[A-Z]{2,6}")
_NUMBER: Final = re.compile(r"[A-Z0-9]{8,32}")


def is_safe_prefix(prefix: str) -> bool:
    """Whether no product barcode can begin so: two to six capital letters."""
    return _PREFIX.fullmatch(prefix) is not None


def gift_card_code(scanned: str, cards: GiftCardTerms | None) -> str | None:
    """The code in its one form, as it is looked up; None where this is no gift card's.

    Blanks and dashes that people write between groups are passed over, and small letters count.
    """
    if cards is None:
        return None
    code = re.sub(r"[ -]", "", scanned).upper()
    number = code.removeprefix(cards.code_prefix)
    if number == code or _NUMBER.fullmatch(number) is None:
        return None
    return code
