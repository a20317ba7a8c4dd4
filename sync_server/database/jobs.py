"""Who runs which scheduled job: a lease a job, taken and kept by conditional updates.

All times are the database's, so that the clocks of several machines need not agree.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection, select, text, update

from sync_server.database.statements import insert_new
from sync_server.database.tables import job

_NOW_POSTGRESQL: Final = text("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
_NOW_SQLITE: Final = text("SELECT CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)")


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """`owner` has the job until `until_ms`; after that anyone may take it.

    `done_ms` is when it was last brought to an end, `failed_ms` when it last failed since then.
    """

    name: str
    owner: str = ""
    until_ms: int = 0
    done_ms: int | None = None
    failed_ms: int | None = None


def database_now_ms(connection: Connection) -> int:
    on_postgresql = connection.dialect.name == "postgresql"
    return int(connection.execute(_NOW_POSTGRESQL if on_postgresql else _NOW_SQLITE).scalar_one())


def list_jobs(connection: Connection) -> list[JobState]:
    rows = connection.execute(select(job).order_by(job.c.name))
    return [JobState(**row) for row in rows.mappings()]


def find_job(connection: Connection, name: str) -> JobState:
    """The state of a job; that of one which nobody has taken yet where there is none."""
    row = connection.execute(select(job).where(job.c.name == name)).mappings().one_or_none()
    return JobState(**row) if row else JobState(name=name)


def is_due(state: JobState, *, every_ms: int, now_ms: int) -> bool:
    """Whether the job may be taken: nobody has it, and its last run is `every_ms` ago."""
    rested = state.done_ms is None or state.done_ms + every_ms <= now_ms
    return rested and state.until_ms <= now_ms


def take(connection: Connection, name: str, owner: str, *, every_ms: int, lease_ms: int) -> bool:
    """Take a job that is due; of several who ask at once one gets it."""
    insert_new(connection, job, [JobState(name=name)])
    now_ms = database_now_ms(connection)
    taken = connection.execute(
        update(job)
        .where(
            job.c.name == name,
            job.c.until_ms <= now_ms,
            job.c.done_ms.is_(None) | (job.c.done_ms <= now_ms - every_ms),
        )
        .values(owner=owner, until_ms=now_ms + lease_ms)
    )
    return bool(taken.rowcount)


def keep(connection: Connection, name: str, owner: str, *, lease_ms: int) -> bool:
    """Renew a lease; False where another owner has the job by now."""
    until_ms = database_now_ms(connection) + lease_ms
    return _change(connection, name, owner, until_ms=until_ms)


def finish(connection: Connection, name: str, owner: str) -> bool:
    """Give a job back that was brought to its end; False where it was another's by now."""
    now_ms = database_now_ms(connection)
    return _change(connection, name, owner, owner="", until_ms=0, done_ms=now_ms, failed_ms=None)


def note_done(connection: Connection, name: str) -> None:
    """Note that something was done now that no lease is needed for."""
    insert_new(connection, job, [JobState(name=name)])
    _change(connection, name, "", done_ms=database_now_ms(connection))


def fail(connection: Connection, name: str, owner: str) -> bool:
    """Note that a job failed. Its lease runs on, so that it is not tried again at once."""
    return _change(connection, name, owner, failed_ms=database_now_ms(connection))


def _change(connection: Connection, name: str, holder: str, **values: object) -> bool:
    changed = connection.execute(
        update(job).where(job.c.name == name, job.c.owner == holder).values(**values)
    )
    return bool(changed.rowcount)
