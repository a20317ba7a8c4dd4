"""What head office found when it priced a closed sale again with the versions that it names."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.identifiers import SaleId

MOST_DIFFERENCES: Final = 20

Money = Annotated[int, msgspec.Meta(ge=-(1 << 53), le=1 << 53)]


class Differs(StrEnum):
    """What is not as head office published it."""

    DISH_UNKNOWN = "dish_unknown"
    UNIT_PRICE = "unit_price"
    OPTION_PRICE = "option_price"
    TAX_RATE = "tax_rate"
    RULE_UNKNOWN = "rule_unknown"
    TOTAL = "total"


class PriceDifference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`said` stands in the sale, `expected` follows from what was published.

    Fen, of a tax rate basis points. `line` is 0 where it is about the order; `name` is a dish, an
    option or a rule.
    """

    what: Annotated[str, msgspec.Meta(max_length=40)]
    said: Money
    expected: Money
    line: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""


class SaleRepriced(msgspec.Struct, frozen=True, kw_only=True):
    """The sale differs from what the named menu and rule book give. It is told, never corrected."""

    sale_id: SaleId
    menu_version: Annotated[str, msgspec.Meta(max_length=120)]
    rules_version: Annotated[str, msgspec.Meta(max_length=120)]
    said_fen: Money
    expected_fen: Money
    differences: Annotated[
        tuple[PriceDifference, ...], msgspec.Meta(min_length=1, max_length=MOST_DIFFERENCES)
    ]
