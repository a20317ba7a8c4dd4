"""What people see of the spool: counts by printer, what wants a hand, what came out lately."""

from typing import Final

from sqlalchemy import Connection, Select, func, select

from pos_client.storage.spool import FINISHED, JobState, PrintJob, read_job
from pos_client.storage.tables import print_job

SHOWN_JOBS: Final = 30

Counts = dict[tuple[str, JobState], int]


def counts(connection: Connection) -> Counts:
    """How many jobs are not over, by printer and state."""
    rows = connection.execute(
        select(print_job.c.printer, print_job.c.state, func.count())
        .where(print_job.c.state.in_(_OPEN))
        .group_by(print_job.c.printer, print_job.c.state)
    )
    return {(printer, JobState(state)): count for printer, state, count in rows}


def open_jobs(connection: Connection) -> tuple[PrintJob, ...]:
    """What is not over, the oldest first, what wants a person before what only waits."""
    asking = _read(connection, _jobs(*_ASKING).order_by(print_job.c.job_id).limit(SHOWN_JOBS))
    waiting = _read(connection, _jobs(*_WAITING).order_by(print_job.c.job_id).limit(SHOWN_JOBS))
    return (*asking, *waiting)


def finished_jobs(connection: Connection) -> tuple[PrintJob, ...]:
    """The latest that are over, newest first."""
    newest = (
        _read(connection, _jobs(state).order_by(print_job.c.job_id.desc()).limit(SHOWN_JOBS))
        for state in FINISHED
    )
    jobs = sorted((job for some in newest for job in some), key=lambda job: -job.job_id)
    return tuple(jobs[:SHOWN_JOBS])


def find_job(connection: Connection, job_id: int) -> PrintJob | None:
    found = _read(connection, select(print_job).where(print_job.c.job_id == job_id))
    return found[0] if found else None


def oldest_in_doubt(connection: Connection) -> PrintJob | None:
    found = _read(connection, _jobs(JobState.IN_DOUBT).order_by(print_job.c.job_id).limit(1))
    return found[0] if found else None


def latest_copy(connection: Connection, document_id: str) -> int:
    """The highest number of a copy of this document; 0: it was never queued."""
    found = connection.scalar(
        select(func.max(print_job.c.copy_number)).where(print_job.c.document_id == document_id)
    )
    return found or 0


_ASKING: Final = (JobState.IN_DOUBT, JobState.FAILED, JobState.EXPIRED)
_WAITING: Final = (JobState.QUEUED, JobState.SENDING, JobState.SENT)
_OPEN: Final = (*_ASKING, *_WAITING)


def _jobs(*states: JobState) -> Select[tuple[object, ...]]:
    return select(print_job).where(print_job.c.state.in_(states))


def _read(connection: Connection, question: Select[tuple[object, ...]]) -> tuple[PrintJob, ...]:
    return tuple(read_job(row) for row in connection.execute(question).mappings())
