"""From a committed job to its first byte at the printer, and what a long queue costs a sale."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from domain.wording import Language
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.ports import DeviceStatus, PrinterWithDrawer, PrintOutcome, StatusListener
from hardware.receipt import Document, encode_document
from pos_client.bootstrap.warming import warm_up
from pos_client.storage import spool
from pos_client.storage.spool import JobState
from pos_client.storage.store import Store
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.benchmarks.selling import order_at, sell
from tests.benchmarks.tills import open_till
from tests.builders.printing import Printing, network_printer, new_job, served
from tests.pos_client.documents.samples import documents

JOBS = 60
WAITING = 10_000
SALES = 200
FIRST_BYTE_MS = 20.0
# A sale may cost this much more with a queue of WAITING jobs than with none.
QUEUE_RATIO = 1.1


def measure() -> list[Measured]:
    warm_up()
    receipt = documents(Language.CHINESE)["sale"]
    return [*_first_byte(receipt), _long_queue(receipt)]


class _Stopwatch:
    """A printer that notes when the first byte of a job goes out."""

    def __init__(self, printer: PrinterWithDrawer) -> None:
        self._printer = printer
        self.first_byte_at = 0.0
        self.done = threading.Event()

    def print(
        self,
        job: bytes,
        *,
        deadline_ms: int,
        on_status: StatusListener | None = None,
        before_first_byte: Callable[[], None] | None = None,
        after_last_byte: Callable[[], None] | None = None,
    ) -> PrintOutcome:
        def note() -> None:
            if before_first_byte is not None:
                before_first_byte()
            self.first_byte_at = time.perf_counter()

        outcome = self._printer.print(
            job,
            deadline_ms=deadline_ms,
            on_status=on_status,
            before_first_byte=note,
            after_last_byte=after_last_byte,
        )
        self.done.set()
        return outcome

    def status(self) -> DeviceStatus:
        return self._printer.status()

    def open_drawer(self) -> PrintOutcome:
        return self._printer.open_drawer()


def _first_byte(receipt: Document) -> list[Measured]:
    with (
        tempfile.TemporaryDirectory() as folder,
        EscposPrinterEmulator(EmulatorSettings()) as paper,
    ):
        watch = _Stopwatch(network_printer(paper.port))
        place = Printing(Path(folder), [(lambda: watch, [served()])])
        place.start()
        taken = [_print(place, watch, receipt, number) for number in range(JOBS)]
        place.stop()
    rest = taken[1:]  # the first one starts the worker
    return [
        judged("committed -> first byte of the job, p50", median(rest), "ms", budget=FIRST_BYTE_MS),
        judged("committed -> first byte of the job, p99", percentile(rest, 0.99), "ms"),
    ]


def _print(place: Printing, watch: _Stopwatch, receipt: Document, number: int) -> float:
    watch.done.clear()
    job = new_job(f"receipt-{number}", document=encode_document(receipt))
    place.write(lambda connection: spool.queue(connection, job, now_ms=1))
    began = time.perf_counter()
    place.pool.wake()
    assert watch.done.wait(10)
    place.wait_for(*[JobState.DONE] * (number + 1))
    return (watch.first_byte_at - began) * 1000


def _long_queue(receipt: Document) -> Measured:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_till(Path(folder) / "empty") as empty,
        open_till(Path(folder) / "full") as full,
    ):
        _fill(full, encode_document(receipt))
        taken = _sell_in_turn((empty, full))
    return judged(
        f"tender pressed -> sale durable, {WAITING:,} jobs in the spool, p50",
        median(taken[1]),
        "ms",
        floor=median(taken[0]),
        budget=QUEUE_RATIO,
    )


def _fill(store: Store, document: bytes) -> None:
    with store.write() as writing:
        for number in range(WAITING):
            job = new_job(f"waiting-{number}", document=document)
            spool.queue(writing.connection, job, now_ms=1)


def _sell_in_turn(stores: Sequence[Store]) -> list[list[float]]:
    """Interleaved, so that both meet the same disk."""
    orders = [order_at(store) for store in stores]
    taken: list[list[float]] = [[] for _ in stores]
    for _ in range(SALES):
        for place, store in enumerate(stores):
            taken[place].append(time_ms(partial(sell, store, orders[place])))
    return taken
