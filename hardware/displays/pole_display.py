"""A pole display on a serial port, as its supervisor serves it: the last value wins.

It is never queued: a guest wants to see what is true now. A display that comes back shows that at
once. Nothing is read from it; most of them never say a word, so `ready` means that the port is
there and takes what is written.
"""

import threading
import time
from typing import Final

import msgspec

from hardware.displays.content import PoleContent
from hardware.displays.protocols import PoleKind, opening, shown
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.serial_ports import SerialPort, SerialPortSettings
from hardware.supervisor import DeviceFault
from hardware.timing import MonotonicMs

SLICE_MS: Final = 500
# At 2,400 baud two lines take a fifth of a second; what changes meanwhile is shown next.
SHORTEST_INTERVAL_MS: Final = 60


class PoleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An empty `port` means that there is none; see `hardware.serial_ports` for its names."""

    port: str = ""
    kind: PoleKind = PoleKind.CD5220
    baud: int = 9_600


class PoleDisplay:
    """Fulfils `SupervisedDevice`; `show` may be called from any thread and never waits."""

    def __init__(self, settings: PoleSettings, *, clock: MonotonicMs) -> None:
        self._settings = settings
        self._clock = clock
        self._changed = threading.Event()
        self._content = PoleContent()
        self._port: SerialPort | None = None
        self._written_ms = 0

    def show(self, content: PoleContent) -> None:
        if content != self._content:
            self._content = content
            self._changed.set()

    def open(self) -> None:
        """Raises DeviceFault."""
        port = SerialPort(SerialPortSettings(port=self._settings.port, baud=self._settings.baud))
        self._port = port
        port.open()
        port.write(opening(self._settings.kind))
        self._changed.set()  # what was shown before is gone

    def serve(self) -> DeviceStatus:
        """Write what changed, or wait a slice; raises DeviceFault."""
        if self._changed.wait(SLICE_MS / 1_000):
            self._wait_for_the_display()
            self._changed.clear()
            self._write(shown(self._settings.kind, self._content))
        elif self._port is not None:
            self._port.check()
        return DeviceStatus(DeviceState.READY)

    def close(self) -> None:
        """See `SupervisedDevice.close`."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _write(self, data: bytes) -> None:
        if self._port is None:
            raise DeviceFault(DeviceReason.NOT_OPENED)
        self._port.write(data)
        self._written_ms = self._clock()

    def _wait_for_the_display(self) -> None:
        since_ms = self._clock() - self._written_ms
        if since_ms < SHORTEST_INTERVAL_MS:
            time.sleep((SHORTEST_INTERVAL_MS - since_ms) / 1_000)


def try_out(settings: PoleSettings, *, clock: MonotonicMs) -> DeviceStatus:
    """Whether a display with these settings can be written to; shows 8888.88 for the eye."""
    display = PoleDisplay(settings, clock=clock)
    display.show(PoleContent(upper="TILLFOLD", lower="TEST", amount="8888.88"))
    try:
        display.open()
        return display.serve()
    except DeviceFault as fault:
        return DeviceStatus(DeviceState.LOST, fault.reason)
    finally:
        display.close()
