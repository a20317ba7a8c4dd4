"""How long print jobs are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from pos_client.bootstrap import machinery
from pos_client.storage import spool
from pos_client.storage.spool import JobState
from pos_client.storage.store import Store
from pos_client.storage.tables import print_job
from tests.builders.printing import force_state, new_job
from tests.builders.till import Till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    made = Till(tmp_path)
    made.begin()
    yield made
    made.close()


def queue(till: Till, state: JobState, count: int = 1) -> None:
    def work(store: Store) -> None:
        with store.write() as writing:
            for number in range(count):
                name, now_ms = f"{state} {number} {till.clock.wall_ms}", till.clock.wall_ms
                spool.queue(writing.connection, new_job(name), now_ms=now_ms)
                force_state(writing.connection, name, state)

    till.run(work)


def states(till: Till) -> list[str]:
    def work(store: Store) -> list[str]:
        with store.read() as connection:
            return list(connection.scalars(select(print_job.c.state).order_by(print_job.c.job_id)))

    return till.run(work)


def test_a_start_deletes_jobs_that_were_over_a_month_ago(till: Till) -> None:
    for state in (JobState.DONE, JobState.CANCELLED):
        queue(till, state)
    till.clock.advance(1)
    queue(till, JobState.DONE)
    till.clock.advance(spool.KEPT_MS)
    till.restart()
    assert states(till) == ["done"]


def test_a_receipt_that_may_still_be_wanted_is_kept_for_ever(till: Till) -> None:
    for state in (JobState.QUEUED, JobState.SENDING, JobState.IN_DOUBT):
        queue(till, state)
    till.clock.advance(10 * spool.KEPT_MS)
    till.restart()
    assert states(till) == ["queued", "in_doubt", "in_doubt"]


def test_more_jobs_than_one_portion_go_at_one_start(till: Till) -> None:
    queue(till, JobState.DONE, 2 * spool.PURGED_AT_ONCE + 1)
    till.clock.advance(spool.KEPT_MS + 1)
    till.restart()
    assert states(till) == []


def test_a_start_deletes_no_more_than_its_share(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "PURGES_A_START", 1)
    monkeypatch.setattr(spool, "PURGED_AT_ONCE", 2)
    queue(till, JobState.DONE, 3)
    till.clock.advance(spool.KEPT_MS + 1)
    till.restart()
    assert states(till) == ["done"]
    till.restart()
    assert states(till) == []
