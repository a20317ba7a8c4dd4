"""What holds for every member's tier."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import TerminalId, TierId
from domain.loyalty.activity import NO_ACTIVITY, Activity, join_activity, record
from domain.loyalty.tier_standing import tier_standing
from domain.loyalty.tiers import (
    CalendarYear,
    Downgrade,
    Lifetime,
    RollingPeriod,
    Thresholds,
    Tier,
    TierGrant,
    TierTerms,
    later_grant,
)
from domain.months import Month, last_day, month_of
from domain.stamps import Stamp

FIRST = 24_300
MONTHS = st.integers(FIRST, FIRST + 40).map(Month)
ROWS = st.lists(
    st.tuples(MONTHS, st.integers(0, 400), st.integers(0, 3), st.integers(0, 30)), max_size=8
)
THRESHOLDS = st.builds(
    Thresholds,
    spend_fen=st.none() | st.integers(1, 600),
    visits=st.none() | st.integers(1, 6),
    growth=st.none() | st.integers(1, 60),
    needs=st.sampled_from(["all", "any"]),
)
PERIODS = st.one_of(
    st.sampled_from([RollingPeriod(months=3), RollingPeriod()]),
    st.just(CalendarYear()),
    st.just(Lifetime()),
)


@st.composite
def tier_terms(draw: st.DrawFn) -> TierTerms:
    tiers = tuple(
        Tier(
            tier_id=TierId(f"T{rank}"),
            name=f"T{rank}",
            rank=rank,
            thresholds=draw(THRESHOLDS),
            kept_for_life=draw(st.booleans()),
        )
        for rank in range(draw(st.integers(0, 4)))
    )
    return TierTerms(
        tiers=tuple(draw(st.permutations(tiers))),
        qualification=draw(PERIODS),
        keep_months=draw(st.integers(0, 6)),
        grace_months=draw(st.integers(0, 3)),
        downgrade=draw(st.sampled_from(Downgrade)),
    )


def activity_of(rows: list[tuple[Month, int, int, int]]) -> Activity:
    activity = NO_ACTIVITY
    for month, spend_fen, visits, growth in rows:
        activity = record(activity, month, spend_fen=spend_fen, visits=visits, growth=growth)
    return activity


def rank_on(terms: TierTerms, activity: Activity, month: Month) -> int:
    tier = terms.tier(tier_standing(terms, activity, day=last_day(month)).tier_id)
    return tier.rank if tier else -1


@given(tier_terms(), ROWS, ROWS, MONTHS)
def test_more_activity_never_lowers_a_tier(
    terms: TierTerms,
    rows: list[tuple[Month, int, int, int]],
    more: list[tuple[Month, int, int, int]],
    month: Month,
) -> None:
    few, many = activity_of(rows), activity_of([*rows, *more])
    assert rank_on(terms, few, month) <= rank_on(terms, many, month)


@given(tier_terms(), ROWS, MONTHS)
def test_a_tier_holds_to_the_day_that_is_promised(
    terms: TierTerms, rows: list[tuple[Month, int, int, int]], month: Month
) -> None:
    done = activity_of([row for row in rows if row[0] <= month])
    now = tier_standing(terms, done, day=last_day(month))
    if now.tier_id is None or now.in_grace:
        return
    until = now.valid_until
    last = month_of(until) if until else Month(month + 60)
    held = terms.tier(now.tier_id)
    assert held is not None
    assert last >= month
    assert rank_on(terms, done, last) == held.rank
    if until is not None:
        after = tier_standing(terms, done, day=last_day(Month(last + 1)))
        assert after.in_grace or after.tier_id != now.tier_id
        lost = Month(last + terms.grace_months + 1)
        assert rank_on(terms, done, lost) < held.rank


@given(tier_terms(), ROWS, MONTHS)
def test_a_tier_began_when_it_is_said_to(
    terms: TierTerms, rows: list[tuple[Month, int, int, int]], month: Month
) -> None:
    activity = activity_of(rows)
    now = tier_standing(terms, activity, day=last_day(month))
    held = rank_on(terms, activity, month)
    begin = now.since or Month(FIRST)
    assert all(rank_on(terms, activity, Month(m)) == held for m in range(begin, month + 1))
    if now.since is not None:
        assert rank_on(terms, activity, Month(now.since - 1)) != held


@given(tier_terms(), ROWS, MONTHS)
def test_the_next_tier_is_higher_and_something_is_missing_unless_a_grace_or_hand_holds_it(
    terms: TierTerms, rows: list[tuple[Month, int, int, int]], month: Month
) -> None:
    found = tier_standing(terms, activity_of(rows), day=last_day(month))
    held = terms.tier(found.tier_id)
    higher = sorted(tier.rank for tier in terms.tiers if held is None or tier.rank > held.rank)
    upper = terms.tier(found.next_tier.tier_id) if found.next_tier else None
    assert (upper.rank if upper else None) == (higher[0] if higher else None)
    if found.next_tier is not None:
        left = [found.next_tier.missing.spend_fen, found.next_tier.missing.visits]
        assert any([*left, found.next_tier.missing.growth])


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), ROWS)
def test_activity_is_the_same_in_any_order_and_joins(
    orders: tuple[list[tuple[Month, int, int, int]], list[tuple[Month, int, int, int]]],
    others: list[tuple[Month, int, int, int]],
) -> None:
    one, other = (activity_of(rows) for rows in orders)
    assert one == other
    assert join_activity(one, activity_of(others)) == activity_of([*others, *orders[0]])
    undone = [(row[0], -row[1], -row[2], -row[3]) for row in orders[0]]
    assert join_activity(one, activity_of(undone)) == NO_ACTIVITY


def grant(stamp: int, tier: str | None = "gold", terminal: str = "till-a") -> TierGrant:
    return TierGrant(
        tier_id=TierId(tier) if tier else None,
        until=date(2026, 11, 22),
        stamp=Stamp(stamp),
        terminal=TerminalId(terminal),
    )


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (grant(1, "gold"), grant(2, None)),
        (grant(1, "silver", "till-a"), grant(1, "gold", "till-b")),
        (grant(1, None), grant(1, "gold")),
    ],
)
def test_of_two_grants_the_later_stamp_counts_in_either_order(
    earlier: TierGrant, later: TierGrant
) -> None:
    assert later_grant(later_grant(None, earlier), later) == later
    assert later_grant(later_grant(None, later), earlier) == later
    assert later_grant(later, later) == later
