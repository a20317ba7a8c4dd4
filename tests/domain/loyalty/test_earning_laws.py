"""What holds for everything that is earned."""

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import Guest, Moment, Scope, Setting
from domain.identifiers import ItemId, MemberId, RuleId
from domain.loyalty.earned import PaidLine, Purchase
from domain.loyalty.earning import earn, earn_top_up
from domain.loyalty.earning_terms import (
    DEFAULT_EARNING,
    LARGEST_EARNING,
    EarningRule,
    EarningTerms,
    Ledger,
    Measure,
    Multiplier,
)
from domain.loyalty.multipliers import tier_multiplier
from domain.money import LARGEST_AMOUNT_FEN

SETTING = Setting(
    moment=Moment(now_ms=0, day=date(2026, 11, 22), minute=0),
    guest=Guest(member_id=MemberId("guest"), first_order=True),
)
ITEMS = st.sampled_from(["fish", "juice", "beer"]).map(ItemId)
AMOUNTS = st.one_of(st.integers(0, 300), st.integers(0, LARGEST_AMOUNT_FEN))
MULTIPLIERS = st.builds(
    Multiplier,
    name=st.just("m"),
    rate_basis_points=st.integers(0, 100_000),
    group=st.sampled_from(["", "a", "tier"]),
)
RULES = st.builds(
    EarningRule,
    rule_id=st.sampled_from(["a", "b"]).map(RuleId),
    name=st.just("rule"),
    measure=st.sampled_from(Measure),
    ledger=st.sampled_from(Ledger),
    points=st.integers(1, 1_000_000),
    per_fen=st.sampled_from([1, 7, 100, 1_000]),
    scope=st.builds(Scope, items=st.lists(ITEMS, max_size=2).map(tuple)),
    multipliers=st.lists(MULTIPLIERS, max_size=3).map(tuple),
    tier_multiplies=st.booleans(),
    at_most_an_order=st.sampled_from([1, 50, LARGEST_EARNING]),
    at_most_a_day=st.sampled_from([1, 50, LARGEST_EARNING]),
)
TERMS = st.builds(
    EarningTerms,
    rules=st.lists(RULES, max_size=4).map(tuple),
    multiplier_cap_basis_points=st.sampled_from([10_000, 20_000, 100_000]),
    bonus_money_counts=st.booleans(),
    points_paid_counts=st.booleans(),
    fees_count=st.booleans(),
)


@st.composite
def purchases(draw: st.DrawFn) -> Purchase:
    lines = tuple(
        PaidLine(
            number=number,
            item_id=draw(ITEMS),
            category="dish",
            quantity=draw(st.integers(1, 9)),
            net_fen=draw(AMOUNTS),
            points_paid_fen=draw(st.integers(0, 500)),
        )
        for number in range(1, draw(st.integers(0, 4)) + 1)
    )
    fees_fen = tuple(draw(st.lists(st.integers(0, 500), max_size=2)))
    return Purchase(lines=lines, fees_fen=fees_fen, bonus_fen=draw(AMOUNTS))


@given(TERMS, purchases(), st.integers(0, 100_000))
def test_shares_add_up_to_the_points_and_every_rule_is_told_of(
    terms: EarningTerms, purchase: Purchase, rate: int
) -> None:
    earned = earn(terms, purchase, SETTING, tier=tier_multiplier("tier", rate))
    assert sum(line.points for line in earned.lines) == earned.points
    assert sum(line.growth for line in earned.lines) == earned.growth
    known = {0, *(line.number for line in purchase.lines)}
    for rule in earned.rules:
        assert sum(points for _, points in rule.shares) == rule.points
        assert all(points >= 0 for _, points in rule.shares)
        assert {line for line, _ in rule.shares} <= known
        assert 0 <= rule.points <= LARGEST_EARNING
    asked = [rule for rule in terms.rules if rule.measure is not Measure.TOP_UP]
    assert len(earned.rules) + len(earned.unused) == len(asked)


@given(TERMS, purchases())
def test_who_is_not_a_member_earns_nothing(terms: EarningTerms, purchase: Purchase) -> None:
    nobody = msgspec.structs.replace(SETTING, guest=None)
    assert earn(terms, purchase, nobody).rules == ()
    assert earn_top_up(terms, 100, nobody).rules == ()


@given(TERMS, purchases())
def test_the_order_of_lines_does_not_matter_to_the_points(
    terms: EarningTerms, purchase: Purchase
) -> None:
    # Ties in sharing bonus money go to the earlier line, so that the bonus is left out here.
    plain = msgspec.structs.replace(purchase, bonus_fen=0)
    turned = msgspec.structs.replace(plain, lines=plain.lines[::-1])
    assert earn(terms, turned, SETTING).points == earn(terms, plain, SETTING).points


@given(purchases(), st.integers(0, 500))
def test_paying_more_never_earns_less(purchase: Purchase, more_fen: int) -> None:
    if not purchase.lines:
        return
    first, *others = purchase.lines
    dearer = msgspec.structs.replace(first, net_fen=first.net_fen + more_fen)
    raised = msgspec.structs.replace(purchase, lines=(dearer, *others), bonus_fen=0)
    plain = msgspec.structs.replace(purchase, bonus_fen=0)
    before = earn(DEFAULT_EARNING, plain, SETTING).points
    assert before <= earn(DEFAULT_EARNING, raised, SETTING).points
    assert before == min(sum(line.net_fen for line in purchase.lines) // 100, LARGEST_EARNING)


@given(TERMS, AMOUNTS)
def test_a_top_up_earns_without_failing(terms: EarningTerms, paid_fen: int) -> None:
    earned = earn_top_up(terms, paid_fen, SETTING)
    assert all(0 <= rule.points <= LARGEST_EARNING for rule in earned.rules)
