"""The print spool: a job is a row, made in the transaction that makes its document.

States: queued -> sending (committed before the first byte leaves) -> done, or back to queued
while no byte left, or in_doubt, where only a person can see what printed. At a start every job
that was being sent is in doubt. Jobs that are over are kept for a month.
"""

from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from pos_client.storage.direct import run
from pos_client.storage.tables import print_job

RECEIPT_PRINTER: Final = "receipt"
KEPT_MS: Final = 30 * 24 * 60 * 60 * 1000
PURGED_AT_ONCE: Final = 500
_QUEUE: Final = """INSERT INTO print_job
    (document_id, copy_number, printer, document, state, attempts, reason, created_ms)
    VALUES (?, 1, ?, ?, ?, 0, '', ?)"""


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    CANCELLED = "cancelled"


FINISHED: Final = (JobState.DONE, JobState.CANCELLED)


class PrintJob(msgspec.Struct, frozen=True, kw_only=True):
    job_id: int
    document: bytes
    attempts: int


def queue(connection: Connection, *, document_id: str, document: bytes, now_ms: int) -> None:
    """Queue the first copy of a document; the unique key keeps it from being queued twice."""
    run(
        connection,
        _QUEUE,
        (document_id, RECEIPT_PRINTER, document, JobState.QUEUED, now_ms),
    )


def next_job(connection: Connection) -> PrintJob | None:
    """The oldest job that waits; None also while one is in doubt: it must be settled first."""
    if count(connection, JobState.IN_DOUBT):
        return None
    row = connection.execute(
        select(print_job.c.job_id, print_job.c.document, print_job.c.attempts)
        .where(print_job.c.state == JobState.QUEUED)
        .order_by(print_job.c.job_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return PrintJob(job_id=row.job_id, document=row.document, attempts=row.attempts)


def set_state(connection: Connection, job_id: int, state: JobState, reason: str = "") -> None:
    attempt = 1 if state is JobState.SENDING else 0
    connection.execute(
        update(print_job)
        .where(print_job.c.job_id == job_id)
        .values(state=state, reason=reason, attempts=print_job.c.attempts + attempt)
    )


def doubt_interrupted(connection: Connection) -> int:
    """At a start: whatever was being sent when the program ended. Answers how many."""
    result = connection.execute(
        update(print_job)
        .where(print_job.c.state == JobState.SENDING)
        .values(state=JobState.IN_DOUBT, reason="interrupted")
    )
    return result.rowcount


def purge_finished(connection: Connection, *, before_ms: int) -> int:
    """Delete jobs that are over and were made before then. Answers how many.

    Looks at the oldest `PURGED_AT_ONCE` of each state only: jobs are numbered as they are made.
    """
    return sum(_purge(connection, state, before_ms) for state in FINISHED)


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


def settle_doubtful(connection: Connection, *, printed: bool) -> None:
    """A person looked: the oldest doubtful job came out, or is to be printed again."""
    job_id = connection.scalar(
        select(func.min(print_job.c.job_id)).where(print_job.c.state == JobState.IN_DOUBT)
    )
    if job_id is not None:
        set_state(connection, job_id, JobState.DONE if printed else JobState.QUEUED)


def count(connection: Connection, state: JobState) -> int:
    found = connection.scalar(
        select(func.count()).select_from(print_job).where(print_job.c.state == state)
    )
    return found or 0
