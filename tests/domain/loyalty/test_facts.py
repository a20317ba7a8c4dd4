"""Facts, their lines, the folded state and the statement."""

from collections.abc import Sequence
from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import CouponId, MemberId, RewardId, TerminalId, TierId
from domain.loyalty.earning_terms import Ledger
from domain.loyalty.expiry import Expiry
from domain.loyalty.facts import (
    BenefitHandedOut,
    LoyaltyFact,
    PointsAdjusted,
    PointsFrozen,
    RewardExchanged,
    TierGranted,
    lines_of,
)
from domain.loyalty.lines import (
    PointsLine,
    Side,
    earned_line,
    post_all,
    redeemed_line,
    reversed_line,
)
from domain.loyalty.points_account import NO_POINTS
from domain.loyalty.points_standing import standing
from domain.loyalty.rewards import CouponReward
from domain.loyalty.state import LoyaltyState, fold_loyalty, join_loyalty
from domain.loyalty.statement import StatementLine, statement
from domain.months import month_of
from domain.reasons import LedgerReason
from domain.stamps import Stamp
from tests.domain.loyalty.builders import month

MEMBER = MemberId("m")
DAY = date(2026, 11, 22)


def adjusted(points: int, *, ledger: Ledger = Ledger.POINTS, expiry: int = 0) -> PointsAdjusted:
    return PointsAdjusted(
        member_id=MEMBER,
        points=points,
        day=DAY,
        reason="上菜慢",
        ledger=ledger,
        expiry=Expiry(expiry),
    )


def frozen(points: int) -> PointsFrozen:
    return PointsFrozen(member_id=MEMBER, points=points, day=DAY, reason="核查")


EXCHANGED = RewardExchanged(
    exchange_id="x",
    member_id=MEMBER,
    reward_id=RewardId("tea"),
    name="茶券",
    gives=CouponReward(template_id="tea"),
    points=40,
    day=DAY,
    coupon_ids=(CouponId("c"),),
)
GRANTED = TierGranted(member_id=MEMBER, tier_id=TierId("gold"), until=DAY, reason="老客")
HANDED = BenefitHandedOut(member_id=MEMBER, key="tier:2026-11:tea", name="免费茶")


def folded(facts: Sequence[tuple[int, LoyaltyFact]]) -> LoyaltyState:
    state = LoyaltyState()
    for stamp, fact in facts:
        state = fold_loyalty(state, fact, stamp=Stamp(stamp), terminal=TerminalId("till-a"))
    return state


def test_points_given_by_hand_are_a_credit_with_their_own_expiry() -> None:
    assert lines_of(adjusted(30, expiry=-12)) == (
        PointsLine(
            side=Side.CREDIT,
            reason=LedgerReason.ADJUSTED,
            month=month_of(DAY),
            points=30,
            expiry=Expiry(-12),
        ),
    )


def test_points_taken_by_hand_are_spent() -> None:
    line = PointsLine(side=Side.DEBIT, reason=LedgerReason.ADJUSTED, month=month_of(DAY), points=30)
    assert lines_of(adjusted(-30, expiry=-12)) == (line,)
    assert line.change == -30


def test_freezing_moves_no_balance() -> None:
    (line,) = lines_of(frozen(30))
    (freed,) = lines_of(frozen(-30))
    assert (line.side, line.reason, line.change) == (Side.FROZEN, LedgerReason.FROZEN, 0)
    assert (freed.points, freed.reason) == (-30, LedgerReason.UNFROZEN)
    assert folded([(1, frozen(30))]).points.frozen_points == 30
    assert folded([(1, frozen(30)), (2, frozen(-30))]) == LoyaltyState()


def test_an_exchange_spends_its_points() -> None:
    assert lines_of(EXCHANGED) == (
        PointsLine(side=Side.DEBIT, reason=LedgerReason.EXCHANGED, month=month_of(DAY), points=40),
    )


def test_what_moves_no_points_has_no_lines() -> None:
    assert (
        lines_of(GRANTED) == lines_of(HANDED) == lines_of(adjusted(9, ledger=Ledger.GROWTH)) == ()
    )


def test_taking_a_line_back_names_why() -> None:
    earned = earned_line(50, month=month("2026-01"), expiry=Expiry(-3))
    assert reversed_line(earned, 20) == PointsLine(
        side=Side.CREDIT,
        reason=LedgerReason.REVERSED,
        month=month("2026-01"),
        points=-20,
        expiry=Expiry(-3),
    )
    returned = reversed_line(redeemed_line(50, month=month("2026-01")), 20)
    assert (returned.reason, returned.change) == (LedgerReason.RETURNED, 20)
    (froze,) = lines_of(frozen(5))
    assert reversed_line(froze, 5).reason is LedgerReason.UNFROZEN


def test_growth_value_by_hand_counts_for_the_tier_and_not_for_points() -> None:
    state = folded([(1, adjusted(9, ledger=Ledger.GROWTH))])
    assert state.points == NO_POINTS
    assert state.activity.months == ((month_of(DAY), 0, 0, 9),)


def test_a_benefit_handed_out_twice_counts_once() -> None:
    other = msgspec.structs.replace(HANDED, key="birthday:2026:cake")
    state = folded([(1, HANDED), (2, other), (3, HANDED)])
    assert state.handed_out == ("birthday:2026:cake", "tier:2026-11:tea")


def test_a_grant_that_is_taken_back_leaves_no_tier_by_hand() -> None:
    ended = TierGranted(member_id=MEMBER, tier_id=None, until=None, reason="更正")
    state = folded([(2, ended), (1, GRANTED)])
    assert state.grant is not None
    assert (state.grant.tier_id, state.grant.stamp, state.grant.terminal) == (None, 2, "till-a")


FACTS = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.one_of(
            st.integers(-50, 50).map(adjusted),
            st.integers(-50, 50).map(lambda points: adjusted(points, ledger=Ledger.GROWTH)),
            st.integers(-50, 50).map(frozen),
            st.sampled_from([EXCHANGED, GRANTED, HANDED]),
            st.none().map(
                lambda _: TierGranted(member_id=MEMBER, tier_id=None, until=None, reason="x")
            ),
        ),
    ),
    max_size=8,
)


@given(FACTS.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))), FACTS)
def test_the_state_is_the_same_in_any_order_and_joins(
    orders: tuple[list[tuple[int, LoyaltyFact]], list[tuple[int, LoyaltyFact]]],
    others: list[tuple[int, LoyaltyFact]],
) -> None:
    one, other = folded(orders[0]), folded(orders[1])
    assert one == other
    assert msgspec.msgpack.encode(one) == msgspec.msgpack.encode(other)
    assert join_loyalty(one, folded(others)) == folded([*orders[0], *others])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=LoyaltyState) == one


def test_a_statement_shows_every_kind_of_line_and_ends_with_the_balance() -> None:
    october = earned_line(50, month=month("2025-10"), expiry=Expiry(month("2026-10")))
    moved = [
        (date(2025, 10, 3), october),
        (date(2026, 2, 1), redeemed_line(20, month=month("2026-02"))),
        (date(2026, 3, 1), reversed_line(redeemed_line(20, month=month("2026-02")), 5)),
        (date(2026, 10, 31), earned_line(7, month=month("2026-10"), expiry=Expiry(0))),
        (DAY, lines_of(frozen(3))[0]),
    ]
    account = post_all(NO_POINTS, [line for _, line in moved])
    shown = statement(standing(account, month("2026-11")), reversed(moved))
    assert [(line.day, line.reason, line.points, line.frozen, line.balance) for line in shown] == [
        (date(2025, 10, 3), LedgerReason.EARNED, 50, 0, 50),
        (date(2026, 2, 1), LedgerReason.REDEEMED, -20, 0, 30),
        (date(2026, 3, 1), LedgerReason.RETURNED, 5, 0, 35),
        (date(2026, 10, 31), LedgerReason.EARNED, 7, 0, 42),
        (date(2026, 10, 31), LedgerReason.EXPIRED, -35, 0, 7),
        (DAY, LedgerReason.FROZEN, 0, 3, 7),
    ]
    from_october = statement(
        standing(account, month("2026-11")), moved, from_day=date(2026, 10, 31)
    )
    assert from_october == shown[3:]
    assert isinstance(shown[0], StatementLine)
