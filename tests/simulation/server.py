"""The real server in this process: its use cases behind its own request handlers, no sockets."""

import shutil
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import msgspec
import zstandard
from sqlalchemy import bindparam, func, select, update
from starlette.requests import Request
from starlette.responses import Response

from domain.allowances.messages import PATH_AUTHORISE, PATH_RIGHTS
from domain.entries import decode_entry
from domain.facts import decode_fact
from domain.fold.aggregates import AggregateKind, decode_aggregate
from domain.identifiers import HEAD_OFFICE
from domain.journals import JournalForked
from domain.protocol import (
    PATH_CODES,
    PATH_DIGESTS,
    PATH_EPOCH,
    PATH_FEED,
    PATH_JOURNAL,
    PATH_PUSH,
    PATH_ROWS,
    PushAnswer,
    Receipt,
)
from sync_server.authentication.rate_limits import RateLimit
from sync_server.bootstrap import build_context
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import feed_head
from sync_server.database.spending_tables import allowance
from sync_server.database.tables import aggregate, brand, entry
from sync_server.routes.metrics import Metrics
from sync_server.routes.sync import exchange
from sync_server.routes.sync.exchange import SyncExchange
from sync_server.settings import ServerSettings
from tests.builders.sync_server import BRAND
from tests.simulation.chance import SeededBytes
from tests.simulation.patching import patched
from tests.simulation.reached import Reached, Violation
from tests.simulation.spending import Promises, check_kept, check_no_debt
from tests.simulation.world import World

T = TypeVar("T")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
DATABASE_NAME = "server.db"
_SPENT_ONCE: Final = (AggregateKind.STORED_VALUE, AggregateKind.PASS, AggregateKind.COUPON)
# Built once, as each request is followed by them.
_NEW_ROWS: Final = (
    select(aggregate.c.version, aggregate.c.kind, aggregate.c.id, aggregate.c.body)
    .where(aggregate.c.brand_id == BRAND, aggregate.c.version > bindparam("after"))
    .order_by(aggregate.c.version)
)
_HASH: Final = select(entry.c.hash).where(
    entry.c.terminal_id == bindparam("till"),
    entry.c.epoch == bindparam("at"),
    entry.c.number == bindparam("nth"),
)


def settings_in(folder: Path) -> ServerSettings:
    return ServerSettings(database=str(folder / DATABASE_NAME), database_connections=2)


class SimulatedServer:
    """Starts on the files in a folder. `on_head` is told each new head of the feed."""

    def __init__(self, folder: Path, world: World, reached: Reached, *seed: object) -> None:
        self._folder = folder
        self.promises = Promises(reached)
        # Until it loses commits, or there may be two of a till: then some loss is known.
        self.all_honest = True
        self._world = world
        self._entropy = SeededBytes("server", *seed)
        self.on_head: Callable[[], None] = lambda: None
        # Terminals whose journal forked, with the last allowance that each had by then.
        self.suspects: dict[str, int] = {}
        self.forks_told = 0
        self._start()
        self._checked_head = self._head()

    def _start(self) -> None:
        self.context = build_context(
            settings_in(self._folder),
            now_ms=lambda: self._world.now_ms,
            entropy=self._entropy.bytes,
        )
        self._exchange = SyncExchange(
            self.context,
            Metrics(self.context),
            enrolments=RateLimit(1_000),
            look_ups=RateLimit(1_000),
        )
        self._handlers: dict[str, Handler] = {
            PATH_PUSH: self._exchange.push,
            PATH_FEED: self._exchange.feed,
            PATH_CODES: self._exchange.codes,
            PATH_EPOCH: self._exchange.epoch,
            PATH_JOURNAL: self._exchange.journal,
            PATH_DIGESTS: self._exchange.digests,
            PATH_ROWS: self._exchange.rows,
            PATH_AUTHORISE: self._exchange.authorise,
            PATH_RIGHTS: self._exchange.rights,
        }
        self.context.heads.listen(lambda _brand, _head: self.on_head())

    def restart(self) -> None:
        self.stop()
        self._start()

    def stop(self) -> None:
        self.context.database.close()

    def keep_copy(self, target: Path) -> None:
        """A copy of the database as it is now, such as a standby that then falls behind."""
        with self.context.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.rollback()
        shutil.copy(self._folder / DATABASE_NAME, target)

    def fall_back_to(self, copy: Path, history: str | None) -> None:
        """The copy takes over; every commit since it was made is lost.

        A restored backup begins a history of its own, a standby goes on in the old one (None).
        """
        self.stop()
        for end in ("", "-wal", "-shm"):
            (self._folder / f"{DATABASE_NAME}{end}").unlink(missing_ok=True)
        shutil.copy(copy, self._folder / DATABASE_NAME)
        self._start()
        if history is not None:
            self._begin_history(history)
        self._checked_head = self._head()

    def _begin_history(self, history: str) -> None:
        self.context.database.write(
            lambda connection: connection.execute(update(brand).values(history=history)),
            brand=ALL_BRANDS,
        )

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One request, from its first byte to its commit and its answer."""
        handler = self._handlers[request.url.path]
        answer = _finished(handler(_asgi_request(request)))
        response = httpx.Response(
            answer.status_code, headers=dict(answer.headers), content=bytes(answer.body)
        )
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Violation(f"the server failed: {_Log.failure!r}") from _Log.failure
        if request.url.path == PATH_AUTHORISE:
            # To call allowances back it moves the head without a row: tills then ask.
            self._checked_head = self._head()
            self.promises.hear(request, answer.status_code, bytes(answer.body))
            self.read(check_kept)
        elif request.method == "POST":
            self.promises.hear(request, answer.status_code, bytes(answer.body))
            self.check_commits()
            self.read(check_kept)
            self._watch_suspects(answer.status_code)
            if request.url.path == PATH_PUSH and response.status_code == httpx.codes.OK:
                self._check_receipt(bytes(answer.body))
        return response

    def check_commits(self) -> None:
        """Versions are dense: what was committed since the last look stands under each of them."""
        head, found = self.read(
            lambda connection: (
                feed_head(connection, BRAND),
                connection.execute(_NEW_ROWS, {"after": self._checked_head}).all(),
            )
        )
        if [row.version for row in found] != list(range(self._checked_head + 1, head + 1)):
            raise Violation(f"versions {self._checked_head + 1} to {head} are not dense")
        self._checked_head = head
        for row in found:
            if self.all_honest and row.kind in _SPENT_ONCE:
                check_no_debt(decode_aggregate(AggregateKind(row.kind), bytes(row.body)), row.id)

    def _watch_suspects(self, status: int) -> None:
        """A till of which there may be two gets no allowance until a person has decided."""
        if status == httpx.codes.CONFLICT:
            self._suspect()
        for terminal, issue in self.suspects.items():
            if self._last_issue(terminal) > issue:
                raise Violation(f"{terminal} got an allowance after its journal forked")

    def _suspect(self) -> None:
        query = (
            select(entry.c.content)
            .where(entry.c.terminal_id == HEAD_OFFICE)
            .order_by(entry.c.number)
        )
        decided = self.read(lambda connection: list(connection.execute(query).scalars()))
        facts = [decode_fact(one.kind, one.schema, one.body) for one in map(decode_entry, decided)]
        told = [fact for fact in facts if isinstance(fact, JournalForked)]
        for fact in told[self.forks_told :]:
            self.suspects[fact.terminal] = self._last_issue(fact.terminal)
        self.forks_told = len(told)

    def _last_issue(self, terminal: str) -> int:
        query = select(func.max(allowance.c.issue)).where(allowance.c.terminal_id == terminal)
        return self.read(lambda connection: connection.scalar(query)) or 0

    def read(self, work: Callable[[Any], T]) -> T:
        return self.context.database.read(work, brand=ALL_BRANDS)

    def _head(self) -> int:
        return self.read(lambda connection: feed_head(connection, BRAND))

    def _check_receipt(self, body: bytes) -> None:
        """What a receipt says is in the database, committed."""
        answer = msgspec.msgpack.decode(zstandard.decompress(body), type=PushAnswer)
        receipt = msgspec.msgpack.decode(answer.receipt.content, type=Receipt)
        held = self.read(
            lambda connection: connection.scalar(
                _HASH,
                {"till": receipt.terminal, "at": receipt.epoch, "nth": receipt.number},
            )
        )
        if held != receipt.hash:
            raise Violation(f"receipt for entry {receipt.number}, which the server does not hold")


class _Log:
    """In the place of the exchange's log: keeps the last failure, says nothing."""

    failure: BaseException | None = None

    def info(self, *_: object, **__: object) -> None:
        pass

    def exception(self, *_: object, **__: object) -> None:
        _Log.failure = sys.exc_info()[1]


async def _at_once(work: Callable[..., T], *arguments: Any, **named: Any) -> T:  # noqa: ANN401
    return work(*arguments, **named)


@contextmanager
def in_this_thread() -> Iterator[None]:
    """Inside, the server's handlers do all their work where they are called."""
    with (
        patched(exchange, "run_in_threadpool", _at_once),
        patched(exchange, "_log", _Log()),
    ):
        yield


def _finished(answering: Coroutine[Any, Any, Response]) -> Response:
    """Nothing in a handler waits, so it comes to its end in one go, without an event loop."""
    try:
        answering.send(None)
    except StopIteration as end:
        answer: Response = end.value
        return answer
    raise AssertionError("a handler waited")


def _asgi_request(request: httpx.Request) -> Request:
    body = request.read()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": request.method,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": None,
    }
    return Request(scope, receive)
