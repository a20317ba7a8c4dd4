"""What can be wrong with a menu, a rule book or a coupon's rule: a closed list of codes.

Texts in both languages stand in `domain.texts.rule_flaws`; cause and cure in docs/rule-flaws.md.
The checks themselves are in `domain.rulebook_check`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError

_NOTHING: Final[Mapping[str, str | int]] = MappingProxyType({})


class RuleFlaw(StrEnum):
    """The stable code of a flaw. A released code is never renamed or used again."""

    # What cannot be read.
    FIELD_UNKNOWN = "field_unknown"
    FIELD_MISSING = "field_missing"
    VALUE_MALFORMED = "value_malformed"
    VALUE_OUT_OF_RANGE = "value_out_of_range"
    RATE_ABOVE_WHOLE = "rate_above_whole"

    # Names.
    ID_MISSING = "id_missing"
    ID_RESERVED = "id_reserved"
    ID_TWICE = "id_twice"
    ITEM_UNKNOWN = "item_unknown"
    CATEGORY_UNKNOWN = "category_unknown"
    TIER_UNKNOWN = "tier_unknown"
    STORE_UNKNOWN = "store_unknown"

    # When and for whom.
    DAYS_CROSSED = "days_crossed"
    WINDOW_EMPTY = "window_empty"
    NEVER_HOLDS = "never_holds"
    SCOPE_CONTRADICTS = "scope_contradicts"
    SCOPE_EMPTY = "scope_empty"

    # What a rule gives.
    STAGE_WITHOUT_EFFECT = "stage_without_effect"
    STAGE_FOR_COUPONS = "stage_for_coupons"
    STEPS_NOT_RISING = "steps_not_rising"
    SAVING_NOT_RISING = "saving_not_rising"
    SAVING_ABOVE_THRESHOLD = "saving_above_threshold"
    SAVES_NOTHING = "saves_nothing"
    EVERY_WITH_STEPS = "every_with_steps"
    EVERY_TOO_SMALL = "every_too_small"
    PRICE_NOT_BELOW_LIST = "price_not_below_list"
    PRICE_OUTSIDE_SCOPE = "price_outside_scope"
    GROUP_TOO_LARGE = "group_too_large"
    GIFT_OPEN = "gift_open"
    GIFT_FOR_ITSELF = "gift_for_itself"
    FEE_MISSING = "fee_missing"
    RETEST_WITHOUT_THRESHOLD = "retest_without_threshold"
    MINIMUM_NOT_MEASURED = "minimum_not_measured"
    MINIMUM_UNREACHABLE = "minimum_unreachable"

    # How often.
    LIMITS_CONTRADICT = "limits_contradict"
    LIMITS_OF_COUPON = "limits_of_coupon"
    BUDGET_TOO_SMALL = "budget_too_small"
    TOO_MANY_ALONE = "too_many_alone"

    # Fees and points.
    CHARGES_NOTHING = "charges_nothing"
    AMOUNT_OVERFLOW = "amount_overflow"
    POINTS_STEP_TOO_LARGE = "points_step_too_large"

    # The menu.
    OPTION_TWICE = "option_twice"
    CHOICE_CONTRADICTS = "choice_contradicts"
    CHOICE_UNFILLABLE = "choice_unfillable"
    TOO_MANY_OPTIONS = "too_many_options"
    PRICE_BELOW_ZERO = "price_below_zero"
    SET_CYCLIC = "set_cyclic"
    SET_IN_SET = "set_in_set"
    SET_BY_WEIGHT = "set_by_weight"


# With these an order is not priced even on trial: its shares could not be told apart, or its
# amounts could be larger than a sale can hold.
UNSAFE_FLAWS: Final = frozenset(
    {
        RuleFlaw.ID_TWICE,
        RuleFlaw.VALUE_OUT_OF_RANGE,
        RuleFlaw.RATE_ABOVE_WHOLE,
        RuleFlaw.AMOUNT_OVERFLOW,
    }
)


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """One flaw and its place, such as `rules[3].effect.steps`; `values` fill the text's places.

    `family` says which closed list the code is of, and is the first part of its text's key.
    """

    code: StrEnum
    where: str
    values: Mapping[str, str | int] = _NOTHING
    family: str = "rule_flaw"


def flaw(code: RuleFlaw, where: str, **values: str | int) -> Flaw:
    return Flaw(code=code, where=where, values=values)


def below(where: str, flaw: Flaw) -> Flaw:
    """The same flaw, its place seen from further out."""
    return msgspec.structs.replace(flaw, where=f"{where}.{flaw.where}" if flaw.where else where)


class RulesRefusedError(TillfoldError):
    """`rules_refused`, with all flaws for those who can list them; its values name the first."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        first = flaws[0]
        super().__init__(
            ErrorCode.RULES_REFUSED, count=len(flaws), where=first.where, flaw=str(first.code)
        )
        self.flaws = tuple(flaws)
