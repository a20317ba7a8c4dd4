"""An ESC/POS printer on any link: the driver behind `ReceiptPrinter` and `CashDrawer`.

Each job opens the link and closes it again, because such printers talk to one till at a time.
Order of a job: open, ask how it is, send everything, ask to be told when it is done, wait for that
on the same link (also while paper is out), end gracefully.
"""

import string
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from hardware.escpos import drawer
from hardware.escpos.conversation import Conversation
from hardware.escpos.drawer import DrawerPosition
from hardware.escpos.job import Job, Listening
from hardware.escpos.link import Link, LinkError, seconds
from hardware.escpos.model import PrinterModel
from hardware.escpos.opening import LinkOpener, open_link
from hardware.escpos.settings import DrawerSensor, EscposSettings, check_settings
from hardware.escpos.sharing import SharedLink
from hardware.ports import (
    DeviceReason,
    DeviceState,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    PrintOutcome,
    StatusListener,
)
from hardware.timing import Deadline, MonotonicMs

IDENTIFIER_LETTERS = string.ascii_letters + string.digits
DRAWER_RETRY_S = 0.1


class EscposPrinter:
    """One printer at one address.

    `print` and `status` are called from one thread at a time. `open_drawer` may come from another
    one, also while a job waits for paper: the pulse then goes over the link of that job.
    """

    def __init__(
        self, settings: EscposSettings, *, clock: MonotonicMs, opener: LinkOpener = open_link
    ) -> None:
        """Does not connect yet.

        Raises:
            UnknownPrinterModelError: the settings name no model of the table.
            AddressInvalidError: their address does not fit their transport.
        """
        check_settings(settings)
        self.settings = settings
        self.model: PrinterModel = settings.printer_model
        self._clock = clock
        self._opener = opener
        self._opening = threading.Lock()
        self._under_way: SharedLink | None = None
        # Whether the answer to an earlier job may still come; after a start nobody knows.
        self._unsettled = True
        self._jobs = clock()

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
        listening = Listening(
            on_status or _nobody, before_first_byte or _nothing, after_last_byte or _nothing
        )
        try:
            with self._open(deadline) as link:
                return self._print_on(link, job, listening, deadline)
        except LinkError as fault:  # before the first byte of the job: see Job.hand_over
            return NotSent(fault.reason)

    def status(self) -> DeviceStatus:
        """See `ReceiptPrinter.status`; also the try of new settings before they are saved."""
        within_ms = self.settings.connect_timeout_ms + self.settings.status_timeout_ms
        deadline = Deadline(self._clock, within_ms)
        try:
            with self._open(deadline) as link:
                talk = self._talk(link)
                within = deadline.at_most(self.settings.status_timeout_ms)
                status = talk.ask_status(deadline=within)
                self._leave(link, talk)
        except LinkError as fault:
            return DeviceStatus(DeviceState.LOST, fault.reason)
        return status

    def open_drawer(self) -> PrintOutcome:
        """See `CashDrawer.open_drawer`; works while paper is out, and while a job waits for it.

        With a sensor that was learnt the outcome is `Done` when the drawer was seen open, and in
        doubt for `drawer_stuck` when it stayed closed. A busy printer is tried again for as long
        as the moment lasts, which cannot open the drawer twice.
        """
        deadline = Deadline(self._clock, self.settings.drawer_timeout_ms)
        while True:
            try:
                return self._open_drawer_once(deadline)
            except LinkError as fault:
                if fault.sent_bytes:
                    return InDoubt(fault.reason)
                if deadline.left_ms <= DRAWER_RETRY_S * 1000:
                    return NotSent(fault.reason)
            threading.Event().wait(DRAWER_RETRY_S)

    def drawer_position(self) -> DrawerPosition:
        """Whether the drawer is open, as far as this printer can tell."""
        return drawer.position(self.drawer_pin(), self.settings.drawer_sensor)

    def drawer_pin(self) -> bool | None:
        """The level of the drawer pin, for learning what it means.

        None when there is no answer, and while a job is under way, to which the answers belong.
        """
        deadline = Deadline(self._clock, self.settings.drawer_timeout_ms)
        try:
            with self._idle(deadline) as link:
                if isinstance(link, SharedLink):
                    return None
                within = deadline.at_most(self.settings.status_timeout_ms)
                return drawer.read_pin(link, deadline=within)
        except LinkError:
            return None

    @contextmanager
    def _open(self, deadline: Deadline) -> Iterator[SharedLink]:
        with self._opening:
            within = deadline.at_most(self.settings.connect_timeout_ms)
            link = SharedLink(self._opener(self.settings, within))
            self._under_way = link
        try:
            with link:
                yield link
        finally:
            self._under_way = None

    def _print_on(
        self, link: SharedLink, data: bytes, listening: Listening, deadline: Deadline
    ) -> PrintOutcome:
        talk = self._talk(link)
        job = Job(link, talk, self.settings, deadline=deadline)
        with link.alone():
            outcome = job.hand_over(data, listening, settle=self._unsettled)
        if outcome is None:
            outcome = job.end(listening)
        if job.left:
            self._unsettled = not isinstance(outcome, Done)
        self._leave(link, talk)
        return outcome

    def _open_drawer_once(self, deadline: Deadline) -> PrintOutcome:
        with self._idle(deadline) as link:
            # On the link of a job the sensor cannot be asked: the answers belong to the job.
            asks = link.answers and not isinstance(link, SharedLink)
            sensor = self.settings.drawer_sensor if asks else DrawerSensor.NONE
            return drawer.open_on(link, self.model.drawer, sensor, deadline=deadline)

    @contextmanager
    def _idle(self, deadline: Deadline) -> Iterator[Link]:
        """A link of one's own for a short talk, or that of the job under way.

        Raises:
            LinkError: timed_out, or as opening and talking do.
        """
        if not self._opening.acquire(timeout=seconds(deadline)):
            raise LinkError(DeviceReason.TIMED_OUT)
        try:
            if self._under_way is not None:
                yield self._under_way
                return
            within = deadline.at_most(self.settings.connect_timeout_ms)
            with self._opener(self.settings, within) as link:
                yield link
                self._leave(link, self._talk(link))
        finally:
            self._opening.release()

    def _talk(self, link: Link) -> Conversation:
        self._jobs += 1
        return Conversation(
            link,
            status=self.model.status,
            completion=self.model.completion,
            identifier=_identifier(self._jobs),
        )

    def _leave(self, link: Link, talk: Conversation) -> None:
        # The outcome is known by now; a printer that does not close its side changes nothing. A job
        # that has used up its time is still left cleanly, or what it sent would be cut off.
        within = Deadline(self._clock, self.settings.drain_timeout_ms)
        with suppress(LinkError):
            talk.quieten(deadline=within)
            link.finish(deadline=within)


def _identifier(number: int) -> bytes:
    """Four letters and digits for a job, which come again after 14 million jobs."""
    letters = ""
    for _ in range(4):
        number, place = divmod(number, len(IDENTIFIER_LETTERS))
        letters += IDENTIFIER_LETTERS[place]
    return letters.encode("ascii")


def _nobody(_status: DeviceStatus) -> None:
    """For a caller that does not listen."""


def _nothing() -> None:
    """For a caller that has nothing to note."""
