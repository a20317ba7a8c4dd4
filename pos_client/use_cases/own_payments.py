"""The till's own payments around a day, for comparing them with a provider's statement."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.fold.aggregates import AggregateKind, Order
from domain.orders import Sale, TenderKind
from pos_client.storage import payments
from pos_client.storage.aggregates import load_one
from pos_client.storage.payments import PaymentAttempt
from pos_client.storage.store import Store
from pos_client.use_cases.reconciling import OwnPayment

# Statements of both providers go by the day in China.
STATEMENT_ZONE: Final = ZoneInfo("Asia/Shanghai")
_A_DAY: Final = timedelta(days=1)
_MS: Final = 1000


def own_payments(store: Store, kind: TenderKind, day: date) -> list[OwnPayment]:
    """Those begun on that day, the one before and the one after."""
    first_ms, until_ms = _bounds_ms(day)
    with store.read() as connection:
        around = payments.started_between(
            connection,
            first_ms - int(_A_DAY.total_seconds()) * _MS,
            until_ms + int(_A_DAY.total_seconds()) * _MS,
        )
        return [
            _own(connection, attempt, of_day=first_ms <= attempt.started_ms < until_ms)
            for attempt in around
            if attempt.provider == kind
        ]


def _own(connection: Connection, attempt: PaymentAttempt, *, of_day: bool) -> OwnPayment:
    sale = _sale_of(connection, attempt.bill_id)
    tenders = sale.tenders if sale is not None else ()
    mine = [tender for tender in tenders if tender.payment_id == attempt.attempt_id]
    return OwnPayment(
        payment_id=attempt.attempt_id,
        booked_fen=sum(tender.amount_fen for tender in mine),
        of_day=of_day,
        open=attempt.open,
        by_hand=bool(attempt.confirmed_by),
        receipt_number=sale.receipt_number if sale is not None and mine else "",
    )


def _sale_of(connection: Connection, bill_id: str) -> Sale | None:
    order = load_one(connection, AggregateKind.ORDER, bill_id)
    return order.sale if isinstance(order, Order) else None


def _bounds_ms(day: date) -> tuple[int, int]:
    begins = datetime.combine(day, time(), STATEMENT_ZONE).astimezone(UTC)
    return int(begins.timestamp()) * _MS, int((begins + _A_DAY).timestamp()) * _MS
