"""Scheduled jobs: many may look for them, one does each, and a lease that is lost is noticed."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from sync_server.bootstrap import build_context
from sync_server.database import jobs
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.tables import enrolment_code, job
from sync_server.settings import ServerSettings
from sync_server.use_cases.context import Context
from sync_server.use_cases.enrolment import CODE_VALID_MS
from sync_server.use_cases.jobs import JOBS
from sync_server.use_cases.scheduled import Job, Lease, LeaseLostError, run_due
from tests.builders.job_process import JOB
from tests.builders.sync_server import Clock, RunningServer, prepare

_LEASE_MS = 3_000
_HOUR_MS = 60 * 60 * 1000
_DEADLINE_SECONDS = 30


@pytest.fixture
def context(settings: ServerSettings, clock: Clock) -> Iterator[Context]:
    made = prepare(settings, clock)
    with contextlib.closing(made.database):
        yield made


def job_state(context: Context, name: str) -> jobs.JobState:
    return context.database.read(lambda c: jobs.find_job(c, name), brand=ALL_BRANDS)


def let_time_pass(context: Context, **changes: object) -> None:
    """The database's clock is no test's to move: what it is compared with is."""

    def work(connection: Connection) -> None:
        connection.execute(update(job).values(**changes))

    context.database.write(work, brand=ALL_BRANDS)


def test_a_job_that_is_done_rests_until_it_is_due_again(context: Context) -> None:
    ran: list[str] = []

    def work(_context: Context, _lease: Lease) -> int:
        ran.append("ran")
        return 1

    scheduled = [Job(name="count", every_ms=_HOUR_MS, work=work)]
    assert run_due(context, scheduled) == ["count"]
    assert run_due(context, scheduled) == []
    let_time_pass(context, done_ms=job_state(context, "count").done_ms - _HOUR_MS)  # type: ignore[operator]
    assert run_due(context, scheduled) == ["count"]
    assert len(ran) == 2


def test_of_many_who_take_a_job_at_once_one_gets_it(context: Context) -> None:
    won: list[str] = []
    together = threading.Barrier(8)

    def take(owner: str) -> None:
        together.wait()
        if context.database.write(
            lambda c: jobs.take(c, "race", owner, every_ms=0, lease_ms=_HOUR_MS), brand=ALL_BRANDS
        ):
            won.append(owner)

    threads = [threading.Thread(target=take, args=(f"worker-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job_state(context, "race").owner] == won


def test_a_lease_lost_in_the_middle_is_noticed_and_ends_nothing_of_the_new_owner_s(
    context: Context,
) -> None:
    seen: list[str] = []

    def work(context: Context, lease: Lease) -> int:
        let_time_pass(context, owner="another", until_ms=1 << 50)
        with pytest.raises(LeaseLostError):
            lease.keep()
        seen.append("noticed")
        return 1

    assert run_due(context, [Job(name="slow", every_ms=0, work=work)]) == []
    state = job_state(context, "slow")
    assert (seen, state.owner, state.done_ms) == (["noticed"], "another", None)


def test_a_job_that_fails_is_noted_and_tried_again_after_its_lease(context: Context) -> None:
    def work(_context: Context, _lease: Lease) -> int:
        raise ValueError

    scheduled = [Job(name="fails", every_ms=0, work=work), *JOBS]
    assert run_due(context, scheduled) == [job.name for job in JOBS]
    assert job_state(context, "fails").failed_ms is not None
    assert run_due(context, scheduled) == []
    let_time_pass(context, until_ms=0)
    run_due(context, scheduled)
    assert job_state(context, "fails").until_ms > 0


def test_codes_that_ended_a_week_ago_are_forgotten_and_others_are_not(
    server: RunningServer,
) -> None:
    def codes() -> int:
        return server.context.database.read(
            lambda c: len(c.execute(select(enrolment_code.c.label)).all()), brand=ALL_BRANDS
        )

    server.new_code("A1")
    server.clock.advance(minutes=7 * 24 * 60)
    server.new_code("A2")
    run_due(server.context, JOBS)
    assert codes() == 2
    server.clock.advance(minutes=CODE_VALID_MS // 60_000 + 1)
    let_time_pass(server.context, done_ms=0)
    run_due(server.context, JOBS)
    assert codes() == 1


class _Worker:
    def __init__(self, settings: ServerSettings, lease_ms: int) -> None:
        content = msgspec.json.encode(settings).decode()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.builders.job_process", content, str(lease_ms)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.strip())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.mark.processes
def test_of_three_workers_one_does_the_job_and_another_takes_over_when_it_is_killed(
    settings: ServerSettings, clock: Clock
) -> None:
    if not settings.on_postgresql:
        pytest.skip("many workers are for PostgreSQL")
    prepare(settings, clock).database.close()
    workers = [_Worker(settings, lease_ms=_LEASE_MS) for _ in range(3)]
    try:
        _wait(lambda: all("looks" in worker.said for worker in workers))
        _wait(lambda: any("mine" in worker.said for worker in workers))
        (holder,) = (worker for worker in workers if "mine" in worker.said)
        others = [worker for worker in workers if worker is not holder]
        first = _until(settings)
        _wait(lambda: _until(settings) > first + _LEASE_MS)
        assert all("mine" not in worker.said for worker in others)
        holder.kill()
        _wait(lambda: any("mine" in worker.said for worker in others))
        assert sum("mine" in worker.said for worker in others) == 1
    finally:
        for worker in workers:
            worker.kill()


def _until(settings: ServerSettings) -> int:
    """Until when somebody has the job."""
    with contextlib.closing(build_context(settings).database) as database:
        return database.read(lambda c: jobs.find_job(c, JOB), brand=ALL_BRANDS).until_ms


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        threading.Event().wait(0.02)
