"""The network between a till and the server: late, lost, twice, out of order, cut, one-way."""

from collections.abc import Callable
from functools import partial

import httpx
import msgspec

from domain.errors import ErrorCode, TillfoldError
from tests.simulation.chance import Chance
from tests.simulation.reached import Reached
from tests.simulation.server import SimulatedServer
from tests.simulation.world import MINUTE_MS, SECOND_MS, World

CONNECT_MS = 3 * SECOND_MS
ANSWER_MS = 20 * SECOND_MS

OnAnswer = Callable[[httpx.Response | Exception], None]


class Link(msgspec.Struct, kw_only=True):
    """How one till reaches the server. Chances are of a hundred."""

    requests_pass: bool = True
    answers_pass: bool = True
    lost: int = 0
    twice: int = 0
    late: int = 0
    strange: int = 0
    # How often something came over it that a till may take for no answer of its server.
    disturbed: int = 0

    @property
    def whole(self) -> bool:
        return self.requests_pass and self.answers_pass

    def heal(self) -> None:
        self.requests_pass = self.answers_pass = True
        self.lost = self.twice = self.late = self.strange = 0


class Network:
    def __init__(self, world: World, server: SimulatedServer, reached: Reached) -> None:
        self._world = world
        self._server = server
        self._reached = reached

    def send(
        self,
        request: httpx.Request,
        link: Link,
        chance: Chance,
        on_answer: OnAnswer,
        *,
        within_ms: int | None = None,
    ) -> None:
        """Carry a request and its answer; `on_answer` hears of one thing, once.

        After `within_ms` it is told a TimeoutError: who asked does not wait any longer.
        """
        told = _Once(on_answer)
        if within_ms is not None:
            self._world.after(within_ms, lambda: told(TimeoutError()))
        unreachable = TillfoldError(ErrorCode.SERVER_UNREACHABLE)
        if not link.requests_pass:
            self._world.after(CONNECT_MS, lambda: told(unreachable))
            return
        self._world.after(ANSWER_MS, lambda: told(unreachable))
        if chance.happens(link.lost):
            self._reached.note("request lost")
            return
        delay_ms = chance.randint(5, 80)
        if chance.happens(link.late):
            # It may come when the till has long given it up, and behind later ones.
            delay_ms = chance.randint(SECOND_MS, 3 * MINUTE_MS)
            self._reached.note("message late")
        self._world.after(delay_ms, lambda: self._arrive(request, link, chance, told))
        if chance.happens(link.twice):
            self._reached.note("message sent twice")
            again_ms = chance.randint(5, 30 * SECOND_MS)
            self._world.after(delay_ms + again_ms, partial(self._deliver, request))

    def _deliver(self, request: httpx.Request) -> None:
        """Nobody waits for the answer to a second copy."""
        self._server.handle(request)

    def _arrive(self, request: httpx.Request, link: Link, chance: Chance, told: "_Once") -> None:
        answer = self._server.handle(request)
        if not link.answers_pass or chance.happens(link.lost):
            if request.method == "POST":
                self._reached.note("answer lost after the server had committed")
            return
        if chance.happens(link.strange):
            self._reached.note("exchange broken off")
            link.disturbed += 1
            answer = _strange(answer, chance)
        self._world.after(chance.randint(5, 80), lambda: told(answer))


class _Once:
    def __init__(self, on_answer: OnAnswer) -> None:
        self._on_answer: OnAnswer | None = on_answer

    def __call__(self, answer: httpx.Response | Exception) -> None:
        on_answer, self._on_answer = self._on_answer, None
        if on_answer is not None:
            on_answer(answer)


def _strange(answer: httpx.Response, chance: Chance) -> httpx.Response:
    """A captive portal's page, a proxy's error, or an answer that was cut short."""
    match chance.randrange(3):
        case 0:
            return httpx.Response(200, headers={"Content-Type": "text/html"}, content=b"<html>")
        case 1:
            return httpx.Response(502, content=b"bad gateway")
        case _:
            half = answer.content[: len(answer.content) // 2]
            headers = dict(answer.headers) | {"Content-Length": str(len(half))}
            return httpx.Response(answer.status_code, headers=headers, content=half)
