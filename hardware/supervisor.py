"""Keeps one device open: a thread that opens it, serves it, and opens it again when it is lost.

Pauses between attempts grow from a tenth of a second to half a minute, each cut short by chance so
that the devices of a counter do not all come back in the same moment; a hint (something was plugged
in, the settings changed) ends a pause at once. What a device can do to its thread is a
`DeviceFault`; anything else ends neither the thread nor the program: a device error like others.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.timing import MonotonicMs

FIRST_PAUSE_MS: Final = 100
LONGEST_PAUSE_MS: Final = 30_000
STOP_WAIT_MS: Final = 3_000
CHANCE_RANGE: Final = 1_000

_log = logging.getLogger(__name__)


class DeviceFault(Exception):  # noqa: N818 - a fault of a device is no error of the program
    """The device is lost, or could not be opened; `reason` says why."""

    def __init__(self, reason: DeviceReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class SupervisedDevice(Protocol):
    """A device as its supervisor sees it. All three are called on the supervisor's thread."""

    def open(self) -> None:
        """Make it ready, within the deadlines of its settings.

        Raises:
            DeviceFault: it does not answer.
        """
        ...

    def serve(self) -> DeviceStatus:
        """One slice of its work, at most about half a second long; its state after that.

        Raises:
            DeviceFault: it is lost, and has to be opened again.
        """
        ...

    def close(self) -> None:
        """Let go of it; also after a failed `open`. Raises nothing."""
        ...


class DeviceCondition(msgspec.Struct, frozen=True, kw_only=True):
    """How a device is, since when, and when it last worked; milliseconds of the device clock."""

    status: DeviceStatus
    since_ms: int
    last_ok_ms: int | None = None


class Supervisor:
    """One thread for one device.

    `chance` answers a whole number from 0 to 999, as evenly as may be. `on_changed` is called from
    the thread with each change of the status, and must not block.
    """

    def __init__(
        self,
        name: str,
        device: SupervisedDevice,
        *,
        clock: MonotonicMs,
        chance: Callable[[], int],
        on_changed: Callable[[DeviceCondition], None] = lambda _condition: None,
    ) -> None:
        self.name = name
        self._device = device
        self._clock = clock
        self._chance = chance
        self._on_changed = on_changed
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        lost = DeviceStatus(DeviceState.LOST, DeviceReason.NOT_OPENED)
        self._condition = DeviceCondition(status=lost, since_ms=clock())

    @property
    def condition(self) -> DeviceCondition:
        return self._condition

    def start(self) -> None:
        self._thread.start()

    def hint(self) -> None:
        """It may be back: try at once. May be called from any thread."""
        self._wake.set()

    def stop(self) -> bool:
        """End after the slice under way, at most three seconds; whether the thread ended."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_WAIT_MS / 1000)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        pause_ms = FIRST_PAUSE_MS
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._device.open()
                self._note(DeviceStatus(DeviceState.READY))
                pause_ms = FIRST_PAUSE_MS
                self._serve_until_stopped()
            except DeviceFault as fault:
                self._note(DeviceStatus(DeviceState.LOST, fault.reason))
            except Exception as error:  # noqa: BLE001 - noted as device_error, and logged
                # No traceback: it may quote what was scanned.
                _log.error(
                    "device failed", extra={"device": self.name, "error": type(error).__name__}
                )
                self._note(DeviceStatus(DeviceState.LOST, DeviceReason.DEVICE_ERROR))
            finally:
                self._device.close()
            self._pause(pause_ms)
            pause_ms = min(LONGEST_PAUSE_MS, pause_ms * 2)

    def _serve_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._note(self._device.serve())

    def _pause(self, pause_ms: int) -> None:
        """Between half of it and all of it, unless a hint comes."""
        if not self._stopping.is_set():
            shortened_ms = pause_ms - pause_ms // 2 * self._chance() // CHANCE_RANGE
            self._wake.wait(shortened_ms / 1000)

    def _note(self, status: DeviceStatus) -> None:
        now_ms = self._clock()
        before = self._condition
        changed = status != before.status
        self._condition = DeviceCondition(
            status=status,
            since_ms=now_ms if changed else before.since_ms,
            last_ok_ms=now_ms if status.state is DeviceState.READY else before.last_ok_ms,
        )
        if changed:
            self._on_changed(self._condition)
