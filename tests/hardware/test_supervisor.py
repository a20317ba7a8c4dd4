"""A device that comes and goes, and the thread that keeps it open."""

import threading
from collections.abc import Callable, Iterator
from queue import Queue

import pytest

from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.supervisor import (
    LONGEST_PAUSE_MS,
    DeviceCondition,
    DeviceFault,
    Supervisor,
)
from hardware.timing import monotonic_ms

WAIT_S = 10.0
READY = DeviceStatus(DeviceState.READY)
DEGRADED = DeviceStatus(DeviceState.DEGRADED, DeviceReason.PAPER_LOW)


class Gadget:
    """The physical device: the test says what it does next."""

    def __init__(self) -> None:
        self.plugged = True
        self.broken = False
        self.status = READY
        self.opened = 0
        self.closed = 0
        self.turns = threading.Semaphore(0)

    def open(self) -> None:
        self.opened += 1
        if not self.plugged:
            raise DeviceFault(DeviceReason.NOT_FOUND)

    def serve(self) -> DeviceStatus:
        self.turns.acquire(timeout=0.02)
        if self.broken:
            raise ValueError("4111 1111 1111 1111")
        if not self.plugged:
            raise DeviceFault(DeviceReason.CONNECTION_LOST)
        return self.status

    def close(self) -> None:
        self.closed += 1


class Watched:
    def __init__(self) -> None:
        self.gadget = Gadget()
        self.told: Queue[DeviceCondition] = Queue()
        self.supervisor = Supervisor(
            "gadget", self.gadget, clock=monotonic_ms, chance=lambda: 0, on_changed=self.told.put
        )

    def next_status(self) -> DeviceStatus:
        return self.told.get(timeout=WAIT_S).status


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    assert made.supervisor.stop()


def lost(reason: DeviceReason) -> DeviceStatus:
    return DeviceStatus(DeviceState.LOST, reason)


def test_a_device_that_is_there_is_ready(watched: Watched) -> None:
    watched.supervisor.start()
    assert watched.next_status() == READY
    assert watched.supervisor.condition.last_ok_ms is not None


def test_an_unplugged_device_comes_back_by_itself(watched: Watched) -> None:
    watched.supervisor.start()
    assert watched.next_status() == READY
    watched.gadget.plugged = False
    assert watched.next_status() == lost(DeviceReason.CONNECTION_LOST)
    assert watched.next_status() == lost(DeviceReason.NOT_FOUND)
    watched.gadget.plugged = True
    assert watched.next_status() == READY
    assert watched.gadget.closed == watched.gadget.opened - 1


def test_each_change_is_told_once_with_its_moment(watched: Watched) -> None:
    watched.supervisor.start()
    assert watched.next_status() == READY
    watched.gadget.status = DEGRADED
    told = watched.told.get(timeout=WAIT_S)
    assert told.status == DEGRADED
    assert told.last_ok_ms is not None
    assert told.last_ok_ms <= told.since_ms
    assert watched.told.empty()


def test_a_fault_of_the_driver_is_a_device_error_and_quotes_nothing(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    watched.gadget.broken = True
    watched.supervisor.start()
    assert watched.next_status() == READY
    assert watched.next_status() == lost(DeviceReason.DEVICE_ERROR)
    watched.gadget.broken = False
    assert watched.next_status() == READY
    assert "4111" not in caplog.text
    assert "device failed" in caplog.text


class Pauses:
    """Lets a supervisor run with pauses that end at once, and writes them down."""

    def __init__(self, supervisor: Supervisor, enough: Callable[[list[float]], bool]) -> None:
        self.lengths: list[float] = []
        self.done = threading.Event()
        self._enough = enough
        self._event = supervisor._wake
        supervisor._wake = self  # type: ignore[assignment]

    def wait(self, length_s: float) -> bool:
        self.lengths.append(length_s)
        if self._enough(self.lengths):
            self.done.set()
            return self._event.wait(length_s)
        return False

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()


def test_pauses_grow_up_to_half_a_minute_and_a_hint_ends_one(watched: Watched) -> None:
    watched.gadget.plugged = False
    pauses = Pauses(watched.supervisor, lambda lengths: len(lengths) == 12)
    watched.supervisor.start()
    assert pauses.done.wait(WAIT_S)
    assert pauses.lengths[:3] == [0.1, 0.2, 0.4]
    assert pauses.lengths == sorted(pauses.lengths)
    assert pauses.lengths[-1] == LONGEST_PAUSE_MS / 1000
    assert watched.next_status() == lost(DeviceReason.NOT_FOUND)
    watched.gadget.plugged = True
    watched.supervisor.hint()
    assert watched.next_status() == READY
