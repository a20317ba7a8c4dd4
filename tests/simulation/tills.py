"""A till of the simulation: real storage, real session; clock, disk and link are its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar, cast

import httpx
import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind
from domain.signatures import Verifier
from pos_client.storage.aggregates import load_one
from pos_client.storage.identity import Identity
from pos_client.storage.keys import TillSecrets
from pos_client.storage.opening import Opened, Opener
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.sync.session import Session
from pos_client.sync.transport import Transport, _refuse_strangers
from pos_client.time_and_chance import make_identifier
from tests.simulation.chance import SeededBytes
from tests.simulation.disk import Disk
from tests.simulation.fibres import Fibre
from tests.simulation.network import Link
from tests.simulation.reached import Reached
from tests.simulation.world import TillClock

T = TypeVar("T")


class StoreWish(msgspec.Struct, frozen=True):
    work: Callable[[Store], Any]


class SendWish(msgspec.Struct, frozen=True):
    """`within_ms`: whoever sends it waits no longer; None: as long as the network lets it."""

    request: httpx.Request
    within_ms: int | None = None


class PauseWish(msgspec.Struct, frozen=True):
    ms: int


Wish = StoreWish | SendWish | PauseWish


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

    def __init__(self, send: Callable[[httpx.Request], Any], store: Store) -> None:
        identity = store.identity
        super().__init__(identity.server_url, terminal=identity.terminal, signer=store.signer)
        self._send = send

    @contextmanager
    def _sent(
        self, method: str, target: str, body: bytes = b"", *, live: bool = False
    ) -> Iterator[httpx.Response]:
        response = self._send(self._signed(method, target, body))
        _refuse_strangers(response)
        yield response


class Witness(Protocol):
    """Notes what a till writes, and sees that nothing of it is ever gone."""

    def look(self, till: "SimulatedTill", *, at_start: bool) -> None: ...


class SimulatedTill:
    """`store` is None while the program does not run. Everything runs on the simulator's thread."""

    def __init__(
        self,
        identity: Identity,
        secrets: TillSecrets,
        *,
        disk: Disk,
        clock: TillClock,
        witness: Witness,
        reached: Reached,
        seed: object,
        machine: str,
    ) -> None:
        self.name = machine
        self.identity = identity
        self.secrets = secrets
        self.disk = disk
        self.clock = clock
        self.link = Link()
        self.entropy = SeededBytes("till", self.name, seed)
        self.store: Store | None = None
        # The exchange under way, and the guest who is being served.
        self.fibre: Fibre[Wish] | None = None
        self.guest: Fibre[Wish] | None = None
        self.guest_waits_ms = 0
        self.online = False
        self.gone = False
        # It lost what it knew of holds that it had asked for.
        self.forgot = False
        # Its disk was an older image of itself, or runs on two machines: its journal may fork.
        self.has_copy = False
        self.own_sales: list[str] = []
        # A standby gave other rows numbers that this till had had: their sums alone tell it.
        self.misled = False
        self.wakes_at_ms: int | None = None
        self._seen: tuple[Store, int] | None = None
        self._session: Session | None = None
        self._witness = witness
        self._reached = reached

    @property
    def running(self) -> bool:
        return self.store is not None

    @property
    def contacted(self) -> bool:
        """Whether the server has told the time since the machine was started."""
        return self.store is not None and self.store.trusted_time._ahead_of_elapsed_ms is not None

    @property
    def guest_storage(self) -> StorageThread:
        return cast("StorageThread", _Storage(self.ask_as_guest))

    def guest_transport(self) -> Transport:
        """A connection of its own, on which a guest waits no longer than she is told to."""
        assert self.store is not None
        return _Transport(
            lambda request: self.ask_as_guest(SendWish(request, within_ms=self.guest_waits_ms)),
            self.store,
        )

    def ask_as_guest(self, wish: Wish) -> Any:  # noqa: ANN401 - what comes back depends on the wish
        assert self.guest is not None
        return self.guest.ask(wish)

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
        self._witness.look(self, at_start=True)
        transport = _Transport(lambda request: self._ask(SendWish(request)), self.store)
        self._session = Session(
            cast("StorageThread", _Storage(self._ask)),
            transport,
            Verifier(self.identity.server_public_key),
        )

    def begin_with_image(self) -> None:
        """The machine goes on with an older disk, or a copy of another's."""
        self.has_copy = self.forgot = True
        self.own_sales.clear()

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
        if self.guest is not None:
            self._reached.note("crash while a sale was being closed")
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
            self._witness.look(self, at_start=False)
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
        fibres = (self.fibre, self.guest)
        self.fibre = self.guest = None
        for fibre in fibres:
            if fibre is not None:
                fibre.resume(error=Abandoned())


def shows_order(till: SimulatedTill, sale_id: str) -> bool:
    assert till.store is not None
    with till.store.read() as connection:
        return load_one(connection, AggregateKind.ORDER, sale_id) is not None
