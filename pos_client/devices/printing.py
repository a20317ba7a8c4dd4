"""The worker of the receipt printer: takes jobs from the spool, one after the other.

A job is marked as being sent before its first byte leaves. It goes back to the queue only while no
byte left; after that only a person can say what printed.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

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
from pos_client.storage.thread import StorageThread

JOB_DEADLINE_MS: Final = 90_000
RETRY_S: Final = 2.0
LONGEST_RETRY_S: Final = 15.0
_STOP_WAIT_S: Final = 5.0


class PrinterView(msgspec.Struct, frozen=True):
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
        self._make_artist = make_artist
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="printing", daemon=True)
        self.view = PrinterView()
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
        self._thread.join(_STOP_WAIT_S)

    def _loop(self) -> None:
        pause_s = RETRY_S
        while not self._stopping.is_set():
            self._wake.clear()
            job = self._storage.run(_take_next)
            if job is None:
                self._wake.wait()
                continue
            outcome = self._print(job)
            self._storage.run(partial(_note_outcome, job=job, outcome=outcome))
            self._note_view(outcome)
            if isinstance(outcome, NotSent):
                self._stopping.wait(pause_s)
                pause_s = min(LONGEST_RETRY_S, pause_s * 2)
            else:
                pause_s = RETRY_S

    def _print(self, job: PrintJob) -> PrintOutcome | None:
        """The outcome; None where the stored document cannot be read."""
        try:
            document = decode_document(job.document)
        except DocumentInvalidError:
            return None
        data = encode_job(document, self._model, artist=self._make_artist())
        return self._printer.print(data, deadline_ms=JOB_DEADLINE_MS, on_status=self._note_status)

    def _note_status(self, status: DeviceStatus) -> None:
        self._show(PrinterView(status.can_print, status.reason or ""))

    def _note_view(self, outcome: PrintOutcome | None) -> None:
        reason: DeviceReason | str = ""
        if isinstance(outcome, NotSent | InDoubt):
            reason = outcome.reason
        self._show(PrinterView(not reason, reason))

    def _show(self, view: PrinterView) -> None:
        if view != self.view:
            self.view = view
            self.on_changed()


def _take_next(store: Store) -> PrintJob | None:
    with store.write() as writing:
        job = spool.next_job(writing.connection)
        if job is not None:
            spool.set_state(writing.connection, job.job_id, JobState.SENDING)
        return job


def _note_outcome(store: Store, job: PrintJob, outcome: PrintOutcome | None) -> None:
    state, reason = JobState.CANCELLED, "document_invalid"
    match outcome:
        case Done() | SentUnconfirmed():
            state, reason = JobState.DONE, ""
        case NotSent(reason=why):
            state, reason = JobState.QUEUED, why
        case InDoubt(reason=why):
            state, reason = JobState.IN_DOUBT, why
    with store.write() as writing:
        spool.set_state(writing.connection, job.job_id, state, reason)
