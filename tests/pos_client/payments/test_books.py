"""Books of the provider = books of the till, after every fault and wherever the till is killed."""

from collections.abc import Iterator
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same faults in every run

import pytest

from hardware.emulators.payment_books import Fault
from hardware.emulators.payment_gateway import PaymentGateway
from pos_client.storage.payments import KEPT_MS, Money, PaymentState
from pos_client.use_cases.documents.parts import masked_reference
from tests.builders.payments import Killed, PayingTill
from tests.builders.till import CASHIER
from tests.hardware.payments.shops import alipay_gateway, wechat_gateway

GATEWAYS = (wechat_gateway, alipay_gateway)
OF_PAY = tuple(Fault)
OF_OTHERS = (Fault.NONE, Fault.NONE, Fault.DROPPED, Fault.FAILED, Fault.GARBLED_PAID, Fault.TWICE)


@pytest.fixture(params=GATEWAYS, ids=["wechat", "alipay"])
def gateway(request: pytest.FixtureRequest) -> Iterator[PaymentGateway]:
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def till(gateway: PaymentGateway, tmp_path: Path) -> Iterator[PayingTill]:
    made = PayingTill(tmp_path, gateway)
    yield made
    made.end()


def agree(till: PayingTill, gateway: PaymentGateway) -> None:
    """What the provider holds is what the journal says, payment by payment."""
    assert gateway.books.net_by_trade() == till.booked()
    for sale in till.sales():
        assert sum(t.amount_fen for t in sale.tenders) == sale.total_fen
    for attempt in till.all_attempts():
        assert (attempt.money is Money.BOOKED) is (attempt.attempt_id in till.booked()), attempt
        assert attempt.money in {Money.NONE, Money.BOOKED, Money.RETURNED}


def test_after_every_fault_the_books_agree(till: PayingTill, gateway: PaymentGateway) -> None:
    for fault in OF_PAY:
        gateway.books.script("pay", fault)
        till.begin()
        till.step()
        gateway.let_slow_answers_go()
        till.come_to_rest()
        agree(till, gateway)
    assert len(till.all_attempts()) == len(OF_PAY)
    assert len(till.sales()) >= 8


def test_what_is_over_is_forgotten_after_more_than_a_year(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    gateway.books.script("pay", Fault.NONE, Fault.GUEST_LEAVES)
    till.begin()
    till.step()
    till.clock.advance(KEPT_MS + 1)
    till.begin()
    till.step()
    till.reborn()
    (kept,) = till.all_attempts()
    assert kept.state is PaymentState.PENDING
    till.clock.advance(KEPT_MS + 1)
    till.reborn()
    assert till.all_attempts() != [], "what is open is kept"


def test_a_reversal_that_fails_twice_is_asked_for_again(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    gateway.books.script("pay", Fault.GUEST_LEAVES)
    gateway.books.script("cancel", Fault.FAILED, Fault.DROPPED)
    till.begin()
    till.come_to_rest()
    (attempt,) = till.all_attempts()
    assert attempt.state is PaymentState.CANCELLED
    assert gateway.books.asked.count("cancel") == 3
    agree(till, gateway)


def test_money_that_comes_in_after_the_end_goes_back_and_is_seen(
    till: PayingTill, gateway: PaymentGateway
) -> None:
    gateway.books.script("pay", Fault.LATE)
    gateway.books.script("refund", Fault.FAILED, Fault.DROPPED)
    till.begin()
    till.come_to_rest()
    (attempt,) = till.all_attempts()
    assert attempt.state is PaymentState.LATE
    assert attempt.money is Money.RETURNED
    agree(till, gateway)


def test_killed_at_each_commit_the_sale_is_closed_once_or_the_money_goes_back(
    tmp_path: Path,
) -> None:
    """Places before and after commits, from the first to the last; `make faults` kills at any.

    The answer to the payment is lost each time, so that a question has to find it.
    """
    gateway = wechat_gateway()
    till = PayingTill(tmp_path, gateway)
    works = 1
    try:
        while kill_and_look(till, gateway, works):
            works += 3 if works % 2 else 1  # after a piece of work, then before one
    finally:
        till.end()
        gateway.close()
    assert works > 10
    assert till.closed_by_itself > 3


def kill_and_look(till: PayingTill, gateway: PaymentGateway, works: int) -> bool:
    """Whether the till was killed before it came to rest."""
    gateway.books.script("pay", Fault.DROPPED_PAID)
    till.kill_after(works, done=bool(works % 2))
    try:
        till.begin()
        till.come_to_rest()
    except Killed:
        till.reborn()
        sales = len(till.sales())
        till.come_to_rest()
        till.closed_by_itself += len(till.sales()) - sales
        agree(till, gateway)
        return True
    till.kill_after(None)
    agree(till, gateway)
    return False


@pytest.mark.parametrize("seed", range(2))
def test_drawn_faults_and_kills(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    gateway = random.choice(GATEWAYS)()
    till = PayingTill(tmp_path, gateway)
    try:
        for _ in range(4):
            one_bill(random, till, gateway)
        gateway.let_slow_answers_go()
        till.come_to_rest()
        agree(till, gateway)
    finally:
        till.end()
        gateway.close()


def one_bill(random: Random, till: PayingTill, gateway: PaymentGateway) -> None:
    gateway.books.script("pay", random.choice(OF_PAY))
    for operation in ("query", "cancel", "refund"):
        gateway.books.script(operation, *random.choices(OF_OTHERS, k=random.randrange(2)))
    if random.random() < 0.6:
        till.kill_after(random.randrange(1, 25), done=random.random() < 0.5)
    try:
        amount_fen = random.choice((12_800, 12_800, 5_000))
        attempt = till.begin(amount_fen).payments[-1]
        till.go_on(random.randrange(8))
        if random.random() < 0.3 and not till.desk.bill(attempt.bill_id).closed:
            held = till.desk.bill(attempt.bill_id).payments[-1]
            if held.held:
                till.desk.give_back(CASHIER, held.attempt_id)
            elif held.state in {PaymentState.PENDING, PaymentState.UNKNOWN}:
                till.desk.cancel(held.attempt_id)
        till.go_on(random.randrange(4))
    except Killed:
        till.reborn()
    else:
        till.kill_after(None)


def test_a_receipt_shows_a_payment_number_without_its_end() -> None:
    assert masked_reference("4200001234202611271234567890") == "420000123420261127123456****"
    assert masked_reference("1234") == "12**"
