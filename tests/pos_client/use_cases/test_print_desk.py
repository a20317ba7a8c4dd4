"""What a person decides about prints."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import StaffId
from pos_client.settings import NamedPrinterSettings
from pos_client.storage import spool
from pos_client.storage.spool import JobState
from pos_client.storage.store import Store
from pos_client.use_cases.answers import QueuedPrint
from tests.builders.printing import force_state, new_job
from tests.builders.till import CASHIER, MANAGER, RICE, Till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """Its printers are switched off: the address answers nobody."""
    made = Till(tmp_path)
    names = ("前台", "后台")
    printers = tuple(NamedPrinterSettings(name=each, address="127.0.0.1:9") for each in names)
    made.settings = msgspec.structs.replace(made.settings, printers=printers)
    made.machinery = made.new_machinery()
    made.begin()
    yield made
    made.close()


def only(till: Till) -> QueuedPrint:
    (job,) = till.machinery.counter.prints.queue().open
    return job


def sold(till: Till, state: JobState) -> tuple[str, int]:
    """A receipt in that state: its number, and its job's."""
    closed = till.sell(RICE, total_fen=300)

    def work(store: Store) -> None:
        with store.write() as writing:
            force_state(writing.connection, closed.sale.sale_id, state)

    till.run(work)
    queue = till.machinery.counter.prints.queue()
    return closed.sale.receipt_number, (*queue.open, *queue.finished)[0].job_id


def test_a_doubt_is_named_and_settled_either_way(till: Till) -> None:
    prints = till.machinery.counter.prints
    number, job_id = sold(till, JobState.IN_DOUBT)
    assert till.machinery.counter.status().doubtful == number
    assert only(till).title == number
    prints.came_out(job_id)
    queue = prints.queue()
    assert (queue.open, [job.state for job in queue.finished]) == ((), [JobState.DONE])
    assert till.machinery.counter.status().doubtful == ""


def test_the_status_sheet_settles_the_oldest(till: Till) -> None:
    prints = till.machinery.counter.prints
    sold(till, JobState.IN_DOUBT)
    prints.settle_oldest(printed=True)
    assert prints.queue().open == ()
    sold(till, JobState.IN_DOUBT)
    prints.settle_oldest(printed=False)
    assert only(till).state is JobState.QUEUED
    prints.settle_oldest(printed=False)


@pytest.mark.parametrize("state", [JobState.IN_DOUBT, JobState.FAILED, JobState.EXPIRED])
def test_what_asks_can_be_printed_again_cancelled_or_sent_elsewhere(
    till: Till, state: JobState
) -> None:
    prints = till.machinery.counter.prints
    _, job_id = sold(till, state)
    prints.send_to(job_id, "后台")
    moved = only(till)
    assert (moved.state, moved.printer, moved.station) == (JobState.QUEUED, "后台", "前台")
    assert "代“前台”打印" in prints.preview(job_id).text
    prints.cancel(job_id)
    assert prints.queue().open == ()
    prints.print_again(job_id)
    assert only(till).state is JobState.QUEUED


def test_what_waits_can_be_sent_elsewhere(till: Till) -> None:
    _, job_id = sold(till, JobState.QUEUED)
    till.machinery.counter.prints.send_to(job_id, "后台")
    assert only(till).printer == "后台"


def test_a_copy_says_that_it_is_one_how_often_and_who_wanted_it(till: Till) -> None:
    prints = till.machinery.counter.prints
    number, job_id = sold(till, JobState.DONE)
    plain = prints.preview(job_id)
    assert "重印" not in plain.text
    for count in (1, 2):
        prints.copy(MANAGER, job_id)
        copy = prints.queue().open[-1]
        assert (copy.title, copy.copy_number, copy.copied_by) == (number, count + 1, "王芳")
        preview = prints.preview(copy.job_id)
        assert f"重印（第 {count} 次）" in preview.text
        assert "重印人 王芳" in preview.text
        assert preview.text.endswith(plain.text)
        assert preview.png is None or preview.png.startswith(b"\x89PNG")


def test_a_copy_wants_the_right_to_it(till: Till) -> None:
    _, job_id = sold(till, JobState.DONE)
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.prints.copy(StaffId("nobody"), job_id)
    assert caught.value.code is ErrorCode.RIGHT_MISSING
    assert till.machinery.counter.prints.queue().open == ()


def test_a_job_that_is_gone_says_so(till: Till) -> None:
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.prints.preview(77)
    assert caught.value.code is ErrorCode.PRINT_JOB_GONE
    with pytest.raises(TillfoldError):
        till.machinery.counter.prints.copy(CASHIER, 77)


def test_a_job_that_cannot_be_read_shows_nothing(till: Till) -> None:
    def work(store: Store) -> None:
        with store.write() as writing:
            bad = new_job("bad", printer="gone", document=b"\x00")
            spool.queue(writing.connection, bad, now_ms=1)

    till.run(work)
    assert till.machinery.counter.prints.preview(only(till).job_id).text == ""
    gone = till.machinery.counter.prints.queue().printers[-1]
    assert (gone.name, gone.ready, gone.reason, gone.waiting) == ("gone", False, "gone", 1)
