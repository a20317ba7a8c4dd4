"""A till of the simulation: real storage, real session; clock, disk and link are its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import httpx
import msgspec
from sqlalchemy import select

from domain.allowances.messages import AuthoriseAnswer, AuthoriseRequest
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind
from domain.signatures import Verifier
from domain.stamps import milliseconds_of
from pos_client.storage.aggregates import load_one
from pos_client.storage.identity import Identity
from pos_client.storage.keys import TillSecrets
from pos_client.storage.opening import Opened, Opener
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.tables import journal
from pos_client.storage.thread import StorageThread
from pos_client.sync.session import Session
from pos_client.sync.transport import Transport, _refuse_strangers
from pos_client.time_and_chance import make_identifier
from tests.simulation.chance import SeededBytes
from tests.simulation.disk import Disk
from tests.simulation.fibres import Fibre
from tests.simulation.network import Link
from tests.simulation.reached import Reached, Violation
from tests.simulation.truth import Made, Place, Truth
from tests.simulation.world import MINUTE_MS, TillClock, World

T = TypeVar("T")


class StoreWish(msgspec.Struct, frozen=True):
    work: Callable[[Store], Any]


class SendWish(msgspec.Struct, frozen=True):
    request: httpx.Request


Wish = StoreWish | SendWish


class Abandoned(BaseException):
    """Unwinds a session whose till does not run any more."""


class _Storage:
    """In the place of the storage thread: what the session wants of the store is a step."""

    def __init__(self, ask: Callable[[Wish], Any]) -> None:
        self._ask = ask

    def run(self, work: Callable[[Store], T]) -> T:
        return cast("T", self._ask(StoreWish(work)))

    def is_wanted(self) -> bool:
        """A guest may come between any two pieces of a page."""
        return True


class _Transport(Transport):
    """The real transport up to the socket."""

    def __init__(self, ask: Callable[[Wish], Any], store: Store) -> None:
        identity = store.identity
        super().__init__(identity.server_url, terminal=identity.terminal, signer=store.signer)
        self._ask_simulator = ask

    @contextmanager
    def _sent(
        self, method: str, target: str, body: bytes = b"", *, live: bool = False
    ) -> Iterator[httpx.Response]:
        response = self._ask_simulator(SendWish(self._signed(method, target, body)))
        _refuse_strangers(response)
        yield response


class _DirectStorage:
    """In the place of the storage thread, for a use case: each piece of work at once."""

    def __init__(self, till: "SimulatedTill") -> None:
        self._till = till

    def run(self, work: Callable[[Store], T]) -> T:
        return self._till.work(work)


class SimulatedTill:
    """`store` is None while the program does not run. Everything runs on the simulator's thread."""

    def __init__(
        self,
        identity: Identity,
        secrets: TillSecrets,
        *,
        disk: Disk,
        clock: TillClock,
        truth: Truth,
        world: World,
        reached: Reached,
        seed: object,
    ) -> None:
        self.identity = identity
        self.secrets = secrets
        self.disk = disk
        self.clock = clock
        self.link = Link()
        self.entropy = SeededBytes("till", identity.label, seed)
        self.store: Store | None = None
        self.authorise: Callable[[AuthoriseRequest], AuthoriseAnswer] | None = None
        self.fibre: Fibre[Wish] | None = None
        self.online = False
        self.gone = False
        self.own_sales: list[str] = []
        self.wakes_at_ms: int | None = None
        # The cursor at the end of the last whole exchange.
        self.fetched_up_to = 0
        self._seen: tuple[Store, int] | None = None
        self._session: Session | None = None
        self._truth = truth
        self._world = world
        self._reached = reached

    @property
    def name(self) -> str:
        return self.identity.label

    @property
    def running(self) -> bool:
        return self.store is not None

    @property
    def contacted(self) -> bool:
        """Whether the server has told the time since the machine was started."""
        return self.store is not None and self.store.trusted_time._ahead_of_elapsed_ms is not None

    @property
    def direct_storage(self) -> "_DirectStorage":
        return _DirectStorage(self)

    def ask(self, request: AuthoriseRequest) -> AuthoriseAnswer | None:
        """What the server says to a spend, where it is reached at once."""
        if not (self.link.whole and self.online and self.authorise):
            return None
        try:
            return self.authorise(request)
        except TillfoldError:
            return None

    def new_id(self) -> str:
        assert self.store is not None
        return make_identifier(self.store.trusted_time.now_ms(), self.entropy)

    def boot(self) -> None:
        """Start the program on what the disk holds, as its bootstrap would.

        Raises:
            Violation: an entry that was promised is not there.
            MachineCrashed: also while it recovers.
        """
        self.clock.reboot()
        self.disk.note_all_flushed()
        self.online = False
        opener = Opener(self.disk.place, self.secrets, clock=self.clock, entropy=self.entropy)
        with self.disk.at_work():
            opened = self._opened(opener)
        self.store = opened.store
        if opened.recovered:
            self._reached.note("entry of a crash recovered", len(opened.recovered))
        self._register(at_start=True)
        transport = _Transport(self._ask, self.store)
        self._session = Session(
            cast("StorageThread", _Storage(self._ask)),
            transport,
            Verifier(self.identity.server_public_key),
        )

    def _opened(self, opener: Opener) -> Opened:
        try:
            opened = opener.open()
        except TillfoldError as error:
            if error.code not in {ErrorCode.DATABASE_MISSING, ErrorCode.DATABASE_DAMAGED}:
                raise
            opened = opener.rebuild()
            self._reached.note("database lost and built again")
        else:
            if opened.notice is ErrorCode.JOURNAL_DAMAGED:
                self._reached.note("second journal lost and written again")
        return opened

    def end(self) -> None:
        """End the program properly."""
        self._abandon_session()
        if self.store is not None:
            with self.disk.at_work():
                self.store.close()
        self.store = None

    def die(self) -> None:
        """The machine is gone; the disk has its image already."""
        if self.fibre is not None:
            self._reached.note("crash while a session ran")
        self._abandon_session()
        store, self.store = self.store, None
        if store is not None:
            store.on_ended_well = lambda: None
            store._connection.close()
            store._engine.dispose()
            store.second_journal._file.close()
        self.disk.wipe_old()

    def work(self, work: Callable[[Store], T]) -> T:
        """Run work on the store, and see what it promised.

        Raises:
            MachineCrashed: in the middle of it.
        """
        store = self.store
        assert store is not None
        before = store.head
        with self.disk.at_work():
            answer = work(store)
        if store.head != before:
            self._register(at_start=False)
        return answer

    def has_changed(self) -> bool:
        """Whether a row of its database was written since this was asked last."""
        assert self.store is not None
        driver: Any = self.store._connection.connection.driver_connection
        before, self._seen = self._seen, (self.store, driver.total_changes)
        return self._seen != before

    # The session, step by step.

    def begin_session(self) -> Wish | None:
        session = self._session
        assert session is not None
        self.fibre = Fibre(
            lambda _fibre: session.run(lambda _received, _expected: None, lambda: False)
        )
        return self.fibre.start()

    def _ask(self, wish: Wish) -> Any:  # noqa: ANN401 - what comes back depends on the wish
        assert self.fibre is not None
        return self.fibre.ask(wish)

    def _abandon_session(self) -> None:
        fibre, self.fibre = self.fibre, None
        if fibre is not None:
            fibre.resume(error=Abandoned())

    # What was promised.

    def _register(self, *, at_start: bool) -> None:
        """Note new entries; at a start, see that all that was promised is there."""
        rows = self._rows(all_of_them=at_start)
        if at_start:
            found = {place: made.hash for place, made in rows}
            for place, made in self._truth.of_till(self.identity.terminal).items():
                if found.get(place) != made.hash:
                    raise Violation(f"{self.name}: entry {place[1:]} was promised and is gone")
        for place, made in rows:
            if place not in self._truth.made:
                self._truth.add(place, made)
                _check_stamp(self, made, self._truth, self._world.now_ms)

    def _rows(self, *, all_of_them: bool) -> list[tuple[Place, Made]]:
        assert self.store is not None
        epoch = self.store.head.epoch
        last = 0 if all_of_them else self._last_registered(epoch)
        query = select(journal).order_by(journal.c.epoch, journal.c.number)
        if not all_of_them:
            query = query.where(journal.c.epoch == epoch, journal.c.number > last)
        terminal = self.identity.terminal
        with self.store.read() as connection:
            return [
                ((terminal, row.epoch, row.number), Made(row.content, row.hash))
                for row in connection.execute(query)
            ]

    def _last_registered(self, epoch: int) -> int:
        number = self.store.head.number if self.store else 0
        while number and (self.identity.terminal, epoch, number) not in self._truth.made:
            number -= 1
        return number


def shows_order(till: SimulatedTill, sale_id: str) -> bool:
    assert till.store is not None
    with till.store.read() as connection:
        return load_one(connection, AggregateKind.ORDER, sale_id) is not None


def cursor_of(till: SimulatedTill) -> int:
    assert till.store is not None
    with till.store.read() as connection:
        return read_sync_state(connection).cursor


def _check_stamp(till: SimulatedTill, made: Made, truth: Truth, now_ms: int) -> None:
    """After a contact, stamps tell the server's time, whatever the machine's clock says."""
    entry = made.entry
    before = truth.made.get((entry.terminal, entry.epoch, entry.number - 1))
    if not till.contacted or (before and entry.stamp == before.entry.stamp + 1):
        return
    off_ms = abs(milliseconds_of(entry.stamp) - now_ms)
    if off_ms > MINUTE_MS:
        raise Violation(f"{till.name}: entry {entry.number} is stamped {off_ms} ms off")
