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
from sqlalchemy import bindparam, select, update
from starlette.requests import Request
from starlette.responses import Response

from domain.allowances.messages import PATH_AUTHORISE, PATH_RIGHTS
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
from sync_server.database.tables import aggregate, brand, entry
from sync_server.routes.metrics import Metrics
from sync_server.routes.sync import exchange
from sync_server.routes.sync.exchange import SyncExchange
from sync_server.settings import ServerSettings
from tests.builders.sync_server import BRAND
from tests.simulation.chance import SeededBytes
from tests.simulation.patching import patched
from tests.simulation.reached import Violation
from tests.simulation.world import World

T = TypeVar("T")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
DATABASE_NAME = "server.db"
# Built once, as each request is followed by them.
_VERSIONS: Final = (
    select(aggregate.c.version)
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

    def __init__(self, folder: Path, world: World, *seed: object) -> None:
        self._folder = folder
        self._world = world
        self._entropy = SeededBytes("server", *seed)
        self.on_head: Callable[[], None] = lambda: None
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
        elif request.method == "POST":
            self.check_commits()
            if request.url.path == PATH_PUSH and response.status_code == httpx.codes.OK:
                self._check_receipt(bytes(answer.body))
        return response

    def check_commits(self) -> None:
        """Versions are dense: what was committed since the last look stands under each of them."""
        head, found = self.read(
            lambda connection: (
                feed_head(connection, BRAND),
                connection.execute(_VERSIONS, {"after": self._checked_head}).scalars().all(),
            )
        )
        if list(found) != list(range(self._checked_head + 1, head + 1)):
            raise Violation(f"versions {self._checked_head + 1} to {head} are not dense")
        self._checked_head = head

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
