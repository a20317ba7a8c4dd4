"""A whole sync server on a free port, in a thread, with its clock in the test's hand."""

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from domain.identifiers import BrandId, StoreId
from sync_server.authentication.keys import make_key_file
from sync_server.bootstrap import bind, build_context, build_program, migrate_database
from sync_server.settings import ServerSettings
from sync_server.use_cases import brands, enrolment
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from tests.builders.sync_client import SyncClient
from tests.builders.terminal import START_MS, TestTerminal

BRAND: Final = BrandId("brand")
_DEADLINE_SECONDS: Final = 30


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, *, minutes: int) -> None:
        self.now_ms += minutes * 60_000


def counted_entropy() -> Callable[[int], bytes]:
    """Bytes that look random, never repeat, and are the same in every run."""
    lock = threading.Lock()
    count = 0

    def entropy(length: int) -> bytes:
        nonlocal count
        with lock:
            count += 1
            return hashlib.shake_256(str(count).encode()).digest(length)

    return entropy


class RunningServer:
    """`context` is the server's own, for looking at what it holds."""

    def __init__(
        self,
        url: str,
        context: Context,
        *,
        settings: ServerSettings,
        clock: Clock,
        stop: Callable[[], None],
    ) -> None:
        self.url = url
        self.context = context
        self.clock = clock
        # Where the feed stands once the brand and its stores are set up.
        self.first_head = read_books(context, BRAND).feed_head
        self.stop = stop
        self.settings = settings
        self._clients: list[SyncClient] = []

    def client(self, terminal: TestTerminal) -> SyncClient:
        """A client that is closed with the server."""
        made = SyncClient(self.url, terminal)
        self._clients.append(made)
        return made

    def new_code(self, label: str, store: str = "A") -> str:
        return enrolment.issue_code(self.context, BRAND, StoreId(store), label).code

    def enrolled_till(self, label: str, store: str = "A") -> SyncClient:
        """A till of the store, enrolled over HTTP."""
        client = self.client(TestTerminal(f"{store}-{label}"))
        client.enrol(self.new_code(label, store))
        return client

    def second_client(self, client: SyncClient) -> SyncClient:
        """Another connection of the same till, for another thread."""
        return self.client(client.terminal)

    @contextmanager
    def process_beside(self) -> Iterator[Context]:
        """What another process on the same database has."""
        context = build_context(self.settings, now_ms=self.clock)
        try:
            yield context
        finally:
            context.database.close()

    def hq_token(self) -> str:
        return brands.add_hq_user(self.context, BRAND, "总部").token

    def close(self) -> None:
        for client in self._clients:
            client.close()


def prepare(settings: ServerSettings, clock: Clock) -> Context:
    """A migrated database with one brand and the stores A and B."""
    make_key_file(settings.key_path, bytes(range(32)))
    migrate_database(settings)
    context = build_context(settings, now_ms=clock, entropy=counted_entropy())
    brands.add_brand(context, "示范餐厅", brand_id=BRAND)
    brands.add_store(context, BRAND, "A", name="一店", zone="Asia/Shanghai", actor="")
    brands.add_store(context, BRAND, "B", name="二店", zone="Asia/Urumqi", actor="")
    return context


@contextmanager
def running_server(settings: ServerSettings, clock: Clock | None = None) -> Iterator[RunningServer]:
    """A server that has said that it listens, and is stopped at the end."""
    clock = clock or Clock()
    with serving(settings, prepare(settings, clock), clock) as running:
        yield running


@contextmanager
def serving(settings: ServerSettings, context: Context, clock: Clock) -> Iterator[RunningServer]:
    """The same for a database that is there already."""
    listening = threading.Event()
    socket = bind(settings)
    program = build_program(settings, context, listening.set)
    thread = threading.Thread(target=program.run, args=([socket],), daemon=True)
    thread.start()

    def stop() -> None:
        """Until nobody listens any more: another server may take the port then."""
        program.should_exit = True
        thread.join(_DEADLINE_SECONDS)
        socket.close()

    try:
        assert listening.wait(_DEADLINE_SECONDS), "the server did not start"
        host, port = socket.getsockname()[:2]
        running = RunningServer(
            f"http://{host}:{port}",
            context,
            settings=settings,
            clock=clock,
            stop=stop,
        )
        with contextlib.closing(running):
            yield running
    finally:
        stop()
        context.database.close()
        assert not thread.is_alive(), "the server did not stop"


def sqlite_settings(folder: Path) -> ServerSettings:
    return ServerSettings(
        database=str(folder / "server.db"),
        port=0,
        enrolments_per_minute=1_000,
        heartbeat_seconds=1,
    )
