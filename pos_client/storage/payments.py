"""Payment attempts: what is asked of a provider, written before it is asked.

    created -> submitted -> pending | unknown -> approved
                                              -> declined
                                              -> cancelling -> cancelled

`approved`, `declined` and `cancelled` are final, except that money that comes in after all makes
an attempt `late`. What became of money that came in stands beside the state:

    held -> booked          it is a tender of a sale
         -> returning -> returned

One attempt of a bill at most is open, held by a unique index. The payment code is never here.
"""

from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import ErrorCode, TillfoldError
from pos_client.storage.direct import fetch
from pos_client.storage.tables import payment_attempt

LARGEST_DAY: Final = 20_000
# Longer than a guest can dispute a payment.
KEPT_MS: Final = 400 * 24 * 60 * 60 * 1000
PURGED_AT_ONCE: Final = 500
_HAS: Final = "SELECT 1 FROM payment_attempt WHERE bill_id = ? LIMIT 1"


class PaymentState(StrEnum):
    CREATED = "created"
    SUBMITTED = "submitted"
    PENDING = "pending"
    UNKNOWN = "unknown"
    CANCELLING = "cancelling"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    LATE = "late"


OPEN: Final = frozenset(
    {
        PaymentState.CREATED,
        PaymentState.SUBMITTED,
        PaymentState.PENDING,
        PaymentState.UNKNOWN,
        PaymentState.CANCELLING,
    }
)
# Somebody has been asked for money and may still pay.
WAITING: Final = frozenset({PaymentState.SUBMITTED, PaymentState.PENDING, PaymentState.UNKNOWN})


class Money(StrEnum):
    """NONE: none came in, as far as anybody knows. STUCK: its sale could not be closed."""

    NONE = "none"
    HELD = "held"
    STUCK = "stuck"
    BOOKED = "booked"
    RETURNING = "returning"
    RETURNED = "returned"


class PaymentAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """A row. `asked` counts questions of the kind that is asked now; times are Unix ms.

    `next_query_ms` is 0 where nothing is owed any more. `last_answer` is a short code.
    """

    attempt_id: str
    bill_id: str
    provider: str
    amount_fen: int
    state: PaymentState = PaymentState.CREATED
    money: Money = Money.NONE
    started_ms: int
    deadline_ms: int
    next_query_ms: int
    asked: int = 0
    provider_ref: str = ""
    last_answer: str = ""
    parked: bool = False
    confirmed_by: str = ""
    reason: str = ""
    bill: bytes = b""

    @property
    def open(self) -> bool:
        return self.state in OPEN


_FIELDS: Final = PaymentAttempt.__struct_fields__


def add(connection: Connection, attempt: PaymentAttempt) -> None:
    """Raises TillfoldError `payment_open` where the bill has an attempt that is not final."""
    try:
        connection.execute(insert(payment_attempt).values(msgspec.structs.asdict(attempt)))
    except IntegrityError as error:
        raise TillfoldError(ErrorCode.PAYMENT_OPEN) from error


def change(connection: Connection, attempt: PaymentAttempt) -> None:
    """Write what became of an attempt; read it in the same transaction."""
    values = msgspec.structs.asdict(attempt)
    key = values.pop("attempt_id")
    connection.execute(
        update(payment_attempt).where(payment_attempt.c.attempt_id == key).values(values)
    )


def find(connection: Connection, attempt_id: str) -> PaymentAttempt | None:
    found = _read(connection, payment_attempt.c.attempt_id == attempt_id)
    return found[0] if found else None


def of_bill(connection: Connection, bill_id: str) -> list[PaymentAttempt]:
    """All attempts of a bill, the first one first."""
    return _read(connection, payment_attempt.c.bill_id == bill_id)


def has(connection: Connection, bill_id: str) -> bool:
    """Whether a bill has any; asked at every sale."""
    return bool(fetch(connection, _HAS, (bill_id,)))


def owed(connection: Connection) -> list[PaymentAttempt]:
    """All that the payments thread has still to see to, the most urgent first."""
    due = _read(connection, payment_attempt.c.next_query_ms > 0)
    return sorted(due, key=lambda attempt: attempt.next_query_ms)


def unresolved(connection: Connection) -> list[PaymentAttempt]:
    """What a person should know of: open, held, on its way back, late, or of a parked bill."""
    table = payment_attempt.c
    wanted = or_(
        table.state.in_(list(OPEN)),
        table.money.in_([Money.HELD, Money.STUCK, Money.RETURNING]),
        table.parked == 1,
    )
    return _read(connection, wanted)


def started_between(
    connection: Connection, first_ms: int, until_ms: int, *, most: int = LARGEST_DAY
) -> list[PaymentAttempt]:
    table = payment_attempt.c
    begun = and_(table.started_ms >= first_ms, table.started_ms < until_ms)
    return _read(connection, begun, most=most)


def purge_settled(connection: Connection, *, before_ms: int) -> int:
    """Delete the oldest of what is over and began before then, `PURGED_AT_ONCE` of them at most."""
    table = payment_attempt.c
    over = and_(
        table.started_ms < before_ms,
        table.next_query_ms == 0,
        table.parked == 0,
        table.state.not_in(list(OPEN)),
        table.money.in_([Money.NONE, Money.BOOKED, Money.RETURNED]),
    )
    oldest = select(table.attempt_id).where(over).order_by(table.started_ms).limit(PURGED_AT_ONCE)
    found = connection.execute(delete(payment_attempt).where(table.attempt_id.in_(oldest)))
    return found.rowcount


def _read(
    connection: Connection, wanted: ColumnElement[bool], *, most: int = LARGEST_DAY
) -> list[PaymentAttempt]:
    rows = connection.execute(
        select(*(payment_attempt.c[name] for name in _FIELDS))
        .where(wanted)
        .order_by(payment_attempt.c.started_ms, payment_attempt.c.attempt_id)
        .limit(most)
    )
    return [
        msgspec.convert(dict(zip(_FIELDS, row, strict=True)), PaymentAttempt, strict=False)
        for row in rows
    ]
