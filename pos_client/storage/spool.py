"""The print spool: a job is a row, made in the transaction that makes its document.

States: queued -> sending (committed before the first byte leaves) -> sent (all of it left) -> done.
Back to queued only while no byte left; in doubt where only a person can see what printed; failed
where no byte can ever leave; expired where nobody wants it any more unless a person says so. At a
start every job that was being sent is in doubt.

A doubtful kitchen ticket or label is printed again by itself, and says on paper that it may be
there twice: what the kitchen never hears of costs more than what it hears twice. Jobs that are over
are kept for a month.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, and_, case, delete, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from pos_client.storage.direct import run
from pos_client.storage.tables import print_job

KEPT_MS: Final = 30 * 24 * 60 * 60 * 1000
PURGED_AT_ONCE: Final = 500
# A printer that loses every job would else print the same ticket for ever.
MOST_REPEATS: Final = 3
_QUEUE: Final = """INSERT INTO print_job
    (document_id, copy_number, printer, document, state, attempts, reason, created_ms,
     kind, title, station, copied_by, expires_ms, doubts, doubt_reason)
    VALUES (?, ?, ?, ?, ?, 0, '', ?, ?, ?, '', ?, ?, 0, '')"""


class JobKind(StrEnum):
    RECEIPT = "receipt"
    KITCHEN = "kitchen"
    REFUND = "refund"
    TOP_UP = "top_up"
    SHIFT_X = "shift_x"
    SHIFT_Z = "shift_z"
    COUPON_SLIP = "coupon_slip"
    LABEL = "label"
    TEST_PAGE = "test_page"


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Interruption(StrEnum):
    """Why a job is in doubt that no printer gave a reason for."""

    INTERRUPTED = "interrupted"
    INTERRUPTED_SENT = "interrupted_sent"


FINISHED: Final = (JobState.DONE, JobState.CANCELLED)
# These print again by themselves, with a mark, and go stale.
REPEATED: Final = (JobKind.KITCHEN, JobKind.LABEL)
_UNDER_WAY: Final = (JobState.SENDING, JobState.SENT)


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """`title` is what people call the document: the number on it. `expires_ms` 0: never."""

    document_id: str
    kind: JobKind
    title: str
    printer: str
    document: bytes
    expires_ms: int = 0
    copy_number: int = 1
    copied_by: str = ""


class PrintJob(msgspec.Struct, frozen=True, kw_only=True):
    """`station`: the printer that another one stands in for; `doubts`: it may be out already."""

    job_id: int
    document_id: str
    copy_number: int
    kind: JobKind
    title: str
    printer: str
    document: bytes
    state: JobState
    attempts: int
    reason: str
    created_ms: int
    station: str
    copied_by: str
    expires_ms: int
    doubts: int
    doubt_reason: str


def queue(connection: Connection, job: NewJob, *, now_ms: int) -> None:
    """Queue one copy of a document; the unique key keeps it from being queued twice."""
    values = (
        job.document_id,
        job.copy_number,
        job.printer,
        job.document,
        JobState.QUEUED,
        now_ms,
        job.kind,
        job.title,
        job.copied_by,
        job.expires_ms,
    )
    run(connection, _QUEUE, values)


def next_job(connection: Connection, printers: Sequence[str]) -> PrintJob | None:
    """The oldest job that waits for one of these printers."""
    oldest = (_next_of(connection, printer) for printer in printers)
    return min((job for job in oldest if job is not None), key=lambda job: job.job_id, default=None)


def _next_of(connection: Connection, printer: str) -> PrintJob | None:
    row = connection.execute(
        select(print_job)
        .where(print_job.c.printer == printer, print_job.c.state == JobState.QUEUED)
        .order_by(print_job.c.job_id)
        .limit(1)
    ).first()
    return None if row is None else read_job(row._mapping)  # noqa: SLF001 - SQLAlchemy's name


def read_job(row: RowMapping) -> PrintJob:
    values = {str(column): value for column, value in row.items()}
    return PrintJob(**(values | {"kind": JobKind(row["kind"]), "state": JobState(row["state"])}))


def oldest_overdue(connection: Connection, printer: str, *, before_ms: int) -> PrintJob | None:
    """The oldest job of a printer that has waited since before then, and was not moved yet."""
    job = _next_of(connection, printer)
    return job if job is not None and job.created_ms < before_ms and not job.station else None


def expire(connection: Connection, printers: Sequence[str], *, now_ms: int) -> int:
    """Jobs of these printers that nobody wants any more. Answers how many."""
    return _change(
        connection,
        print_job.c.printer.in_(printers),
        print_job.c.state == JobState.QUEUED,
        print_job.c.expires_ms.between(1, now_ms),
        state=JobState.EXPIRED,
    )


def mark_sending(connection: Connection, job_id: int, printer: str) -> bool:
    """Whether the job still waits for this printer, and is now being sent to it.

    Somebody may have taken it away in the meantime.
    """
    return bool(
        _change(
            connection,
            print_job.c.job_id == job_id,
            print_job.c.state == JobState.QUEUED,
            print_job.c.printer == printer,
            state=JobState.SENDING,
            attempts=print_job.c.attempts + 1,
            reason="",
        )
    )


def mark_sent(connection: Connection, job_id: int) -> None:
    """All of it left the machine."""
    sending = print_job.c.state == JobState.SENDING
    _change(connection, print_job.c.job_id == job_id, sending, state=JobState.SENT)


def mark_done(connection: Connection, job_id: int) -> None:
    _change(connection, print_job.c.job_id == job_id, state=JobState.DONE, reason="")


def mark_failed(connection: Connection, job_id: int, reason: str) -> None:
    """It can never be printed as it is; no byte of it left."""
    waits = print_job.c.state == JobState.QUEUED
    _change(connection, print_job.c.job_id == job_id, waits, state=JobState.FAILED, reason=reason)


def put_back(connection: Connection, job_id: int, reason: str) -> None:
    """No byte of it left, so it may be tried again."""
    still_here = print_job.c.state.in_((JobState.QUEUED, *_UNDER_WAY))
    here = (print_job.c.job_id == job_id, still_here)
    _change(connection, *here, state=JobState.QUEUED, reason=reason)


def doubt(connection: Connection, job_id: int, reason: str) -> None:
    """Some of it left and nobody knows what came out."""
    under_way = print_job.c.state.in_(_UNDER_WAY)
    _doubt(connection, reason, print_job.c.job_id == job_id, under_way)


def doubt_interrupted(connection: Connection) -> int:
    """At a start: whatever was being sent when the program ended. Answers how many."""
    sending = _doubt(connection, Interruption.INTERRUPTED, print_job.c.state == JobState.SENDING)
    sent = _doubt(connection, Interruption.INTERRUPTED_SENT, print_job.c.state == JobState.SENT)
    return sending + sent


def _doubt(connection: Connection, reason: str, *which: ColumnElement[bool]) -> int:
    again = and_(print_job.c.kind.in_(REPEATED), print_job.c.doubts < MOST_REPEATS)
    return _change(
        connection,
        *which,
        state=case((again, JobState.QUEUED), else_=JobState.IN_DOUBT),
        doubts=print_job.c.doubts + 1,
        doubt_reason=reason,
    )


def move(connection: Connection, job_id: int, printer: str) -> bool:
    """Another printer stands in for a job that waits; whether it still did."""
    waits = print_job.c.state == JobState.QUEUED
    return bool(
        _change(connection, print_job.c.job_id == job_id, waits, **_at_another(printer), reason="")
    )


def _at_another(printer: str) -> dict[str, object]:
    """Back at the printer it was made for, it is nobody's stand-in any more."""
    before = case(
        (print_job.c.station == printer, ""),
        (print_job.c.station != "", print_job.c.station),
        (print_job.c.printer == printer, ""),
        else_=print_job.c.printer,
    )
    return {"printer": printer, "station": before}


def settle_printed(connection: Connection, job_id: int) -> None:
    """A person looked: it came out."""
    doubtful = print_job.c.state == JobState.IN_DOUBT
    _change(connection, print_job.c.job_id == job_id, doubtful, state=JobState.DONE)


def print_again(connection: Connection, job_id: int, printer: str = "") -> None:
    """A person wants it on paper: doubtful, failed, stale or cancelled, here or elsewhere."""
    ended = (JobState.IN_DOUBT, JobState.FAILED, JobState.EXPIRED, JobState.CANCELLED)
    _change(
        connection,
        print_job.c.job_id == job_id,
        print_job.c.state.in_(ended),
        state=JobState.QUEUED,
        reason="",
        expires_ms=0,
        **(_at_another(printer) if printer else {}),
    )


def cancel(connection: Connection, job_id: int) -> None:
    """Nobody wants it on paper. What is being sent cannot be called back."""
    not_under_way = print_job.c.state.not_in((*_UNDER_WAY, JobState.DONE))
    _change(connection, print_job.c.job_id == job_id, not_under_way, state=JobState.CANCELLED)


def adopt(connection: Connection, known: Sequence[str], *, receipts: str) -> int:
    """Jobs of printers that are no longer set up: all but tickets go to the receipt printer."""
    if not receipts:
        return 0
    return _change(
        connection,
        print_job.c.printer.not_in(known),
        print_job.c.kind.not_in(REPEATED),
        print_job.c.state.not_in(FINISHED),
        printer=receipts,
    )


def purge_finished(connection: Connection, *, before_ms: int) -> int:
    """Delete jobs that are over and were made before then. Answers how many.

    Looks at the oldest `PURGED_AT_ONCE` of each state only: jobs are numbered as they are made.
    """
    return sum(_purge(connection, state, before_ms) for state in (*FINISHED, JobState.EXPIRED))


def _purge(connection: Connection, state: JobState, before_ms: int) -> int:
    oldest = (
        select(print_job.c.job_id)
        .where(print_job.c.state == state)
        .order_by(print_job.c.job_id)
        .limit(PURGED_AT_ONCE)
    )
    result = connection.execute(
        delete(print_job).where(print_job.c.job_id.in_(oldest), print_job.c.created_ms < before_ms)
    )
    return result.rowcount


def state_of(connection: Connection, job_id: int) -> JobState | None:
    found = connection.scalar(select(print_job.c.state).where(print_job.c.job_id == job_id))
    return None if found is None else JobState(found)


def count(connection: Connection, state: JobState) -> int:
    found = connection.scalar(
        select(func.count()).select_from(print_job).where(print_job.c.state == state)
    )
    return found or 0


def _change(connection: Connection, *which: ColumnElement[bool], **values: object) -> int:
    return connection.execute(update(print_job).where(*which).values(**values)).rowcount
