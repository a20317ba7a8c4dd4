"""GS1 element strings (GTIN, weight, price, batch …) through `biip`, which knows the AIs."""

from decimal import Decimal
from typing import Final

import msgspec

from hardware.check_digits import EAN_LENGTHS, GTIN_LENGTH, ends_with_gs1_check_digit, is_digits

FNC1: Final = "\x1d"
# GS1-128, DataBar, Data Matrix, QR Code, DotCode and composite codes (ISO/IEC 15424).
CARRIERS: Final = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
_GTIN_AI: Final = "01"
_WEIGHT_AI: Final = "310"
_PRICE_AI: Final = "392"
_GRAMS: Final = 1_000
_FEN: Final = 100


class Gs1(msgspec.Struct, frozen=True):
    """`elements` are (AI, value) as scanned; weight and price are 0 where there is none."""

    elements: tuple[tuple[str, str], ...]
    item: str
    grams: int
    price_fen: int


def may_be_gs1(text: str) -> bool:
    """Without a symbology identifier: an FNC1, or the AI of a GTIN with a right check digit."""
    gtin = text.removeprefix(FNC1)[2 : 2 + GTIN_LENGTH]
    starts_with_gtin = text.removeprefix(FNC1).startswith(_GTIN_AI) and (
        len(gtin) == GTIN_LENGTH and is_digits(gtin) and ends_with_gs1_check_digit(gtin)
    )
    return FNC1 in text or starts_with_gtin


def read_gs1(text: str) -> Gs1 | None:
    """The element strings; None where the text does not follow the standard."""
    # A fifth of a second of CPU, for the prefixes of all countries: no start waits for it.
    from biip import ParseConfig, ParseError
    from biip.gs1_messages import GS1Message

    # A best-before date of zeros is common on small makers' labels and says nothing here.
    config = ParseConfig(gs1_element_strings_verify_date=False)
    try:
        message = GS1Message.parse(text.removeprefix(FNC1), config=config)
    # A value of digits that no number can be made of comes as another error than biip's own.
    except (ParseError, ValueError, ArithmeticError):
        return None
    item, grams, price_fen = "", 0, 0
    for element in message.element_strings:
        ai = element.ai.ai
        if ai == _GTIN_AI and ends_with_gs1_check_digit(element.value):
            item = _short(element.value)
        elif ai.startswith(_WEIGHT_AI) and element.decimal is not None:
            grams = _whole(element.decimal * _GRAMS)
        elif ai.startswith(_PRICE_AI) and element.decimal is not None:
            price_fen = _whole(element.decimal * _FEN)
    elements = tuple((element.ai.ai, element.value) for element in message.element_strings)
    return Gs1(elements, item, grams, price_fen)


def _short(gtin: str) -> str:
    """A GTIN-14 as the EAN-13, UPC-A or EAN-8 that stands on the pack, where it is one."""
    for length in sorted(EAN_LENGTHS - {12}):
        if gtin.startswith("0" * (GTIN_LENGTH - length)):
            return gtin[-length:]
    return gtin


def _whole(value: Decimal) -> int:
    """Fractions of a gram or a fen are no measure that a till takes."""
    return int(value) if value == value.to_integral_value() else 0
