"""A till that prints through a relay which kills it at a chosen moment, and the printer's paper."""

import json
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn

import msgspec
from sqlalchemy import Connection

from domain import rights
from domain.configuration import Staff
from domain.entries import decode_entry
from domain.facts import Fact, SaleClosed, StaffAppointed, decode_fact
from domain.identifiers import StoreId
from domain.wording import Language
from hardware.emulators.escpos_paper import Receipt
from hardware.emulators.escpos_server import EmulatorSettings, EscposPrinterEmulator
from hardware.escpos.status import COMPLETION_MARKER
from pos_client.bootstrap.machinery import TillMachinery
from pos_client.settings import NamedPrinterSettings, PrinterRole, TillSettings
from pos_client.storage import spool
from pos_client.storage.spool import JobKind, JobState
from pos_client.storage.store import Store
from pos_client.storage.tables import journal, print_job
from pos_client.texts.catalogue import wording_in
from pos_client.time_and_chance import SystemClock, SystemEntropy
from tests.builders.printing import jobs_of
from tests.builders.till import CASHIER, DUCK, IDENTITY, RICE, configured, order, write

SUMMARY: Final = "summary.json"
_PATIENCE_S: Final = 20.0
_LOOK_S: Final = 0.01
# A person looks at the paper once the printer is at rest.
_REST_S: Final = 0.1
_TOTAL_FEN: Final = 13_100
_CHUNK: Final = 256
# What is sent before a job is less.
_QUESTIONS: Final = 100
_OVER: Final = frozenset({JobState.DONE, JobState.CANCELLED})


class Moment(StrEnum):
    """When the till is killed."""

    SOLD = "sold"
    CONNECTING = "connecting"
    SENDING = "sending"  # after so many bytes left
    ANSWERED = "answered"  # after so many answers of the printer, which the till never hears
    PRINTED = "printed"  # all of it is on paper, and the till never hears of it
    QUIET = "quiet"  # all is printed


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """One life of a till. `careless` is a fault built in, that a campaign has to find."""

    folder: Path
    printer_port: int
    moment: Moment
    amount: int = 0
    careless: bool = False


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the spool; `doubt_reason` is the last one, empty where there was no doubt."""

    title: str
    kind: JobKind
    state: JobState
    doubts: int
    doubt_reason: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of all receipts in the journal, and all jobs."""

    sold: tuple[str, ...]
    jobs: tuple[Printed, ...]


class Paper:
    """What came out of the printer so far: one line of JSON for each piece of paper."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, receipt: Receipt) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(receipt.text, ensure_ascii=False) + "\n")

    def copies(self, title: str) -> list[str]:
        """The complete copies of what has this number."""
        return [text for text in self._all() if _is_whole(text, title)]

    def _all(self) -> list[str]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]


def _is_whole(text: str, title: str) -> bool:
    lines = [line.split() for line in text.splitlines()]
    if "/" in title:
        return ["单号", title] in lines and any(line[:1] == ["点单"] for line in lines)
    return ["小票号", title] in lines and "退款请出示此码" in text


def be_a_printer(tell: Callable[[int], None], *, paper: Paper) -> NoReturn:
    """Print for the rest of this process's life; tells its port."""
    emulator = EscposPrinterEmulator(EmulatorSettings(), on_receipt=paper.add)
    tell(emulator.start())
    threading.Event().wait()
    raise AssertionError


def be_a_printing_till(tell: Callable[[int], None], *, life: Life, paper: Paper) -> NoReturn:
    """Start, answer what the till asks, sell once, and print until the moment comes.

    Tells 1 as soon as the sale is acknowledged.
    """
    relay = Relay(life)
    machinery = _machinery(life, relay.port)
    _open(machinery)
    _see_to_doubts(machinery, paper)
    wanted = order(DUCK, RICE, total_fen=_TOTAL_FEN)
    machinery.counter.close_sale(CASHIER, wanted)
    tell(1)
    if life.moment is Moment.SOLD:
        _die()
    _print_all(machinery, paper)
    _die()


def be_a_till_at_rest(tell: Callable[[int], None], *, life: Life, paper: Paper) -> NoReturn:
    """Print everything that is owed, write a Summary, and end."""
    machinery = _machinery(life, life.printer_port)
    _open(machinery)
    _print_all(machinery, paper)
    summary = machinery.storage.run(_summary)
    (life.folder / SUMMARY).write_bytes(msgspec.json.encode(summary))
    machinery.close()
    tell(1)
    os._exit(0)


def _summary(store: Store) -> Summary:
    with store.read() as connection:
        rows = connection.execute(journal.select().order_by(journal.c.number)).all()
        jobs = jobs_of(connection)
    entries = (decode_entry(row.content) for row in rows)
    facts = [decode_fact(entry.kind, entry.schema, entry.body) for entry in entries]
    return Summary(
        sold=tuple(fact.sale.receipt_number for fact in facts if isinstance(fact, SaleClosed)),
        jobs=tuple(
            Printed(
                title=job.title,
                kind=job.kind,
                state=job.state,
                doubts=job.doubts,
                doubt_reason=job.doubt_reason,
            )
            for job in jobs
        ),
    )


def _machinery(life: Life, port: int) -> TillMachinery:
    address = f"127.0.0.1:{port}"
    printers = tuple(
        NamedPrinterSettings(name=name, address=address, roles=(role,))
        for name, role in (("前台", PrinterRole.RECEIPT), ("后厨", PrinterRole.KITCHEN))
    )
    settings = TillSettings(
        data_directory=str(life.folder / "data"),
        second_journal_directory=str(life.folder / "second"),
        key_store="file",
        ballast_mib=0,
        printers=printers,
    )
    if life.careless:
        _forget_doubts()
    wording = wording_in(Language.CHINESE)
    return TillMachinery(settings, wording, clock=SystemClock(), entropy=SystemEntropy())


def _forget_doubts() -> None:
    """The bug: what was being sent is simply sent again."""

    def requeue(connection: Connection) -> int:
        under_way = print_job.c.state.in_((JobState.SENDING, JobState.SENT))
        again = print_job.update().where(under_way).values(state=JobState.QUEUED)
        return connection.execute(again).rowcount

    spool.doubt_interrupted = requeue


def _open(machinery: TillMachinery) -> None:
    if not machinery.is_new():
        machinery.start()
        return
    machinery.found(IDENTITY)
    staff = Staff(staff_id=CASHIER, name="赵敏", role=rights.CASHIER, pin_hash="x")
    facts: list[Fact] = [StaffAppointed(store=StoreId("A"), staff=staff), *configured()]
    machinery.storage.run(lambda store: write(store, facts))


def _see_to_doubts(machinery: TillMachinery, paper: Paper) -> None:
    prints = machinery.counter.prints
    doubtful = [job for job in prints.queue().open if job.state is JobState.IN_DOUBT]
    if doubtful:
        time.sleep(_REST_S)
    for job in doubtful:
        if paper.copies(job.title):
            prints.came_out(job.job_id)
        else:
            prints.print_again(job.job_id)


def _print_all(machinery: TillMachinery, paper: Paper) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while machinery.counter.prints.queue().open:
        assert time.monotonic() < give_up
        _see_to_doubts(machinery, paper)
        time.sleep(_LOOK_S)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Relay:
    """Stands between till and printer in the till's own process, and kills it at its moment."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._left = life.amount
        self._sent = 0
        self._marked = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            till, _ = self._listener.accept()
            self._sent, self._marked = 0, False
            if self._life.moment is Moment.CONNECTING:
                self._count_down(1)
            with till, socket.create_connection(("127.0.0.1", self._life.printer_port)) as printer:
                for source, data in _talk(till, printer):
                    self._pass_on(data, to_printer=source is till, till=till, printer=printer)

    def _pass_on(
        self, data: bytes, *, to_printer: bool, till: socket.socket, printer: socket.socket
    ) -> None:
        if to_printer and self._life.moment is Moment.SENDING:
            data = data[: self._left]
            printer.sendall(data)
            self._count_down(len(data))
            return
        if to_printer:
            self._sent += len(data)
            self._marked |= self._sent > _QUESTIONS and data.endswith(COMPLETION_MARKER)
        elif self._life.moment is Moment.ANSWERED:
            self._count_down(len(data))
        elif self._life.moment is Moment.PRINTED and self._marked:
            _die()
        (printer if to_printer else till).sendall(data)

    def _count_down(self, count: int) -> None:
        self._left -= count
        if self._left <= 0:
            _die()


def _talk(till: socket.socket, printer: socket.socket) -> Iterator[tuple[socket.socket, bytes]]:
    """What either says, until one of them is done."""
    while True:
        for source in select.select([till, printer], [], [])[0]:
            data = source.recv(_CHUNK)
            if not data:
                return
            yield source, data
