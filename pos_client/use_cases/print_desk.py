"""What a person does with the print spool: look, settle, print again, cancel, move, copy."""

from functools import partial
from typing import Final, Protocol

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import StaffId
from domain.rights import Right
from domain.wording import Wording
from hardware.escpos.preview import preview_text
from hardware.receipt import Document, DocumentInvalidError, decode_document
from pos_client.devices.print_marks import as_printed
from pos_client.storage import spool, spool_reading
from pos_client.storage.spool import JobState, NewJob, PrintJob
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.answers import PrintPreview, PrintQueue, QueuedPrint
from pos_client.use_cases.sign_in import name_of, require
from pos_client.use_cases.till_status import PrinterSeen, printer_statuses

# Where there is no font to draw with, the width of the usual paper.
_CELLS: Final = 48


class PrintMachinery(Protocol):
    wording: Wording

    def print_now(self) -> None: ...
    def printers(self) -> tuple[PrinterSeen, ...]: ...
    def preview(self, document: Document, printer: str) -> bytes | None:
        """A picture of the document on that printer's paper; None without a font."""
        ...


class PrintDesk:
    """Each method raises TillfoldError `print_job_gone` for a job that is no longer there."""

    def __init__(self, storage: StorageThread, machinery: PrintMachinery) -> None:
        self._storage = storage
        self._machinery = machinery

    def queue(self) -> PrintQueue:
        return self._storage.run(partial(_queue, printers=self._machinery.printers()))

    def settle_oldest(self, *, printed: bool) -> None:
        """A person looked whether the oldest doubtful print came out."""
        self._storage.run(partial(_settle_oldest, printed=printed))
        self._machinery.print_now()

    def came_out(self, job_id: int) -> None:
        self._change(partial(_came_out, job_id=job_id))

    def print_again(self, job_id: int) -> None:
        """What is in doubt, failed, stale or cancelled; a doubt is marked on paper."""
        self._change(partial(_print_again, job_id=job_id))

    def cancel(self, job_id: int) -> None:
        self._change(partial(_cancel, job_id=job_id))

    def send_to(self, job_id: int, printer: str) -> None:
        """Let another printer stand in."""
        self._change(partial(_send_to, job_id=job_id, printer=printer))

    def copy(self, actor: StaffId, job_id: int, printer: str = "") -> None:
        """One more copy, marked as such with its number and who wanted it.

        Raises:
            TillfoldError: `right_missing`.
        """
        self._change(partial(_copy, actor=actor, job_id=job_id, printer=printer))

    def preview(self, job_id: int) -> PrintPreview:
        """What the next printing of this job would look like; empty where it cannot be printed."""
        job = self._storage.run(partial(_find, job_id=job_id))
        try:
            document = decode_document(job.document)
        except DocumentInvalidError:
            return PrintPreview(png=None, text="")
        printed = as_printed(job, document, self._machinery.wording)
        png = self._machinery.preview(printed, job.printer)
        return PrintPreview(png=png, text=preview_text(printed, cells=_CELLS))

    def _change(self, change: "partial[None]") -> None:
        self._storage.run(change)
        self._machinery.print_now()


def _queue(store: Store, printers: tuple[PrinterSeen, ...]) -> PrintQueue:
    with store.read() as connection:
        jobs = spool_reading.counts(connection)
        waiting = spool_reading.open_jobs(connection)
        finished = spool_reading.finished_jobs(connection)
    return PrintQueue(
        printers=printer_statuses(printers, jobs),
        open=tuple(_shown(job) for job in waiting),
        finished=tuple(_shown(job) for job in finished),
    )


def _shown(job: PrintJob) -> QueuedPrint:
    return QueuedPrint(
        job_id=job.job_id,
        kind=job.kind,
        title=job.title,
        printer=job.printer,
        state=job.state,
        reason=job.reason,
        doubt_reason=job.doubt_reason,
        created_ms=job.created_ms,
        copy_number=job.copy_number,
        copied_by=job.copied_by,
        doubts=job.doubts,
        station=job.station,
    )


def _settle_oldest(store: Store, *, printed: bool) -> None:
    with store.write() as writing:
        job = spool_reading.oldest_in_doubt(writing.connection)
        if job is not None and printed:
            spool.settle_printed(writing.connection, job.job_id)
        elif job is not None:
            spool.print_again(writing.connection, job.job_id)


def _came_out(store: Store, job_id: int) -> None:
    with store.write() as writing:
        spool.settle_printed(writing.connection, job_id)


def _print_again(store: Store, job_id: int) -> None:
    with store.write() as writing:
        spool.print_again(writing.connection, job_id)


def _cancel(store: Store, job_id: int) -> None:
    with store.write() as writing:
        spool.cancel(writing.connection, job_id)


def _send_to(store: Store, job_id: int, printer: str) -> None:
    with store.write() as writing:
        if not spool.move(writing.connection, job_id, printer):
            spool.print_again(writing.connection, job_id, printer)


def _copy(store: Store, actor: StaffId, job_id: int, printer: str) -> None:
    job = _find(store, job_id)
    with store.write() as writing:
        connection = writing.connection
        require(connection, actor, Right.REPRINT)
        if job.state is not JobState.DONE:
            spool.print_again(connection, job_id, printer)
            return
        copy = NewJob(
            document_id=job.document_id,
            kind=job.kind,
            title=job.title,
            printer=printer or job.printer,
            document=job.document,
            copy_number=spool_reading.latest_copy(connection, job.document_id) + 1,
            copied_by=name_of(connection, actor),
        )
        spool.queue(connection, copy, now_ms=store.trusted_time.now_ms())


def _find(store: Store, job_id: int) -> PrintJob:
    with store.read() as connection:
        job = spool_reading.find_job(connection, job_id)
    if job is None:
        raise TillfoldError(ErrorCode.PRINT_JOB_GONE)
    return job
