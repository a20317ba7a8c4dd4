"""What is particular to each way to a printer, and to the addresses in settings."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.emulators.escpos_faults import Fault
from hardware.emulators.escpos_server import EmulatorSettings
from hardware.emulators.escpos_usb import PlugSettings
from hardware.escpos.commands import encode_job
from hardware.escpos.device_file import FileLink
from hardware.escpos.link import LinkError
from hardware.escpos.model import CompletionWay, StatusWay
from hardware.escpos.models import GENERIC_80MM, UnknownPrinterModelError
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.serial_port import SerialLink
from hardware.escpos.settings import (
    AddressInvalidError,
    DrawerSensor,
    EscposSettings,
    PathAddress,
    Transport,
    UsbIdentity,
    check_settings,
)
from hardware.escpos.usb_printer import UsbLink
from hardware.escpos.windows_queue import RAW, WindowsLink, windows_queues
from hardware.ports import (
    DeviceReason,
    DeviceState,
    DeviceStatus,
    Done,
    NotSent,
    SentUnconfirmed,
)
from hardware.timing import Deadline, monotonic_ms
from tests.hardware.benches import REAL_TRANSPORTS, bench_on
from tests.hardware.conftest import quick_settings
from tests.hardware.samples import restaurant_receipt

JOB = encode_job(restaurant_receipt(), GENERIC_80MM, artist=None)
WITHIN_MS = 20_000


def soon(within_ms: int = 500) -> Deadline:
    return Deadline(monotonic_ms, within_ms)


@pytest.mark.parametrize(
    ("transport", "address", "physical"),
    [
        (Transport.TCP, "192.168.1.50", "tcp:192.168.1.50:9100"),
        (Transport.TCP, " Kitchen.Local.:9101 ", "tcp:kitchen.local:9101"),
        (Transport.TCP, "[FE80:0::1]", "tcp:[fe80::1]:9100"),
        (Transport.USB, "04B8:0e28", "usb:04b8:0e28"),
        (Transport.USB, "04b8:0E28:X9A:1", "usb:04b8:0e28:X9A:1"),
        (Transport.SERIAL, "1A86:7523", "serial:1a86:7523"),
        (Transport.SERIAL, "COM3", "serial:COM3"),
        (Transport.FILE, "/dev/usb/lp0", "file:/dev/usb/lp0"),
        (Transport.WINDOWS, "XP-80C (copy 1)", "windows:XP-80C (copy 1)"),
    ],
)
def test_one_printer_has_one_address_however_it_is_written(
    transport: Transport, address: str, physical: str
) -> None:
    settings = EscposSettings(address=address, transport=transport)
    check_settings(settings)
    assert settings.physical_address == physical


@pytest.mark.parametrize(
    ("transport", "address"),
    [
        (Transport.TCP, ""),
        (Transport.TCP, "printer:0"),
        (Transport.TCP, "printer:70000"),
        (Transport.TCP, "http://printer"),
        (Transport.USB, "/dev/usb/lp0"),
        (Transport.USB, "4b8:e28"),
        (Transport.FILE, "lp0"),
        (Transport.SERIAL, "  "),
    ],
)
def test_an_address_that_cannot_be_is_refused_before_anything_is_tried(
    transport: Transport, address: str
) -> None:
    with pytest.raises(AddressInvalidError):
        check_settings(EscposSettings(address=address, transport=transport))


def test_a_model_and_a_speed_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnknownPrinterModelError):
        check_settings(EscposSettings(address="x", model="laser"))
    with pytest.raises(AddressInvalidError):
        check_settings(EscposSettings(address="COM1", transport=Transport.SERIAL, baud_rate=77))


def test_what_the_probe_found_goes_before_what_the_table_says() -> None:
    settings = EscposSettings(address="x", status=StatusWay.NONE, completion=CompletionWay.NONE)
    assert settings.printer_model.status is StatusWay.NONE
    assert settings.printer_model.completion is CompletionWay.NONE


@pytest.mark.parametrize("transport", REAL_TRANSPORTS)
def test_every_transport_carries_a_receipt_unharmed(transport: Transport) -> None:
    with bench_on(transport) as bench:
        assert bench.printer().print(JOB, deadline_ms=WITHIN_MS) == Done()
        assert "应付            ￥251.10" in bench.emulator.receipts[0].text


@pytest.mark.parametrize("transport", REAL_TRANSPORTS)
def test_automatic_reports_tell_the_state_where_nothing_else_does(transport: Transport) -> None:
    reporting = EmulatorSettings(knows_real_time_status=False)
    with bench_on(transport, reporting) as bench:
        printer = bench.printer(status=StatusWay.ASB)
        assert printer.status() == DeviceStatus(DeviceState.READY)
        told: list[DeviceStatus] = []

        def put_right(status: DeviceStatus) -> None:
            told.append(status)
            if not status.can_print:
                bench.emulator.clear_faults()

        outcome = printer.print(
            JOB,
            deadline_ms=WITHIN_MS,
            on_status=put_right,
            before_first_byte=lambda: bench.emulator.run_out_of_paper_after(300),
        )
        assert outcome == Done()
        assert told[0] == DeviceStatus(DeviceState.DEGRADED, DeviceReason.PAPER_OUT)
        assert len(bench.emulator.receipts) == 1
        bench.emulator.set_fault(Fault.PAPER_LOW)
        assert printer.status() == DeviceStatus(DeviceState.DEGRADED, DeviceReason.PAPER_LOW)


def test_a_usb_printer_is_found_beside_another_interface_and_never_reset() -> None:
    with bench_on(Transport.USB) as bench:
        assert bench.plug is not None
        assert bench.printer().print(JOB, deadline_ms=WITHIN_MS) == Done()
        assert bench.plug.resets == 0
        assert not bench.plug.claimed
        assert bench.plug.driver_holds, "the system's driver gets it back"


def test_a_usb_printer_that_cannot_answer_prints_unconfirmed() -> None:
    with bench_on(Transport.USB, plug_settings=PlugSettings(can_answer=False)) as bench:
        assert bench.printer().print(JOB, deadline_ms=WITHIN_MS) == SentUnconfirmed()
        assert bench.emulator.wait_until(lambda: len(bench.emulator.receipts) == 1)


def test_a_usb_printer_claimed_by_another_program_is_busy() -> None:
    with bench_on(Transport.USB) as bench:
        assert bench.plug is not None
        bench.plug.claimed = True
        assert bench.printer().print(JOB, deadline_ms=WITHIN_MS) == NotSent(DeviceReason.BUSY)


def test_a_usb_printer_is_told_from_its_twin_by_its_serial_number() -> None:
    with bench_on(Transport.USB) as bench:
        UsbLink(UsbIdentity(0x0416, 0x5011, "E0001"), deadline=soon(), backend=bench.plug).close()
        with pytest.raises(LinkError, match="not_found"):
            UsbLink(UsbIdentity(0x0416, 0x5011, "E0002"), deadline=soon(), backend=bench.plug)


def test_a_printer_plugged_in_again_prints() -> None:
    with bench_on(Transport.USB) as bench:
        assert bench.plug is not None
        printer = bench.printer()
        bench.unplug()
        assert printer.print(JOB, deadline_ms=WITHIN_MS) == NotSent(DeviceReason.NOT_FOUND)
        assert printer.status() == DeviceStatus(DeviceState.LOST, DeviceReason.NOT_FOUND)
        bench.plug.plugged = True
        assert printer.print(JOB, deadline_ms=WITHIN_MS) == Done()


def test_a_serial_port_is_held_by_one_program_at_a_time() -> None:
    with bench_on(Transport.SERIAL) as bench:
        assert bench.cable is not None
        address = PathAddress(bench.cable.device)
        with SerialLink(address, baud_rate=9_600, deadline=soon()):
            assert bench.printer().print(JOB, deadline_ms=WITHIN_MS) == NotSent(DeviceReason.BUSY)


@pytest.mark.parametrize("address", ["/dev/ttyNONE7", "dead:beef", "dead:beef:1"])
def test_a_serial_port_that_is_not_there_is_not_found(address: str) -> None:
    settings = quick_settings(address, transport=Transport.SERIAL)
    printer = EscposPrinter(settings, clock=monotonic_ms)
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == NotSent(DeviceReason.NOT_FOUND)


def test_a_device_file_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    with pytest.raises(LinkError, match="not_found"):
        FileLink(str(path), deadline=soon())
    assert not path.exists()


def test_what_cannot_be_read_takes_jobs_and_confirms_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    path.touch()
    settings = quick_settings(str(path), transport=Transport.FILE)
    printer = EscposPrinter(settings, clock=monotonic_ms)
    assert printer.status() == DeviceStatus(DeviceState.READY)
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == SentUnconfirmed()
    assert path.read_bytes() == JOB


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield path, reader
    os.close(reader)


def test_a_device_file_that_stops_taking_keeps_the_deadline(pipe: tuple[Path, int]) -> None:
    path, _reader = pipe
    with (
        FileLink(str(path), deadline=soon()) as link,
        pytest.raises(LinkError, match="timed_out") as failed,
    ):
        link.send(bytes(1_000_000), deadline=soon(100))
    assert 0 < failed.value.sent_bytes < 1_000_000


def test_a_network_printer_that_hangs_up_is_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = quick_settings(f"127.0.0.1:{listener.getsockname()[1]}")
        printer = EscposPrinter(settings, clock=monotonic_ms)
        listener.settimeout(0)
        listener.close()
        assert printer.print(JOB, deadline_ms=WITHIN_MS) == NotSent(DeviceReason.REFUSED)


class SpoolerStandIn:
    """Stands for `win32print`, which only Windows has; it keeps what a queue was given."""

    class error(Exception):  # noqa: N801, N818 - the library's own name
        pass

    def __init__(self) -> None:
        self.printed: list[bytes] = []
        self.calls: list[str] = []
        self._document = b""

    def OpenPrinter(self, name: str) -> str:  # noqa: N802
        if name != "XP-80C":
            raise self.error(1801, "OpenPrinter", "The printer name is invalid.")
        return name

    def ClosePrinter(self, handle: str) -> None:  # noqa: N802
        self.calls.append("close")

    def StartDocPrinter(self, handle: str, level: int, about: tuple[str, None, str]) -> int:  # noqa: N802
        assert (level, about[1:]) == (1, (None, RAW))
        self._document = b""
        return 1

    def StartPagePrinter(self, handle: str) -> None: ...  # noqa: N802

    def WritePrinter(self, handle: str, data: bytes) -> int:  # noqa: N802
        taken = data[:100]
        self._document += taken
        return len(taken)

    def EndPagePrinter(self, handle: str) -> None: ...  # noqa: N802

    def EndDocPrinter(self, handle: str) -> None:  # noqa: N802
        self.printed.append(self._document)

    def AbortPrinter(self, handle: str) -> None:  # noqa: N802
        self.calls.append("abort")

    def EnumPrinters(self, flags: int, name: None, level: int) -> tuple[Any, ...]:  # noqa: N802
        return ({"pPrinterName": "XP-80C"},)


def test_a_windows_queue_gets_the_whole_job_as_one_raw_document() -> None:
    spooler = SpoolerStandIn()
    settings = quick_settings("XP-80C", transport=Transport.WINDOWS)
    printer = EscposPrinter(
        settings, clock=monotonic_ms, opener=lambda *_: WindowsLink("XP-80C", spooler=spooler)
    )
    assert printer.print(JOB, deadline_ms=WITHIN_MS) == SentUnconfirmed()
    assert spooler.printed == [JOB]
    assert [queue.name for queue in windows_queues(spooler)] == ["XP-80C"]


def test_a_windows_document_that_was_not_ended_is_dropped() -> None:
    spooler = SpoolerStandIn()
    with WindowsLink("XP-80C", spooler=spooler) as link:
        link.send(b"half", deadline=soon())
    assert (spooler.printed, spooler.calls) == ([], ["abort", "close"])


def test_outside_windows_there_are_no_queues() -> None:
    if os.name == "nt":
        pytest.skip("this is Windows")
    assert windows_queues() == ()
    with pytest.raises(LinkError, match="not_found"):
        WindowsLink("XP-80C")


def test_settings_name_the_sensor_by_a_stable_word() -> None:
    assert [sensor.value for sensor in DrawerSensor] == ["none", "high_is_open", "low_is_open"]
