"""Guests at counters: what takes the server's word is done step by step, among other things."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

import httpx

from domain.errors import TillfoldError
from pos_client.sync.authoriser import Ask
from pos_client.use_cases.answers import ClosedSale
from tests.simulation.asking import authoriser_of
from tests.simulation.cashier import Counter
from tests.simulation.chance import Chance
from tests.simulation.exchanges import Exchanges
from tests.simulation.fibres import Fibre
from tests.simulation.laid_over import check_laid_over
from tests.simulation.network import Network
from tests.simulation.reached import Reached, Violation
from tests.simulation.selling import note_sale
from tests.simulation.server import SimulatedServer
from tests.simulation.tills import (
    Abandoned,
    PauseWish,
    SendWish,
    SimulatedTill,
    StoreWish,
    Wish,
)
from tests.simulation.wishes import serve, tell
from tests.simulation.world import World

# Whoever comes while somebody is being served waits so long and looks again.
QUEUE_MS = 40


class Run(Protocol):
    """What guests need of the run that they happen in."""

    server: SimulatedServer

    def chance(self, *purpose: object) -> Chance: ...
    def note(self, text: str) -> None: ...
    def may_crash(self, till: SimulatedTill) -> AbstractContextManager[None]: ...


class Guests:
    def __init__(
        self, run: Run, world: World, network: Network, exchanges: Exchanges, reached: Reached
    ) -> None:
        self._run = run
        self._world = world
        self._network = network
        self._exchanges = exchanges
        self._reached = reached

    def come(self, till: SimulatedTill, what: str, chance: Chance) -> None:
        if not till.running:
            return
        if till.guest is not None:
            self._world.after(QUEUE_MS, partial(self.come, till, what, chance))
            return
        self._run.note(f"{till.name}: {what}")
        counter, closing = Counter(till, chance, self._reached), None
        with self._run.may_crash(till):
            head = till.store.head if till.store else None
            closing = serve(counter, what)
            self._after_write(till, head)
        if closing is not None and till.running:
            self._begin(till, counter, closing)

    def _begin(
        self, till: SimulatedTill, counter: Counter, closing: Callable[[Ask], ClosedSale]
    ) -> None:
        ask = authoriser_of(till, till.guest_transport).ask
        fibre: Fibre[Wish] = Fibre(lambda _fibre: _closed(counter, closing(ask)))
        till.guest = fibre
        self._grant(till, fibre, fibre.start(), counter)

    def _grant(
        self, till: SimulatedTill, fibre: Fibre[Wish], wish: Wish | None, counter: Counter
    ) -> None:
        """Let time pass for what the use case asked, then do it and let it go on."""
        chance = self._run.chance("guest", till.name, self._world.steps)
        match wish:
            case None:
                self._ended(till, fibre, counter)
            case StoreWish():
                delay_ms = chance.choice((0, 0, 1, 20))
                self._world.after(delay_ms, partial(self._do, till, fibre, wish, counter))
            case PauseWish():
                self._world.after(wish.ms, partial(self._resume, till, fibre, counter, None))
            case SendWish():
                on_answer = partial(self._resume, till, fibre, counter)
                self._network.send(
                    wish.request, till.link, chance, on_answer, within_ms=wish.within_ms
                )

    def _do(
        self, till: SimulatedTill, fibre: Fibre[Wish], wish: StoreWish, counter: Counter
    ) -> None:
        if till.guest is not fibre:
            return
        with self._run.may_crash(till):
            head = till.store.head if till.store else None
            try:
                answer = till.work(wish.work)
            except TillfoldError as error:
                self._grant(till, fibre, fibre.resume(error=error), counter)
            else:
                if till.has_changed():
                    check_laid_over(till, self._run.server)
                self._after_write(till, head)
                self._grant(till, fibre, fibre.resume(answer), counter)

    def _resume(
        self,
        till: SimulatedTill,
        fibre: Fibre[Wish],
        counter: Counter,
        answer: httpx.Response | Exception | None,
    ) -> None:
        if till.guest is not fibre:
            return
        error = answer if isinstance(answer, Exception) else None
        if error is not None:
            self._reached.note("hold answered too late or not at all")
        self._grant(till, fibre, fibre.resume(None if error else answer, error), counter)

    def _after_write(self, till: SimulatedTill, head: object) -> None:
        if till.store is not None and till.store.head != head:
            till.disk.crash_if_after_write()
            self._exchanges.wake_in(till, 0)

    def _ended(self, till: SimulatedTill, fibre: Fibre[Wish], counter: Counter) -> None:
        till.guest = None
        failure = fibre.failure
        if isinstance(failure, TillfoldError):
            tell(counter, failure)
        elif failure is not None and not isinstance(failure, Abandoned):
            raise Violation(f"{till.name}: a sale broke: {failure!r}") from failure


def _closed(counter: Counter, closed: ClosedSale) -> None:
    counter.till.own_sales.append(closed.sale.sale_id)
    note_sale(counter, closed.sale)
