"""The printing worker against a printer made of software, on a real port."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from domain.errors import ErrorCode, TillfoldError
from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.escpos.commands import encode_job
from hardware.escpos.link import Link
from hardware.escpos.opening import open_link
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.settings import EscposSettings
from hardware.escpos.tcp import TcpLink
from hardware.receipt import Document, TextLine, encode_document
from hardware.timing import Deadline, monotonic_ms
from pos_client.devices import printing
from pos_client.settings import PrinterSettings
from pos_client.storage import spool
from pos_client.storage.spool import JobState
from pos_client.storage.store import Store
from pos_client.storage.tables import print_job
from tests.builders.printing import RECEIPTS, Printing, network_printer, new_job, served
from tests.builders.till import RICE, Till, wait_until


@pytest.fixture
def emulator() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings()) as running:
        yield running


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "RETRY_S", 0.05)
    monkeypatch.setattr(printing, "LONGEST_RETRY_S", 0.1)


@pytest.fixture
def place(tmp_path: Path, emulator: EscposPrinterEmulator) -> Iterator[Printing]:
    made = Printing(tmp_path, [(lambda: network_printer(emulator.port), [served()])])
    yield made
    made.stop()
    assert not [each for each in threading.enumerate() if each.name == "printing"]


def printed(emulator: EscposPrinterEmulator) -> list[str]:
    return [receipt.text.strip() for receipt in emulator.receipts]


def test_receipts_come_out_in_order_and_once(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    place.queue(new_job("one"))
    place.start()
    place.queue(new_job("two"))
    place.queue(new_job("three"))
    place.wait_for(JobState.DONE, JobState.DONE, JobState.DONE)
    assert printed(emulator) == ["one", "two", "three"]
    assert place.worker.condition == printing.PrinterCondition()


def test_paper_out_waits_says_so_and_goes_on(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    emulator.set_fault(Fault.PAPER_OUT)
    place.queue(new_job("one"))
    place.queue(new_job("two"))
    place.start()
    wait_until(lambda: place.worker.condition.reason == "paper_out", place.changed, "paper is out")
    assert printed(emulator) == []
    assert not place.worker.condition.ready
    emulator.clear_faults()
    place.wait_for(JobState.DONE, JobState.DONE)
    assert printed(emulator) == ["one", "two"]
    wait_until(lambda: place.worker.condition.ready, place.changed, "the printer is ready")


def test_paper_that_ends_in_the_middle_is_waited_for(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    emulator.run_out_of_paper_after(30)
    place.queue(new_job("a long receipt " * 30))
    place.start()
    wait_until(lambda: place.worker.condition.reason == "paper_out", place.changed, "paper is out")
    emulator.clear_faults()
    place.wait_for(JobState.DONE)
    assert len(printed(emulator)) == 1


def test_a_printer_that_is_switched_off_gets_the_receipt_later(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    emulator.set_fault(Fault.REFUSE)
    place.queue(new_job("one"))
    place.start()
    wait_until(lambda: not place.worker.condition.ready, place.changed, "the printer is lost")
    place.wait_for(JobState.QUEUED)
    emulator.clear_faults()
    place.wait_for(JobState.DONE)
    assert printed(emulator) == ["one"]


def test_an_error_that_nobody_foresaw_ends_no_printing(
    tmp_path: Path, emulator: EscposPrinterEmulator
) -> None:
    """A driver below that raises what it should not; then it is plugged in anew."""
    raised: list[str] = []

    def open_at_the_second_time(settings: EscposSettings, deadline: Deadline) -> Link:
        if not raised:
            raised.append("once")
            raise RuntimeError
        return open_link(settings, deadline)

    settings = EscposSettings(address=f"127.0.0.1:{emulator.port}", status_timeout_ms=500)
    printer = EscposPrinter(settings, clock=monotonic_ms, opener=open_at_the_second_time)
    place = Printing(tmp_path, [(lambda: printer, [served()])])
    try:
        place.queue(new_job("one"))
        place.start()
        place.wait_for(JobState.DONE)
    finally:
        place.stop()
    assert raised
    assert printed(emulator) == ["one"]


def test_an_error_that_nobody_foresaw_in_the_middle_asks_a_person(
    tmp_path: Path, emulator: EscposPrinterEmulator
) -> None:
    settings = EscposSettings(address=f"127.0.0.1:{emulator.port}", status_timeout_ms=500)
    printer = EscposPrinter(settings, clock=monotonic_ms, opener=BreaksOnText)
    place = Printing(tmp_path, [(lambda: printer, [served()])])
    try:
        place.queue(new_job("one"))
        place.start()
        place.wait_for(JobState.IN_DOUBT)
        wait_until(lambda: not place.worker.condition.ready, place.changed, "it is said")
    finally:
        place.stop()


class BreaksOnText(TcpLink):
    """Its driver fails with the first longer piece of a job."""

    def __init__(self, settings: EscposSettings, deadline: Deadline) -> None:
        host, port = settings.address.split(":")
        super().__init__(host, int(port), deadline=deadline)

    def send(self, data: bytes, *, deadline: Deadline) -> None:
        super().send(data, deadline=deadline)
        if b"one" in data:
            raise RuntimeError


@pytest.mark.parametrize("came_out", [True, False])
def test_a_power_cut_in_the_middle_asks_a_person(
    place: Printing, emulator: EscposPrinterEmulator, came_out: bool
) -> None:
    emulator.cut_power_after(30)
    place.queue(new_job("in doubt " * 30))
    place.start()
    place.wait_for(JobState.IN_DOUBT)
    emulator.clear_faults()
    place.queue(new_job("after"))
    place.wait_for(JobState.IN_DOUBT, JobState.DONE)
    before = len(printed(emulator))
    (doubtful, _) = place.jobs()
    settle = spool.settle_printed if came_out else spool.print_again
    place.decide(lambda connection: settle(connection, doubtful.job_id))
    place.wait_for(JobState.DONE, JobState.DONE)
    again = printed(emulator)[before:]
    assert len(again) == (0 if came_out else 1)
    assert all("可能重复" in text and "第 2 次打印" in text for text in again)


def test_what_was_being_sent_when_the_program_ended_is_in_doubt(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    place.queue(new_job("one"))
    place.queue(new_job("two"))

    def take(connection: Connection) -> None:
        job = spool.next_job(connection, [RECEIPTS])
        assert job is not None
        assert spool.mark_sending(connection, job.job_id, RECEIPTS)

    place.write(take)
    place.restart()
    place.start()
    place.wait_for(JobState.IN_DOUBT, JobState.DONE)
    assert printed(emulator) == ["two"]
    (doubtful, _) = place.jobs()
    assert doubtful.doubt_reason == "interrupted"
    place.decide(lambda connection: spool.settle_printed(connection, doubtful.job_id))
    place.wait_for(JobState.DONE, JobState.DONE)
    assert printed(emulator) == ["two"]


def test_what_was_printed_before_a_restart_is_not_printed_again(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    place.queue(new_job("one"))
    place.start()
    place.wait_for(JobState.DONE)
    place.restart()
    place.start()
    place.queue(new_job("two"))
    place.wait_for(JobState.DONE, JobState.DONE)
    assert printed(emulator) == ["one", "two"]


def test_one_document_is_queued_once(place: Printing) -> None:
    place.queue(new_job("one"))
    with pytest.raises(Exception, match="UNIQUE"):
        place.queue(new_job("one"))
    assert place.states() == [JobState.QUEUED]


@pytest.mark.parametrize(
    "document",
    [b"", b"no document", encode_document(Document((TextLine("x" * 100),)))[:-1]],
)
def test_a_receipt_that_cannot_be_read_does_not_stop_the_next(
    place: Printing, emulator: EscposPrinterEmulator, document: bytes
) -> None:
    place.queue(new_job("bad", document=document or b"\x00"), new_job("good"))
    place.start()
    place.wait_for(JobState.FAILED, JobState.DONE)
    assert printed(emulator) == ["good"]


def test_a_receipt_that_cannot_be_drawn_does_not_stop_the_next(
    place: Printing, emulator: EscposPrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = encode_job

    def fails_once(document: Document, *values: object, **more: object) -> bytes:
        if TextLine("bad") in document.blocks:
            raise OSError(2, "the font has gone")
        return real(document, *values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(printing, "encode_job", fails_once)
    place.queue(new_job("bad"))
    place.queue(new_job("good"))
    place.start()
    place.wait_for(JobState.FAILED, JobState.DONE)
    assert printed(emulator) == ["good"]


def test_a_disk_that_refuses_for_a_while_doubts_nothing(
    place: Printing, emulator: EscposPrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt is out: that has to be noted, however often it takes."""
    real = spool.mark_done
    failures = iter([True, True])

    def fails(connection: Connection, job_id: int) -> None:
        if next(failures, False):
            raise TillfoldError(ErrorCode.DISK_FULL)
        real(connection, job_id)

    monkeypatch.setattr(spool, "mark_done", fails)
    place.queue(new_job("one"))
    place.start()
    place.wait_for(JobState.DONE)
    place.queue(new_job("two"))
    place.wait_for(JobState.DONE, JobState.DONE)
    assert printed(emulator) == ["one", "two"]


def test_stopping_while_a_printer_waits_for_paper_is_quick(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    emulator.set_fault(Fault.PAPER_OUT)
    place.queue(new_job("one"))
    place.start()
    wait_until(lambda: place.worker.condition.reason == "paper_out", place.changed, "paper is out")
    before_ms = monotonic_ms()
    place.worker.stop()
    assert monotonic_ms() - before_ms < 2_000


def test_a_storage_that_closes_first_ends_the_worker_quietly(
    place: Printing, emulator: EscposPrinterEmulator
) -> None:
    """A job under way may outlast the program's patience; it is in doubt at the next start."""
    emulator.run_out_of_paper_after(30)
    place.queue(new_job("a long receipt " * 30))
    place.start()
    wait_until(lambda: place.worker.condition.reason == "paper_out", place.changed, "paper is out")
    place.storage.close()
    emulator.clear_faults()
    place.worker.stop()
    place.restart()
    assert place.states() == [JobState.IN_DOUBT]


def test_a_sale_at_the_till_comes_out_of_the_printer(
    tmp_path: Path, emulator: EscposPrinterEmulator
) -> None:
    till = Till(tmp_path, printer=PrinterSettings(host="127.0.0.1", port=emulator.port))
    try:
        till.begin()
        closed = till.sell(RICE, total_fen=300)
        assert emulator.wait_until(lambda: len(emulator.receipts) == 1, within_ms=20_000)
        assert closed.sale.receipt_number in emulator.receipts[0].text
        assert "米饭" in emulator.receipts[0].text
        till.restart()
        till.sell(RICE, total_fen=300)
        assert emulator.wait_until(lambda: len(emulator.receipts) == 2, within_ms=20_000)

        def done(store: Store) -> int | None:
            with store.read() as connection:
                return connection.scalar(select(func.count()).select_from(print_job))

        assert till.run(done) == 2
    finally:
        till.close()


def test_a_doubtful_receipt_is_settled_from_the_screen(
    tmp_path: Path, emulator: EscposPrinterEmulator
) -> None:
    till = Till(tmp_path, printer=PrinterSettings(host="127.0.0.1", port=emulator.port))
    changed = threading.Event()
    try:
        till.begin()
        till.machinery.on_changed = lambda _keys: changed.set()
        emulator.cut_power_after(200)
        till.sell(RICE, total_fen=300)
        counter = till.machinery.counter
        wait_until(
            lambda: counter.status().printers[0].in_doubt == 1, changed, "the receipt is in doubt"
        )
        emulator.clear_faults()
        before = len(emulator.receipts)
        counter.prints.settle_oldest(printed=False)
        assert emulator.wait_until(lambda: len(emulator.receipts) == before + 1, within_ms=20_000)
    finally:
        till.close()
