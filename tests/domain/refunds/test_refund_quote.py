"""What the table of cases cannot say: coupons to the millisecond, reasons, what is copied."""

import msgspec
import pytest

from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import CouponId
from domain.refunds.quote import RefundQuestion, quote_refund
from domain.refunds.refund import CouponReturn, RefundKind
from domain.refunds.refunded import NOT_REFUNDED, add_refund
from domain.refunds.steps import RefundStep, RefundStepCode, explain
from tests.domain.builders import coupon_terms, sale_of
from tests.domain.refunds.builders import STORE, refund_of, refusal_of, wish
from tests.domain.refunds.sales import sale_from

DAY_MS = 86_400_000
LATEST_MS = (1 << 47) - 1
JUICE = {"lines": ["juice 1000 x 2"], "fees": [30], "tip": 5, "tenders": ["cash 2035"]}


def coupons_back(terms: CouponTerms | None, *, void: bool = False) -> tuple[CouponReturn, ...]:
    sale = sale_of("s1", coupon="coupon-1").sale
    question = RefundQuestion(
        sale=sale, sale_store=STORE, coupons=(terms,) if terms is not None else ()
    )
    return quote_refund(question, wish({} if void else {1: 1}, void=void)).coupons


@pytest.mark.parametrize(
    ("until_ms", "grace_days", "expected_ms"),
    [
        (10_000, 0, 10_000),
        (10_000, 7, 10_000 + 7 * DAY_MS),
        (LATEST_MS - DAY_MS, 1, LATEST_MS),
        (LATEST_MS - DAY_MS + 1, 1, LATEST_MS),
    ],
)
def test_a_coupon_comes_back_with_its_own_end_and_the_grace(
    until_ms: int, grace_days: int, expected_ms: int
) -> None:
    terms = msgspec.structs.replace(
        coupon_terms(), valid_until_ms=until_ms, return_grace_days=grace_days
    )
    back = CouponReturn(coupon_id=CouponId("coupon-1"), valid_until_ms=expected_ms)
    assert coupons_back(terms) == (back,)


def test_a_void_gives_back_a_coupon_that_is_not_known_with_its_own_end() -> None:
    assert coupons_back(None) == ()
    back = CouponReturn(coupon_id=CouponId("coupon-1"), valid_until_ms=0)
    assert coupons_back(None, void=True) == (back,)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", ErrorCode.REASON_MISSING),
        ("x", None),
        ("x" * 120, None),
        ("x" * 121, ErrorCode.REASON_MISSING),
    ],
)
def test_a_refund_needs_a_reason(reason: str, code: ErrorCode | None) -> None:
    question = RefundQuestion(sale=sale_from(JUICE), sale_store=STORE)
    assert refusal_of(question, wish({1: 1}, reason=reason)) is code


def test_a_refusal_says_how_many_are_left_and_where() -> None:
    with pytest.raises(TillfoldError) as caught:
        refund_of(sale_from(JUICE), {1: 3})
    assert caught.value.values == {"line": 1, "left": 2}
    with pytest.raises(TillfoldError) as caught:
        refund_of(sale_from(JUICE), {7: 3})
    assert caught.value.values == {"line": 7}
    with pytest.raises(TillfoldError) as caught:
        quote_refund(
            RefundQuestion(sale=sale_from(JUICE), sale_store=STORE), wish({1: 1}, reason="")
        )
    assert caught.value.values == {"longest": 120}


def test_a_refund_copies_what_the_ledgers_need_of_its_sale() -> None:
    sale = msgspec.structs.replace(sale_of("s1", member="m1").sale, points_expiry=-12)
    question = RefundQuestion(sale=sale, sale_store=STORE)
    refund = quote_refund(question, wish({1: 1}, day="2026-11-30"))
    assert (refund.sale_id, refund.member_id, refund.points_expiry) == ("s1", "m1", -12)
    assert (refund.sale_day, refund.business_day) == ("2026-11-21", "2026-11-30")
    assert (refund.refund_id, refund.reason) == ("r1", "菜凉了")
    assert refund.kind is RefundKind.REFUND
    assert quote_refund(question, wish({}, void=True)).kind is RefundKind.VOID


def test_points_of_a_first_release_sale_that_no_saving_explains_go_with_its_units() -> None:
    refund = refund_of(sale_of("s1", member="m1", redeemed=500, list_fen=0, earned=7).sale, {1: 1})
    assert (refund.points_given, refund.points_taken) == (500, 7)


def test_a_tender_that_gets_nothing_back_is_not_named() -> None:
    sale = sale_from({"lines": ["tea 1 x 2"], "tenders": ["cash 1", "alipay 1"]})
    refund = refund_of(sale, {1: 1})
    assert [(tender.place, tender.amount_fen) for tender in refund.tenders] == [(1, 1)]


def test_the_account_of_stored_value_and_the_units_of_a_pass_are_named() -> None:
    sale = sale_from(
        {
            "lines": ["tea 100 x 2", "rice 200 x 1"],
            "tenders": ["pass 200 covers 1:2", "stored_value 200 bonus 50"],
        }
    )
    used, stored = refund_of(sale, {1: 2, 2: 1}).tenders
    assert (used.account_id, used.covered) == ("pass", ((1, 2),))
    assert (stored.account_id, stored.covered) == ("stored_value", ())


def test_passes_on_one_line_give_back_no_more_than_the_line_when_tills_were_apart() -> None:
    """Two tills gave back the second cup, at 168: for cups four to six 502 of 503 are left."""
    sale = sale_from(
        {
            "lines": ["juice 200 x 6"],
            "rules": [{"name": "full", "saving": {"1": 195}}],
            "tenders": ["pass 335 covers 1:2", "pass 502 covers 1:3", "pass 168 covers 1:1"],
        }
    )
    first = add_refund(NOT_REFUNDED, refund_of(sale, {1: 1}))
    apart = [refund_of(sale, {1: 1}, refund_id=name, refunded=first) for name in ("r2", "r3")]
    refund = refund_of(sale, {1: 3}, refunded=add_refund(add_refund(first, apart[0]), apart[1]))
    assert [(tender.place, tender.amount_fen) for tender in refund.tenders] == [(2, 335), (3, 167)]
    assert [tender.covered for tender in refund.tenders] == [((1, 2),), ((1, 1),)]
    assert refund.adds_up()


def test_fees_have_no_dish_to_name() -> None:
    sale = sale_from(JUICE)
    fees = RefundStep(code=RefundStepCode.FEES, amount_fen=30, count=1)
    assert fees in explain(sale, refund_of(sale, {1: 2}))
