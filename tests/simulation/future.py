"""A terminal of a later release: kinds and schemas that this server has never heard of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import msgspec

from domain.entries import hash_entry
from domain.protocol import PushRequest, Receipt
from domain.signatures import Signer
from pos_client.sync.transport import RefusedByServerError, Transport, _refuse_strangers
from tests.builders.facts import enrolled
from tests.builders.terminal import TestTerminal
from tests.simulation.chance import Chance
from tests.simulation.reached import Reached, Violation
from tests.simulation.server import SimulatedServer
from tests.simulation.template import SERVER_URL, Template
from tests.simulation.truth import Made, Truth


class DirectTransport(Transport):
    """No network at all: asks and is answered."""

    def __init__(
        self, handle: Callable[[httpx.Request], httpx.Response], terminal: str, signer: Signer
    ) -> None:
        super().__init__(SERVER_URL, terminal=terminal, signer=signer)
        self._handle = handle

    @contextmanager
    def _sent(
        self, method: str, target: str, body: bytes = b"", *, live: bool = False
    ) -> Iterator[httpx.Response]:
        response = self._handle(self._signed(method, target, body))
        _refuse_strangers(response)
        yield response


class FutureTill:
    def __init__(
        self, template: Template, server: SimulatedServer, truth: Truth, reached: Reached
    ) -> None:
        made = TestTerminal("future")
        made.brand, made.store = template.future.brand, template.future.store
        made.terminal = template.future.terminal
        self._terminal = made
        self._transport = DirectTransport(server.handle, made.terminal, made.signer)
        self._truth = truth
        self._reached = reached
        self._sent = 0

    def push(self, chance: Chance, now_ms: int) -> None:
        """An entry that nobody here can read, one that everybody can, and both are taken in."""
        terminal = self._terminal
        for _ in range(chance.randint(1, 2)):
            terminal.write_raw("robot_greeted", 3, b"\x81\xa4name\xa3Bob", now_ms=now_ms)
        number = len(terminal.entries)
        phone = f"+861370013{number:04d}"
        terminal.write(enrolled(f"future-{number}", phone=phone), now_ms=now_ms)
        for place, signed in enumerate(terminal.entries[self._sent :], start=self._sent + 1):
            made = Made(signed.content, hash_entry(signed.content))
            self._truth.add("future", (terminal.epoch, place), made)
        self.offer()
        self._reached.note("entry of a kind of a later release")

    def offer(self) -> None:
        """Send what the server lacks, and what it lost."""
        for _ in range(2):
            waiting = tuple(self._terminal.entries[self._sent :])
            if not waiting:
                return
            try:
                answer = self._transport.push(PushRequest(epoch=1, entries=waiting))
            except RefusedByServerError as refused:
                self._sent = (refused.expected or 1) - 1
                continue
            receipt = msgspec.msgpack.decode(answer.receipt.content, type=Receipt)
            self._sent = receipt.number
            return
        raise Violation("a terminal of a later release cannot push")

    def offer_all(self) -> None:
        self._sent = 0
        self.offer()
