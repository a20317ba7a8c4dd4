"""The exchanges of the tills with the server: when they wake, and what happens between their steps.

In the place of `pos_client.sync.schedule.SyncThread`, with its pauses.
"""

from contextlib import AbstractContextManager
from functools import partial
from typing import Final, Protocol

import httpx
import msgspec
import zstandard

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import PATH_PUSH, Outcome, PushAnswer
from pos_client.sync.schedule import FIRST_PAUSE_S, LONGEST_PAUSE_S, POLL_S
from tests.simulation.chance import Chance
from tests.simulation.fibres import Fibre
from tests.simulation.laid_over import check_laid_over
from tests.simulation.network import Network
from tests.simulation.reached import Reached, Violation
from tests.simulation.server import SimulatedServer
from tests.simulation.tills import (
    Abandoned,
    SendWish,
    SimulatedTill,
    StoreWish,
    Wish,
    shows_order,
)
from tests.simulation.world import MINUTE_MS, SECOND_MS, World

# While a run lasts, tills poll and back off this many times slower than the program does: what is
# between two attempts of an outage is of no interest. While it heals, they keep the real pace.
SLOWER: Final = 360
# What a server of ours never says to a till of ours.
_NEVER: Final = frozenset({ErrorCode.JOURNAL_FORKED, ErrorCode.SIGNATURE_WRONG})
# What a till says where an answer was none of its server's.
_STRANGE: Final = frozenset({ErrorCode.SERVER_GARBLED, ErrorCode.SERVER_NOT_OURS})


class Run(Protocol):
    """What exchanges need of the run that they happen in."""

    tills: list[SimulatedTill]
    server: SimulatedServer

    def chance(self, *purpose: object) -> Chance: ...
    def note(self, text: str) -> None: ...
    def may_crash(self, till: SimulatedTill) -> AbstractContextManager[None]: ...


class Exchanges:
    def __init__(self, run: Run, world: World, network: Network, reached: Reached) -> None:
        self._run = run
        self._world = world
        self._network = network
        self._reached = reached
        self.healing = False
        self._pauses_s: dict[str, float] = {}
        self._again: set[str] = set()
        self._disturbed: dict[str, int] = {}

    def begin_healing(self) -> None:
        """From now on at the programs' pace. A till that would never have woken sleeps on."""
        self.healing = True
        for till in self._run.tills:
            self._pauses_s.pop(till.name, None)
            if till.wakes_at_ms is not None:
                self.wake_in(till, int(LONGEST_PAUSE_S * SECOND_MS))

    def announce(self) -> None:
        """The live channel says that there is more."""
        for till in self._run.tills:
            if till.running and till.link.whole:
                longest = 2 * SECOND_MS if self.healing else 30 * MINUTE_MS
                delay_ms = self._run.chance("live", till.name, self._world.steps).randint(
                    20, longest
                )
                self.wake_in(till, delay_ms)

    def wake_in(self, till: SimulatedTill, delay_ms: int) -> None:
        """Wake the exchange, unless it wakes before that anyhow."""
        at_ms = self._world.now_ms + delay_ms
        if till.wakes_at_ms is None or at_ms < till.wakes_at_ms:
            till.wakes_at_ms = at_ms
            self._world.at(at_ms, partial(self._exchange, till, at_ms))

    def _exchange(self, till: SimulatedTill, at_ms: int) -> None:
        if till.wakes_at_ms != at_ms:
            return
        till.wakes_at_ms = None
        if not till.running:
            return
        if till.fibre is not None:
            self._again.add(till.name)
            return
        self._again.discard(till.name)
        self._disturbed[till.name] = till.link.disturbed
        wish = till.begin_session()
        self._grant(till, wish)

    def _grant(self, till: SimulatedTill, wish: Wish | None) -> None:
        """Let time pass for what the session asked, then do it and let the session go on."""
        fibre = till.fibre
        assert fibre is not None
        match wish:
            case None:
                self._ended(till)
            case StoreWish():
                chance = self._run.chance("step", till.name, self._world.steps)
                delay_ms = chance.choice((0, 0, 1, 20))
                self._world.after(delay_ms, partial(self._do, till, fibre, wish))
            case SendWish():
                chance = self._run.chance("message", till.name, self._world.steps)
                self._network.send(
                    wish.request, till.link, chance, partial(self._answer, till, fibre, wish)
                )

    def _do(self, till: SimulatedTill, fibre: Fibre[Wish], wish: StoreWish) -> None:
        if till.fibre is not fibre:
            return
        with self._run.may_crash(till):
            try:
                answer = till.work(wish.work)
            except TillfoldError as error:
                self._grant(till, fibre.resume(error=error))
            else:
                if till.has_changed():
                    self._check_own_sales(till)
                    check_laid_over(till, self._run.server)
                self._grant(till, fibre.resume(answer))

    def _answer(
        self,
        till: SimulatedTill,
        fibre: Fibre[Wish],
        wish: SendWish,
        answer: httpx.Response | Exception,
    ) -> None:
        if till.fibre is not fibre:
            return
        if isinstance(answer, Exception):
            self._grant(till, fibre.resume(error=answer))
            return
        if wish.request.url.path == PATH_PUSH and answer.status_code == httpx.codes.OK:
            self._note_verdicts(answer)
        self._grant(till, fibre.resume(answer))

    def _note_verdicts(self, answer: httpx.Response) -> None:
        try:
            content = zstandard.decompress(answer.content)
            verdicts = msgspec.msgpack.decode(content, type=PushAnswer).verdicts
        except (zstandard.ZstdError, msgspec.DecodeError):
            return
        if any(verdict.outcome is Outcome.ALREADY_HAD for verdict in verdicts):
            self._reached.note("batch that the server already had")

    def _ended(self, till: SimulatedTill) -> None:
        fibre, till.fibre = till.fibre, None
        assert fibre is not None
        failure = fibre.failure
        if isinstance(failure, TillfoldError):
            self._check_failure(till, failure)
            self.failed(till, failure)
            return
        if failure is not None and not isinstance(failure, Abandoned):
            raise Violation(f"{till.name}: the session broke: {failure!r}") from failure
        till.online = True
        till.misled = False
        self._pauses_s.pop(till.name, None)
        again = till.name in self._again
        self.wake_in(till, 0 if again else self._paced(POLL_S))

    def _check_failure(self, till: SimulatedTill, failure: TillfoldError) -> None:
        """An exchange fails for a reason: what the server itself says, its tills understand."""
        if till.has_copy and failure.code is ErrorCode.JOURNAL_FORKED:
            # It sold while it took its lost end back: the next push finds the fork.
            return
        undisturbed = self._disturbed[till.name] == till.link.disturbed
        if failure.code in _NEVER or (failure.code in _STRANGE and undisturbed):
            raise Violation(f"{till.name}: {failure.code} in an exchange with its own server")

    def failed(self, till: SimulatedTill, failure: TillfoldError) -> None:
        self._run.note(f"{till.name}: {failure.code}")
        till.online = False
        pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, self._pauses_s.get(till.name, 0) * 2))
        self._pauses_s[till.name] = pause_s
        self.wake_in(till, self._paced(pause_s))

    def _paced(self, seconds: float) -> int:
        return int(seconds * SECOND_MS * (1 if self.healing else SLOWER))

    def _check_own_sales(self, till: SimulatedTill) -> None:
        """What a till has sold it shows, whatever the feed has just brought.

        Not until it has compared the sums with a standby that was behind.
        """
        if till.misled:
            return
        for sale_id in till.own_sales[-4:]:
            if not shows_order(till, sale_id):
                raise Violation(f"{till.name} does not show its own sale {sale_id}")
