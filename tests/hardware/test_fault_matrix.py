"""On every transport, under every fault: what the caller is told and what is on paper agree.

Done only if the whole job is on paper, not sent only if nothing of it ever comes out, and never
two copies. The faults are those that networks, cables and printers were seen to have.
"""

import pytest

from hardware.emulators.escpos_faults import Fault, Trigger
from hardware.emulators.escpos_server import EmulatorSettings
from hardware.escpos.commands import encode_job
from hardware.escpos.model import CompletionWay, StatusWay
from hardware.escpos.models import GENERIC_80MM
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.settings import Transport
from hardware.escpos.status import COMPLETION_MARKER, QUERY, process_marker
from hardware.ports import (
    DeviceReason,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    PrintOutcome,
    SentUnconfirmed,
)
from hardware.receipt import Cut, Document, TextLine
from tests.hardware.benches import REAL_TRANSPORTS, Bench, bench_on

PATIENCE_MS = 20_000
DEADLINE_MS = 120
LINES = 12


def job(name: str) -> bytes:
    body = tuple(TextLine(f"{name} 第{line}行") for line in range(LINES))
    end = TextLine(f"{name} 完")
    return encode_job(Document((*body, end, Cut())), GENERIC_80MM, artist=None)


JOB = job("订单")
BEFORE = {
    CompletionWay.GS_R: len(QUERY) + len(COMPLETION_MARKER),  # the first job settles as well
    CompletionWay.PROCESS_ID: len(QUERY),
    CompletionWay.NONE: 0,
}
MARK = {
    CompletionWay.GS_R: len(COMPLETION_MARKER),
    CompletionWay.PROCESS_ID: len(process_marker(b"abcd")),
    CompletionWay.NONE: 0,
}


class Paper:
    """What has come out so far of the job under test."""

    def __init__(self, bench: Bench) -> None:
        self._text = "\n".join(receipt.text for receipt in bench.emulator.receipts)

    @property
    def begun(self) -> int:
        return self._text.count("订单 第0行")

    @property
    def whole(self) -> int:
        lines = [f"订单 第{line}行" for line in range(LINES)]
        return self._text.count("\n".join([*lines, "订单 完"]))


def settle(bench: Bench) -> None:
    """All well again, and everything that was on its way is on paper or lost."""
    emulator = bench.emulator
    emulator.clear_faults()
    printer = bench.printer(
        status=StatusWay.NONE, completion=CompletionWay.NONE, drain_timeout_ms=200
    )

    def arrived() -> bool:
        return any("哨兵 完" in receipt.text for receipt in emulator.receipts)

    for _ in range(50):  # the first may still go to the connection that the fault had broken
        printer.print(job("哨兵"), deadline_ms=2_000)
        if emulator.wait_until(arrived, within_ms=100):
            return
    raise AssertionError("the printer did not recover")


def check(bench: Bench, outcome: PrintOutcome) -> None:
    """The outcome agrees with the paper, now and after everything has come out that ever will."""
    at_once = Paper(bench)
    if isinstance(outcome, Done):
        assert (at_once.whole, at_once.begun) == (1, 1)
    settle(bench)
    later = Paper(bench)
    assert later.begun <= 1, "printed twice"
    assert later.whole <= 1, "printed twice"
    if isinstance(outcome, NotSent):
        assert later.begun == 0, "said to be unsent, and came out"


def emulated(way: CompletionWay, **changes: int) -> EmulatorSettings:
    return EmulatorSettings(
        speaks=way is not CompletionWay.NONE,
        knows_process_id=way is CompletionWay.PROCESS_ID,
        buffer_bytes=changes.get("buffer_bytes", 4_000_000),
        receive_bytes=changes.get("receive_bytes", 0),
    )


def driver(bench: Bench, way: CompletionWay) -> EscposPrinter:
    status = StatusWay.NONE if way is CompletionWay.NONE else StatusWay.DLE_EOT
    return bench.printer(status=status, completion=way, drain_timeout_ms=100)


WAYS = pytest.mark.parametrize("way", CompletionWay)
TRANSPORTS = pytest.mark.parametrize("transport", REAL_TRANSPORTS)


@TRANSPORTS
@WAYS
def test_without_a_fault_every_transport_prints(transport: Transport, way: CompletionWay) -> None:
    with bench_on(transport, emulated(way)) as bench:
        printer = driver(bench, way)
        expected = SentUnconfirmed() if way is CompletionWay.NONE else Done()
        for _ in range(2):
            assert printer.print(JOB, deadline_ms=PATIENCE_MS) == expected
        assert bench.emulator.wait_until(lambda: Paper(bench).whole == 2)


def places(way: CompletionWay) -> dict[str, int]:
    """After how many bytes something happens."""
    before = BEFORE[way]
    return {
        "question": max(1, before // 2),
        "first byte": before + 1,
        "middle": before + len(JOB) // 2,
        "mark": before + len(JOB) + MARK[way] // 2,
    }


@TRANSPORTS
@WAYS
@pytest.mark.parametrize("trigger", Trigger)
def test_what_is_told_agrees_with_the_paper(
    transport: Transport, way: CompletionWay, trigger: Trigger
) -> None:
    if trigger is Trigger.RESET and transport in {Transport.SERIAL, Transport.FILE}:
        trigger = Trigger.POWER_CUT  # a cable knows no reset
    for count in places(way).values():
        with bench_on(transport, emulated(way)) as bench:
            bench.emulator.after_bytes(count, trigger)
            outcome = driver(bench, way).print(JOB, deadline_ms=DEADLINE_MS)
            check(bench, outcome)


@TRANSPORTS
@WAYS
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_that_is_there_at_the_start_never_prints_twice_or_silently(
    transport: Transport, way: CompletionWay, fault: Fault
) -> None:
    with bench_on(transport, emulated(way)) as bench:
        bench.emulator.set_fault(fault)
        check(bench, driver(bench, way).print(JOB, deadline_ms=DEADLINE_MS))


@TRANSPORTS
@pytest.mark.parametrize("way", [CompletionWay.GS_R, CompletionWay.PROCESS_ID])
@pytest.mark.parametrize("fault", [Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.CUTTER_JAMMED])
def test_what_a_hand_puts_right_lets_the_job_go_on_where_it_stopped(
    transport: Transport, way: CompletionWay, fault: Fault
) -> None:
    with bench_on(transport, emulated(way)) as bench:

        def put_right(status: DeviceStatus) -> None:
            if not status.can_print:
                bench.emulator.clear_faults()

        printer = driver(bench, way)
        assert (
            printer.print(
                JOB,
                deadline_ms=PATIENCE_MS,
                on_status=put_right,
                after_last_byte=lambda: bench.emulator.set_fault(fault),
            )
            == Done()
        )
        paper = Paper(bench)
        assert (paper.whole, paper.begun) == (1, 1)


@pytest.mark.parametrize("transport", [Transport.USB, Transport.SERIAL, Transport.FILE])
@WAYS
@pytest.mark.parametrize("moment", ["before_first_byte", "after_last_byte"])
def test_a_cable_pulled_out_during_a_job_is_in_doubt_at_most(
    transport: Transport, way: CompletionWay, moment: str
) -> None:
    with bench_on(transport, emulated(way)) as bench:
        printer = driver(bench, way)
        bench.emulator.set_fault(Fault.SLOW)
        noted = {moment: bench.unplug}
        outcome = printer.print(
            JOB,
            deadline_ms=2_000,
            before_first_byte=noted.get("before_first_byte"),
            after_last_byte=noted.get("after_last_byte"),
        )
        assert not isinstance(outcome, Done)
        if isinstance(outcome, NotSent):
            assert Paper(bench).begun == 0
        assert isinstance(printer.print(JOB, deadline_ms=2_000), NotSent)


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.USB])
def test_a_printer_with_little_room_takes_a_long_job_piece_by_piece(transport: Transport) -> None:
    room = emulated(CompletionWay.GS_R, buffer_bytes=600, receive_bytes=2_048)
    with bench_on(transport, room) as bench:
        bench.emulator.set_fault(Fault.SLOW)
        long_job = JOB + JOB
        printer = driver(bench, CompletionWay.GS_R)
        assert printer.print(long_job, deadline_ms=PATIENCE_MS) == Done()
        assert Paper(bench).whole == 2


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.USB])
@WAYS
def test_a_job_that_was_taken_in_part_is_in_doubt(transport: Transport, way: CompletionWay) -> None:
    with bench_on(transport, emulated(way, buffer_bytes=600, receive_bytes=2_048)) as bench:
        bench.emulator.after_bytes(BEFORE[way] + 1_000, Trigger.PAPER_OUT)
        outcome = driver(bench, way).print(JOB * 10_000, deadline_ms=DEADLINE_MS)
        assert isinstance(outcome, InDoubt)
        assert Paper(bench).begun <= 3


def test_a_late_answer_to_an_earlier_job_does_not_pass_for_ours() -> None:
    with bench_on(Transport.SERIAL, emulated(CompletionWay.GS_R)) as bench:
        printer = driver(bench, CompletionWay.GS_R)
        bench.emulator.after_bytes(BEFORE[CompletionWay.GS_R] + 200, Trigger.PAPER_OUT)
        assert isinstance(printer.print(job("先") * 8, deadline_ms=DEADLINE_MS), InDoubt)
        bench.emulator.set_fault(Fault.SLOW)  # the earlier job is still printing when ours begins
        bench.emulator.clear_fault(Fault.PAPER_OUT)
        outcome = printer.print(JOB * 4, deadline_ms=PATIENCE_MS)
        told_at = Paper(bench).whole
        assert isinstance(outcome, Done | NotSent)
        assert told_at == (4 if outcome == Done() else 0)


def test_garbage_is_no_confirmation_even_when_it_looks_like_one() -> None:
    with bench_on(Transport.TCP, emulated(CompletionWay.GS_R)) as bench:
        bench.emulator.after_bytes(BEFORE[CompletionWay.GS_R] + 10, Trigger.GARBLE)
        bench.emulator.set_fault(Fault.SLOW)
        outcome = driver(bench, CompletionWay.GS_R).print(JOB, deadline_ms=PATIENCE_MS)
        assert outcome == InDoubt(DeviceReason.DEVICE_ERROR)


def test_a_job_identifier_is_believed_beside_garbage_and_that_of_another_job_is_not() -> None:
    with bench_on(Transport.TCP, emulated(CompletionWay.PROCESS_ID)) as bench:
        other = process_marker(b"zzzz")
        printer = driver(bench, CompletionWay.PROCESS_ID)
        bench.emulator.after_bytes(len(QUERY) + len(other) + 50, Trigger.PAPER_OUT)
        assert isinstance(printer.print(other + JOB, deadline_ms=DEADLINE_MS), InDoubt)
