"""The states of a print job: who may move it from where to where."""

from collections.abc import Iterator

import pytest
import sqlcipher3.dbapi2
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from pos_client.storage import spool, spool_reading
from pos_client.storage.schema import bring_up_to_date
from pos_client.storage.spool import MOST_REPEATS, JobKind, JobState
from tests.builders.printing import RECEIPTS, force_state, jobs_of, new_job

NOW_MS = 1_000_000


@pytest.fixture(scope="module")
def database() -> Iterator[Connection]:
    engine = create_engine("sqlite://", module=sqlcipher3.dbapi2)
    with engine.connect() as opened:
        bring_up_to_date(opened)
        opened.commit()
        yield opened
    engine.dispose()


@pytest.fixture
def connection(database: Connection) -> Iterator[Connection]:
    """Empty again after each test."""
    yield database
    database.rollback()


def queued(connection: Connection, name: str = "1", kind: JobKind = JobKind.RECEIPT) -> int:
    spool.queue(connection, new_job(name, kind=kind), now_ms=NOW_MS)
    return jobs_of(connection)[-1].job_id


def states(connection: Connection) -> list[str]:
    return [job.state for job in jobs_of(connection)]


def test_a_document_is_queued_once_for_a_printer_and_a_copy(connection: Connection) -> None:
    queued(connection)
    with pytest.raises(sqlcipher3.dbapi2.IntegrityError, match="UNIQUE"):
        queued(connection)
    spool.queue(connection, new_job("1", copy_number=2), now_ms=NOW_MS)
    spool.queue(connection, new_job("1", printer="bar"), now_ms=NOW_MS)
    assert states(connection) == ["queued"] * 3


def test_a_job_goes_from_state_to_state(connection: Connection) -> None:
    job_id = queued(connection)
    assert spool.mark_sending(connection, job_id, RECEIPTS)
    assert not spool.mark_sending(connection, job_id, RECEIPTS)
    spool.mark_sent(connection, job_id)
    assert states(connection) == ["sent"]
    spool.mark_done(connection, job_id)
    (job,) = jobs_of(connection)
    assert (job.state, job.attempts, job.doubts) == (JobState.DONE, 1, 0)


def test_a_job_that_never_left_is_put_back_with_its_reason(connection: Connection) -> None:
    job_id = queued(connection)
    spool.mark_sending(connection, job_id, RECEIPTS)
    spool.put_back(connection, job_id, "refused")
    (job,) = jobs_of(connection)
    assert (job.state, job.reason, job.doubts) == (JobState.QUEUED, "refused", 0)


@pytest.mark.parametrize("sent", [False, True])
def test_after_a_crash_what_was_being_sent_is_in_doubt(connection: Connection, sent: bool) -> None:
    for name in ("waits", "was being sent", "is out"):
        queued(connection, name)
    second, third = (job.job_id for job in jobs_of(connection)[1:])
    for job_id in (second, third):
        spool.mark_sending(connection, job_id, RECEIPTS)
    if sent:
        spool.mark_sent(connection, second)
    spool.mark_done(connection, third)
    assert spool.doubt_interrupted(connection) == 1
    assert states(connection) == ["queued", "in_doubt", "done"]
    expected = "interrupted_sent" if sent else "interrupted"
    assert jobs_of(connection)[1].doubt_reason == expected


@pytest.mark.parametrize("kind", list(JobKind))
def test_a_doubt_asks_a_person_but_a_kitchen_must_hear(
    connection: Connection, kind: JobKind
) -> None:
    job_id = queued(connection, kind=kind)
    spool.mark_sending(connection, job_id, RECEIPTS)
    spool.doubt(connection, job_id, "connection_lost")
    (job,) = jobs_of(connection)
    repeats = kind in {JobKind.KITCHEN, JobKind.LABEL}
    assert job.state is (JobState.QUEUED if repeats else JobState.IN_DOUBT)
    assert (job.doubts, job.doubt_reason) == (1, "connection_lost")


def test_a_ticket_that_is_always_lost_asks_a_person_in_the_end(connection: Connection) -> None:
    job_id = queued(connection, kind=JobKind.KITCHEN)
    for _ in range(MOST_REPEATS + 1):
        assert spool.mark_sending(connection, job_id, RECEIPTS)
        spool.doubt(connection, job_id, "connection_lost")
    assert states(connection) == ["in_doubt"]


def test_what_is_stale_waits_for_a_person(connection: Connection) -> None:
    spool.queue(connection, new_job("old", kind=JobKind.KITCHEN, expires_ms=5), now_ms=1)
    spool.queue(connection, new_job("new", kind=JobKind.KITCHEN, expires_ms=99), now_ms=1)
    spool.queue(connection, new_job("receipt"), now_ms=1)
    assert spool.expire(connection, [RECEIPTS], now_ms=50) == 1
    assert states(connection) == ["expired", "queued", "queued"]
    old = jobs_of(connection)[0]
    spool.print_again(connection, old.job_id)
    assert spool.expire(connection, [RECEIPTS], now_ms=50) == 0
    assert states(connection) == ["queued"] * 3


def test_printers_are_served_in_the_order_of_their_jobs(connection: Connection) -> None:
    for name, printer in (("1", "a"), ("2", "b"), ("3", "a"), ("4", "c")):
        spool.queue(connection, new_job(name, printer=printer), now_ms=1)
    seen = []
    while (job := spool.next_job(connection, ["a", "b"])) is not None:
        seen.append(job.title)
        spool.mark_done(connection, job.job_id)
    assert seen == ["1", "2", "3"]


def test_only_what_waits_is_moved_and_it_remembers_its_printer(connection: Connection) -> None:
    job_id = queued(connection)
    assert spool.move(connection, job_id, "bar")
    (job,) = jobs_of(connection)
    assert (job.printer, job.station) == ("bar", RECEIPTS)
    assert spool.move(connection, job_id, "pass")
    assert jobs_of(connection)[0].station == RECEIPTS
    assert spool.move(connection, job_id, RECEIPTS)
    assert jobs_of(connection)[0].station == ""
    spool.mark_sending(connection, job_id, RECEIPTS)
    assert not spool.move(connection, job_id, "bar")


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (JobState.QUEUED, JobState.CANCELLED),
        (JobState.SENDING, JobState.SENDING),
        (JobState.SENT, JobState.SENT),
        (JobState.DONE, JobState.DONE),
        (JobState.IN_DOUBT, JobState.CANCELLED),
        (JobState.FAILED, JobState.CANCELLED),
        (JobState.EXPIRED, JobState.CANCELLED),
    ],
)
def test_what_is_being_sent_cannot_be_called_back(
    connection: Connection, state: JobState, after: JobState
) -> None:
    job_id = queued(connection)
    force_state(connection, "1", state)
    spool.cancel(connection, job_id)
    assert states(connection) == [after]


@pytest.mark.parametrize("state", list(JobState))
def test_a_person_prints_again_only_what_is_not_under_way_or_out(
    connection: Connection, state: JobState
) -> None:
    job_id = queued(connection)
    force_state(connection, "1", state)
    spool.print_again(connection, job_id)
    kept = {JobState.SENDING, JobState.SENT, JobState.DONE}
    assert states(connection) == [state if state in kept else JobState.QUEUED]


def test_receipts_of_a_printer_that_was_taken_away_go_to_the_present_one(
    connection: Connection,
) -> None:
    spool.queue(connection, new_job("r", printer="old"), now_ms=1)
    spool.queue(connection, new_job("k", printer="old", kind=JobKind.KITCHEN), now_ms=1)
    spool.queue(connection, new_job("here", printer="front"), now_ms=1)
    assert spool.adopt(connection, ["front"], receipts="front") == 1
    assert [job.printer for job in jobs_of(connection)] == ["front", "old", "front"]


def test_what_people_see_is_counted_by_printer_and_sorted_by_need(connection: Connection) -> None:
    for name, state in (("1", "queued"), ("2", "in_doubt"), ("3", "done"), ("4", "cancelled")):
        queued(connection, name)
        force_state(connection, name, JobState(state))
    assert spool_reading.counts(connection) == {
        (RECEIPTS, JobState.QUEUED): 1,
        (RECEIPTS, JobState.IN_DOUBT): 1,
    }
    assert [job.title for job in spool_reading.open_jobs(connection)] == ["2", "1"]
    assert [job.title for job in spool_reading.finished_jobs(connection)] == ["4", "3"]
    doubtful = spool_reading.oldest_in_doubt(connection)
    assert doubtful is not None
    assert doubtful.title == "2"


def test_jobs_of_the_release_before_are_kept() -> None:
    engine = create_engine("sqlite://", module=sqlcipher3.dbapi2)
    with engine.connect() as old:
        config = Config()
        config.set_main_option("script_location", "migrations/pos_client")
        config.attributes["connection"] = old
        command.upgrade(config, "0005")
        for name, state, reason in (("a", "queued", ""), ("b", "in_doubt", "timed_out")):
            old.exec_driver_sql(
                "INSERT INTO print_job (document_id, copy_number, printer, document, state,"
                " attempts, reason, created_ms) VALUES (?, 1, 'receipt', x'00', ?, 1, ?, 7)",
                (name, state, reason),
            )
        bring_up_to_date(old)
        waits, doubtful = jobs_of(old)
    engine.dispose()
    assert (waits.kind, waits.state, waits.document) == (JobKind.RECEIPT, "queued", b"\0")
    assert (doubtful.state, doubtful.doubt_reason) == ("in_doubt", "timed_out")
