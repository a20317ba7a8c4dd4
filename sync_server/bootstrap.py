"""The one place that builds the server: database, keys, clock, application, socket."""

import secrets
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import ENTROPY_BYTES, BrandId, new_identifier
from sync_server.authentication.keys import make_key_file, read_key_file
from sync_server.authentication.rate_limits import RateLimit
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.connection import Database, open_postgresql, open_sqlite
from sync_server.database.news import tell
from sync_server.database.schema import is_empty, migrate, refuse_newer
from sync_server.routes.guard import Guard
from sync_server.routes.health import health_routes
from sync_server.routes.hq.api import build_api
from sync_server.routes.metrics import Metrics
from sync_server.routes.sync.exchange import SyncExchange
from sync_server.routes.sync.live import LiveChannels
from sync_server.routes.sync.paths import sync_routes
from sync_server.settings import ServerSettings
from sync_server.use_cases.context import Context, HeadBoard
from sync_server.use_cases.oversight import is_ready
from sync_server.use_cases.restore import Restored, restore

_log = structlog.get_logger("bootstrap")

_SHUTDOWN_SECONDS: Final = 10
_BACKLOG: Final = 512


def open_database(settings: ServerSettings) -> Database:
    """The database that the settings name.

    Raises:
        TillfoldError: `sqlite_unsafe`, `settings_malformed`.
    """
    if settings.on_postgresql:
        return open_postgresql(settings.database, connections=settings.database_connections)
    settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    return open_sqlite(settings.database_path, connections=settings.database_connections)


def make_keys(settings: ServerSettings) -> None:
    """Make the server's secret where there is none yet."""
    make_key_file(settings.key_path, secrets.token_bytes(32))


def found_server(settings: ServerSettings) -> None:
    """Make key and tables where the database is still empty.

    Nothing is made beside tables that are there already: a new key would not fit their tills.

    Raises:
        TillfoldError: `sqlite_unsafe`, `settings_malformed`.
    """
    database = open_database(settings)
    try:
        if database.read(is_empty, brand=ALL_BRANDS):
            make_keys(settings)
            migrate(database)
    finally:
        database.close()


def restore_backup(settings: ServerSettings, folder: Path) -> Restored:
    """Fill the empty database that the settings name.

    Raises:
        TillfoldError: as `sync_server.use_cases.restore` says; `sqlite_unsafe`.
    """
    database = open_database(settings)
    try:
        return restore(database, folder, key_path=settings.key_path, new_identifier=_new_identifier)
    finally:
        database.close()


def _new_identifier() -> str:
    return new_identifier(system_time_ms(), secrets.token_bytes(ENTROPY_BYTES))


def migrate_database(settings: ServerSettings) -> str:
    """Bring the tables to this release's state; the revision they have then.

    Raises:
        TillfoldError: `database_newer`, `sqlite_unsafe`, `settings_malformed`.
    """
    database = open_database(settings)
    try:
        return migrate(database)
    finally:
        database.close()


def refuse_unready(context: Context, where: str) -> None:
    """Refuse tables that this release does not work with; `where` says what to do about it.

    Raises:
        TillfoldError: `database_newer`, `settings_malformed`.
    """
    context.database.read(refuse_newer, brand=ALL_BRANDS)
    if not is_ready(context):
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=where)


def system_time_ms() -> int:
    return time.time_ns() // 1_000_000


def build_context(
    settings: ServerSettings,
    *,
    now_ms: Callable[[], int] = system_time_ms,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> Context:
    """Everything that a use case needs, with this machine's clock and randomness by default.

    Raises:
        TillfoldError: `settings_malformed` where the key file is missing or unfit.
    """
    keys = read_key_file(settings.key_path)
    database = open_database(settings)
    return Context(
        database=database,
        heads=HeadBoard(partial(_tell_others, database) if database.on_postgresql else None),
        keys=keys,
        now_ms=now_ms,
        entropy=entropy,
        members_on_till=settings.members_on_till,
    )


def _tell_others(database: Database, brand_id: BrandId, head: int) -> None:
    """The commit has happened; others find it by themselves a little later where this fails."""
    try:
        tell(database.engine, brand_id, head)
    except SQLAlchemyError:
        _log.warning("other processes not told", brand=brand_id)


class Application:
    """The ASGI application with what a server process has to tell it at its end."""

    def __init__(self, settings: ServerSettings, context: Context) -> None:
        metrics = Metrics(context)
        exchange = SyncExchange(
            context,
            metrics,
            enrolments=RateLimit(settings.enrolments_per_minute),
            look_ups=RateLimit(settings.look_ups_per_minute),
        )
        self.channels = LiveChannels(
            context,
            exchange,
            metrics,
            limit=settings.live_channels,
            heartbeat_seconds=settings.heartbeat_seconds,
        )
        # The tills' routes stand outside of the HQ API, and so outside of its schema.
        routes = [*sync_routes(exchange, self.channels), *health_routes(context, metrics)]
        self.app = Starlette(
            routes=[*routes, Mount("/", build_api(context))],
            middleware=[Middleware(Guard, metrics=metrics, body_seconds=settings.body_seconds)],
        )


def build_app(settings: ServerSettings, context: Context) -> Starlette:
    """The ASGI application, for a server of the caller's choice."""
    return Application(settings, context).app


class Program(uvicorn.Server):
    """A uvicorn server that says where it listens and ends its live channels before it waits."""

    def __init__(
        self, config: uvicorn.Config, channels: LiveChannels, on_listening: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._channels = channels
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._channels.close()
        await super().shutdown(sockets)


def build_program(
    settings: ServerSettings, context: Context, on_listening: Callable[[], None]
) -> Program:
    application = Application(settings, context)
    config = uvicorn.Config(
        application.app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return Program(config, application.channels, on_listening)


def bind(settings: ServerSettings) -> socket.socket:
    """A listening socket, bound before anything is said about it; port 0 takes a free one.

    Raises:
        TillfoldError: `settings_malformed` where the address cannot be had.
    """
    try:
        return socket.create_server((settings.host, settings.port), backlog=_BACKLOG)
    except OSError as error:
        where = f"host, port: {error.strerror or type(error).__name__}"
        raise TillfoldError(ErrorCode.SETTINGS_MALFORMED, where=where) from error
