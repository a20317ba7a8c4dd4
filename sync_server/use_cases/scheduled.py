"""Scheduled work: any number of processes look for it, a lease lets one of them do it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import TillfoldError
from sync_server.database import jobs
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.use_cases.context import Context

_log = structlog.get_logger("jobs")

LEASE_MS: Final = 60_000
LOOK_SECONDS: Final = 10.0


class LeaseLostError(Exception):
    """Another process has the job by now: what is still to be done is left to it."""


class Lease:
    """A job that this process has. Work that takes long calls `keep` between its parts."""

    def __init__(self, context: Context, name: str, owner: str, *, lease_ms: int) -> None:
        self._context = context
        self._name = name
        self._owner = owner
        self._lease_ms = lease_ms

    def keep(self) -> None:
        """Hold the job for another while.

        Raises:
            LeaseLostError: this process was silent for too long.
        """
        self._demand(lambda c: jobs.keep(c, self._name, self._owner, lease_ms=self._lease_ms))

    def finish(self) -> None:
        """Give the job back, done.

        Raises:
            LeaseLostError: as for `keep`.
        """
        self._demand(lambda c: jobs.finish(c, self._name, self._owner))

    def fail(self) -> None:
        """Note that it failed; a lease that was lost meanwhile stays lost."""
        self._context.database.write(
            lambda c: jobs.fail(c, self._name, self._owner), brand=ALL_BRANDS
        )

    def _demand(self, change: Callable[[Connection], bool]) -> None:
        if not self._context.database.write(change, brand=ALL_BRANDS):
            raise LeaseLostError(self._name)


@dataclass(frozen=True, kw_only=True)
class Job:
    """`work` answers how many things it did. It may be run again, also after half of it."""

    name: str
    every_ms: int
    work: Callable[[Context, Lease], int]
    lease_ms: int = LEASE_MS


def run_due(context: Context, scheduled: Sequence[Job]) -> list[str]:
    """Run each job that is due and that no other process has; the names of those done."""
    return [job.name for job in scheduled if _run_if_due(context, job)]


def _run_if_due(context: Context, job: Job) -> bool:
    lease = _take(context, job)
    if lease is None:
        return False
    try:
        done = job.work(context, lease)
        lease.finish()
    except LeaseLostError:
        _log.warning("lease lost", job=job.name)
        return False
    except Exception:  # noqa: BLE001 - logged; the next job has nothing to do with it
        _log.exception("job failed", job=job.name)
        lease.fail()
        return False
    _log.info("job done", job=job.name, things=done)
    return True


def _take(context: Context, job: Job) -> Lease | None:
    def due(connection: Connection) -> bool:
        now_ms = jobs.database_now_ms(connection)
        state = jobs.find_job(connection, job.name)
        return jobs.is_due(state, every_ms=job.every_ms, now_ms=now_ms)

    # Most looks find nothing: they must not wait for the one writer of SQLite.
    if not context.database.read(due, brand=ALL_BRANDS):
        return None
    # An id of its own for each run: a process that lost a lease cannot take its next one for it.
    owner = context.new_identifier()
    taken = context.database.write(
        lambda c: jobs.take(c, job.name, owner, every_ms=job.every_ms, lease_ms=job.lease_ms),
        brand=ALL_BRANDS,
    )
    return Lease(context, job.name, owner, lease_ms=job.lease_ms) if taken else None


def keep_working(
    context: Context,
    scheduled: Sequence[Job],
    stop: threading.Event,
    *,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Look for due jobs again and again until `stop`; a database that is away is waited for."""
    while not stop.is_set():
        try:
            run_due(context, scheduled)
        except (SQLAlchemyError, TillfoldError):
            _log.exception("jobs cannot be looked for")
        stop.wait(look_seconds)
