"""The rule book: everything that head office decides about prices and membership, in one version.

Published as a whole, so that no order is priced by half of an old book and half of a new one.
"""

from typing import Annotated, Final

import msgspec

from domain.allowances.terms import DEFAULT_SPENDING, SpendingTerms
from domain.configuration import PointsRule
from domain.fees import FeeRule, Rounding
from domain.loyalty.terms import DEFAULT_LOYALTY, LoyaltyTerms
from domain.offers import Rule
from domain.orders import LARGEST_FEES
from domain.passes.terms import PassTerms
from domain.refunds.terms import RefundTerms
from domain.rights import DEFAULT_ROLES, MOST_ROLES, Role
from domain.stored_value.terms import StoredValueTerms

LARGEST_RULES: Final = 500
LARGEST_COUPONS_PER_ORDER: Final = 5
LARGEST_PASSES: Final = 100


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """`coupons_per_order`: how many of the coupons laid on one order may be used."""

    rules: Annotated[tuple[Rule, ...], msgspec.Meta(max_length=LARGEST_RULES)] = ()
    coupons_per_order: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUPONS_PER_ORDER)] = 1
    points: PointsRule = PointsRule()
    fees: Annotated[tuple[FeeRule, ...], msgspec.Meta(max_length=LARGEST_FEES)] = ()
    rounding: Rounding | None = None
    loyalty: LoyaltyTerms = DEFAULT_LOYALTY
    stored_value: StoredValueTerms = StoredValueTerms()
    passes: Annotated[tuple[PassTerms, ...], msgspec.Meta(max_length=LARGEST_PASSES)] = ()
    refunds: RefundTerms = RefundTerms()
    roles: Annotated[tuple[Role, ...], msgspec.Meta(max_length=MOST_ROLES)] = DEFAULT_ROLES
    spending: SpendingTerms = DEFAULT_SPENDING
