"""Labels of scales and price printers: an EAN-13 of the range 20 to 29 that carries a measure.

What stands where is the shop's own choice (GS1 General Specifications, 2.1.12): a layout says which
prefix carries what, in how many digits. Where one digit is left over between item and measure, it
is a check digit of the measure and passed over.
"""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final

import msgspec

EAN_13: Final = 13
_SPARE_DIGITS: Final = frozenset({0, 1})

LabelPrefix = Annotated[str, msgspec.Meta(pattern=r"^2[0-9]{1,2}\Z")]


class Carries(StrEnum):
    """What the measure is, in its unit."""

    WEIGHT_GRAMS = "weight_grams"
    PRICE_FEN = "price_fen"


class LabelLayout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`prefix`, item, measure, check digit: 13 digits, or one to spare before the measure."""

    prefix: LabelPrefix
    carries: Carries
    item_digits: Annotated[int, msgspec.Meta(ge=3, le=6)] = 5
    measure_digits: Annotated[int, msgspec.Meta(ge=4, le=6)] = 5

    def __post_init__(self) -> None:
        """Raises ValueError where the digits do not fill an EAN-13."""
        spare = EAN_13 - 1 - len(self.prefix) - self.item_digits - self.measure_digits
        if spare not in _SPARE_DIGITS:
            raise ValueError(f"label {self.prefix}: prefix, item and measure fill 11 or 12 digits")


class Label(msgspec.Struct, frozen=True):
    """`items` are the numbers that the dish may have: whole, with the prefix, without zeros."""

    items: tuple[str, ...]
    carries: Carries
    measure: int


def check_layouts(layouts: tuple[LabelLayout, ...]) -> None:
    """Raises ValueError where one prefix begins with another: a label would have two meanings."""
    prefixes = sorted(layout.prefix for layout in layouts)
    for one, other in pairwise(prefixes):
        if other.startswith(one):
            raise ValueError(f"label prefixes {one} and {other} collide")


def read_label(digits: str, layouts: tuple[LabelLayout, ...]) -> Label | None:
    """What an EAN-13 with a right check digit carries; None where no layout has its prefix."""
    layout = next((each for each in layouts if digits.startswith(each.prefix)), None)
    if layout is None or len(digits) != EAN_13:
        return None
    start = len(layout.prefix)
    item = digits[start : start + layout.item_digits]
    measure = int(digits[-1 - layout.measure_digits : -1])
    items = dict.fromkeys((item, layout.prefix + item, item.lstrip("0") or "0"))
    return Label(tuple(items), layout.carries, measure)
