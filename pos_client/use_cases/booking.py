"""Money that came in at a provider becomes a tender of a sale, in the sale's own transaction."""

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.orders import Tender
from pos_client.storage import payments
from pos_client.storage.payments import Money, PaymentAttempt
from pos_client.use_cases.answers import OrderToClose

_HELD = frozenset({Money.HELD, Money.STUCK})


def refuse_second_payment(connection: Connection, order: OrderToClose) -> None:
    """A guest never pays twice for one bill.

    Raises:
        TillfoldError: `payment_open` where somebody is still asked for money, or money that came
            in is not among the tenders.
    """
    if not payments.has(connection, order.bill_id):
        return
    named = {tender.payment_id for tender in order.tenders}
    for attempt in payments.of_bill(connection, order.bill_id):
        if attempt.open or (attempt.money in _HELD and attempt.attempt_id not in named):
            raise TillfoldError(ErrorCode.PAYMENT_OPEN)


def book_payments(connection: Connection, order: OrderToClose) -> None:
    """Mark the payments among the tenders as booked; each can be a tender once.

    Raises:
        TillfoldError: `payment_not_held` where one is of another bill or amount, or its money is
            booked, on its way back, or not there; as `refuse_second_payment` does.
    """
    refuse_second_payment(connection, order)
    paid = [tender for tender in order.tenders if tender.payment_id]
    for tender in paid:
        _book(connection, order, tender)
    for attempt in payments.of_bill(connection, order.bill_id) if paid else ():
        if attempt.parked:
            # The bill is paid: what became of its other payments is no longer its business.
            payments.change(connection, msgspec.structs.replace(attempt, parked=False))


def _book(connection: Connection, order: OrderToClose, tender: Tender) -> None:
    held = payments.find(connection, tender.payment_id)
    if held is None or not _fits(held, order, tender):
        raise TillfoldError(ErrorCode.PAYMENT_NOT_HELD)
    payments.change(connection, booked(held))


def booked(held: PaymentAttempt) -> PaymentAttempt:
    return msgspec.structs.replace(held, money=Money.BOOKED, next_query_ms=0, parked=False)


def _fits(held: PaymentAttempt, order: OrderToClose, tender: Tender) -> bool:
    return (
        held.money in _HELD
        and held.bill_id == order.bill_id
        and held.provider == tender.kind
        and held.amount_fen == tender.amount_fen
    )
