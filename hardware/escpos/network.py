"""An ESC/POS printer on the network: the driver behind `ReceiptPrinter` and `CashDrawer`.

Each job has a connection of its own and nothing is held between jobs, because such printers talk
to one till at a time. Order of a job: connect, ask how it is, send everything, ask to be told when
it is done, wait for that on the same connection (also while paper is out), end gracefully.
"""

from collections.abc import Callable
from contextlib import suppress

import msgspec

from hardware.escpos.connection import Connection, LinkError
from hardware.escpos.conversation import Conversation
from hardware.escpos.model import CompletionWay, PrinterModel, StatusWay
from hardware.escpos.models import model_named
from hardware.ports import (
    DeviceReason,
    DeviceState,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    PrintOutcome,
    SentUnconfirmed,
    StatusListener,
)
from hardware.timing import Deadline, MonotonicMs

# DLE DC4 fn 1: pin 2, 2 x 100 ms; works at once even while paper is out. 100 ms in all is too
# short for some drawers.
DRAWER_PULSE = b"\x10\x14\x01\x00\x02"


class NetworkPrinterSettings(msgspec.Struct, frozen=True):
    """Where a printer is and how long to wait for it.

    Attributes:
        host: best an IP address; a name is looked up by the system, which has its own timeouts.
        model: a name in `hardware.escpos.model.MODELS`.
        status_timeout_ms: how long a printer may take to say how it is.
        poll_interval_ms: how often it is asked while a job is printing.
        drawer_timeout_ms: after this the moment for opening the drawer is over.
    """

    host: str
    port: int = 9100
    model: str = "generic-80mm"
    connect_timeout_ms: int = 2_000
    status_timeout_ms: int = 1_000
    poll_interval_ms: int = 500
    drain_timeout_ms: int = 1_000
    drawer_timeout_ms: int = 3_000


class NetworkPrinter:
    """One printer at one address; call it from one thread at a time."""

    def __init__(self, settings: NetworkPrinterSettings, *, clock: MonotonicMs) -> None:
        """Does not connect yet.

        Raises:
            UnknownPrinterModelError: the settings name no model of the table.
        """
        self.settings = settings
        self.model: PrinterModel = model_named(settings.model)
        self._clock = clock

    def print(
        self,
        job: bytes,
        *,
        deadline_ms: int,
        on_status: StatusListener | None = None,
        before_first_byte: Callable[[], None] | None = None,
        after_last_byte: Callable[[], None] | None = None,
    ) -> PrintOutcome:
        """See `ReceiptPrinter.print`."""
        deadline = Deadline(self._clock, deadline_ms)
        try:
            with self._connect(deadline) as connection:
                talk = Conversation(connection)
                status = self._ask(talk, deadline)
                if not status.can_print:
                    self._leave(connection, deadline)
                    return NotSent(status.reason or DeviceReason.DEVICE_ERROR)
                if before_first_byte is not None:
                    before_first_byte()
                listening = _Listening(on_status or _nobody, after_last_byte or _nothing)
                return self._print_on(connection, talk, job, deadline, listening)
        except LinkError as fault:  # before the first byte of the job: see _print_on
            return NotSent(fault.reason)

    def status(self) -> DeviceStatus:
        """See `ReceiptPrinter.status`."""
        within_ms = self.settings.connect_timeout_ms + self.settings.status_timeout_ms
        deadline = Deadline(self._clock, within_ms)
        try:
            with self._connect(deadline) as connection:
                status = self._ask(Conversation(connection), deadline)
                self._leave(connection, deadline)
        except LinkError as fault:
            return DeviceStatus(DeviceState.LOST, fault.reason)
        return status

    def open_drawer(self) -> PrintOutcome:
        """See `CashDrawer.open_drawer`; works while paper is out."""
        deadline = Deadline(self._clock, self.settings.drawer_timeout_ms)
        try:
            with self._connect(deadline) as connection:
                connection.send(DRAWER_PULSE, deadline=deadline)
                self._leave(connection, deadline)
        except LinkError as fault:
            return InDoubt(fault.reason) if fault.sent_bytes else NotSent(fault.reason)
        return SentUnconfirmed()

    def _connect(self, deadline: Deadline) -> Connection:
        within = deadline.at_most(self.settings.connect_timeout_ms)
        return Connection(self.settings.host, self.settings.port, deadline=within)

    def _print_on(
        self,
        connection: Connection,
        talk: Conversation,
        job: bytes,
        deadline: Deadline,
        listening: "_Listening",
    ) -> PrintOutcome:
        """The job on an open connection; `LinkError` leaves only while none of it has been sent."""
        try:
            connection.send(job, deadline=deadline)
        except LinkError as fault:
            if fault.sent_bytes:
                return InDoubt(fault.reason)
            raise
        try:
            return self._finish(connection, talk, deadline, listening)
        except LinkError as fault:
            return InDoubt(fault.reason)

    def _finish(
        self,
        connection: Connection,
        talk: Conversation,
        deadline: Deadline,
        listening: "_Listening",
    ) -> PrintOutcome:
        if self.model.completion is CompletionWay.NONE:
            listening.after_last_byte()
            connection.finish(deadline=deadline)
            return SentUnconfirmed()
        talk.mark_end(deadline=deadline)
        listening.after_last_byte()
        asks = self.model.status is not StatusWay.NONE
        poll_ms = self.settings.poll_interval_ms if asks else None
        done = talk.wait_for_completion(
            deadline=deadline, poll_ms=poll_ms, on_status=listening.on_status
        )
        self._leave(connection, deadline)
        return Done() if done else InDoubt(_why_waiting(talk.last_status))

    def _ask(self, talk: Conversation, deadline: Deadline) -> DeviceStatus:
        if self.model.status is StatusWay.NONE:
            return DeviceStatus(DeviceState.READY)
        return talk.ask_status(deadline=deadline.at_most(self.settings.status_timeout_ms))

    def _leave(self, connection: Connection, deadline: Deadline) -> None:
        # The outcome is known by now; a printer that does not close its side changes nothing.
        with suppress(LinkError):
            connection.finish(deadline=deadline.at_most(self.settings.drain_timeout_ms))


class _Listening(msgspec.Struct, frozen=True):
    """What a caller wants to be told while its job is under way."""

    on_status: StatusListener
    after_last_byte: Callable[[], None]


def _why_waiting(status: DeviceStatus | None) -> DeviceReason:
    if status is None or status.can_print or status.reason is None:
        return DeviceReason.TIMED_OUT
    return status.reason


def _nobody(_status: DeviceStatus) -> None:
    """For a caller that does not listen."""


def _nothing() -> None:
    """For a caller that does not note when everything was handed over."""
