"""Payments by a guest's code: begun, watched, confirmed or given back, and what closes their sale.

What a provider is asked, and when, is `pos_client.devices.payments`; here is what a person does,
and what the money becomes.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Order
from domain.identifiers import SaleId, StaffId
from domain.orders import LONGEST_NAME, Tender, TenderKind
from domain.rights import Right
from pos_client.storage import payments
from pos_client.storage.aggregates import load_one
from pos_client.storage.payments import Money, PaymentAttempt, PaymentState
from pos_client.storage.store import Store
from pos_client.use_cases.answers import BillStatus, ClosedSale, OrderToClose, PaymentStatus
from pos_client.use_cases.booking import booked, refuse_second_payment
from pos_client.use_cases.sale_printing import balance_after
from pos_client.use_cases.sales import Closing, due_now
from pos_client.use_cases.sign_in import require

SHORTEST_REFERENCE: Final = 4
LONGEST_REFERENCE: Final = 64
TILL_STOPPED: Final = "till_stopped"
SHOWN_AT_MOST: Final = 50


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What closes a sale once its payment is there. `order` has all tenders but that one."""

    actor: StaffId
    order: OrderToClose
    whole: bool
    priced_ms: int


class NewPayment(msgspec.Struct, frozen=True, kw_only=True):
    attempt_id: str
    kind: TenderKind
    amount_fen: int


def begin_payment(store: Store, order: OrderToClose, new: NewPayment, closing: Closing) -> None:
    """Write the attempt, before anything of it leaves the till.

    Raises:
        TillfoldError: `payment_open`, `payment_decided` where the bill's sale is closed,
            `basket_empty`, `price_changed`, `tender_exceeds_due`, `right_missing`,
            `member_unknown`.
    """
    now_ms = store.trusted_time.now_ms()
    with store.write() as writing:
        refuse_second_payment(writing.connection, order)
        if _closed(writing.connection, order.bill_id) is not None:
            raise TillfoldError(ErrorCode.PAYMENT_DECIDED)
        due_fen = due_now(store, writing.connection, order, closing)
        paid_fen = sum(tender.amount_fen for tender in order.tenders) + new.amount_fen
        if paid_fen > due_fen:
            raise TillfoldError(ErrorCode.TENDER_EXCEEDS_DUE)
        bill = Bill(actor=closing.actor, order=order, whole=paid_fen == due_fen, priced_ms=now_ms)
        attempt = PaymentAttempt(
            attempt_id=new.attempt_id,
            bill_id=order.bill_id,
            provider=new.kind,
            amount_fen=new.amount_fen,
            started_ms=now_ms,
            deadline_ms=now_ms,
            next_query_ms=now_ms,
            bill=msgspec.msgpack.encode(bill),
        )
        payments.add(writing.connection, attempt)


def bill_of(attempt: PaymentAttempt) -> Bill:
    return msgspec.msgpack.decode(attempt.bill, type=Bill)


def paid_order(attempt: PaymentAttempt) -> OrderToClose:
    """The order of a bill with this payment as its last tender."""
    bill = bill_of(attempt)
    return msgspec.structs.replace(bill.order, tenders=(*bill.order.tenders, tender_of(attempt)))


def tender_of(attempt: PaymentAttempt) -> Tender:
    return Tender(
        kind=TenderKind(attempt.provider),
        amount_fen=attempt.amount_fen,
        received_fen=attempt.amount_fen,
        payment_id=attempt.attempt_id,
        reference=attempt.provider_ref,
        by_hand=bool(attempt.confirmed_by),
    )


def wait_for_the_rest(store: Store, attempt: PaymentAttempt) -> None:
    """The bill is not paid in full with this payment: the cashier takes the rest."""
    with store.write() as writing:
        held = payments.find(writing.connection, attempt.attempt_id)
        if held is not None and held.money is Money.HELD:
            payments.change(writing.connection, msgspec.structs.replace(held, next_query_ms=0))


def note_stuck(store: Store, attempt: PaymentAttempt, code: ErrorCode) -> None:
    """The money is there and the sale cannot be closed as it was: a person has to look."""
    with store.write() as writing:
        held = payments.find(writing.connection, attempt.attempt_id)
        if held is not None and held.money is Money.HELD:
            stuck = msgspec.structs.replace(
                held, money=Money.STUCK, next_query_ms=0, last_answer=code.value
            )
            payments.change(writing.connection, stuck)


def begin_again(store: Store) -> bool:
    """At a start: what the till was doing for each payment when it ended.

    The sale of a payment may be in the journal already, where only the second journal had it. A
    bill that was paid in part is not in anybody's hands any more: that part goes back, unless a
    later payment of the bill counts on it and may still close the sale. Answers whether the
    payments thread is owed anything.
    """
    now_ms = store.trusted_time.now_ms()
    with store.read() as connection:
        if not payments.started_between(connection, 0, 1 << 62, most=1):
            return False
        owed = bool(payments.unresolved(connection) or payments.owed(connection))
    with store.write() as writing:
        payments.purge_settled(writing.connection, before_ms=now_ms - payments.KEPT_MS)
        attempts = payments.unresolved(writing.connection)
        counted_on = frozenset(key for attempt in attempts for key in _counted_on(attempt))
        for attempt in attempts:
            begun = _begun_again(writing.connection, attempt, counted_on, now_ms)
            payments.change(writing.connection, begun)
    return owed


def _counted_on(attempt: PaymentAttempt) -> tuple[str, ...]:
    """The payments that are tenders of the sale which this one will close."""
    if not (attempt.open or attempt.money is Money.HELD):
        return ()
    bill = bill_of(attempt)
    return tuple(tender.payment_id for tender in bill.order.tenders) if bill.whole else ()


def _begun_again(
    connection: Connection, attempt: PaymentAttempt, counted_on: frozenset[str], now_ms: int
) -> PaymentAttempt:
    if attempt.open:
        return msgspec.structs.replace(attempt, next_query_ms=now_ms, parked=True)
    if attempt.money not in {Money.HELD, Money.STUCK}:
        return attempt
    if is_booked(connection, attempt):
        return booked(attempt)
    waits = attempt.attempt_id in counted_on or bill_of(attempt).whole
    if attempt.money is Money.HELD and not waits:
        return _returning(attempt, now_ms, reason=TILL_STOPPED)
    return attempt


def is_booked(connection: Connection, attempt: PaymentAttempt) -> bool:
    """Whether the payment is a tender of the sale of its bill."""
    order = load_one(connection, AggregateKind.ORDER, attempt.bill_id)
    sale = order.sale if isinstance(order, Order) else None
    return sale is not None and any(t.payment_id == attempt.attempt_id for t in sale.tenders)


def give_back(store: Store, actor: StaffId, attempt_id: str) -> None:
    """Money that is in no sale goes back to the guest.

    Raises:
        TillfoldError: `payment_not_held`, `right_missing`.
    """
    now_ms = store.trusted_time.now_ms()
    with store.write() as writing:
        require(writing.connection, actor, Right.SELL)
        held = payments.find(writing.connection, attempt_id)
        if held is None or held.money not in {Money.HELD, Money.STUCK}:
            raise TillfoldError(ErrorCode.PAYMENT_NOT_HELD)
        payments.change(writing.connection, _returning(held, now_ms))


def _returning(held: PaymentAttempt, now_ms: int, reason: str = "") -> PaymentAttempt:
    return msgspec.structs.replace(
        held,
        money=Money.RETURNING,
        next_query_ms=now_ms,
        asked=0,
        reason=held.reason or reason,
    )


def cancel_payment(store: Store, attempt_id: str) -> None:
    """The guest pays otherwise: its deadline is now, and then it is cancelled until answered.

    Raises:
        TillfoldError: `payment_decided`.
    """
    now_ms = store.trusted_time.now_ms()
    with store.write() as writing:
        held = payments.find(writing.connection, attempt_id)
        if held is None or held.state not in payments.WAITING:
            raise TillfoldError(ErrorCode.PAYMENT_DECIDED)
        hurried = msgspec.structs.replace(held, deadline_ms=now_ms, next_query_ms=now_ms)
        payments.change(writing.connection, hurried)


def ask_now(store: Store, attempt_id: str) -> None:
    """Do not wait for the next question to the provider."""
    now_ms = store.trusted_time.now_ms()
    with store.write() as writing:
        held = payments.find(writing.connection, attempt_id)
        if held is not None and held.state in payments.WAITING:
            payments.change(writing.connection, msgspec.structs.replace(held, next_query_ms=now_ms))


def confirm_by_hand(
    store: Store, approver: StaffId, attempt_id: str, *, reference: str, reason: str
) -> None:
    """Somebody who may decide saw the proof of payment: the money counts as there.

    Raises:
        TillfoldError: `payment_decided`, `payment_reference_missing`, `right_missing`. What is
            being cancelled cannot be confirmed: its money goes back.
    """
    said, why = reference.strip(), reason.strip()[:LONGEST_NAME]
    if not SHORTEST_REFERENCE <= len(said) <= LONGEST_REFERENCE or not why:
        raise TillfoldError(ErrorCode.PAYMENT_REFERENCE_MISSING)
    now_ms = store.trusted_time.now_ms()
    with store.write() as writing:
        require(writing.connection, approver, Right.DECIDE_CASES)
        held = payments.find(writing.connection, attempt_id)
        if held is None or held.state not in payments.WAITING:
            raise TillfoldError(ErrorCode.PAYMENT_DECIDED)
        confirmed = msgspec.structs.replace(
            held,
            state=PaymentState.APPROVED,
            money=Money.HELD,
            next_query_ms=now_ms,
            provider_ref=said,
            confirmed_by=approver,
            reason=why,
        )
        payments.change(writing.connection, confirmed)


def park(store: Store, bill_id: str, *, parked: bool) -> None:
    """Put a bill aside whose payment has no result, so that the next guest can pay; or end that.

    The last of its payments stands for it.
    """
    with store.write() as writing:
        attempts = payments.of_bill(writing.connection, bill_id)
        for place, attempt in enumerate(attempts, start=1):
            kept = parked and place == len(attempts) and attempt.money is not Money.BOOKED
            payments.change(writing.connection, msgspec.structs.replace(attempt, parked=kept))


def bill_status(store: Store, bill_id: str) -> BillStatus:
    with store.read() as connection:
        attempts = payments.of_bill(connection, bill_id)
        return BillStatus(
            payments=tuple(status_of(attempt) for attempt in attempts),
            closed=_closed(connection, bill_id) if attempts else None,
        )


def unresolved(connection: Connection) -> tuple[PaymentStatus, ...]:
    """The latest of what a person should know of."""
    return tuple(map(status_of, payments.unresolved(connection)[-SHOWN_AT_MOST:]))


def opened_order(connection: Connection, bill_id: str) -> OrderToClose:
    """The order of a bill, with all tenders that are there.

    Raises:
        TillfoldError: `not_found`, `payment_decided` where its sale is closed.
    """
    attempts = payments.of_bill(connection, bill_id)
    if not attempts:
        raise TillfoldError(ErrorCode.NOT_FOUND)
    if _closed(connection, bill_id) is not None:
        raise TillfoldError(ErrorCode.PAYMENT_DECIDED)
    order = bill_of(attempts[-1]).order
    others = [tender for tender in order.tenders if not tender.payment_id]
    held = [tender_of(each) for each in attempts if each.money in {Money.HELD, Money.STUCK}]
    return msgspec.structs.replace(order, tenders=(*others, *held))


def status_of(attempt: PaymentAttempt) -> PaymentStatus:
    return PaymentStatus(
        attempt_id=attempt.attempt_id,
        bill_id=attempt.bill_id,
        kind=TenderKind(attempt.provider),
        amount_fen=attempt.amount_fen,
        state=attempt.state,
        money=attempt.money,
        answer=attempt.last_answer,
        started_ms=attempt.started_ms,
        deadline_ms=attempt.deadline_ms,
        provider_ref=attempt.provider_ref,
        parked=attempt.parked,
        whole=bill_of(attempt).whole,
        by_hand=bool(attempt.confirmed_by),
    )


def _closed(connection: Connection, bill_id: str) -> ClosedSale | None:
    order = load_one(connection, AggregateKind.ORDER, SaleId(bill_id))
    sale = order.sale if isinstance(order, Order) else None
    if sale is None:
        return None
    return ClosedSale(
        sale=sale,
        change_fen=sum(tender.change_fen for tender in sale.tenders),
        points_balance=balance_after(connection, sale),
    )
