"""One bill, one payment: what is refused, kept or given back where a second could be taken."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from domain.identifiers import SaleId
from domain.orders import Tender, TenderKind
from hardware.emulators.payment_books import Fault
from hardware.emulators.payment_gateway import PaymentGateway
from pos_client.storage.payments import Money, PaymentState
from pos_client.use_cases import sales
from pos_client.use_cases.answers import BillStatus
from tests.builders.payments import PayingTill, refused
from tests.builders.till import CASHIER
from tests.hardware.payments.shops import wechat_gateway

TOTAL_FEN = 12_800
PART_FEN = 5_000
CASH = Tender(kind=TenderKind.CASH, amount_fen=TOTAL_FEN, received_fen=TOTAL_FEN)


@pytest.fixture
def gateway() -> Iterator[PaymentGateway]:
    made = wechat_gateway()
    yield made
    made.close()


@pytest.fixture
def till(gateway: PaymentGateway, tmp_path: Path) -> Iterator[PayingTill]:
    made = PayingTill(tmp_path, gateway)
    yield made
    made.end()


def bill_of(status: BillStatus) -> str:
    return status.payments[-1].bill_id


def paid_part(till: PayingTill) -> tuple[str, Tender]:
    """A bill that is paid in part, and that part as a tender."""
    bill_id = bill_of(till.begin(PART_FEN))
    till.step()
    (payment,) = till.desk.bill(bill_id).payments
    assert payment.held
    tender = Tender(
        kind=payment.kind,
        amount_fen=PART_FEN,
        received_fen=PART_FEN,
        payment_id=payment.attempt_id,
        reference=payment.provider_ref,
    )
    return bill_id, tender


def close(till: PayingTill, bill_id: str, *tenders: Tender) -> None:
    order = msgspec.structs.replace(till.bill(bill_id), tenders=tenders)
    closing = sales.Closing(actor=CASHIER, sale_id=SaleId(bill_id), offline=False)
    till.storage.run(lambda store: sales.close_sale(store, order, closing))


def test_a_code_is_there_before_the_payments_thread_can_look(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    till.storage.look_after_each = till.step
    status = till.begin()
    assert status.payments[-1].state is PaymentState.APPROVED
    assert gateway.books.net_fen() == TOTAL_FEN


def test_the_code_of_a_payment_that_was_not_written_is_forgotten(till: PayingTill) -> None:
    assert refused(lambda: till.begin(TOTAL_FEN + 1)) == "tender_exceeds_due"
    assert not vars(till.thread)["_codes"]


def test_a_bill_whose_money_is_there_is_not_asked_for_again(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    bill_id, _ = paid_part(till)
    assert refused(lambda: till.begin(TOTAL_FEN, bill_id=bill_id)) == "payment_open"
    assert gateway.books.net_fen() == PART_FEN


def test_a_bill_whose_sale_is_closed_is_not_asked_for_again(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    bill_id = bill_of(till.begin())
    till.come_to_rest()
    assert refused(lambda: till.begin(bill_id=bill_id)) == "payment_decided"
    assert gateway.books.net_fen() == TOTAL_FEN


def test_no_cash_closes_a_bill_whose_payment_has_no_end(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    gateway.books.script("pay", Fault.DROPPED_PAID)
    bill_id = bill_of(till.begin())
    till.step()
    assert refused(lambda: close(till, bill_id, CASH)) == "payment_open"
    till.come_to_rest()
    (sale,) = till.sales()
    assert [tender.kind for tender in sale.tenders] == [till.kind]


def test_no_cash_closes_a_bill_over_money_that_is_there(till: PayingTill) -> None:
    bill_id, part = paid_part(till)
    assert refused(lambda: close(till, bill_id, CASH)) == "payment_open"
    rest = msgspec.structs.replace(CASH, amount_fen=7_800, received_fen=7_800)
    close(till, bill_id, rest, part)
    (attempt,) = till.all_attempts()
    assert attempt.money is Money.BOOKED


def test_a_part_that_a_later_payment_counts_on_stays_over_a_restart(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    bill_id, part = paid_part(till)
    gateway.books.script("pay", Fault.DROPPED_PAID)
    till.begin(TOTAL_FEN - PART_FEN, bill_id=bill_id, tenders=(part,))
    till.step()
    till.reborn()
    till.go_on(6)
    (sale,) = till.sales()
    assert [tender.amount_fen for tender in sale.tenders] == [PART_FEN, TOTAL_FEN - PART_FEN]
    assert gateway.books.net_fen() == TOTAL_FEN


def test_a_part_that_nothing_counts_on_goes_back_at_a_restart(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    bill_id, part = paid_part(till)
    gateway.books.script("pay", Fault.NO_MONEY)
    till.begin(TOTAL_FEN - PART_FEN, bill_id=bill_id, tenders=(part,))
    till.step()
    till.reborn()
    till.step()
    assert [attempt.money for attempt in till.all_attempts()] == [Money.RETURNED, Money.NONE]
    assert gateway.books.net_fen() == 0


def test_a_bill_that_cannot_be_read_holds_up_no_other(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    till.begin()
    (attempt,) = till.all_attempts()
    till.write(msgspec.structs.replace(attempt, money=Money.HELD, bill=b"\xc1"))
    till.begin()
    till.go_on(3)
    assert len(till.sales()) == 1
    assert till.all_attempts()[0].next_query_ms, "tried again later"
    assert gateway.books.net_fen() == TOTAL_FEN


def test_the_code_of_a_payment_that_nobody_can_ask_for_is_forgotten(till: PayingTill) -> None:
    till.keys_readable = False
    till.begin()
    till.step()
    (attempt,) = till.all_attempts()
    assert (attempt.state, attempt.last_answer) == (PaymentState.DECLINED, "misconfigured")
    assert not vars(till.thread)["_codes"]


def test_a_new_code_stands_before_what_is_owed_already(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    gateway.books.script("pay", Fault.GUEST_HESITATES)
    till.begin()
    till.step()
    till.clock.advance(5_000)
    asked = len(gateway.books.asked)
    till.begin()
    till.step()
    assert gateway.books.asked[asked:] == ["pay", "query"]
