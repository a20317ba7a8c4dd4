"""Closing a sale."""

import msgspec
import pytest
from sqlalchemy import select

from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued, RulesPublished, SaleClosed
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, Order
from domain.identifiers import CouponId, MemberId, SaleId
from domain.offers import amount_off
from domain.orders import LARGEST_TENDERS, ChosenOption, Tender, TenderKind
from domain.pricing.basket import Basket
from domain.rulebook import RuleBook
from hardware.receipt import ItemLine, QrCode, TextLine, TwoColumns, decode_document
from pos_client.storage.store import Store
from pos_client.storage.tables import print_job
from pos_client.use_cases.answers import ClosedSale, OrderToClose
from pos_client.use_cases.sales import Closing, close_sale
from tests.builders.facts import coupon_terms, enrolled, sale
from tests.builders.till import (
    CASHIER,
    DUCK,
    RICE,
    Till,
    basket_of,
    cash,
    order,
)
from tests.pos_client.storage.looking import append_unseen


def refusal(till: Till, wanted: OrderToClose) -> TillfoldError:
    before = till.shown()
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.close_sale(CASHIER, wanted)
    assert till.shown() == before, "a refused sale has left something behind"
    return caught.value


def card(amount_fen: int, change_fen: int = 0) -> Tender:
    return Tender(
        kind=TenderKind.RECORDED_CARD,
        amount_fen=amount_fen,
        received_fen=amount_fen + change_fen,
        change_fen=change_fen,
    )


def paid_with(*tenders: Tender, total_fen: int = 12_800) -> OrderToClose:
    return msgspec.structs.replace(order(DUCK, total_fen=total_fen), tenders=tenders)


def test_a_sale_is_written_with_all_that_it_was(till: Till) -> None:
    closed = till.sell(DUCK, RICE, RICE, total_fen=13_400)
    written = closed.sale
    assert [(line.item_id, line.quantity, line.net_fen) for line in written.lines] == [
        ("D2", 1, 12_800),
        ("D1", 2, 600),
    ]
    assert (written.list_fen, written.total_fen) == (13_400, 13_400)
    assert (written.menu_version, written.rules_version) == ("menu-1", "rules-1")
    assert written.business_day == "2026-11-22"
    assert (closed.change_fen, closed.points_balance) == (0, None)
    kept = till.shown()[AggregateKey(AggregateKind.ORDER, written.sale_id)]
    assert isinstance(kept, Order)
    assert kept.sale == written


def test_a_bill_after_midnight_belongs_to_the_evening_before(till: Till) -> None:
    till.clock.set_wall(1_795_291_200_000 + 20 * 60_000)  # 2026-11-22 04:20 in Shanghai
    assert till.sell(RICE, total_fen=300).sale.business_day == "2026-11-22"


def test_an_offer_is_taken_off_and_named(till: Till) -> None:
    closed = till.sell(DUCK, DUCK, DUCK, DUCK, total_fen=46_200)
    assert [(rule.name, rule.saving_fen) for rule in closed.sale.used_rules] == [
        ("满500减50", 5_000)
    ]


def test_change_is_what_was_given_too_much(till: Till) -> None:
    closed = till.machinery.counter.close_sale(CASHIER, paid_with(cash(12_800, 20_000)))
    assert closed.change_fen == 7_200
    mixed = paid_with(card(10_000), cash(2_800, 3_000))
    assert till.machinery.counter.close_sale(CASHIER, mixed).change_fen == 200


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        ((), ErrorCode.TENDER_INSUFFICIENT),
        ((cash(12_799),), ErrorCode.TENDER_INSUFFICIENT),
        ((card(12_801),), ErrorCode.TENDER_EXCEEDS_DUE),
        ((card(12_800, 100),), ErrorCode.TENDER_EXCEEDS_DUE),
        ((cash(12_801),), ErrorCode.TENDER_EXCEEDS_DUE),
        ((card(6_400), card(6_401)), ErrorCode.TENDER_EXCEEDS_DUE),
        # Amounts that no screen of ours makes, and that no server would take.
        ((cash(-1), cash(12_801)), ErrorCode.FACT_MALFORMED),
        (
            (Tender(kind=TenderKind.CASH, amount_fen=12_800, received_fen=5, change_fen=0),),
            ErrorCode.FACT_MALFORMED,
        ),
        ((cash(12_800), *(cash(0),) * LARGEST_TENDERS), ErrorCode.FACT_MALFORMED),
    ],
)
def test_tenders_that_do_not_pay_the_bill_are_refused(
    till: Till, tenders: tuple[Tender, ...], code: ErrorCode
) -> None:
    assert refusal(till, paid_with(*tenders)).code is code


def test_what_is_missing_is_said_in_yuan(till: Till) -> None:
    assert refusal(till, paid_with(cash(12_000))).values == {"missing": "8.00"}


def test_an_empty_basket_is_no_sale(till: Till) -> None:
    assert refusal(till, order(total_fen=0)).code is ErrorCode.BASKET_EMPTY


def test_a_price_that_changed_since_it_was_shown_is_not_charged(till: Till) -> None:
    shown = order(DUCK, DUCK, DUCK, DUCK, total_fen=46_200)
    offer = amount_off("o", "满500减80", from_fen=50_000, saving_fen=8_000)
    till.write(RulesPublished(version="rules-2", book=RuleBook(rules=(offer,))))
    assert refusal(till, shown).code is ErrorCode.PRICE_CHANGED
    till.sell(DUCK, DUCK, DUCK, DUCK, total_fen=43_200)


def test_an_unknown_member_closes_no_sale(till: Till) -> None:
    wanted = order(RICE, total_fen=300, member="nobody")
    assert refusal(till, wanted).code is ErrorCode.MEMBER_UNKNOWN


def test_receipt_numbers_rise_and_are_never_used_twice(till: Till) -> None:
    numbers = [till.sell(RICE, total_fen=300).sale.receipt_number for _ in range(3)]
    refusal(till, order(RICE, total_fen=299))
    till.restart()
    numbers += [till.sell(RICE, total_fen=300).sale.receipt_number for _ in range(2)]
    assert len(set(numbers)) == 5
    assert numbers == sorted(numbers)
    assert all(number.startswith("A1-") for number in numbers)


def test_points_are_earned_on_what_was_paid_and_spent_in_steps(till: Till) -> None:
    till.write(enrolled(), sale("old", member="member-1", earned=550))
    closed = till.sell(DUCK, member="member-1", points=500, total_fen=12_300)
    assert (closed.sale.points_redeemed, closed.sale.points_earned) == (500, 123)
    assert closed.points_balance == 550 - 500 + 123


def test_nobody_spends_more_points_than_there_are(till: Till) -> None:
    till.write(enrolled(), sale("old", member="member-1", earned=250))
    wanted = order(DUCK, total_fen=12_300, member="member-1", points=500)
    assert refusal(till, wanted).code is ErrorCode.PRICE_CHANGED
    closed = till.sell(DUCK, member="member-1", points=500, total_fen=12_600)
    assert closed.sale.points_redeemed == 200


def sell_offline(till: Till, number: int, wanted: OrderToClose) -> ClosedSale:
    """As at a till whose server does not answer."""
    closing = Closing(
        actor=CASHIER,
        sale_id=SaleId(f"offline-{number}"),
        offline=True,
    )
    return till.run(lambda store: close_sale(store, wanted, closing))


def test_a_till_of_its_own_needs_nobody_s_leave_to_spend(till: Till) -> None:
    till.write(enrolled(), sale("old", member="member-1", earned=5_000))
    wanted = order(DUCK, total_fen=9_800, member="member-1", points=3_000)
    closed = sell_offline(till, 1, wanted)
    assert (closed.sale.points_redeemed, closed.sale.rights) == (3_000, ())


def given(till: Till, **changes: object) -> CouponTerms:
    terms = msgspec.structs.replace(coupon_terms(), **changes)
    till.write(CouponIssued(terms=terms))
    return terms


def with_coupon(terms: CouponTerms, total_fen: int, member: str | None = None) -> OrderToClose:
    plain = order(DUCK, total_fen=total_fen, member=member)
    basket = msgspec.structs.replace(plain.basket, coupons=(terms,))
    return msgspec.structs.replace(plain, basket=basket)


def test_a_coupon_is_used_once(till: Till) -> None:
    terms = given(till)
    closed = till.machinery.counter.close_sale(CASHIER, with_coupon(terms, 11_800))
    assert closed.sale.coupon_ids == ("coupon-1",)
    assert refusal(till, with_coupon(terms, 11_800)).code is ErrorCode.PRICE_CHANGED
    again = till.machinery.counter.close_sale(CASHIER, with_coupon(terms, 12_800))
    assert again.sale.coupon_ids == ()
    coupon = till.shown()[AggregateKey(AggregateKind.COUPON, "coupon-1")]
    assert isinstance(coupon, Coupon)
    assert [used.sale_id for used in coupon.redemptions] == [closed.sale.sale_id]
    assert till.machinery.counter.status().cases == ()


def test_a_coupon_of_a_member_is_for_the_member_under_any_enrolment(till: Till) -> None:
    till.write(enrolled("first"))
    till.clock.advance(1_000)
    till.write(enrolled("second"))
    given(till, member_id=MemberId("second"))
    card_of = till.machinery.counter.open_member(MemberId("second"))
    (terms,) = card_of.coupons
    wanted = with_coupon(terms, 11_800, member=card_of.member_id)
    assert till.machinery.counter.close_sale(CASHIER, wanted).sale.coupon_ids == ("coupon-1",)


def test_a_coupon_after_its_end_by_trusted_time_is_not_used(till: Till) -> None:
    terms = given(till, valid_until_ms=till.clock.wall_ms + 1_000)
    till.clock.advance(1_001)
    assert refusal(till, with_coupon(terms, 11_800)).code is ErrorCode.PRICE_CHANGED


def jobs(store: Store) -> list[tuple[str, bytes, str]]:
    with store.read() as connection:
        rows = connection.execute(
            select(print_job.c.document_id, print_job.c.document, print_job.c.state)
        )
        return [(row.document_id, row.document, row.state) for row in rows]


def test_a_sale_queues_its_receipt_exactly_once(printing_till: Till) -> None:
    till = printing_till
    closed = till.sell(DUCK, RICE, total_fen=12_900, member="member-1", points=200)
    assert closed.sale.points_redeemed == 200
    refusal(till, order(RICE, total_fen=1))
    till.restart()
    ((document_id, content, _),) = till.run(jobs)
    assert document_id == closed.sale.sale_id
    blocks = decode_document(content).blocks
    texts = [block.text for block in blocks if isinstance(block, TextLine)]
    items = [(b.quantity, b.name, b.amount) for b in blocks if isinstance(b, ItemLine)]
    columns = {block.left: block.right for block in blocks if isinstance(block, TwoColumns)}
    assert texts[:2] == ["示范餐厅", "示范餐厅"]
    assert items == [("1", "烤鸭", "128.00"), ("1", "米饭", "3.00")]
    assert columns["积分抵现"] == "-2.00"
    assert "¥129.00" in columns.values()
    assert closed.sale.receipt_number in columns.values()
    assert {"-200", "+129", "629"} <= set(columns.values())
    (code,) = [block for block in blocks if isinstance(block, QrCode)]
    assert code.content == f"O-{closed.sale.receipt_number}"
    # The phone is nowhere on the paper, and neither is the name.
    assert b"13800138000" not in content
    assert "李雷".encode() not in content


@pytest.mark.parametrize(("lost", "owed"), [(1, 1), (3, 0)])
def test_a_sale_that_only_the_second_journal_has_owes_its_receipt(
    printing_till: Till, lost: int, owed: int
) -> None:
    """A crash takes one sale. Where more is missing, their receipts came out before."""
    till = printing_till
    facts = [sale(f"lost-{number}", member="member-1", earned=5) for number in range(lost)]
    till.run(lambda store: append_unseen(store, facts))
    for _ in range(2):
        till.restart()
        documents = [document_id for document_id, _, _ in till.run(jobs)]
        assert documents == [f"lost-{number}" for number in range(owed)]
        orders = [key.id for key in till.shown() if key.kind is AggregateKind.ORDER]
        assert {fact.sale.sale_id for fact in facts} <= set(orders)


def test_a_till_without_a_printer_queues_nothing(till: Till) -> None:
    till.sell(RICE, total_fen=300)
    assert till.run(jobs) == []


def test_a_sale_for_nothing_needs_no_tender(till: Till) -> None:
    terms = given(till, rule=coupon_terms(saving_fen=99_900).rule)
    wanted = with_coupon(terms, 0)
    assert till.machinery.counter.close_sale(CASHIER, wanted).sale.total_fen == 0


def test_the_largest_bill_can_be_sold_and_written(till: Till) -> None:
    basket = basket_of(RICE)
    line = msgspec.structs.replace(basket.lines[0], quantity=999, unit_price_fen=100_000)
    wanted = OrderToClose(
        basket=msgspec.structs.replace(basket, lines=(line,)),
        tenders=(cash(99_900_000 - 5_000),),
        expected_total_fen=99_900_000 - 5_000,
    )
    closed = till.machinery.counter.close_sale(CASHIER, wanted)
    assert isinstance(SaleClosed(sale=closed.sale), SaleClosed)
    assert CouponId("coupon-1") not in closed.sale.coupon_ids


def test_an_order_longer_than_an_entry_is_refused_so_that_it_can_be_split(till: Till) -> None:
    long = tuple(ChosenOption(name=f"{number:02}" + "加" * 100) for number in range(60))
    line = msgspec.structs.replace(basket_of(RICE).lines[0], options=long)
    lines = tuple(msgspec.structs.replace(line, number=number) for number in range(1, 21))
    wanted = OrderToClose(
        basket=Basket(lines=lines), tenders=(cash(6_000),), expected_total_fen=6_000
    )
    assert refusal(till, wanted).code is ErrorCode.ORDER_TOO_LARGE
