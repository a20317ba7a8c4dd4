"""The worker of one printer address: takes jobs from the spool, one after the other.

Several logical printers may share the address; it serves them in the order of their jobs. A job is
marked as being sent before its first byte leaves. It goes back to the queue only while no byte
left; after that only a person can say what printed.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Final, TypeVar

import msgspec

from domain.errors import TillfoldError
from domain.wording import Wording
from hardware.escpos.commands import encode_job
from hardware.escpos.model import PrinterModel
from hardware.escpos.raster import LineArtist
from hardware.ports import (
    CashDrawer,
    DeviceReason,
    DeviceStatus,
    Done,
    InDoubt,
    NotSent,
    PrinterWithDrawer,
    PrintOutcome,
    SentUnconfirmed,
)
from hardware.receipt import DocumentInvalidError, decode_document
from pos_client.devices.print_marks import as_printed
from pos_client.storage import spool
from pos_client.storage.spool import PrintJob
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageClosedError, StorageThread

T = TypeVar("T")
_log = logging.getLogger(__name__)

JOB_DEADLINE_MS: Final = 90_000
RETRY_S: Final = 2.0
LONGEST_RETRY_S: Final = 5.0
# How often a printer that stands in for another one looks whether it has to.
LOOK_S: Final = 2.0
_STOP_WAIT_S: Final = 5.0


class PrinterCondition(msgspec.Struct, frozen=True):
    """How the printer was at the last job or question; `reason` is empty while it is ready."""

    ready: bool = True
    reason: str = ""


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A logical printer at this address, with the model that its jobs are made for.

    `stands_in_for`: the names of printers whose jobs it takes over while they are not ready, each
    with how long a job has to have waited.
    """

    name: str
    model: PrinterModel
    stands_in_for: tuple[tuple[str, int], ...] = ()


class PrintingThread:
    """One thread for one printer address."""

    def __init__(
        self,
        storage: StorageThread,
        printer: PrinterWithDrawer,
        served: Sequence[Served],
        make_artist: Callable[[], LineArtist | None],
        wording: Callable[[], Wording],
    ) -> None:
        self._storage = storage
        self._printer = printer
        self._models = {each.name: each.model for each in served}
        self._stand_ins = [(each.name, *other) for each in served for other in each.stands_in_for]
        self._wording = wording
        # Made once, on this thread: it reads two font files.
        self._artist = cache(make_artist)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="printing", daemon=True)
        self.condition = PrinterCondition()
        self.on_changed: Callable[[], None] = lambda: None
        self.is_ready: Callable[[str], bool] = lambda _name: True

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._models)

    @property
    def drawer(self) -> CashDrawer:
        return self._printer

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There may be something to print. May be called from any thread."""
        self._wake.set()

    def begin_stop(self) -> None:
        """Take no further job."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """End after the job under way; what waits is printed after the next start."""
        self.begin_stop()
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
            job = self._insist(self._next)
            if job is None:
                self._wake.wait(LOOK_S if self._stand_ins else None)
                continue
            outcome = self._print(job)
            self._insist(partial(_note_outcome, job=job, outcome=outcome))
            self._note_condition(outcome)
            if isinstance(outcome, NotSent):
                self._stopping.wait(pause_s)
                pause_s = min(LONGEST_RETRY_S, pause_s * 2)
            else:
                pause_s = RETRY_S
            if isinstance(outcome, InDoubt):
                self.on_changed()

    def _next(self, store: Store) -> PrintJob | None:
        now_ms = store.trusted_time.now_ms()
        with store.read() as connection:
            job = spool.next_job(connection, self.names)
        if job is not None and 0 < job.expires_ms <= now_ms:
            with store.write() as writing:
                spool.expire(writing.connection, self.names, now_ms=now_ms)
            self.on_changed()
            with store.read() as connection:
                job = spool.next_job(connection, self.names)
        return job or self._take_over(store, now_ms)

    def _take_over(self, store: Store, now_ms: int) -> PrintJob | None:
        """A job that has waited too long for a printer that cannot print."""
        for name, other, after_ms in self._stand_ins:
            if self.is_ready(other):
                continue
            with store.read() as connection:
                job = spool.oldest_overdue(connection, other, before_ms=now_ms - after_ms)
            if job is not None:
                with store.write() as writing:
                    spool.move(writing.connection, job.job_id, name)
                return msgspec.structs.replace(job, printer=name, station=other)
        return None

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

    def _print(self, job: PrintJob) -> "PrintOutcome | _TakenAway | None":
        """The outcome; None where the stored document cannot be printed at all."""
        try:
            document = as_printed(job, decode_document(job.document), self._wording())
            data = encode_job(document, self._models[job.printer], artist=self._artist())
        except DocumentInvalidError:
            return None
        except Exception as error:  # noqa: BLE001 - noted as document_invalid, and logged
            # One receipt that cannot be drawn must not keep all later ones from being printed. No
            # traceback: it may quote the receipt.
            _log.error("receipt not encoded", extra={"error": type(error).__name__})
            return None
        return self._hand_over(job, data)

    def _hand_over(self, job: PrintJob, data: bytes) -> "PrintOutcome | _TakenAway":
        marked = False

        def mark() -> None:
            nonlocal marked
            self._insist(partial(_mark_sending, job=job))
            marked = True

        try:
            return self._printer.print(
                data,
                deadline_ms=JOB_DEADLINE_MS,
                on_status=self._note_status,
                before_first_byte=mark,
                after_last_byte=lambda: self._note_sent(job),
            )
        except _TakenAwayError:
            return _TakenAway()
        except StorageClosedError:
            raise
        except Exception as error:  # noqa: BLE001 - an outcome like others, and logged
            # Of a driver below: the thread has to live, or nothing is printed until the next start.
            _log.error("printer failed", extra={"error": type(error).__name__})
            reason = DeviceReason.DEVICE_ERROR
            return InDoubt(reason) if marked else NotSent(reason)

    def _note_sent(self, job: PrintJob) -> None:
        """Only to tell later how much is in doubt; so it is tried once."""
        with suppress(TillfoldError, StorageClosedError):
            self._storage.run(partial(_mark_sent, job=job))

    def _note_status(self, status: DeviceStatus) -> None:
        self._show(PrinterCondition(status.can_print, status.reason or ""))

    def _note_condition(self, outcome: "PrintOutcome | _TakenAway | None") -> None:
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


class _TakenAway(msgspec.Struct, frozen=True):
    """Somebody cancelled or moved the job before its first byte left."""


class _TakenAwayError(Exception):
    """Ends a print before its first byte."""


def _mark_sending(store: Store, job: PrintJob) -> None:
    """From now on only a person can say what came out, should the program end here."""
    with store.write() as writing:
        taken = spool.mark_sending(writing.connection, job.job_id, job.printer)
    if not taken:
        raise _TakenAwayError


def _mark_sent(store: Store, job: PrintJob) -> None:
    with store.write() as writing:
        spool.mark_sent(writing.connection, job.job_id)


def _note_outcome(store: Store, job: PrintJob, outcome: PrintOutcome | _TakenAway | None) -> None:
    if isinstance(outcome, NotSent) and outcome.reason == job.reason and not _was_taken(store, job):
        # Tried every few seconds, maybe all night: no reason to write the same again.
        return
    with store.write() as writing:
        match outcome:
            case Done() | SentUnconfirmed():
                spool.mark_done(writing.connection, job.job_id)
            case NotSent(reason=why):
                spool.put_back(writing.connection, job.job_id, why)
            case InDoubt(reason=why):
                spool.doubt(writing.connection, job.job_id, why)
            case None:
                spool.mark_failed(writing.connection, job.job_id, DocumentInvalidError.code)
            case _TakenAway():
                pass


def _was_taken(store: Store, job: PrintJob) -> bool:
    """Whether it was marked as being sent, although nothing left in the end."""
    with store.read() as connection:
        return spool.state_of(connection, job.job_id) is not spool.JobState.QUEUED
