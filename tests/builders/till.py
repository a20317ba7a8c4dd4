"""A real till in a folder: encrypted database, second journal, key file; the test holds its clock.

`TillFiles` opens the storage on the calling thread. `Till` is the whole machinery with its threads.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import select

from domain import rights
from domain.configuration import PointsRule, Staff
from domain.entries import Entry
from domain.facts import Fact, MenuPublished, RulesPublished, StaffAppointed
from domain.fold import fold, touched
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind
from domain.identifiers import ItemId, MemberId, RoleId, StaffId, StoreId
from domain.menu import MenuItem
from domain.money import FEN_PER_YUAN
from domain.offers import amount_off
from domain.orders import Tender, TenderKind
from domain.pricing.basket import Basket, add_item
from domain.rulebook import RuleBook
from domain.wording import Language
from pos_client.bootstrap.machinery import TillMachinery
from pos_client.settings import PaymentSettings, PrinterSettings, TillSettings
from pos_client.storage.aggregates import load
from pos_client.storage.identity import Identity
from pos_client.storage.journal import SealedEntry
from pos_client.storage.keys import FileKeyStore, TillSecrets
from pos_client.storage.opening import Opened, Opener, Place
from pos_client.storage.store import Store
from pos_client.storage.tables import aggregate, overlay
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.answers import ClosedSale, OrderToClose
from pos_client.use_cases.joining import own_identity
from pos_client.use_cases.sign_in import hash_pin
from tests.builders.terminal import START_MS

T = TypeVar("T")
State = dict[AggregateKey, Aggregate]

MANAGER: Final = StaffId("manager")
CASHIER: Final = StaffId("cashier")
MANAGER_PIN: Final = "135791"
CASHIER_PIN: Final = "246802"
DEADLINE_S: Final = 20.0
IDENTITY: Final = own_identity("示范餐厅", brand="brand", store="A", terminal="till-1")
RICE: Final = MenuItem(item_id=ItemId("D1"), name="米饭", category="主食", unit_price_fen=300)
DUCK: Final = MenuItem(item_id=ItemId("D2"), name="烤鸭", category="热菜", unit_price_fen=12_800)


class HandClock:
    """Stands still until the test moves it."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.wall_ms = now_ms
        self.steady_ms = 1_000

    def now_ms(self) -> int:
        return self.wall_ms

    def elapsed_ms(self) -> int:
        return self.steady_ms

    def advance(self, milliseconds: int) -> None:
        """Time passes."""
        self.wall_ms += milliseconds
        self.steady_ms += milliseconds

    def set_wall(self, now_ms: int) -> None:
        """Somebody sets the machine's clock; no time passes."""
        self.wall_ms = now_ms


class SeededEntropy:
    """Bytes that look random, never repeat, and are the same in every run."""

    def __init__(self, seed: str = "till") -> None:
        self._seed = seed
        self._count = 0
        self._lock = threading.Lock()

    def bytes(self, count: int) -> bytes:
        with self._lock:
            self._count += 1
            return hashlib.shake_256(f"{self._seed} {self._count}".encode()).digest(count)


@cache
def pin_hash(pin: str) -> str:
    return hash_pin(pin)


def appointed(
    staff_id: StaffId, role: RoleId, pin: str, *, name: str = "王芳", store: str = "A"
) -> StaffAppointed:
    staff = Staff(staff_id=staff_id, name=name, role=role, pin_hash=pin_hash(pin))
    return StaffAppointed(store=StoreId(store), staff=staff)


def staffed() -> list[Fact]:
    return [
        appointed(MANAGER, rights.STORE_MANAGER, MANAGER_PIN),
        appointed(CASHIER, rights.CASHIER, CASHIER_PIN, name="赵敏"),
    ]


def configured() -> list[Fact]:
    """A menu of two dishes, one offer (50 off 500), points at one a yuan."""
    offer = amount_off("offer", "满500减50", from_fen=50_000, saving_fen=5_000)
    points = PointsRule(value_fen=1, step=100, offline_limit=500)
    return [
        MenuPublished(version="menu-1", items=(RICE, DUCK)),
        RulesPublished(version="rules-1", book=RuleBook(rules=(offer,), points=points)),
    ]


class TillFiles:
    """A till's files and secrets; what it opens belongs to the calling thread."""

    def __init__(self, folder: Path, *, clock: HandClock | None = None) -> None:
        self.clock = clock or HandClock()
        self.entropy = SeededEntropy(folder.name)
        self.place = Place(data=folder / "data", second_journal=folder / "second")
        self.secrets = TillSecrets(self.entropy.bytes(32), self.entropy.bytes(32))

    @property
    def opener(self) -> Opener:
        return Opener(self.place, self.secrets, clock=self.clock, entropy=self.entropy)

    def key_store(self) -> FileKeyStore:
        return FileKeyStore(self.place.data)

    @contextmanager
    def created(self, facts: Sequence[Fact] = (), identity: Identity = IDENTITY) -> Iterator[Store]:
        with closing(self.opener.create(identity)) as store:
            write(store, facts)
            yield store

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        opened = self.opener.open()
        with closing(opened.store):
            yield opened

    @contextmanager
    def rebuilt(self) -> Iterator[Opened]:
        opened = self.opener.rebuild()
        with closing(opened.store):
            yield opened

    def all_files(self) -> list[Path]:
        folders = {self.place.data, self.place.second_journal}
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def write(store: Store, facts: Sequence[Fact], actor: StaffId = MANAGER) -> list[SealedEntry]:
    """One transaction with all of these."""
    if not facts:
        return []
    with store.write() as writing:
        return store.record(writing, facts, actor)


def shown(store: Store) -> State:
    """Everything that the till would show now."""
    with store.read() as connection:
        rows = [
            (row.kind, row.id)
            for table in (aggregate, overlay)
            for row in connection.execute(select(table.c.kind, table.c.id))
        ]
        return load(
            connection, [AggregateKey(AggregateKind(kind), key_id) for kind, key_id in rows]
        )


def folded(entries: Sequence[tuple[Entry, Fact]], onto: State | None = None) -> State:
    """The fold, without any storage."""
    state = dict(onto or {})
    for entry, fact in entries:
        for key in touched(fact):
            state[key] = fold(key, state.get(key), entry, fact)
    return state


class Till:
    """The machinery of one till, started as the program starts it."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: HandClock | None = None,
        printer: PrinterSettings | None = None,
        payment: PaymentSettings | None = None,
        key_store: str = "file",
    ) -> None:
        self.clock = clock or HandClock()
        self.settings = TillSettings(
            data_directory=str(folder / "data"),
            second_journal_directory=str(folder / "second"),
            key_store=key_store,
            ballast_mib=0,  # thousands of tills are made in the tests
            printer=printer or PrinterSettings(),
            payment=payment or PaymentSettings(),
        )
        self._entropy = SeededEntropy(folder.name)
        self.machinery = self.new_machinery()

    def new_machinery(self) -> TillMachinery:
        return TillMachinery(
            self.settings,
            wording_in(Language.CHINESE),
            clock=self.clock,
            entropy=self._entropy,
        )

    def begin(self, facts: Sequence[Fact] | None = None, identity: Identity = IDENTITY) -> None:
        """A new till with staff, a menu and rules, or with these facts."""
        self.machinery.found(identity)
        self.write(*(staffed() + configured() if facts is None else facts))

    def restart(self) -> None:
        """End the program and start it again."""
        self.machinery.close()
        self.machinery = self.new_machinery()
        self.machinery.start()

    def run(self, work: Callable[[Store], T]) -> T:
        return self.machinery.storage.run(work)

    def write(self, *facts: Fact) -> list[SealedEntry]:
        return self.run(lambda store: write(store, facts))

    def shown(self) -> State:
        return self.run(shown)

    def sell(
        self,
        *items: MenuItem,
        total_fen: int,
        member: str | None = None,
        points: int = 0,
        actor: StaffId = CASHIER,
    ) -> ClosedSale:
        """Sell dishes for cash to the fen; `total_fen` is what the screen showed."""
        return self.machinery.counter.close_sale(
            actor, order(*items, total_fen=total_fen, member=member, points=points)
        )

    def close(self) -> None:
        self.machinery.close()


def basket_of(*items: MenuItem, points: int = 0) -> Basket:
    basket = Basket(points_wanted=points)
    for item in items:
        basket = add_item(basket, item)
    return basket


def cash(amount_fen: int, received_fen: int | None = None) -> Tender:
    received = amount_fen if received_fen is None else received_fen
    return Tender(
        kind=TenderKind.CASH,
        amount_fen=amount_fen,
        received_fen=received,
        change_fen=received - amount_fen,
    )


def order(
    *items: MenuItem,
    total_fen: int,
    member: str | None = None,
    points: int = 0,
    menu_version: str = "menu-1",
) -> OrderToClose:
    return OrderToClose(
        basket=basket_of(*items, points=points),
        tenders=(cash(total_fen),) if total_fen else (),
        expected_total_fen=total_fen,
        member_id=MemberId(member) if member else None,
        menu_version=menu_version,
    )


def yuan(amount: int) -> int:
    return amount * FEN_PER_YUAN


def wait_until(condition: Callable[[], bool], woken: threading.Event, what: str) -> None:
    """Look at `condition` each time `woken` is set; fails when nothing more happens."""
    while not condition():
        assert woken.wait(DEADLINE_S), f"waited in vain until {what}"
        woken.clear()
