"""The rule book: everything that head office decides about prices and membership, in one version.

Published as a whole, so that no order is priced by half of an old book and half of a new one.
"""

from typing import Annotated, Final

import msgspec

from domain.configuration import PointsRule
from domain.fees import FeeRule, Rounding
from domain.loyalty.terms import DEFAULT_LOYALTY, LoyaltyTerms
from domain.offers import Rule

LARGEST_RULES: Final = 500
LARGEST_FEES: Final = 20
LARGEST_COUPONS_PER_ORDER: Final = 5


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """`coupons_per_order`: how many of the coupons laid on one order may be used."""

    rules: Annotated[tuple[Rule, ...], msgspec.Meta(max_length=LARGEST_RULES)] = ()
    coupons_per_order: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUPONS_PER_ORDER)] = 1
    points: PointsRule = PointsRule()
    fees: Annotated[tuple[FeeRule, ...], msgspec.Meta(max_length=LARGEST_FEES)] = ()
    rounding: Rounding | None = None
    loyalty: LoyaltyTerms = DEFAULT_LOYALTY
