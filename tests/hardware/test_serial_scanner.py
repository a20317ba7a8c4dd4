"""A serial scanner on a pseudo-terminal: read, debounced, pulled out and plugged in again."""

import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.scanners.lines import MOST_BYTES, SAME_CODE_MS, SILENCE_MS, SameCode, ScannedLines
from hardware.scanners.serial_scanner import SerialScanner, try_serial_scanner
from hardware.serial_ports import PluggedPort, SerialPortSettings, choose_port
from hardware.supervisor import DeviceFault, Supervisor
from hardware.timing import monotonic_ms

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are not part of Windows", allow_module_level=True)
from hardware.emulators.serial_scanner import SerialScannerOnPty

WAIT_S = 10.0


def texts(*parts: tuple[bytes, int]) -> list[str]:
    lines = ScannedLines()
    return [text for data, now_ms in parts for text in lines.feed(data, now_ms)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03", b"\x00"])
def test_codes_end_as_the_scanner_is_set(end: bytes) -> None:
    assert texts((b"6901" + end + b"C-1" + end, 0)) == ["6901", "C-1"]


def test_a_code_may_come_in_pieces_and_in_any_encoding() -> None:
    assert texts((b"69", 0), (b"01\r", 50)) == ["6901"]
    assert texts(("桌3\r".encode(), 0)) == ["桌3"]
    assert texts(("桌3\r".encode("gbk"), 0)) == ["桌3"]


def test_half_a_code_never_stands_before_the_next_one() -> None:
    assert texts((b"69", 0), (b"01\r", SILENCE_MS + 1)) == ["01"]
    assert texts((b"69\x02", 0), (b"C-1\r", 10)) == ["C-1"]


def test_what_is_longer_than_any_code_is_dropped_to_its_end() -> None:
    assert texts((b"7" * (MOST_BYTES + 1), 0), (b"7\rC-1\r", 10)) == ["C-1"]


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_no_bytes_are_an_error_and_pieces_do_not_matter(pieces: list[bytes]) -> None:
    assert texts(*((piece, 0) for piece in pieces)) == texts((b"".join(pieces), 0))


def test_a_code_that_stays_before_the_scanner_counts_once() -> None:
    same = SameCode()
    seen = [same.is_new("A", at) for at in (0, 200, 400, 600)]
    assert seen == [True, False, False, False]
    assert same.is_new("B", 650)
    assert same.is_new("A", 700)
    assert same.is_new("A", 700 + SAME_CODE_MS)


PLUGGED = (
    PluggedPort(device="/dev/ttyACM0", usb="1A86:7523:A1", description="scanner"),
    PluggedPort(device="/dev/ttyACM1", usb="1A86:7523:A2", description="scanner"),
    PluggedPort(device="/dev/ttyACM2", usb="05F9:4204", description="scanner"),
    PluggedPort(device="/dev/ttyS0", usb="", description="n/a"),
)


@pytest.mark.parametrize(
    ("wanted", "device"),
    [
        ("1A86:7523:A2", "/dev/ttyACM1"),
        ("05f9:4204", "/dev/ttyACM2"),
        ("COM3", "COM3"),
        ("/dev/ttyS0", "/dev/ttyS0"),
    ],
)
def test_a_port_is_named_by_what_is_plugged_in(wanted: str, device: str) -> None:
    assert choose_port(wanted, PLUGGED) == device


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("1A86:7523:A3", DeviceReason.NOT_FOUND),
        ("1234:5678", DeviceReason.NOT_FOUND),
        ("1A86:7523", DeviceReason.BUSY),
    ],
)
def test_what_is_not_there_or_not_clear_is_said(wanted: str, reason: DeviceReason) -> None:
    with pytest.raises(DeviceFault) as caught:
        choose_port(wanted, PLUGGED)
    assert caught.value.reason is reason


class Bench:
    """A scanner under its supervisor, and what the till hears of both."""

    def __init__(self, name: Path) -> None:
        self.device = SerialScannerOnPty(name)
        self.settings = SerialPortSettings(port=str(name))
        self.texts: Queue[str] = Queue()
        self.told: Queue[DeviceStatus] = Queue()
        self.supervisor = Supervisor(
            "scanner",
            SerialScanner(self.settings, self.texts.put, clock=monotonic_ms),
            clock=monotonic_ms,
            chance=lambda: 0,
            on_changed=lambda condition: self.told.put(condition.status),
        )

    def next_text(self) -> str:
        return self.texts.get(timeout=WAIT_S)

    def wait_for(self, state: DeviceState) -> DeviceStatus:
        while (status := self.told.get(timeout=WAIT_S)).state is not state:
            pass
        return status


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "scanner")
    yield made
    made.supervisor.stop()
    made.device.unplug()


def test_scans_arrive_and_a_repeated_one_counts_once(bench: Bench) -> None:
    bench.device.plug_in()
    bench.supervisor.start()
    bench.wait_for(DeviceState.READY)
    for code in ("6901234567892", "6901234567892", "C-aB3dEFgh9"):
        bench.device.scan(code)
    assert [bench.next_text(), bench.next_text()] == ["6901234567892", "C-aB3dEFgh9"]


def test_a_scanner_pulled_out_comes_back_and_half_a_code_is_gone(bench: Bench) -> None:
    bench.supervisor.start()
    bench.device.plug_in()
    bench.wait_for(DeviceState.READY)
    for code in ("first", "second", "third"):
        bench.device.send(b"half")
        bench.device.unplug()
        assert bench.wait_for(DeviceState.LOST).reason in {
            DeviceReason.CONNECTION_LOST,
            DeviceReason.NOT_FOUND,
        }
        bench.device.plug_in()
        bench.supervisor.hint()
        bench.wait_for(DeviceState.READY)
        bench.device.scan(code)
        assert bench.next_text() == code
    with pytest.raises(Empty):
        bench.texts.get_nowait()


def test_a_port_that_another_program_holds_is_busy(bench: Bench) -> None:
    bench.device.plug_in()
    with serial.Serial(bench.settings.port, exclusive=True):
        status = try_serial_scanner(bench.settings)
    assert status == DeviceStatus(DeviceState.LOST, DeviceReason.BUSY)
    assert try_serial_scanner(bench.settings) == DeviceStatus(DeviceState.READY)


def test_settings_are_tried_before_they_are_kept(bench: Bench) -> None:
    missing = SerialPortSettings(port=str(bench.device.name))
    assert try_serial_scanner(missing).reason is DeviceReason.NOT_FOUND
    assert try_serial_scanner(SerialPortSettings(port="FFFE:FFFE")).reason is DeviceReason.NOT_FOUND
