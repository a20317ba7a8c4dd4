"""What refunds do to orders, members and coupons, in whatever order they arrive."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Fact, SaleClosed
from domain.fold import touched
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Coupon,
    Member,
    Order,
    decode_aggregate,
    encode_aggregate,
    scope_of,
)
from domain.fold.cases import Case, CaseKind, Severity, cases_of
from domain.fold.ledger import points_lines_of_refund
from domain.identifiers import CouponId, RefundId, SaleId, StoreId
from domain.orders import FEES, Sale
from domain.reasons import LedgerReason
from domain.refunds.facts import RefundMade
from domain.refunds.refund import CouponReturn, Refund, RefundedLine, RefundKind
from domain.refunds.refunded import LineSums, Refunded
from tests.domain.builders import State, coupon_issued, entry_of, folded, sale_of
from tests.domain.refunds.builders import refund_made, refund_of
from tests.domain.refunds.sales import sale_from
from tests.domain.refunds.test_refund_laws import Parts, parted, refunded_in

POINTS = {
    "lines": ["juice 1000 x 3", "rice 300 x 1"],
    "tenders": ["cash 3300"],
    "loyalty": {"1": [24, 30, 106], "2": [3, 3, 0]},
}


def in_order(*facts: Fact, stores: dict[int, str] | None = None) -> State:
    """The facts with rising stamps; `stores` names other stores by place."""
    return folded(
        (entry_of(fact, stamp=stamp, store=(stores or {}).get(stamp, "store-1")), fact)
        for stamp, fact in enumerate(facts, start=1)
    )


def order_in(state: State, sale_id: str = "s1") -> Order:
    found = state[AggregateKey(AggregateKind.ORDER, sale_id)]
    assert isinstance(found, Order)
    return found


def member_in(state: State) -> Member:
    found = state[AggregateKey(AggregateKind.MEMBER, "m1")]
    assert isinstance(found, Member)
    return found


def coupon_in(state: State) -> Coupon:
    found = state[AggregateKey(AggregateKind.COUPON, "coupon-1")]
    assert isinstance(found, Coupon)
    return found


def cases_in(state: State) -> list[Case]:
    return [case for key, each in state.items() for case in cases_of(key, each)]


@given(parted(), st.data())
def test_refunds_fold_to_the_same_bytes_in_any_order_of_arrival(
    order: tuple[Sale, Parts], data: st.DataObject
) -> None:
    sale, parts = order
    _, refunds = refunded_in(sale, parts)
    facts: list[Fact] = [SaleClosed(sale=sale), *(RefundMade(refund=each) for each in refunds)]
    steps = [
        (entry_of(fact, stamp=stamp, number=stamp), fact)
        for stamp, fact in enumerate(facts, start=1)
    ]
    first, second = folded(steps), folded(data.draw(st.permutations(steps)))
    assert {key: encode_aggregate(each) for key, each in first.items()} == {
        key: encode_aggregate(each) for key, each in second.items()
    }
    for key, each in first.items():
        assert decode_aggregate(key.kind, encode_aggregate(each)) == each
    assert cases_in(first) == []


@given(parted())
def test_a_member_whose_order_came_back_whole_is_as_before_it(order: tuple[Sale, Parts]) -> None:
    sale, parts = order
    _, refunds = refunded_in(sale, parts)
    state = in_order(SaleClosed(sale=sale), *(RefundMade(refund=each) for each in refunds))
    for each in state.values():
        if isinstance(each, Member):
            assert (each.points, each.visits, each.spent_fen) == (0, 0, 0)
            assert each.loyalty.activity.months == ()
            assert each.loyalty.points.credits == ()
            assert each.loyalty.points.debits == ()


def test_a_refund_moves_points_money_spent_and_growth_on_the_rows_of_the_sale() -> None:
    sale = msgspec.structs.replace(sale_from(POINTS), points_expiry=-12)
    state = in_order(SaleClosed(sale=sale), refund_made(sale, {1: 1}))
    member = member_in(state)
    month = 2026 * 12 + 10
    assert member.loyalty.points.credits == ((month, -12, 27 - 8),)
    assert member.loyalty.points.debits == ((month, 106 - 35),)
    assert member.loyalty.activity.months == ((month, 3300 - 1000, 1, 33 - 10),)


def test_a_refund_in_a_later_month_counts_in_the_month_of_its_sale() -> None:
    sale = sale_from(POINTS)
    later = msgspec.structs.replace(refund_of(sale, {1: 3, 2: 1}), business_day="2026-12-03")
    state = in_order(SaleClosed(sale=sale), RefundMade(refund=later))
    assert member_in(state).loyalty.activity.months == ()


def test_only_the_refund_of_the_last_unit_takes_the_visit_back() -> None:
    sale = sale_from(POINTS)
    first = refund_of(sale, {1: 3})
    state = in_order(SaleClosed(sale=sale), RefundMade(refund=first))
    assert member_in(state).visits == 1
    known = order_in(state).refunded
    state = in_order(
        SaleClosed(sale=sale),
        RefundMade(refund=first),
        refund_made(sale, {2: 1}, refund_id="r2", refunded=known),
    )
    assert member_in(state).visits == 0


def test_what_was_charged_stays_spent() -> None:
    sale = sale_from(
        {
            "lines": ["fish 9000 x 1", "plum 800 x 1"],
            "rules": [{"name": "gift", "saving": {"2": 800}, "units": 1, "gift": True}],
            "tenders": ["cash 9000"],
            "loyalty": {"1": [90, 0, 0]},
        }
    )
    state = in_order(SaleClosed(sale=sale), refund_made(sale, {1: 1}))
    assert member_in(state).spent_fen == 800


def test_the_lines_of_the_points_ledger_sum_to_what_the_balance_moves() -> None:
    refund = refund_of(sale_from(POINTS), {1: 1})
    lines = points_lines_of_refund(refund)
    assert [(line.position, line.points, line.reason) for line in lines] == [
        (1, 35, LedgerReason.RETURNED),
        (2, -8, LedgerReason.REVERSED),
    ]
    assert {(line.member_id, line.sale_id) for line in lines} == {("m1", "s1")}


def test_without_a_member_a_refund_moves_no_points() -> None:
    refund = refund_of(sale_of("s1").sale, {1: 1})
    assert points_lines_of_refund(refund) == ()
    state = in_order(RefundMade(refund=refund))
    assert [key.kind for key in state] == [AggregateKind.ORDER]


def test_a_refund_that_took_no_points_has_no_line_for_them() -> None:
    sale = sale_from({**POINTS, "loyalty": {"1": [24, 0, 0], "2": [0, 0, 0]}})
    assert [line.points for line in points_lines_of_refund(refund_of(sale, {1: 1}))] == [-8]
    assert points_lines_of_refund(refund_of(sale, {2: 1})) == ()


# --- the order ----------------------------------------------------------------------------------


def test_a_refund_counts_once_by_its_id() -> None:
    sale = sale_from(POINTS)
    made = refund_made(sale, {1: 1})
    order = order_in(in_order(SaleClosed(sale=sale), made, made))
    assert order.refunded.line(1).units == 1
    assert [note.refund_id for note in order.refunds] == ["r1"]


def test_a_refund_before_its_sale_is_an_order_of_the_store_that_sold() -> None:
    sale = sale_from(POINTS)
    alone = in_order(refund_made(sale, {1: 1}), stores={1: "store-9"})
    order = order_in(alone)
    assert order.sale is None
    assert scope_of(order) == "store-1"
    assert cases_in(alone) == []
    both = in_order(refund_made(sale, {1: 1}), SaleClosed(sale=sale), stores={1: "store-9"})
    assert order_in(both).sale == sale
    assert scope_of(order_in(both)) == "store-1"


def test_refunds_are_listed_by_origin_whatever_order_they_came_in() -> None:
    sale = sale_from(POINTS)
    made = [refund_made(sale, {1: 1}, refund_id=name) for name in ("r1", "r2", "r3")]
    steps = [(entry_of(fact, stamp=stamp), fact) for stamp, fact in enumerate(made, start=1)]
    order = order_in(folded([steps[2], steps[0], steps[1]]))
    assert [note.refund_id for note in order.refunds] == ["r1", "r2", "r3"]
    assert {(note.kind, note.total_fen) for note in order.refunds} == {(RefundKind.REFUND, 1000)}


def test_of_two_sales_under_one_id_the_earlier_holds_in_any_order() -> None:
    early, late = sale_of("s1", list_fen=1_000), sale_of("s1", list_fen=2_000)
    steps = [(entry_of(early, stamp=1), early), (entry_of(late, stamp=2), late)]
    for order in (steps, steps[::-1]):
        assert order_in(folded(order)).sale == early.sale


# --- cases --------------------------------------------------------------------------------------


def over_refunded(*refunds: Refund, sale: Sale | None = None) -> list[Case]:
    closed = SaleClosed(sale=sale or sale_from(POINTS))
    return cases_in(in_order(closed, *(RefundMade(refund=refund) for refund in refunds)))


def test_two_tills_that_refund_the_same_units_open_a_case_with_its_cost() -> None:
    sale = sale_from({**POINTS, "loyalty": {}})
    case, *others = over_refunded(
        refund_of(sale, {1: 2}), refund_of(sale, {1: 2}, refund_id="r2"), sale=sale
    )
    assert others == []
    assert (case.kind, case.severity) == (CaseKind.OVER_REFUNDED, Severity.REVIEW)
    assert case.case_id == "over_refunded:s1"
    assert case.cost_fen == 1_000
    assert [origin.stamp for origin in case.sides] == [2, 3]


def test_two_tills_that_refund_different_units_open_none() -> None:
    sale = sale_from({**POINTS, "loyalty": {}})
    halves = (refund_of(sale, {1: 3}), refund_of(sale, {2: 1}, refund_id="r2"))
    assert over_refunded(*halves, sale=sale) == []


def test_a_free_unit_refunded_twice_is_a_case_that_costs_nothing() -> None:
    sale = sale_from({"lines": ["tea 0 x 1"], "tenders": []})
    (case,) = over_refunded(
        refund_of(sale, {1: 1}), refund_of(sale, {1: 1}, refund_id="r2"), sale=sale
    )
    assert (case.kind, case.cost_fen) == (CaseKind.OVER_REFUNDED, 0)


def test_fees_and_tip_that_came_back_twice_are_over_refunded() -> None:
    sale = sale_from({"lines": ["tea 100 x 1"], "fees": [70], "tip": 5, "tenders": ["cash 175"]})
    void = msgspec.structs.replace(refund_of(sale, {1: 1}), tip_fen=5, total_fen=175)
    tender = msgspec.structs.replace(void.tenders[0], amount_fen=175)
    void = msgspec.structs.replace(void, tenders=(tender,))
    again = msgspec.structs.replace(void, refund_id=RefundId("r2"))
    assert void.adds_up()
    assert over_refunded(void, sale=sale) == []
    (case,) = over_refunded(void, again, sale=sale)
    assert case.cost_fen == 175


def test_fees_that_came_back_twice_are_over_refunded() -> None:
    sale = sale_from({"lines": ["tea 0 x 1"], "fees": [0], "tenders": []})
    fees = RefundedLine(line=FEES, units=1, amount_fen=0)
    voids = [
        msgspec.structs.replace(refund_of(sale, {1: 1}, refund_id=name), lines=(fees,))
        for name in ("r1", "r2")
    ]
    assert over_refunded(voids[0], sale=sale) == []
    (case,) = over_refunded(*voids, sale=sale)
    assert case.cost_fen == 0


def test_one_fen_of_tip_beyond_the_tip_is_over_refunded() -> None:
    sale = sale_from({"lines": ["tea 0 x 1"], "tip": 5, "tenders": ["cash 5"]})
    made = refund_of(sale, {1: 1})
    for tip_fen, cost_fen in ((5, None), (6, 1)):
        cases = over_refunded(msgspec.structs.replace(made, tip_fen=tip_fen), sale=sale)
        assert [case.cost_fen for case in cases] == ([] if cost_fen is None else [cost_fen])


def test_a_free_unit_of_a_line_that_the_sale_does_not_have_is_over_refunded() -> None:
    free = refund_of(sale_from({"lines": ["tea 0 x 1", "rice 0 x 1"], "tenders": []}), {2: 1})
    (case,) = over_refunded(free, sale=sale_of("s1").sale)
    assert case.cost_fen == 0


def test_a_line_that_the_sale_does_not_have_is_over_refunded() -> None:
    made = refund_of(sale_from({**POINTS, "loyalty": {}}), {2: 1})
    (case,) = over_refunded(made, sale=sale_of("s1").sale)
    assert case.cost_fen == 300


def test_more_money_than_the_line_cost_is_a_case_although_units_are_left() -> None:
    sale = sale_from(
        {
            "lines": ["tea 1 x 10"],
            "rules": [{"name": "x", "saving": {"1": 5}}],
            "tenders": ["cash 5"],
        }
    )
    first = refund_of(sale, {1: 1})
    known = Refunded(lines=(LineSums(1, units=1),))
    seconds = [
        refund_of(sale, {1: 1}, refund_id=f"r{number}", refunded=known) for number in range(2, 8)
    ]
    (case,) = over_refunded(first, *seconds, sale=sale)
    assert case.cost_fen == 1


def test_points_that_were_left_to_a_person_are_a_case() -> None:
    sale = sale_from(POINTS)
    made = msgspec.structs.replace(refund_of(sale, {1: 1}), points_open=3)
    case, *_ = (each for each in over_refunded(made, sale=sale) if each.about.id == "s1")
    assert (case.kind, case.severity) == (CaseKind.POINTS_NOT_TAKEN_BACK, Severity.REVIEW)
    assert case.points == 3
    assert [origin.stamp for origin in case.sides] == [2]


# --- coupons ------------------------------------------------------------------------------------


def coupon_back(sale: Sale, *, until_ms: int = 0, refund_id: str = "r1") -> RefundMade:
    back = CouponReturn(coupon_id=CouponId("coupon-1"), valid_until_ms=until_ms)
    refund = refund_of(sale, {1: 1}, refund_id=refund_id)
    return RefundMade(refund=msgspec.structs.replace(refund, coupons=(back,)))


@given(st.permutations(range(3)))
def test_a_coupon_that_came_back_is_unused_and_lasts_longer_in_any_order(places: list[int]) -> None:
    sold = sale_of("s1", coupon="coupon-1", coupon_saving_fen=300)
    facts: list[Fact] = [coupon_issued(), sold, coupon_back(sold.sale, until_ms=10_500)]
    coupon = coupon_in(in_order(*(facts[place] for place in places)))
    assert coupon.redemptions == ()
    assert coupon.returned == ("s1",)
    assert coupon.terms is not None
    assert coupon.terms.valid_until_ms == 10_500


def test_a_coupon_never_lasts_shorter_because_it_came_back() -> None:
    sold = sale_of("s1", coupon="coupon-1")
    coupon = coupon_in(in_order(coupon_issued(), sold, coupon_back(sold.sale, until_ms=9_999)))
    assert coupon.terms is not None
    assert coupon.terms.valid_until_ms == 10_000


def test_a_coupon_returned_twice_lasts_as_long_as_the_longer_return() -> None:
    sold = sale_of("s1", coupon="coupon-1")
    for first, second in ((10_900, 10_500), (10_500, 10_900)):
        one = coupon_back(sold.sale, until_ms=first)
        other = coupon_back(sold.sale, until_ms=second, refund_id="r2")
        coupon = coupon_in(in_order(one, coupon_issued(), other))
        assert coupon.terms is not None
        assert coupon.terms.valid_until_ms == 10_900


def test_of_two_sales_with_one_coupon_the_refunded_one_holds_it_no_longer() -> None:
    one = sale_of("s1", coupon="coupon-1", coupon_saving_fen=300)
    other = sale_of("s2", coupon="coupon-1", coupon_saving_fen=200)
    state = in_order(one, other)
    assert [case.kind for case in cases_in(state)] == [CaseKind.COUPON_REDEEMED_TWICE]
    state = in_order(one, other, coupon_back(one.sale))
    assert cases_in(state) == []
    assert [held.sale_id for held in coupon_in(state).redemptions] == ["s2"]


@pytest.mark.parametrize("sale_id", ["s1", "s2"])
def test_a_returned_coupon_may_be_used_by_another_sale(sale_id: str) -> None:
    one = sale_of("s1", coupon="coupon-1")
    state = in_order(one, coupon_back(one.sale), sale_of(sale_id, coupon="coupon-1"))
    held = [redemption.sale_id for redemption in coupon_in(state).redemptions]
    assert held == ([] if sale_id == "s1" else [SaleId("s2")])


def test_a_refund_names_the_order_the_member_and_each_coupon_once() -> None:
    sold = sale_of("s1", member="m1", coupon="coupon-1")
    made = coupon_back(sold.sale)
    twice = msgspec.structs.replace(made.refund, coupons=made.refund.coupons * 2)
    assert [(key.kind, key.id) for key in touched(RefundMade(refund=twice))] == [
        (AggregateKind.ORDER, "s1"),
        (AggregateKind.MEMBER, "m1"),
        (AggregateKind.COUPON, "coupon-1"),
    ]


def test_the_store_of_a_refund_is_the_one_that_sold() -> None:
    sale = sale_from(POINTS)
    assert refund_of(sale, {1: 1}).sale_store == StoreId("store-1")
