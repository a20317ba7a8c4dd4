"""A storage thread and printing workers for printers made of software."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select, update

from domain.wording import Language
from hardware.escpos.models import model_named
from hardware.escpos.printer import EscposPrinter
from hardware.escpos.settings import EscposSettings
from hardware.ports import PrinterWithDrawer
from hardware.receipt import Cut, Document, TextLine, encode_document
from hardware.timing import monotonic_ms
from pos_client.devices.printing import PrintingThread, Served
from pos_client.devices.printing_pool import PrintingPool
from pos_client.storage import spool
from pos_client.storage.spool import JobKind, JobState, NewJob, PrintJob, read_job
from pos_client.storage.store import Store
from pos_client.storage.tables import print_job
from pos_client.storage.thread import StorageThread
from pos_client.texts.catalogue import wording_in
from tests.builders.till import IDENTITY, TillFiles

T = TypeVar("T")
RECEIPTS = "receipt"


def new_job(
    name: str,
    *,
    kind: JobKind = JobKind.RECEIPT,
    printer: str = RECEIPTS,
    document: bytes = b"",
    expires_ms: int = 0,
    copy_number: int = 1,
) -> NewJob:
    """Its paper says its name."""
    return NewJob(
        document_id=name,
        kind=kind,
        title=name,
        printer=printer,
        document=document or encode_document(Document((TextLine(name), Cut()))),
        expires_ms=expires_ms,
        copy_number=copy_number,
    )


def jobs_of(connection: Connection) -> list[PrintJob]:
    rows = connection.execute(select(print_job).order_by(print_job.c.job_id)).mappings()
    return [read_job(row) for row in rows]


def force_state(connection: Connection, name: str, state: JobState) -> None:
    """However it may have come there."""
    which = print_job.c.document_id == name
    connection.execute(update(print_job).where(which).values(state=state))


def network_printer(port: int, model: str = "generic-80mm") -> PrinterWithDrawer:
    settings = EscposSettings(
        address=f"127.0.0.1:{port}", model=model, status_timeout_ms=500, poll_interval_ms=20
    )
    return EscposPrinter(settings, clock=monotonic_ms)


def served(
    name: str = RECEIPTS,
    *,
    model: str = "generic-80mm",
    stands_in_for: tuple[tuple[str, int], ...] = (),
) -> Served:
    return Served(name=name, model=model_named(model), stands_in_for=stands_in_for)


class Printing:
    """`addresses`: what each worker talks to, and which printers it serves there."""

    def __init__(
        self,
        folder: Path,
        addresses: Sequence[tuple[Callable[[], PrinterWithDrawer], Sequence[Served]]],
    ) -> None:
        self.files = TillFiles(folder)
        self._addresses = addresses
        self.changed = threading.Event()
        self._start(new=True)

    def _start(self, *, new: bool) -> None:
        self.storage = StorageThread()
        opener = self.files.opener
        store = self.storage.run_first(
            partial(opener.create, IDENTITY) if new else lambda: opener.open().store
        )
        self.storage.adopt(store)
        wording = wording_in(Language.CHINESE)
        self.workers = [
            PrintingThread(self.storage, make(), names, lambda: None, lambda: wording)
            for make, names in self._addresses
        ]
        self.worker = self.workers[0]
        self.pool = PrintingPool(self.workers)

    def start(self) -> None:
        self.pool.start(self.changed.set)

    def write(self, work: Callable[[Connection], T]) -> T:
        def inside(store: Store) -> T:
            with store.write() as writing:
                return work(writing.connection)

        return self.storage.run(inside)

    def queue(self, *jobs: NewJob) -> None:
        def work(connection: Connection) -> None:
            for job in jobs:
                spool.queue(connection, job, now_ms=self.files.clock.now_ms())

        self.write(work)
        self.pool.wake()

    def jobs(self) -> list[PrintJob]:
        def work(store: Store) -> list[PrintJob]:
            with store.read() as connection:
                return jobs_of(connection)

        return self.storage.run(work)

    def states(self) -> list[str]:
        return [job.state for job in self.jobs()]

    def wait_for(self, *states: JobState) -> None:
        """The workers note a state on the storage thread; each look is queued behind it."""
        pause, waited = threading.Event(), 0
        while self.states() != list(states):
            assert waited < 1_500, (self.states(), states)
            pause.wait(0.01)
            waited += 1

    def decide(self, decision: Callable[[Connection], object]) -> None:
        """What a person says."""
        self.write(decision)
        self.pool.wake()

    def restart(self) -> None:
        """As after a crash: what was being sent is in doubt."""
        self.stop()
        self._start(new=False)
        self.write(spool.doubt_interrupted)

    def stop(self) -> None:
        self.pool.stop()
        self.storage.close()
