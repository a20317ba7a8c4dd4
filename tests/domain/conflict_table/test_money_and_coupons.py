"""The conflict table of docs/architecture.md, a test a row: any order of arrival, one result.

Stored value, passes, coupons, freezes, refunds.
"""

import msgspec
import pytest

from domain.configuration import CouponTerms
from domain.facts import CouponRevoked, CouponTransferred, Fact
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Coupon,
    Order,
)
from domain.fold.cases import CaseKind, Loss
from domain.identifiers import AccountId, CouponId, MemberId, PassId, StoreId
from domain.members.facts import (
    MemberFrozen,
)
from domain.orders import Tender, TenderKind
from domain.passes.facts import PassSold
from domain.passes.terms import PassTemplateId, PassTerms
from domain.refunds.facts import RefundMade
from domain.stamps import LARGEST_LEAD_MS, stamp_at
from domain.stored_value.account import StoredValueAccount
from domain.stored_value.facts import AccountFrozen
from tests.domain.arrivals import cases_in, happened, in_every_order, one_state
from tests.domain.builders import (
    coupon_issued,
    coupon_terms,
    enrolment,
    sale_of,
)
from tests.domain.conflict_table.happenings import DAY, A, B, paid_with, stored_value, topped_up
from tests.domain.refunds.builders import refund_made


def test_stored_value_spent_beyond_the_balance_is_a_loss_of_its_store_until_it_is_paid() -> None:
    spent: list[tuple[int, str, Fact]] = [
        (1, "a", topped_up(10_000)),
        (2, "a", stored_value(8_000, "s1")),
        (3, "b", stored_value(8_000, "s2")),
    ]
    state = one_state(happened(*spent))
    (case,) = cases_in(state)
    assert (case.kind, case.cost_fen) == (CaseKind.STORED_VALUE_OVERSPENT, 6_000)
    assert case.losses == (Loss(B, 6_000),)
    assert [side.store for side in case.sides] == [A, B]
    (smaller,) = cases_in(one_state(happened(*spent, (4, "a", topped_up(5_000)))))
    assert smaller.losses == (Loss(B, 1_000),)
    assert cases_in(one_state(happened(*spent, (4, "a", topped_up(6_000))))) == []


def test_a_debt_beyond_the_last_spend_falls_on_the_spends_before_it() -> None:
    state = one_state(
        happened((2, "a", stored_value(800, "s1")), (3, "b", stored_value(500, "s2")))
    )
    (case,) = cases_in(state)
    assert case.losses == (Loss(A, 800), Loss(B, 500))


def test_a_pass_used_beyond_what_was_bought_is_a_loss_at_what_a_use_was_sold_for() -> None:
    terms = PassTerms(
        template_id=PassTemplateId("coffee"), name="咖啡次卡", price_fen=3_000, uses=1
    )
    sold = PassSold(
        pass_id=PassId("p1"),
        terms=terms,
        receipt_number="A1-1",
        business_day=DAY,
        paid_fen=3_000,
        tenders=(Tender(kind=TenderKind.CASH, amount_fen=3_000, received_fen=3_000),),
    )
    state = one_state(
        happened(
            (1, "a", sold),
            (2, "a", paid_with(TenderKind.PASS, "p1", 3_200, "s1")),
            (3, "b", paid_with(TenderKind.PASS, "p1", 3_200, "s2")),
        )
    )
    (case,) = cases_in(state)
    assert (case.kind, case.losses) == (CaseKind.PASS_OVERUSED, (Loss(B, 3_000),))
    assert [side.store for side in case.sides] == [A, B]


def test_of_two_uses_of_one_coupon_the_first_taken_in_holds_it_and_the_other_is_a_loss() -> None:
    arrivals = happened(
        (1, "hq", coupon_issued()),
        (2, "a", sale_of("s1", coupon="coupon-1", coupon_saving_fen=300)),
        (3, "b", sale_of("s2", coupon="coupon-1", coupon_saving_fen=500)),
    )
    for state in in_every_order(arrivals):
        coupon = state[AggregateKey(AggregateKind.COUPON, "coupon-1")]
        assert isinstance(coupon, Coupon)
        holds, other = coupon.redemptions
        (case,) = cases_in(state)
        assert case.kind is CaseKind.COUPON_REDEEMED_TWICE
        assert case.sides == (holds.origin, other.origin)
        assert case.losses == (Loss(other.origin.store, other.saving_fen),)
        assert {AggregateKey(AggregateKind.ORDER, sale) for sale in ("s1", "s2")} <= state.keys()


LATE_COUPON = msgspec.structs.replace(coupon_terms(), valid_until_ms=10_000)
END, BEHIND_END = stamp_at(10_000 + LARGEST_LEAD_MS), stamp_at(10_001 + LARGEST_LEAD_MS)
REVOKED = CouponRevoked(coupon_id=CouponId("coupon-1"))
GIVEN_TO_M2 = CouponTransferred(coupon_id=CouponId("coupon-1"), to=MemberId("m2"))


@pytest.mark.parametrize(
    ("change", "used_at", "user", "kind"),
    [
        (REVOKED, 4, None, None),
        (REVOKED, 6, None, CaseKind.COUPON_USED_AFTER_REVOCATION),
        (GIVEN_TO_M2, 4, "m1", None),
        (GIVEN_TO_M2, 6, "m1", CaseKind.COUPON_USED_AFTER_TRANSFER),
        (GIVEN_TO_M2, 6, None, CaseKind.COUPON_USED_AFTER_TRANSFER),
        (GIVEN_TO_M2, 6, "m2", None),
        (None, END, None, None),
        (None, BEHIND_END, None, CaseKind.COUPON_USED_AFTER_EXPIRY),
        (REVOKED, BEHIND_END, None, CaseKind.COUPON_USED_AFTER_REVOCATION),
    ],
)
def test_a_coupon_used_before_a_change_is_valid_and_after_it_a_case(
    change: Fact | None, used_at: int, user: str | None, kind: CaseKind | None
) -> None:
    """Revoked, transferred or expired: the change was stamped 5."""
    use = sale_of("s1", member=user, coupon="coupon-1", coupon_saving_fen=300)
    facts: list[tuple[int, str, Fact]] = [(1, "hq", coupon_issued()), (used_at, "b", use)]
    if change is not None:
        facts.append((5, "hq", change))
    state = one_state(happened(*facts))
    found = cases_in(state)
    assert [case.kind for case in found] == ([kind] if kind else [])
    for case in found:
        assert case.losses == (Loss(B, 300),)
        assert [side.store for side in case.sides] == ([StoreId(""), B] if change else [B])


def test_the_terms_of_a_changed_coupon_are_the_same_in_any_order() -> None:
    state = one_state(
        happened(
            (1, "hq", coupon_issued()),
            (stamp_at(7), "hq", GIVEN_TO_M2),
            (stamp_at(9), "hq", REVOKED),
            (stamp_at(8), "hq", CouponTransferred(coupon_id=CouponId("coupon-1"), to=M3)),
        )
    )
    coupon = state[AggregateKey(AggregateKind.COUPON, "coupon-1")]
    assert isinstance(coupon, Coupon)
    assert isinstance(coupon.terms, CouponTerms)
    assert (coupon.terms.valid_until_ms, coupon.terms.member_id) == (9, M3)


M3 = MemberId("m3")


@pytest.mark.parametrize(("spent_at", "flagged"), [(4, False), (6, True)])
def test_a_spend_stamped_before_a_freeze_is_valid_and_a_later_one_is_a_case(
    spent_at: int,
    flagged: bool,
) -> None:
    points = one_state(
        happened(
            (1, "a", enrolment("m1")),
            (2, "a", sale_of("s1", member="m1", earned=100)),
            (5, "hq", MemberFrozen(member_id=MemberId("m1"))),
            (spent_at, "b", sale_of("s2", member="m1", redeemed=50)),
        )
    )
    kinds = [case.kind for case in cases_in(points)]
    assert kinds == [CaseKind.SPENT_WHILE_FROZEN] * flagged
    money = one_state(
        happened(
            (1, "a", topped_up(10_000)),
            (5, "hq", AccountFrozen(account_id=AccountId("m1"), frozen=True)),
            (spent_at, "b", stored_value(700, "s1")),
        )
    )
    found = cases_in(money)
    assert [case.kind for case in found] == [CaseKind.ACCOUNT_SPENT_WHILE_FROZEN] * flagged
    for case in found:
        assert ([side.store for side in case.sides], case.cost_fen) == ([StoreId(""), B], 700)


def test_one_order_refunded_at_two_stores_adds_up_and_what_goes_beyond_is_a_loss() -> None:
    sold = sale_of("s1", list_fen=1_000)
    first, second = refund_made(sold.sale, {1: 1}), refund_made(sold.sale, {1: 1})
    other = RefundMade(refund=msgspec.structs.replace(second.refund, refund_id="r-other"))
    state = one_state(happened((1, "a", sold), (2, "a", first), (3, "b", other)))
    order = state[AggregateKey(AggregateKind.ORDER, "s1")]
    assert isinstance(order, Order)
    assert order.refunded.line(1).units == 2
    (case,) = cases_in(state)
    assert (case.kind, case.losses) == (CaseKind.OVER_REFUNDED, (Loss(B, 1_000),))
    assert [side.store for side in case.sides] == [A, B]


def test_a_debt_is_none_where_the_account_has_more_than_was_spent() -> None:
    state = one_state(happened((1, "a", topped_up(100)), (2, "b", stored_value(100, "s1"))))
    account = state[AggregateKey(AggregateKind.STORED_VALUE, "m1")]
    assert isinstance(account, StoredValueAccount)
    assert account.debt_fen == 0
    assert cases_in(state) == []
