"""One till with a cashier at it, for one thing that a guest wants."""

from datetime import date

from domain.facts import Fact
from domain.fold import ONLY_ONE
from domain.fold.aggregates import Aggregate, AggregateKind, Member, Menu
from domain.identifiers import MemberId
from domain.menu import MenuItem
from pos_client.storage.aggregates import load_kind, load_one
from pos_client.storage.store import Store
from pos_client.use_cases.sales import receipt_number
from pos_client.use_cases.store_time import business_day
from tests.simulation.chance import Chance
from tests.simulation.reached import Reached
from tests.simulation.template import cashier_of
from tests.simulation.tills import SimulatedTill


class Counter:
    def __init__(self, till: SimulatedTill, chance: Chance, reached: Reached) -> None:
        self.till = till
        self.chance = chance
        self.reached = reached
        self.actor = cashier_of(till.identity.store)

    def record(self, *facts: Fact) -> None:
        def work(store: Store) -> None:
            with store.write() as writing:
                store.record(writing, facts, self.actor)

        self.till.work(work)

    def known(self, kind: AggregateKind) -> list[Aggregate]:
        def work(store: Store) -> list[Aggregate]:
            with store.read() as connection:
                found = load_kind(connection, kind)
            return [found[key] for key in sorted(found)]

        return self.till.work(work)

    def some_member(self) -> MemberId | None:
        members = [
            one.member_id
            for one in self.known(AggregateKind.MEMBER)
            if isinstance(one, Member) and one.phone and one.closed is None
        ]
        # The first ones come again and again, so that stores meet on them.
        return self.chance.choice(members[:6] + members) if members else None

    def menu(self) -> Menu:
        def work(store: Store) -> Menu:
            with store.read() as connection:
                found = load_one(connection, AggregateKind.MENU, ONLY_ONE)
            return found if isinstance(found, Menu) else Menu()

        return self.till.work(work)

    def dishes(self) -> list[MenuItem]:
        items = self.menu().items
        return [self.chance.choice(items) for _ in range(self.chance.randint(1, 4))]

    @property
    def day(self) -> date:
        store = self.till.store
        assert store is not None
        return business_day(store.trusted_time.now_ms(), store.identity.time_zone)

    def next_receipt(self) -> str:
        store = self.till.store
        assert store is not None
        return receipt_number(store.identity, store.head)
