"""What holds for every pass, whatever its lines and their order."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import ItemId, PassId
from domain.origins import Origin
from domain.passes.account import DAYS_KEPT, PassAccount, PassLine
from domain.passes.clearing import pass_clearing
from domain.passes.cover import Cover, PayableLine, cover, covered_fen
from domain.passes.facts import PassRefunded, PassSold
from domain.passes.fold import fold_pass, post_use, use_line
from domain.passes.liability import pass_liability_of
from domain.passes.refunds import PassRefundQuote, quote_pass_refund
from domain.passes.refusals import PassRefusal, PassRefused
from domain.passes.terms import PassTerms
from tests.domain.passes.builders import (
    PASS,
    days_ago,
    pass_of,
    pass_refunded,
    pass_sold,
    terms_of,
    use,
)
from tests.domain.stored_value.builders import ENCODER, TODAY, at, in_two_orders, setting_on

uses = st.builds(use, st.integers(0, 20), st.integers(-5, 5), store=st.sampled_from("ABC"))
terms = st.sampled_from(
    [
        terms_of({}),
        terms_of({"uses": 3, "price_fen": 1_000, "per_day": 2}),
        terms_of({"uses": 0, "valid_days": 30}),
        terms_of({"uses": 7, "valid_days": 10, "valid_from": "first_use"}),
        terms_of({"uses": 5, "used_at_refund": "at_list"}),
        terms_of({"uses": 0}),
    ]
)
facts = st.one_of(
    st.builds(pass_sold, terms, st.integers(-3, 40)),
    st.builds(pass_refunded, st.integers(0, 10), st.integers(0, 3_000)),
)
places = st.builds(at, st.sampled_from("ABC"), st.integers(1, 9), st.sampled_from(["t1", "t2"]))
Happening = PassLine | tuple[PassSold | PassRefunded, Origin]


def one_place_a_stamp(happened: list[Happening]) -> list[Happening]:
    """No two sales at the same stamp on the same terminal: a journal has no such entries."""
    return [
        what if isinstance(what, PassLine) else (what[0], at("A", stamp=number))
        for number, what in enumerate(happened)
    ]


happenings = st.lists(uses | st.tuples(facts, places), max_size=20).map(one_place_a_stamp)


def account_of(happened: list[Happening]) -> PassAccount:
    account = PassAccount(pass_id=PASS)
    for what in happened:
        if isinstance(what, PassLine):
            account = post_use(account, what)
        else:
            account = fold_pass(account, *what)
    return account


@given(in_two_orders(happenings))
def test_any_order_of_lines_gives_the_same_pass_to_the_byte(
    orders: tuple[list[Happening], list[Happening]],
) -> None:
    first, second = (account_of(happened) for happened in orders)
    assert first == second
    assert ENCODER.encode(first) == ENCODER.encode(second)
    assert len(first.used_by_day) <= DAYS_KEPT


@given(st.lists(uses, max_size=40))
def test_the_latest_days_are_counted_whole(lines: list[PassLine]) -> None:
    sums: defaultdict[date, int] = defaultdict(int)
    for line in lines:
        sums[line.day] += line.units
    account = account_of([*lines])
    assert account.used_by_day == tuple(sorted(sums.items())[-DAYS_KEPT:])
    assert account.used == sum(line.units for line in lines)
    assert account.first_day == min((line.day for line in lines), default=None)


@given(happenings)
def test_no_pass_makes_a_refund_or_the_liability_raise(happened: list[Happening]) -> None:
    account = account_of(happened)
    quote = quote_pass_refund(account, TODAY)
    if isinstance(quote, PassRefundQuote):
        assert 0 < quote.paid_out_fen <= account.paid_fen - account.paid_out_fen
    report = pass_liability_of([account], TODAY)
    went = report.earned_fen + report.paid_out_fen + report.breakage_fen
    assert report.sold_fen == went + report.outstanding_fen


lines = st.lists(
    st.builds(
        PayableLine,
        number=st.just(1),
        item_id=st.sampled_from(["a", "b"]).map(ItemId),
        category=st.just("主食"),
        quantity=st.integers(1, 5),
        net_fen=st.integers(0, 3_000),
    ),
    max_size=4,
)


@given(terms, st.lists(lines, max_size=6))
def test_an_honest_pass_is_never_overused(
    bought: PassTerms, orders: list[list[PayableLine]]
) -> None:
    account = fold_pass(None, pass_sold(bought), at())
    for order in orders:
        covered = cover(account, order, setting_on())
        if isinstance(covered, Cover):
            account = post_use(account, use_line(PASS, covered.units, TODAY, at()))
            assert 0 < covered.amount_fen <= sum(line.net_fen for line in order)
        assert account.overused == 0
        limit = account.sale.terms.per_day if account.sale else 0
        assert not limit or account.used_on(TODAY) <= limit


@given(st.integers(0, 10_000), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_a_line_covered_in_parts_comes_to_its_net(net_fen: int, parts: list[int]) -> None:
    quantity, before, total_fen = sum(parts), 0, 0
    for units in parts:
        total_fen += covered_fen(net_fen, quantity, before=before, units=units)
        before += units
    assert total_fen == net_fen


def test_a_line_that_nothing_covers_yet_is_covered_whole() -> None:
    line = PayableLine(number=4, item_id=ItemId("a"), category="主食", quantity=2, net_fen=999)
    covered = cover(pass_of({}), [line], setting_on())
    assert isinstance(covered, Cover)
    assert (covered.units, covered.amount_fen) == (2, 999)


def test_a_pass_whose_sale_has_not_arrived_is_unknown() -> None:
    account = post_use(None, use(0, 3))
    assert account.pass_id == PASS
    assert cover(account, [], setting_on()) == PassRefused(reason=PassRefusal.UNKNOWN)
    assert quote_pass_refund(account, TODAY) == PassRefused(reason=PassRefusal.UNKNOWN)
    assert account.overused == 0


def test_the_earliest_sale_of_a_pass_holds_and_its_terms() -> None:
    first, other = terms_of({"uses": 1}), terms_of({"uses": 2})
    account = fold_pass(None, pass_sold(other), at("B", stamp=3))
    account = fold_pass(account, pass_sold(first, sold=2), at("A", stamp=2))
    account = fold_pass(account, pass_sold(other), at("C", stamp=2, terminal="till-b"))
    assert account.sale is not None
    assert (account.sale.terms, account.sale.store) == (first, "A")
    assert (account.sale.day, account.bought, account.paid_fen) == (days_ago(2), 5, 75_000)


def test_uses_beyond_those_bought_are_told() -> None:
    assert pass_of({}, used=[(0, 10)]).overused == 0
    assert pass_of({}, used=[(0, 12)]).overused == 2
    assert pass_of({}, used=[(0, 12)]).uses_left == -2
    assert pass_of({"uses": 0, "valid_days": 3}, used=[(0, 12)]).overused == 0
    refunded = fold_pass(pass_of({}, used=[(0, 4)]), pass_refunded(6, 15_000), at())
    assert (refunded.uses_left, refunded.refunds, refunded.paid_out_fen) == (0, 1, 15_000)


@pytest.mark.parametrize(
    ("described", "sold", "used", "split"),
    [
        ({}, 0, 0, (0, 0, 25_000)),
        ({}, 0, 3, (7_500, 0, 17_500)),
        ({}, 0, 12, (25_000, 0, 0)),
        ({"valid_days": 30}, 29, 3, (7_500, 0, 17_500)),
        ({"valid_days": 30}, 30, 3, (7_500, 17_500, 0)),
        ({"uses": 0, "valid_days": 5}, 0, 9, (5_000, 0, 20_000)),
        ({"uses": 0, "valid_days": 5}, 4, 9, (25_000, 0, 0)),
        ({"uses": 0, "valid_days": 5}, 90, 9, (25_000, 0, 0)),
        ({"uses": 0}, 90, 9, (0, 0, 25_000)),
    ],
)
def test_the_price_of_a_pass_is_earned_or_owed_or_broken(
    described: dict[str, object], sold: int, used: int, split: tuple[int, int, int]
) -> None:
    account = pass_of(described, sold=sold, used=[(0, used)])
    report = pass_liability_of([account], TODAY)
    assert (report.earned_fen, report.breakage_fen, report.outstanding_fen) == split


def test_what_a_refund_keeps_is_breakage_and_passes_add_up() -> None:
    kept = fold_pass(pass_of({}, used=[(0, 3)]), pass_refunded(7, 16_000), at())
    period = pass_of({"uses": 0, "valid_days": 5}, sold=1)
    period = fold_pass(period, pass_refunded(0, 15_000), at())
    back = post_use(kept, use(0, -1))
    report = pass_liability_of([kept, period, back], TODAY)
    assert report.passes == 3
    assert report.sold_fen == 75_000
    assert report.paid_out_fen == 47_000
    assert report.earned_fen == 7_500 + 10_000 + 5_000
    assert report.breakage_fen == 1_500
    assert report.outstanding_fen == 4_000
    later = pass_liability_of([period], TODAY + timedelta(days=9))
    assert (later.earned_fen, later.breakage_fen, later.outstanding_fen) == (10_000, 0, 0)
    unused = fold_pass(pass_of({"uses": 0, "valid_days": 5}), pass_refunded(0, 15_000), at())
    report = pass_liability_of([unused], TODAY)
    assert (report.earned_fen, report.breakage_fen, report.outstanding_fen) == (5_000, 5_000, 0)


def test_the_store_that_sold_a_punch_card_pays_those_that_served() -> None:
    account = pass_of({})
    other = PassLine(pass_id=PassId("unknown"), store=use(0, 1).store, day=TODAY, units=1)
    lines = [use(0, 1), use(0, 2, store="B"), use(1, 1, store="C"), use(1, -1, store="C"), other]
    lines.append(use(0, 1, store="D"))
    done = pass_clearing({PASS: account}, lines)
    assert [(s.payer, s.payee, s.principal_fen, s.bonus_fen) for s in done] == [
        ("A", "B", 5000, 0),
        ("A", "D", 2500, 0),
    ]


def test_stores_never_get_more_than_the_pass_cost() -> None:
    account = pass_of({"uses": 3, "price_fen": 1_000})
    lines = [use(0, 2, store="B"), use(0, 2, store="C")]
    done = pass_clearing({PASS: account}, lines)
    assert [(s.payee, s.principal_fen) for s in done] == [("B", 500), ("C", 500)]
    assert pass_clearing({PASS: pass_of({"uses": 0, "valid_days": 3})}, lines) == ()
    assert pass_clearing({PASS: PassAccount(pass_id=PASS)}, lines) == ()
