"""The spool under every fault of a printer: nothing lost, and no second copy without its mark.

A person is part of it: asked whether a receipt came out, she looks at the paper and says so.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from hardware.emulators.escpos_faults import Fault, Trigger
from hardware.emulators.escpos_paper import Receipt
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.ports import DeviceStatus, PrinterWithDrawer, PrintOutcome, StatusListener
from hardware.receipt import Cut, Document, TextLine, encode_document
from pos_client.devices import printing
from pos_client.storage import spool
from pos_client.storage.spool import JobKind, JobState, NewJob
from tests.builders.printing import RECEIPTS, Printing, network_printer, new_job, served

LINES: Final = 12
MARK: Final = "可能重复"
MIDDLE: Final = 250
OVER: Final = frozenset({JobState.DONE, JobState.CANCELLED})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "RETRY_S", 0.02)
    monkeypatch.setattr(printing, "LONGEST_RETRY_S", 0.05)
    monkeypatch.setattr(printing, "LOOK_S", 0.02)
    monkeypatch.setattr(printing, "JOB_DEADLINE_MS", 700)


@pytest.fixture
def emulator() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings()) as running:
        yield running


@pytest.fixture
def other() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings()) as running:
        yield running


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Printing]]:
    made: list[Printing] = []

    def build(*addresses: tuple[EscposPrinterEmulator, Sequence[printing.Served]]) -> Printing:
        folder = tmp_path / str(len(made))
        parts = [(partial(network_printer, each.port), names) for each, names in addresses]
        made.append(Printing(folder, parts))
        return made[-1]

    yield build
    for each in made:
        each.stop()
    assert not [each for each in threading.enumerate() if each.name == "printing"]


def long_job(name: str, kind: JobKind = JobKind.RECEIPT, printer: str = RECEIPTS) -> NewJob:
    """Told apart on paper whole from in part."""
    lines = [TextLine(f"{name} 第{line}行") for line in range(LINES)]
    document = Document((*lines, TextLine(f"{name} 完"), Cut()))
    return new_job(name, kind=kind, printer=printer, document=encode_document(document))


def whole(receipts: Sequence[Receipt], name: str) -> list[str]:
    """The texts of complete copies."""
    wanted = [f"{name} 第{line}行" for line in range(LINES)] + [f"{name} 完"]
    return [each.text for each in receipts if all(line in each.text for line in wanted)]


class Person:
    """Puts right what can be put right, and answers what she is asked by looking at the paper."""

    def __init__(self, place: Printing, *emulators: EscposPrinterEmulator) -> None:
        self._place = place
        self._emulators = emulators
        self.asked = 0

    @property
    def paper(self) -> list[Receipt]:
        return [receipt for emulator in self._emulators for receipt in emulator.receipts]

    def see_to_it(self) -> None:
        """Until every job is over."""
        pause, waited = threading.Event(), 0
        while not OVER.issuperset(job.state for job in self._place.jobs()):
            for job in self._place.jobs():
                if job.state is JobState.IN_DOUBT:
                    self._answer(job.job_id, job.title)
            pause.wait(0.02)
            waited += 1
            assert waited < 1_000, self._place.states()

    def _answer(self, job_id: int, title: str) -> None:
        self.asked += 1
        answer = spool.settle_printed if whole(self.paper, title) else spool.print_again
        self._place.decide(lambda connection: answer(connection, job_id))


FAULTS: Final[dict[str, tuple[Fault | None, Trigger | None]]] = {
    "well": (None, None),
    "off": (Fault.REFUSE, None),
    "says nothing": (Fault.SILENT, None),
    "slow": (Fault.SLOW, None),
    "no paper": (Fault.PAPER_OUT, None),
    "cover open": (Fault.COVER_OPEN, None),
    "cutter jammed": (Fault.CUTTER_JAMMED, None),
    "garbage": (Fault.GARBLED, None),
    "paper out in the middle": (None, Trigger.PAPER_OUT),
    "power cut in the middle": (None, Trigger.POWER_CUT),
    "reset in the middle": (None, Trigger.RESET),
    "garbage in the middle": (None, Trigger.GARBLE),
    "stalls in the middle": (None, Trigger.STALL),
}


IN_THE_MIDDLE: Final = [fault for fault, (_, trigger) in FAULTS.items() if trigger is not None]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        *((fault, JobKind.RECEIPT) for fault in FAULTS),
        *((fault, JobKind.KITCHEN) for fault in IN_THE_MIDDLE),
    ],
)
def test_nothing_is_lost_and_nothing_twice_without_its_mark(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator, fault: str, kind: JobKind
) -> None:
    place = make((emulator, [served()]))
    state, trigger = FAULTS[fault]
    if state is not None:
        emulator.set_fault(state)
    if trigger is not None:
        emulator.after_bytes(MIDDLE, trigger)
    names = ["甲", "乙"]
    place.queue(*(long_job(name, kind) for name in names))
    place.start()
    if fault != "well":
        wait_for_trouble(place)
    emulator.clear_faults()
    person = Person(place, emulator)
    person.see_to_it()
    assert emulator.wait_until(lambda: all(whole(emulator.receipts, name) for name in names))
    for name in names:
        copies = whole(emulator.receipts, name)
        assert len([text for text in copies if MARK not in text]) <= 1
        assert len(copies) <= 1 + sum(job.doubts for job in place.jobs() if job.title == name)


def wait_for_trouble(place: Printing) -> None:
    """Until the first job was tried, and waits, is in doubt, or is out after all."""
    pause, waited = threading.Event(), 0
    while True:
        first, second = place.jobs()
        if first.reason or first.doubts or second.state is JobState.DONE:
            return
        pause.wait(0.02)
        waited += 1
        assert waited < 1_000


def test_a_doubtful_ticket_prints_again_by_itself_with_its_number_and_attempt(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator
) -> None:
    place = make((emulator, [served()]))
    emulator.after_bytes(MIDDLE, Trigger.RESET)
    place.queue(long_job("A1-000042/1", JobKind.KITCHEN))
    place.start()
    place.wait_for(JobState.DONE)
    marked = [text for text in whole(emulator.receipts, "A1-000042/1") if MARK in text]
    assert "单号 A1-000042/1 · 第 2 次打印" in marked[0]
    (job,) = place.jobs()
    assert (job.doubts, job.doubt_reason) == (1, "connection_lost")


def test_two_tills_share_a_printer(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator
) -> None:
    places = [make((emulator, [served()])) for _ in range(2)]
    names = [f"till {till} sale {number}" for till in range(2) for number in range(6)]
    for place, till in zip(places, (0, 1), strict=True):
        place.queue(*(long_job(name) for name in names if name.startswith(f"till {till} ")))
        place.start()
    for place in places:
        Person(place, emulator).see_to_it()
    for name in names:
        assert len(whole(emulator.receipts, name)) == 1


def test_a_printer_that_cannot_go_holds_up_nobody_else(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator, other: EscposPrinterEmulator
) -> None:
    place = make((emulator, [served()]), (other, [served("热菜")]))
    emulator.set_fault(Fault.PAPER_OUT)
    place.queue(long_job("receipt"), long_job("ticket", JobKind.KITCHEN, "热菜"))
    place.start()
    place.wait_for(JobState.QUEUED, JobState.DONE)
    assert len(other.receipts) == 1
    emulator.clear_faults()
    place.wait_for(JobState.DONE, JobState.DONE)


def test_printers_at_one_address_are_one_printer(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator
) -> None:
    place = make((emulator, [served(), served("热菜")]))
    place.queue(long_job("a"), long_job("b", JobKind.KITCHEN, "热菜"), long_job("c"))
    place.start()
    place.wait_for(*[JobState.DONE] * 3)
    order = [each.text.strip()[0] for each in emulator.receipts]
    assert order == ["a", "b", "c"]


def test_another_printer_stands_in_after_the_time_that_was_set(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator, other: EscposPrinterEmulator
) -> None:
    place = make((emulator, [served(stands_in_for=(("热菜", 60_000),))]), (other, [served("热菜")]))
    other.set_fault(Fault.REFUSE)
    place.queue(long_job("ticket", JobKind.KITCHEN, "热菜"))
    place.start()
    wait_for_reason(place, "refused")
    assert not emulator.receipts
    place.files.clock.advance(60_001)
    place.wait_for(JobState.DONE)
    assert "代“热菜”打印" in emulator.receipts[0].text
    (job,) = place.jobs()
    assert (job.printer, job.station) == (RECEIPTS, "热菜")
    other.clear_faults()
    place.queue(long_job("next", JobKind.KITCHEN, "热菜"))
    place.wait_for(JobState.DONE, JobState.DONE)
    assert len(other.receipts) == 1


def wait_for_reason(place: Printing, reason: str) -> None:
    pause, waited = threading.Event(), 0
    while place.jobs()[0].reason != reason:
        pause.wait(0.01)
        waited += 1
        assert waited < 1_000, place.jobs()[0]


def test_an_old_backlog_is_printed_only_if_a_person_says_so(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator
) -> None:
    place = make((emulator, [served()]))
    emulator.set_fault(Fault.REFUSE)
    soon = place.files.clock.now_ms() + 1_000
    ticket = new_job("ticket", kind=JobKind.KITCHEN, expires_ms=soon)
    place.queue(ticket, long_job("receipt"))
    place.start()
    wait_for_reason(place, "refused")
    place.files.clock.advance(2_000)
    emulator.clear_faults()
    place.wait_for(JobState.EXPIRED, JobState.DONE)
    assert len(emulator.receipts) == 1
    stale, _ = place.jobs()
    place.decide(lambda connection: spool.print_again(connection, stale.job_id))
    place.wait_for(JobState.DONE, JobState.DONE)
    assert len(emulator.receipts) == 2


def test_a_job_that_is_cancelled_while_it_waits_never_comes_out(
    make: Callable[..., Printing], emulator: EscposPrinterEmulator
) -> None:
    place = make((emulator, [served()]))
    emulator.set_fault(Fault.PAPER_OUT)
    place.queue(long_job("unwanted"), long_job("wanted"))
    place.start()
    wait_for_reason(place, "paper_out")
    unwanted, _ = place.jobs()
    place.decide(lambda connection: spool.cancel(connection, unwanted.job_id))
    emulator.clear_faults()
    place.wait_for(JobState.CANCELLED, JobState.DONE)
    assert whole(emulator.receipts, "unwanted") == []


class Meddling:
    """Somebody decides about a job in the moment before its first byte would leave."""

    def __init__(self, printer: PrinterWithDrawer, meddle: Callable[[], None]) -> None:
        self._printer = printer
        self._meddle = meddle

    def print(
        self,
        job: bytes,
        *,
        deadline_ms: int,
        on_status: StatusListener | None = None,
        before_first_byte: Callable[[], None] | None = None,
        after_last_byte: Callable[[], None] | None = None,
    ) -> PrintOutcome:
        def first_byte() -> None:
            self._meddle()
            assert before_first_byte is not None
            before_first_byte()

        return self._printer.print(
            job,
            deadline_ms=deadline_ms,
            on_status=on_status,
            before_first_byte=first_byte,
            after_last_byte=after_last_byte,
        )

    def status(self) -> DeviceStatus:
        return self._printer.status()

    def open_drawer(self) -> PrintOutcome:
        return self._printer.open_drawer()


@pytest.mark.parametrize("moved", [False, True])
def test_a_job_taken_away_in_the_last_moment_sends_no_byte(
    tmp_path: Path, emulator: EscposPrinterEmulator, moved: bool
) -> None:
    decisions = iter([True])

    def meddle() -> None:
        if next(decisions, False):
            job = place.jobs()[0].job_id
            place.write(
                lambda connection: (
                    spool.move(connection, job, "nowhere")
                    if moved
                    else spool.cancel(connection, job)
                )
            )

    printer = Meddling(network_printer(emulator.port), meddle)
    place = Printing(tmp_path, [(lambda: printer, [served()])])
    try:
        place.queue(long_job("away"), long_job("stays"))
        place.start()
        place.wait_for(JobState.QUEUED if moved else JobState.CANCELLED, JobState.DONE)
        assert whole(emulator.receipts, "away") == []
        assert len(whole(emulator.receipts, "stays")) == 1
    finally:
        place.stop()
