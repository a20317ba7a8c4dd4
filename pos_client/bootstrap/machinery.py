"""The till without its face: storage, sync, printing and the counter over them. No Qt."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import MemberQuestion
from domain.signatures import Signer, Verifier
from domain.wording import Wording
from hardware.receipt import Document
from pos_client.bootstrap.payments import PaymentLine
from pos_client.bootstrap.printers import TillPrinters
from pos_client.devices.drawer import DrawerLine
from pos_client.devices.printing_pool import PrintingPool
from pos_client.settings import TillSettings
from pos_client.storage import spool
from pos_client.storage.identity import Identity
from pos_client.storage.journal import SealedEntry
from pos_client.storage.keys import KeyStore, TillSecrets, choose_key_store, make_secrets
from pos_client.storage.opening import Opened, Opener, Place
from pos_client.storage.store import Changed, Store
from pos_client.storage.thread import StorageThread
from pos_client.storage.verification import Verification, verify_and_renew
from pos_client.sync.authoriser import Ask, Authoriser
from pos_client.sync.board import Contact, SyncBoard
from pos_client.sync.looking_up import LOOK_UP_TIMEOUTS, MemberLookUp
from pos_client.sync.schedule import SyncThread
from pos_client.sync.session import Session
from pos_client.sync.transport import USUAL_TIMEOUTS, Timeouts, Transport
from pos_client.time_and_chance import Clock, Entropy, make_identifier
from pos_client.use_cases.counter import Counter
from pos_client.use_cases.joining import enrol_at
from pos_client.use_cases.sale_printing import Printing, print_recovered
from pos_client.use_cases.till_status import PrinterSeen

# Under 20 ms each, some days of receipts; what is left over goes at the next starts.
PURGES_A_START: Final = 8

_log = logging.getLogger(__name__)


class TillMachinery:
    """Builds and owns everything that runs behind the screens.

    `on_changed` is told of changed aggregates, of the connection and of the printer, `on_attached`
    the store's time zone once the store is open: both from any thread.
    """

    def __init__(
        self, settings: TillSettings, wording: Wording, *, clock: Clock, entropy: Entropy
    ) -> None:
        self.wording = wording
        self.on_changed: Callable[[Changed], None] = lambda _changed: None
        self.on_attached: Callable[[str], None] = lambda _time_zone: None
        self.board = SyncBoard(clock)
        self.storage = StorageThread()
        self.payments = PaymentLine(self.storage, settings.payment)
        self.drawer = DrawerLine(after_cash=settings.drawer.after_cash)
        self.counter = Counter(self.storage, self)
        self._settings = settings
        self._clock = clock
        self._entropy = entropy
        self._place = _place_of(settings)
        self._key_store: KeyStore = choose_key_store(settings.key_store, self._place.data)
        self._sync: SyncThread | None = None
        self._look_up: MemberLookUp | None = None
        self._printing: PrintingPool | None = None
        self._printers: TillPrinters | None = None
        self._authoriser: Authoriser | None = None
        self.authorise: Ask = lambda _request: None
        self._now_ms: Callable[[], int] = clock.now_ms

    def is_new(self) -> bool:
        """Whether this till has yet to join a brand or begin a shop of its own."""
        return self._place.is_new()

    def start(self) -> ErrorCode | None:
        """Open what is there and start working; answers a notice for the cashier.

        Raises:
            TillfoldError: something to recover from; `rebuild` or `set_aside` may follow.
        """
        opener = self._opener()
        return self._attach(self.storage.run_first(opener.open))

    def rebuild(self) -> ErrorCode | None:
        """Make the database again from the second journal, and start working.

        Raises:
            TillfoldError: `journal_damaged`, `database_key_missing`.
        """
        opener = self._opener()
        return self._attach(self.storage.run_first(opener.rebuild))

    def verify(self) -> Verification:
        """Open what is there as a start does, without starting to work, and check all of it."""
        return self.storage.run(partial(verify_and_renew, notice=self.open_only()))

    def open_only(self) -> ErrorCode | None:
        """Open what is there as a start does, without starting to work."""
        opened = self.storage.run_first(self._opener().open)
        self.storage.adopt(opened.store)
        return opened.notice

    def set_aside(self) -> None:
        """Move the old files out of the way: the till is new again. Nothing is deleted."""
        self.storage.run_first(self._opener_with(self._secrets()).set_all_aside)

    def found(self, identity: Identity) -> None:
        if not self.is_new():
            raise TillfoldError(ErrorCode.TILL_HAS_OWN_BOOKS)
        secrets = self._secrets()
        store = self.storage.run_first(partial(self._opener_with(secrets).create, identity))
        self._attach(Opened(store=store))

    def enrol(self, server_url: str, code: str) -> Identity:
        if not self.is_new():
            raise TillfoldError(ErrorCode.TILL_HAS_OWN_BOOKS)
        secrets = self._secrets()
        return enrol_at(server_url, code, Signer(secrets.signing_seed))

    def now_ms(self) -> int:
        """Trusted time, in Unix milliseconds."""
        return self._now_ms()

    def new_id(self) -> str:
        return make_identifier(self.now_ms(), self._entropy)

    def contact(self) -> Contact:
        return self.board.contact

    def look_up_member(self, question: MemberQuestion) -> bool:
        """Raises TillfoldError as `MemberLookUp.find` does."""
        return self._look_up is not None and self._look_up.find(question)

    def sync_now(self) -> None:
        if self._sync is not None:
            self._sync.wake()

    def print_now(self) -> None:
        if self._printing is not None:
            self._printing.wake()

    def printers(self) -> tuple[PrinterSeen, ...]:
        if self._printers is None or self._printing is None:
            return ()
        return self._printers.seen(self._printing)

    def printing(self) -> Printing | None:
        if self._printers is None or self._printing is None:
            return None
        return self._printers.printing(self.wording)

    def preview(self, document: Document, printer: str) -> bytes | None:
        return self._printers.preview(document, printer) if self._printers is not None else None

    def close(self) -> None:
        """Stop the threads and close the files; what waits goes on at the next start."""
        _stop(self._authoriser, self.payments, self._sync, self.drawer, self._printing)
        self.storage.close()

    def _opener(self) -> Opener:
        secrets = self._key_store.read()
        if secrets is None:
            raise TillfoldError(ErrorCode.DATABASE_KEY_MISSING)
        return self._opener_with(secrets)

    def _opener_with(self, secrets: TillSecrets) -> Opener:
        return Opener(self._place, secrets, clock=self._clock, entropy=self._entropy)

    def _secrets(self) -> TillSecrets:
        """This till's secrets; new ones where there are none, or none that can be read."""
        try:
            held = self._key_store.read()
        except TillfoldError as error:
            _log.warning("key unreadable", extra={"code": error.code.value})
            held = None
        return held or self._make_secrets()

    def _make_secrets(self) -> TillSecrets:
        self._place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        secrets = make_secrets(self._entropy.bytes)
        self._key_store.write(secrets)
        return secrets

    def _attach(self, opened: Opened) -> ErrorCode | None:
        store = opened.store
        self.storage.adopt(store)
        self._now_ms = store.trusted_time.now_ms
        self.on_attached(store.identity.time_zone)
        self._printers = TillPrinters(self._settings)
        self._printing = self._printers.make_pool(self.storage, lambda: self.wording)
        self.storage.run(partial(self._catch_up, recovered=opened.recovered))
        store.on_changed = self._changed
        store.on_recorded = self._recorded
        self.board.on_changed = lambda: self.on_changed(frozenset())
        if self._printing is not None:
            self._printing.start(self.board.on_changed)
        self.drawer.start(self._printers.drawer(self._printing))
        if not store.identity.standalone:
            self._sync = self._make_sync(store)
            self._sync.start()
        self.payments.start(store, self.counter.payments.close_paid, self.board.on_changed)
        _log.info("till opened", extra={"recovered": len(opened.recovered)})
        return opened.notice

    def _catch_up(self, store: Store, recovered: tuple[SealedEntry, ...]) -> None:
        """After a crash: print what a recovered sale still owes, doubt what was being printed.

        A crash takes one write. Where more is missing the database had lost what it had committed,
        and those receipts were printed long ago.
        """
        last = recovered if len(recovered) == 1 else ()
        with store.write() as writing:
            spool.doubt_interrupted(writing.connection)
            printing = self.printing()
            if printing is not None:
                names = [printer.name for printer in self.printers()]
                spool.adopt(writing.connection, names, receipts=printing.routing.receipts)
                for item in last:
                    print_recovered(store, writing.connection, item, printing)
        _purge_print_jobs(store)

    def _make_sync(self, store: Store) -> SyncThread:
        make_transport = partial(_transport, store)
        self._look_up = MemberLookUp(self.storage, partial(_transport, store, LOOK_UP_TIMEOUTS))
        self._authoriser = Authoriser(make_transport)
        self.authorise = self._authoriser.ask
        session = Session(self.storage, make_transport(), _verifier(store))
        return SyncThread(session, self.board, make_transport, entropy=self._entropy)

    def _changed(self, changed: Changed) -> None:
        self.on_changed(changed)

    def _recorded(self) -> None:
        self.sync_now()
        self.print_now()


def _transport(store: Store, timeouts: Timeouts = USUAL_TIMEOUTS) -> Transport:
    identity = store.identity
    return Transport(
        identity.server_url, terminal=identity.terminal, signer=store.signer, timeouts=timeouts
    )


def _purge_print_jobs(store: Store) -> None:
    before_ms = store.trusted_time.now_ms() - spool.KEPT_MS
    for _ in range(PURGES_A_START):
        with store.write() as writing:
            if not spool.purge_finished(writing.connection, before_ms=before_ms):
                return


def _verifier(store: Store) -> Verifier:
    return Verifier(store.identity.server_public_key)


def _stop(
    *parts: Authoriser | PaymentLine | SyncThread | DrawerLine | PrintingPool | None,
) -> None:
    for part in parts:
        if part is not None:
            part.stop()


def _place_of(settings: TillSettings) -> Place:
    return Place(
        data=settings.data_path,
        second_journal=settings.second_journal_path,
        ballast_bytes=settings.ballast_bytes,
    )
