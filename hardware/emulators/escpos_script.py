"""The script side of an emulated printer: faults to set, and what has come out so far.

Shared between the thread of the printer and whoever directs it; every method takes the lock.
"""

import socket
import threading
from collections.abc import Callable

from hardware.emulators.escpos_faults import Fault, Trigger
from hardware.emulators.escpos_paper import Receipt

MAX_TAKEN_BYTES = 4096


class PrinterScript:
    """State of one emulated printer; `on_receipt` is called on the printer's thread."""

    def __init__(self, on_receipt: Callable[[Receipt], None] | None = None) -> None:
        self._on_receipt = on_receipt
        self._changed = threading.Condition()
        self._receipts: tuple[Receipt, ...] = ()
        self._faults: frozenset[Fault] = frozenset()
        self._followed: frozenset[Fault] | None = None  # None while the printer does not run
        self._drawer_openings = 0
        self._drawer_open = False
        self._beeps = 0
        self._triggers: dict[Trigger, int] = {}  # how many bytes are left until it happens
        self.wake_up, self._wake_end = socket.socketpair()

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """All finished receipts, oldest first."""
        with self._changed:
            return self._receipts

    @property
    def drawer_openings(self) -> int:
        """How many pulses came."""
        with self._changed:
            return self._drawer_openings

    @property
    def drawer_open(self) -> bool:
        with self._changed:
            return self._drawer_open

    @property
    def beeps(self) -> int:
        with self._changed:
            return self._beeps

    @property
    def faults(self) -> frozenset[Fault]:
        with self._changed:
            return self._faults

    def wait_until(self, condition: Callable[[], bool], *, within_ms: int = 5_000) -> bool:
        """Whether `condition()` came true in time; looked at after every change."""
        with self._changed:
            return self._changed.wait_for(condition, within_ms / 1000)

    def set_fault(self, fault: Fault) -> None:
        """Returns when the printer behaves so."""
        with self._changed:
            self._faults |= {fault}
            self._announce()
            self._wait_until_followed()

    def clear_faults(self) -> None:
        """All well again: paper in, cover closed, power on; what was kept is printed."""
        with self._changed:
            self._triggers.clear()
            self._faults = frozenset()
            self._announce()
            self._wait_until_followed()

    def clear_fault(self, fault: Fault) -> None:
        """Put this one right; the others stay."""
        with self._changed:
            self._faults -= {fault}
            self._announce()
            self._wait_until_followed()

    def after_bytes(self, count: int, trigger: Trigger) -> None:
        """Let it happen with the last of `count` more bytes."""
        with self._changed:
            self._triggers[trigger] = count

    def cut_power_after(self, received_bytes: int) -> None:
        """Lose power, and all that is not on paper, after so many more bytes; until cleared."""
        self.after_bytes(received_bytes, Trigger.POWER_CUT)

    def run_out_of_paper_after(self, received_bytes: int) -> None:
        """Set `paper_out` after so many more bytes."""
        self.after_bytes(received_bytes, Trigger.PAPER_OUT)

    def push_drawer(self, *, is_open: bool) -> None:
        """Open the drawer with its key, or push it shut."""
        with self._changed:
            self._drawer_open = is_open

    def _publish(self, receipt: Receipt) -> None:
        if self._on_receipt:
            self._on_receipt(receipt)
        with self._changed:
            self._receipts += (receipt,)
            self._announce()

    def _count_pulse(self) -> None:
        with self._changed:
            self._drawer_openings += 1
            self._drawer_open |= Fault.DRAWER_STUCK not in self._faults
            self._announce()

    def _count_beeps(self, times: int) -> None:
        with self._changed:
            self._beeps += times
            self._announce()

    def _bytes_to_take(self) -> int:
        """How much may be received before something happens by script."""
        with self._changed:
            return max(1, min((MAX_TAKEN_BYTES, *self._triggers.values())))

    def _note_taken(self, count: int) -> set[Trigger]:
        """Count received bytes; what happens with the last of them."""
        with self._changed:
            self._triggers = {each: left - count for each, left in self._triggers.items()}
            due = {each for each, left in self._triggers.items() if left <= 0}
            for trigger in due:
                del self._triggers[trigger]
            faults = {
                Trigger.POWER_CUT: Fault.REFUSE,
                Trigger.PAPER_OUT: Fault.PAPER_OUT,
                Trigger.STALL: Fault.SILENT,
                Trigger.GARBLE: Fault.GARBLED,
            }
            self._faults |= {faults[trigger] for trigger in due & faults.keys()}
            return due

    def _note_followed(self, faults: frozenset[Fault] | None) -> None:
        with self._changed:
            self._followed = faults
            self._changed.notify_all()

    def _wait_until_followed(self) -> None:
        if self._followed is not None:
            self.wait_until(lambda: self._followed in {None, self._faults})

    def _announce(self) -> None:
        self._changed.notify_all()
        self._wake_end.send(b"\x00")
