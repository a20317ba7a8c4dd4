"""A scanner, or a magnetic-stripe reader, on a serial port (RS-232, USB CDC, Bluetooth SPP)."""

from collections.abc import Callable

from hardware.ports import DeviceState, DeviceStatus
from hardware.scanners.lines import SameCode, ScannedLines
from hardware.serial_ports import SerialPort, SerialPortSettings
from hardware.supervisor import DeviceFault
from hardware.timing import MonotonicMs


class SerialScanner:
    """For a `Supervisor`. `on_text` is called on its thread; the text may be secret."""

    def __init__(
        self, settings: SerialPortSettings, on_text: Callable[[str], None], *, clock: MonotonicMs
    ) -> None:
        self._port = SerialPort(settings)
        self._on_text = on_text
        self._clock = clock
        self._lines = ScannedLines()
        self._same = SameCode()

    def open(self) -> None:
        self._lines.drop()
        self._port.open()

    def serve(self) -> DeviceStatus:
        data = self._port.read()
        now_ms = self._clock()
        for text in self._lines.feed(data, now_ms):
            if self._same.is_new(text, now_ms):
                self._on_text(text)
        if not data:
            self._same.forget_after(now_ms)
        return DeviceStatus(DeviceState.READY)

    def close(self) -> None:
        self._lines.drop()
        self._port.close()


def try_serial_scanner(settings: SerialPortSettings) -> DeviceStatus:
    """Whether the port can be opened with these settings; for a settings screen."""
    port = SerialPort(settings)
    try:
        port.open()
    except DeviceFault as fault:
        return DeviceStatus(DeviceState.LOST, fault.reason)
    finally:
        port.close()
    return DeviceStatus(DeviceState.READY)
