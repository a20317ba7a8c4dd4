"""The loyalty part of a member's folded state: sums, a register and a set, joined in any order."""

from typing import Final, assert_never

import msgspec

from domain.identifiers import TerminalId
from domain.loyalty.activity import NO_ACTIVITY, Activity, join_activity, record
from domain.loyalty.earning_terms import Ledger
from domain.loyalty.facts import (
    BenefitHandedOut,
    LoyaltyFact,
    PointsAdjusted,
    PointsFrozen,
    RewardExchanged,
    TierGranted,
    lines_of,
)
from domain.loyalty.lines import post_all
from domain.loyalty.points_account import NO_POINTS, PointsAccount, join
from domain.loyalty.tiers import TierGrant, later_grant
from domain.months import month_of
from domain.stamps import Stamp


class LoyaltyState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`handed_out` are the claim keys of benefits, sorted."""

    points: PointsAccount = NO_POINTS
    activity: Activity = NO_ACTIVITY
    grant: TierGrant | None = None
    handed_out: tuple[str, ...] = ()


NO_LOYALTY: Final = LoyaltyState()


def fold_loyalty(
    state: LoyaltyState, fact: LoyaltyFact, *, stamp: Stamp, terminal: TerminalId
) -> LoyaltyState:
    match fact:
        case PointsAdjusted(ledger=Ledger.GROWTH):
            month = month_of(fact.day)
            activity = record(state.activity, month, growth=fact.points)
            return msgspec.structs.replace(state, activity=activity)
        case PointsAdjusted() | PointsFrozen() | RewardExchanged():
            points = post_all(state.points, lines_of(fact))
            return msgspec.structs.replace(state, points=points)
        case TierGranted():
            grant = TierGrant(
                tier_id=fact.tier_id, until=fact.until, stamp=stamp, terminal=terminal
            )
            return msgspec.structs.replace(state, grant=later_grant(state.grant, grant))
        case BenefitHandedOut():
            handed_out = tuple(sorted({*state.handed_out, fact.key}))
            return msgspec.structs.replace(state, handed_out=handed_out)
        case _:
            assert_never(fact)


def join_loyalty(one: LoyaltyState, other: LoyaltyState) -> LoyaltyState:
    """The state of a member who was enrolled twice."""
    grant = one.grant if other.grant is None else later_grant(one.grant, other.grant)
    return LoyaltyState(
        points=join(one.points, other.points),
        activity=join_activity(one.activity, other.activity),
        grant=grant,
        handed_out=tuple(sorted({*one.handed_out, *other.handed_out})),
    )
