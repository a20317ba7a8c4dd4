"""How points and growth value are earned, as head office writes it. See docs/loyalty.md."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from domain.conditions import EVERYTHING, NO_CONDITIONS, Conditions, Scope
from domain.identifiers import RuleId
from domain.money import BASIS_POINTS, FEN_PER_YUAN
from domain.orders import Name

LARGEST_RULES: Final = 50
LARGEST_MULTIPLIERS: Final = 20
LARGEST_RATE_BASIS_POINTS: Final = 10 * BASIS_POINTS
# All rules of one order together stay below what a sale can hold (`domain.orders.Points`).
LARGEST_EARNING: Final = 100_000_000

Group = Annotated[str, msgspec.Meta(max_length=40)]
Rate = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_RATE_BASIS_POINTS)]
Earning = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_EARNING)]

# The group of the multiplier that a tier brings along.
TIER_GROUP: Final = "tier"


class Ledger(StrEnum):
    """Points (积分) can be spent; growth value (成长值) only counts for the tier."""

    POINTS = "points"
    GROWTH = "growth"


class Measure(StrEnum):
    """What `points` are given for: each `per_fen` of an order or top-up, each unit, each order."""

    AMOUNT = "amount"
    ITEM = "item"
    VISIT = "visit"
    FIRST_ORDER = "first_order"
    TOP_UP = "top_up"


class Multiplier(msgspec.Struct, frozen=True, kw_only=True):
    """积分倍率: 20,000 is double. Of one group the largest that holds counts; groups multiply."""

    name: Name
    rate_basis_points: Rate
    group: Group = ""
    conditions: Conditions = NO_CONDITIONS


class EarningRule(msgspec.Struct, frozen=True, kw_only=True):
    """`points` for each unit of the measure; what several rules give adds up.

    `tier_multiplies`: the tier's multiplier counts for this rule.
    """

    rule_id: RuleId
    name: Name
    measure: Measure = Measure.AMOUNT
    ledger: Ledger = Ledger.POINTS
    points: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    per_fen: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = FEN_PER_YUAN
    conditions: Conditions = NO_CONDITIONS
    scope: Scope = EVERYTHING
    multipliers: Annotated[
        tuple[Multiplier, ...], msgspec.Meta(max_length=LARGEST_MULTIPLIERS)
    ] = ()
    tier_multiplies: bool = True
    at_most_an_order: Earning = LARGEST_EARNING
    at_most_a_day: Earning = LARGEST_EARNING


class EarningTerms(msgspec.Struct, frozen=True, kw_only=True):
    """All earning rules, and whether bonus money, what points paid, and fees count as well."""

    rules: Annotated[tuple[EarningRule, ...], msgspec.Meta(max_length=LARGEST_RULES)] = ()
    multiplier_cap_basis_points: Annotated[
        int, msgspec.Meta(ge=BASIS_POINTS, le=LARGEST_RATE_BASIS_POINTS)
    ] = LARGEST_RATE_BASIS_POINTS
    bonus_money_counts: bool = False
    points_paid_counts: bool = False
    fees_count: bool = False


# One point a yuan, rounded down once an order.
DEFAULT_EARNING: Final = EarningTerms(rules=(EarningRule(rule_id=RuleId("earn"), name="消费积分"),))
