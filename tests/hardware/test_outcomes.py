"""What a caller is told, under each fault, and what really came out of the printer."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_paper import Ending
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.escpos.commands import encode_job
from hardware.escpos.models import MODELS, UnknownPrinterModelError
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.settings import EscposSettings
from hardware.escpos.status import QUERY
from hardware.ports import (
    CashDrawer,
    DeviceReason,
    DeviceState,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    ReceiptPrinter,
    SentUnconfirmed,
)
from hardware.receipt import Cut, Document, TextLine
from hardware.timing import monotonic_ms
from tests.hardware.conftest import MakePrinter
from tests.hardware.samples import restaurant_receipt

WITHIN_MS = 10_000
JOB = encode_job(restaurant_receipt(), MODELS["generic-80mm"], artist=None)
MIDDLE = len(QUERY) + len(JOB) // 2


def test_a_printed_receipt_is_confirmed_by_the_printer(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    printer: ReceiptPrinter = make_printer()
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == Done()
    assert [receipt.ending for receipt in emulator.receipts] == [Ending.CUT]
    assert "应付            ￥251.10" in emulator.receipts[0].text


def test_jobs_follow_each_other_on_connections_of_their_own(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    printer = make_printer()
    assert [printer.print(JOB, deadline_ms=WITHIN_MS) for _ in range(5)] == [Done()] * 5
    assert len({receipt.text for receipt in emulator.receipts}) == 1
    assert len(emulator.receipts) == 5


def test_a_printer_that_says_nothing_gives_an_unconfirmed_outcome(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    job = encode_job(restaurant_receipt(), MODELS["basic-80mm"], artist=None)
    assert make_printer("basic-80mm").print(job, deadline_ms=WITHIN_MS) == SentUnconfirmed()
    assert emulator.wait_until(lambda: len(emulator.receipts) == 1)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.PAPER_OUT, DeviceReason.PAPER_OUT),
        (Fault.COVER_OPEN, DeviceReason.COVER_OPEN),
        (Fault.REFUSE, DeviceReason.REFUSED),
        (Fault.SILENT, DeviceReason.TIMED_OUT),
    ],
)
def test_a_fault_before_the_job_leaves_it_unsent_and_a_retry_prints_it_once(
    emulator: EscposPrinterEmulator,
    make_printer: MakePrinter,
    fault: Fault,
    reason: DeviceReason,
) -> None:
    printer = make_printer()
    emulator.set_fault(fault)
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == NotSent(reason)
    assert not printer.status().can_print
    emulator.clear_faults()
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == Done()
    assert len(emulator.receipts) == 1


def test_low_paper_is_told_and_printed_on(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    emulator.set_fault(Fault.PAPER_LOW)
    assert make_printer().status() == DeviceStatus(DeviceState.DEGRADED, DeviceReason.PAPER_LOW)
    assert make_printer().print(JOB, deadline_ms=WITHIN_MS) == Done()


def test_paper_out_in_the_middle_is_waited_for_and_the_receipt_prints_once(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    told: list[DeviceStatus] = []

    def refill(status: DeviceStatus) -> None:
        told.append(status)
        if status.reason is DeviceReason.PAPER_OUT:
            emulator.clear_faults()

    emulator.run_out_of_paper_after(MIDDLE)
    assert make_printer().print(JOB, deadline_ms=WITHIN_MS, on_status=refill) == Done()
    assert told[0] == DeviceStatus(DeviceState.DEGRADED, DeviceReason.PAPER_OUT)
    assert len(emulator.receipts) == 1
    assert emulator.receipts[0].text.count("应付") == 1
    assert emulator.receipts[0].text.endswith("电话 027-8888 0000")


def test_paper_out_until_the_deadline_is_in_doubt_and_says_why(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    emulator.run_out_of_paper_after(MIDDLE)
    outcome = make_printer().print(JOB, deadline_ms=300)
    assert outcome == InDoubt(DeviceReason.PAPER_OUT)
    emulator.clear_faults()
    assert emulator.wait_until(lambda: len(emulator.receipts) == 1)
    assert emulator.receipts[0].text.endswith("电话 027-8888 0000")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_power_cut_inside_the_job_is_in_doubt(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter, share: float
) -> None:
    emulator.cut_power_after(len(QUERY) + int(len(JOB) * share))
    outcome = make_printer().print(JOB, deadline_ms=WITHIN_MS)
    assert outcome == InDoubt(DeviceReason.CONNECTION_LOST)
    assert all(receipt.ending is Ending.TORN for receipt in emulator.receipts)


def test_a_power_cut_before_the_job_leaves_it_unsent(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    emulator.cut_power_after(3)
    outcome = make_printer().print(JOB, deadline_ms=WITHIN_MS)
    assert outcome == NotSent(DeviceReason.CONNECTION_LOST)
    assert emulator.receipts == ()


def test_a_job_that_a_speechless_printer_does_not_take_is_in_doubt(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    emulator.set_fault(Fault.SILENT)
    outcome = make_printer("basic-80mm").print(JOB, deadline_ms=300)
    assert outcome == InDoubt(DeviceReason.TIMED_OUT)


def test_a_long_job_that_stops_being_taken_is_in_doubt_at_the_deadline(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    emulator.set_fault(Fault.SILENT)
    outcome = make_printer("basic-80mm").print(JOB * 10_000, deadline_ms=300)
    assert outcome == InDoubt(DeviceReason.TIMED_OUT)


def test_an_address_that_does_not_exist_is_unreachable() -> None:
    settings = EscposSettings(address="printer.invalid", connect_timeout_ms=200)
    printer = EscposPrinter(settings, clock=monotonic_ms)
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == NotSent(DeviceReason.UNREACHABLE)
    assert printer.status() == DeviceStatus(DeviceState.LOST, DeviceReason.UNREACHABLE)


def test_a_printer_busy_with_another_till_leaves_the_job_unsent(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    with socket.create_connection(("127.0.0.1", emulator.port)) as other:
        other.sendall(b"\x10\x04\x01")
        other.recv(1)
        outcome = make_printer(status_timeout_ms=100).print(JOB, deadline_ms=WITHIN_MS)
        assert outcome == NotSent(DeviceReason.TIMED_OUT)
    assert make_printer().print(JOB, deadline_ms=WITHIN_MS) == Done()


def test_two_tills_on_one_printer_get_all_their_receipts_out_once_and_unmixed(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    def print_all(till: int) -> None:
        printer = make_printer(status_timeout_ms=5_000, connect_timeout_ms=5_000)
        for number in range(10):
            lines = tuple(TextLine(f"till {till} sale {number} {line}") for line in range(5))
            job = encode_job(Document((*lines, Cut())), MODELS["generic-80mm"], artist=None)
            while isinstance(outcome := printer.print(job, deadline_ms=WITHIN_MS), NotSent):
                continue
            assert outcome == Done()

    with ThreadPoolExecutor() as pool:
        list(pool.map(print_all, (1, 2)))
    printed = sorted(receipt.text for receipt in emulator.receipts)
    assert printed == sorted(
        "\n".join(f"till {till} sale {number} {line}" for line in range(5))
        for till in (1, 2)
        for number in range(10)
    )


def test_pushed_reports_of_another_program_do_not_disturb_a_job(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    noisy = JOB[:2] + b"\x1da\x0f" + JOB[2:200] + b"\x1da\x0f" + JOB[200:]
    assert make_printer().print(noisy, deadline_ms=WITHIN_MS) == Done()


def test_the_drawer_opens_at_once_even_while_paper_is_out(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    emulator.set_fault(Fault.PAPER_OUT)
    drawer: CashDrawer = make_printer()
    assert drawer.open_drawer() == SentUnconfirmed()
    assert emulator.wait_until(lambda: emulator.drawer_openings == 1)


def test_a_job_never_opens_the_drawer(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    make_printer().print(JOB, deadline_ms=WITHIN_MS)
    assert emulator.drawer_openings == 0


def test_an_unknown_model_is_refused_by_name() -> None:
    with pytest.raises(UnknownPrinterModelError, match="laser"):
        EscposPrinter(EscposSettings(address="127.0.0.1", model="laser"), clock=monotonic_ms)


@pytest.fixture
def narrow() -> Iterator[EscposPrinterEmulator]:
    with EscposPrinterEmulator(EmulatorSettings(dots=384)) as running:
        yield running


def test_narrow_paper_without_a_knife_is_fed_to_the_tear_bar(narrow: EscposPrinterEmulator) -> None:
    settings = EscposSettings(address=f"127.0.0.1:{narrow.port}", model="generic-58mm")
    printer = EscposPrinter(settings, clock=monotonic_ms)
    job = encode_job(restaurant_receipt(), MODELS["generic-58mm"], artist=None)
    assert printer.print(job, deadline_ms=WITHIN_MS) == Done()
    assert narrow.wait_until(lambda: len(narrow.receipts) == 1)
    assert narrow.receipts[0].ending is Ending.TORN
    assert not narrow.receipts[0].overflowed


def test_the_caller_notes_that_the_job_leaves_before_any_of_it_does(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    noted: list[int] = []

    def note() -> None:
        noted.append(len(emulator.receipts))

    printer = make_printer()
    emulator.set_fault(Fault.PAPER_OUT)
    printer.print(JOB, deadline_ms=WITHIN_MS, before_first_byte=note)
    assert noted == []
    emulator.clear_faults()
    assert printer.print(JOB, deadline_ms=WITHIN_MS, before_first_byte=note) == Done()
    assert noted == [0]


def test_the_caller_hears_when_everything_was_handed_over_and_only_then(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    heard: list[str] = []

    def note() -> None:
        heard.append("sent")

    printer = make_printer()
    emulator.run_out_of_paper_after(MIDDLE)
    outcome = printer.print(JOB, deadline_ms=300, after_last_byte=note)
    assert (outcome, heard) == (InDoubt(DeviceReason.PAPER_OUT), ["sent"])
    emulator.clear_faults()
    emulator.set_fault(Fault.COVER_OPEN)
    printer.print(JOB, deadline_ms=WITHIN_MS, after_last_byte=note)
    assert heard == ["sent"]


def test_a_job_that_could_not_be_noted_is_not_sent(
    emulator: EscposPrinterEmulator, make_printer: MakePrinter
) -> None:
    def refuse() -> None:
        raise OSError

    printer = make_printer()
    with pytest.raises(OSError):  # noqa: PT011 - the caller's own error, as it was raised
        printer.print(JOB, deadline_ms=WITHIN_MS, before_first_byte=refuse)
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == Done()
    assert len(emulator.receipts) == 1
