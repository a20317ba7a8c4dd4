"""The worker of the receipt printer: takes jobs from the spool, one after the other.

A job is marked as being sent before its first byte leaves. It goes back to the queue only while no
byte left; after that only a person can say what printed.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Final, TypeVar

import msgspec

from domain.errors import TillfoldError
from hardware.escpos.commands import encode_job
from hardware.escpos.model import PrinterModel
from hardware.escpos.raster import LineArtist
from hardware.ports import (
    DeviceReason,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    PrintOutcome,
    ReceiptPrinter,
    SentUnconfirmed,
)
from hardware.receipt import DocumentInvalidError, decode_document
from pos_client.storage import spool
from pos_client.storage.spool import JobState, PrintJob
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageClosedError, StorageThread

T = TypeVar("T")
_log = logging.getLogger(__name__)

JOB_DEADLINE_MS: Final = 90_000
RETRY_S: Final = 2.0
LONGEST_RETRY_S: Final = 15.0
_STOP_WAIT_S: Final = 5.0


class PrinterCondition(msgspec.Struct, frozen=True):
    """How the printer was at the last job or question; `reason` is empty while it is ready."""

    ready: bool = True
    reason: str = ""


class PrintingThread:
    """One thread for one printer address."""

    def __init__(
        self,
        storage: StorageThread,
        printer: ReceiptPrinter,
        model: PrinterModel,
        make_artist: Callable[[], LineArtist | None],
    ) -> None:
        self._storage = storage
        self._printer = printer
        self._model = model
        # Made once, on this thread: it reads two font files.
        self._artist = cache(make_artist)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="printing", daemon=True)
        self.condition = PrinterCondition()
        self.on_changed: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There may be something to print. May be called from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """End after the job under way; what waits is printed after the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)

    def _loop(self) -> None:
        # The program is ending; a job under way is in doubt at the next start.
        with suppress(StorageClosedError):
            self._print_until_stopped()

    def _print_until_stopped(self) -> None:
        pause_s = RETRY_S
        while not self._stopping.is_set():
            self._wake.clear()
            job = self._insist(_next_job)
            if job is None:
                self._wake.wait()
                continue
            outcome = self._print(job)
            self._insist(partial(_note_outcome, job=job, outcome=outcome))
            self._note_condition(outcome)
            if isinstance(outcome, NotSent):
                self._stopping.wait(pause_s)
                pause_s = min(LONGEST_RETRY_S, pause_s * 2)
            else:
                pause_s = RETRY_S

    def _insist(self, work: Callable[[Store], T]) -> T:
        """Work on the store, tried again while the disk refuses.

        What came out of the printer has to be noted, else it would be in doubt for nothing.

        Raises:
            StorageClosedError: the program is ending.
        """
        while True:
            try:
                return self._storage.run(work)
            except TillfoldError as error:
                _log.warning("spool not written", extra={"code": error.code.value})
                if self._stopping.wait(RETRY_S):
                    raise StorageClosedError from error

    def _print(self, job: PrintJob) -> PrintOutcome | None:
        """The outcome; None where the stored document cannot be printed at all."""
        try:
            document = decode_document(job.document)
            data = encode_job(document, self._model, artist=self._artist())
        except DocumentInvalidError:
            return None
        except Exception as error:  # noqa: BLE001 - noted as document_invalid, and logged
            # One receipt that cannot be drawn must not keep all later ones from being printed. No
            # traceback: it may quote the receipt.
            _log.error("receipt not encoded", extra={"error": type(error).__name__})
            return None
        return self._printer.print(
            data,
            deadline_ms=JOB_DEADLINE_MS,
            on_status=self._note_status,
            before_first_byte=lambda: self._insist(partial(_mark_sending, job=job)),
        )

    def _note_status(self, status: DeviceStatus) -> None:
        self._show(PrinterCondition(status.can_print, status.reason or ""))

    def _note_condition(self, outcome: PrintOutcome | None) -> None:
        reason: DeviceReason | str = ""
        if isinstance(outcome, NotSent | InDoubt):
            reason = outcome.reason
        elif outcome is None:
            # The printer is well, but a receipt will not come out: somebody has to know.
            reason = DocumentInvalidError.code
        self._show(PrinterCondition(not reason, reason))

    def _show(self, condition: PrinterCondition) -> None:
        if condition != self.condition:
            self.condition = condition
            self.on_changed()


def _next_job(store: Store) -> PrintJob | None:
    with store.read() as connection:
        return spool.next_job(connection)


def _mark_sending(store: Store, job: PrintJob) -> None:
    """From now on only a person can say what came out, should the program end here."""
    with store.write() as writing:
        spool.set_state(writing.connection, job.job_id, JobState.SENDING)


def _note_outcome(store: Store, job: PrintJob, outcome: PrintOutcome | None) -> None:
    state, reason = JobState.CANCELLED, DocumentInvalidError.code
    match outcome:
        case Done() | SentUnconfirmed():
            state, reason = JobState.DONE, ""
        case NotSent(reason=why):
            state, reason = JobState.QUEUED, why
        case InDoubt(reason=why):
            state, reason = JobState.IN_DOUBT, why
    with store.write() as writing:
        spool.set_state(writing.connection, job.job_id, state, reason)
