"""What a program may ask of a device, and the closed lists of answers it can get.

Calls block until they have an answer or their deadline is over, so they belong on the worker
thread of the device, never on the thread of the window. They do not raise for anything a device
can do: a fault is an answer. One caller at a time per physical address is the caller's business.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec


class DeviceState(StrEnum):
    """`ready`: works. `degraded`: answers, but wants a hand. `lost`: does not answer."""

    READY = "ready"
    DEGRADED = "degraded"
    LOST = "lost"


class DeviceReason(StrEnum):
    """Why a device is not simply ready; each one is something a cashier can act on.

    The values are stable codes: they are stored with print jobs and translated by the program.
    """

    PAPER_OUT = "paper_out"  # put paper in
    PAPER_LOW = "paper_low"  # have a roll at hand; it still prints
    COVER_OPEN = "cover_open"  # close the cover
    CUTTER_ERROR = "cutter_error"  # remove the jammed paper, then switch off and on
    DRAWER_STUCK = "drawer_stuck"  # the pulse went out and the sensor says that it stayed closed
    DEVICE_ERROR = "device_error"  # switch off and on; call service when it stays
    OFFLINE = "offline"  # press the button on the printer that brings it online
    REFUSED = "refused"  # machine is there, printing is not: wrong port, or busy with another till
    UNREACHABLE = "unreachable"  # check power, cable and address
    CONNECTION_LOST = "connection_lost"  # power or network went away during the talk
    TIMED_OUT = "timed_out"  # connected, but no answer in time: switch off and on
    NOT_OPENED = "not_opened"  # not tried yet: wait a moment
    NOT_FOUND = "not_found"  # nothing of that name is plugged in: check cable and settings
    BUSY = "busy"  # another program holds it: close that program
    NO_SERVICE = "no_service"  # the system's service for such devices does not run: start it
    NOT_ALLOWED = "not_allowed"  # this user may not open it: see the manual, section rights
    MISCONFIGURED = "misconfigured"  # keys, numbers or contract: call whoever set it up


class DeviceStatus(msgspec.Struct, frozen=True):
    """State of a device at the moment it was asked; `reason` is None only when ready."""

    state: DeviceState
    reason: DeviceReason | None = None

    @property
    def can_print(self) -> bool:
        """Whether a job sent now is expected to come out."""
        return self.state is DeviceState.READY or self.reason is DeviceReason.PAPER_LOW


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The printer itself confirmed that the whole job came out."""


class SentUnconfirmed(msgspec.Struct, frozen=True, tag="sent_unconfirmed"):
    """Everything was handed over, and this printer has no way to confirm that it printed."""


class NotSent(msgspec.Struct, frozen=True, tag="not_sent"):
    """No byte of the job left this machine: trying again cannot print it twice."""

    reason: DeviceReason


class InDoubt(msgspec.Struct, frozen=True, tag="in_doubt"):
    """Some of the job left and no confirmation came: only a person can see what printed."""

    reason: DeviceReason


PrintOutcome = Done | SentUnconfirmed | NotSent | InDoubt

StatusListener = Callable[[DeviceStatus], None]


class ReceiptPrinter(Protocol):
    """A printer that takes finished jobs, one at a time."""

    def print(
        self,
        job: bytes,
        *,
        deadline_ms: int,
        on_status: StatusListener | None = None,
        before_first_byte: Callable[[], None] | None = None,
        after_last_byte: Callable[[], None] | None = None,
    ) -> PrintOutcome:
        """Send one job and wait for its outcome.

        Args:
            job: commands made for this printer's model, printed as they are.
            deadline_ms: how long to wait for the outcome, counted from now. Paper out in the
                middle of a job is waited for until then. The end of the talk may take a moment
                more.
            on_status: told each change of status while the call waits, on the caller's thread.
            before_first_byte: called once the printer is ready and before anything of the job
                leaves, to note that it is on its way; what it raises ends the call, with
                nothing sent.
            after_last_byte: called once when all of the job has been handed over, before its
                confirmation is waited for; it should be quick and must not raise.
        """
        ...

    def status(self) -> DeviceStatus:
        """Ask the printer how it is, within the timeouts of its settings."""
        ...


class CashDrawer(Protocol):
    """A drawer, usually hanging on a printer."""

    def open_drawer(self) -> PrintOutcome:
        """Send the opening pulse now; never queued and never repeated.

        `SentUnconfirmed` when it was handed over, `NotSent` when it was not.
        """
        ...


class PrinterWithDrawer(ReceiptPrinter, CashDrawer, Protocol):
    """Every receipt printer has a socket for a drawer, whether one is plugged in or not."""
