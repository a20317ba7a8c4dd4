"""What a magnetic-stripe reader says, as tracks of ISO/IEC 7811 in characters.

Track 1 is `%`, a format letter, fields parted by `^`, `?`; track 2 is `;`, digits, `=`, digits and
`?`. A character more behind the `?` is the check character (LRC). Readers put several tracks behind
one another. Bank cards are recognised and nothing of them is kept: neither the number nor the name
may be stored by a program without a PCI assessment.
"""

import re
from functools import reduce
from operator import xor
from typing import Final

import msgspec

from hardware.cards.numbers import card_of_stripe
from hardware.check_digits import is_digits, passes_luhn

_TRACK: Final = re.compile(r"([%;+])([^%;+?]*)\?([^%;+]?)")
_STRIPE: Final = re.compile(r"(?:[%;+][^%;+?]*\?[^%;+]?)+")
_NUMBER: Final = re.compile(r"[0-9A-Za-z]{4,40}")
_READ_ERROR: Final = "E"
_BANK_LENGTHS: Final = range(12, 20)
# First digits of payment cards: Mastercard 2221 to 2720 and 51 to 55, Diners, Amex and JCB 3, Visa
# 4, Maestro 50 and 56 to 59, UnionPay 62 and 81, Discover and others 6 (ISO/IEC 7812-1).
_BANK_RANGE: Final = re.compile(r"2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3|4|5|6|81")
_TRACK_2_SYMBOLS: Final = ("0", 0x0F)
_TRACK_1_SYMBOLS: Final = (" ", 0x3F)


class StripeCard(msgspec.Struct, frozen=True):
    """A card of the house, by its canonical number."""

    card: str


class BankCard(msgspec.Struct, frozen=True):
    """A payment card was read; nothing of it is kept."""


class StripeUnreadable(msgspec.Struct, frozen=True):
    """The reader could not read it, or a check character does not fit: swipe again."""


StripeRead = StripeCard | BankCard | StripeUnreadable


def is_stripe(text: str) -> bool:
    """Whether a text is tracks and nothing else."""
    return _STRIPE.fullmatch(text) is not None


def read_stripe(text: str) -> StripeRead:
    """What was swiped. Track 2 gives a card's number, without one track 1, then track 3."""
    tracks = [(m[1], m[2], m[3]) for m in _TRACK.finditer(text)]
    if any(_is_of_bank(sentinel, data) for sentinel, data, _ in tracks):
        return BankCard()
    if not tracks or any(not _lrc_fits(*track) for track in tracks):
        return StripeUnreadable()
    read = {sentinel: data for sentinel, data, _ in tracks if data not in {"", _READ_ERROR}}
    for sentinel in ";%+":
        number = _number_of(sentinel, read.get(sentinel, ""))
        if _NUMBER.fullmatch(number):
            return StripeCard(card_of_stripe(number))
    return StripeUnreadable()


def _number_of(sentinel: str, data: str) -> str:
    """The first field; on track 1 behind its format letter."""
    first = re.split(r"[=^]", data, maxsplit=1)[0].strip().replace(" ", "")
    has_format = sentinel == "%" and first[:1].isalpha() and is_digits(first[1:])
    return first[1:] if has_format else first


def _is_of_bank(sentinel: str, data: str) -> bool:
    number = _number_of(sentinel, data)
    if len(number) not in _BANK_LENGTHS or not is_digits(number) or not passes_luhn(number):
        return False
    # Format B belongs to banks (ISO/IEC 7813), whatever the number.
    return data.startswith("B") or _BANK_RANGE.match(number) is not None


def _lrc_fits(sentinel: str, data: str, lrc: str) -> bool:
    """Whether the check character is that of the track; true where none was sent."""
    first, mask = _TRACK_1_SYMBOLS if sentinel == "%" else _TRACK_2_SYMBOLS
    symbols = [(ord(sign) - ord(first)) & mask for sign in f"{sentinel}{data}?{lrc}"]
    return not lrc or reduce(xor, symbols) == 0
