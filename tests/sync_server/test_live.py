"""The live channel: told at once, kept alive, bounded, and never in the way."""

import contextlib
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
import sqlcipher3.dbapi2
from sqlalchemy import text

from domain.errors import ErrorCode
from domain.protocol import HEADER_NONCE, PATH_LIVE, FeedPage
from sync_server.routes.sync import live as live_channels
from sync_server.settings import ServerSettings
from sync_server.use_cases.brands import add_brand
from sync_server.use_cases.configuration import publish_menu
from sync_server.use_cases.context import Context
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient, unpacked
from tests.builders.sync_server import BRAND, RunningServer, running_server, sqlite_settings

_DEADLINE_SECONDS = 20


class Lines:
    """The lines of an open channel, read by a thread; None at its end."""

    def __init__(self, response: httpx.Response) -> None:
        self._queue: queue.Queue[str | None] = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(response,), daemon=True)
        self.thread.start()

    def _read(self, response: httpx.Response) -> None:
        with contextlib.suppress(httpx.HTTPError):
            for line in response.iter_lines():
                if line:
                    self._queue.put(line)
        self._queue.put(None)

    def next(self) -> str | None:
        return self._queue.get(timeout=_DEADLINE_SECONDS)

    def until(self, wanted: str) -> None:
        for _ in range(1_000):
            if self.next() == wanted:
                return
        raise AssertionError(wanted)


def _followed(response: httpx.Response) -> Iterator[Lines]:
    lines = Lines(response)
    try:
        yield lines
    finally:
        # Closing alone would not wake the thread that reads.
        with contextlib.suppress(OSError):
            response.extensions["network_stream"].get_extra_info("socket").shutdown(2)
        lines.thread.join(_DEADLINE_SECONDS)


@contextlib.contextmanager
def live(client: SyncClient) -> Iterator[Lines]:
    client.feed()
    headers = client.headers("GET", PATH_LIVE)
    with client.http.stream("GET", PATH_LIVE, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers[HEADER_NONCE]
        yield from _followed(response)


def data(server: RunningServer, further: int) -> str:
    """The line that tells a head so much further than the one at the start."""
    return f"data: {server.first_head + further}"


def test_a_channel_tells_the_head_at_once_and_each_time_it_moves(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    with live(b) as lines:
        assert lines.next() == data(server, 0)
        a.terminal.write(facts.enrolled())
        a.push()
        lines.until(data(server, 2))


def test_head_office_s_decisions_are_heard_too(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    with live(till) as lines:
        publish_menu(server.context, BRAND, "v1", [], actor="test")
        lines.until(data(server, 1))


def test_a_quiet_channel_has_a_heartbeat(server: RunningServer) -> None:
    with live(server.enrolled_till("A1")) as lines:
        assert [lines.next(), lines.next()] == [data(server, 0), ": still here"]


def test_a_change_by_another_process_is_told_long_before_a_heartbeat(
    settings: ServerSettings,
) -> None:
    slow = msgspec.structs.replace(settings, heartbeat_seconds=60)
    with running_server(slow) as server, live(server.enrolled_till("A1")) as lines:
        assert lines.next() == data(server, 0)
        with server.process_beside() as context:
            for version in (1, 2):
                publish_menu(context, BRAND, f"v{version}", [], actor="test")
                assert lines.next() == data(server, version)


@pytest.mark.postgresql
def test_a_commit_of_another_process_is_heard_and_not_only_seen(
    settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks in this test: what is told was heard."""
    if not settings.on_postgresql:
        pytest.skip("SQLite tells nobody: there it is the look that sees it")
    monkeypatch.setattr(live_channels, "LOOK_SECONDS", 3_600)
    slow = msgspec.structs.replace(settings, heartbeat_seconds=60)
    with running_server(slow) as server, live(server.enrolled_till("A1")) as lines:
        assert lines.next() == data(server, 0)
        with server.process_beside() as context:
            for version in (1, 2):
                publish_menu(context, BRAND, f"v{version}", [], actor="test")
                assert lines.next() == data(server, version)
            hang_up(context)
            publish_menu(context, BRAND, "v3", [], actor="test")
            lines.until(data(server, 3))


def hang_up(context: Context) -> None:
    """End the connection that listens, as a database does that is started again."""
    ended = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )
    with context.database.engine.begin() as connection:
        assert connection.execute(ended).scalars().all() == [True]


def test_a_database_that_fails_for_a_while_ends_no_channel(tmp_path: Path) -> None:
    settings = sqlite_settings(tmp_path)
    with running_server(settings) as server, live(server.enrolled_till("A1")) as lines:
        assert lines.next() == data(server, 0)
        with sqlcipher3.dbapi2.connect(settings.database_path) as connection:
            connection.execute("ALTER TABLE brand RENAME TO away")
        for _ in range(3):
            assert lines.next() == ": still here"
        with sqlcipher3.dbapi2.connect(settings.database_path) as connection:
            connection.execute("ALTER TABLE away RENAME TO brand")
        with server.process_beside() as context:
            publish_menu(context, BRAND, "v1", [], actor="test")
        lines.until(data(server, 1))


def test_another_brand_s_news_are_not_told(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    brand = add_brand(server.context, "别家", brand_id="other")
    with live(till) as lines:
        publish_menu(server.context, brand.brand_id, "v1", [], actor="test")
        assert [lines.next(), lines.next()] == [data(server, 0), ": still here"]


def test_channels_are_limited_and_their_places_come_free(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(sqlite_settings(tmp_path), live_channels=1)
    with running_server(settings) as server:
        a, b = server.enrolled_till("A1"), server.enrolled_till("A2")
        with live(a) as lines:
            assert lines.next() == data(server, 0)
            b.feed()
            with pytest.raises(Refused) as refused:
                unpacked(b.send("GET", PATH_LIVE), FeedPage)
            assert refused.value.code is ErrorCode.TOO_MANY_REQUESTS
        with live_when_free(b) as lines:
            assert lines.next() == data(server, 0)


@contextlib.contextmanager
def live_when_free(client: SyncClient) -> Iterator[Lines]:
    """A closed channel's place comes free when the server next writes to it."""
    for _ in range(10_000):
        client.feed()
        headers = client.headers("GET", PATH_LIVE)
        with client.http.stream("GET", PATH_LIVE, headers=headers) as response:
            if response.status_code == 200:
                yield from _followed(response)
                return
    raise AssertionError("no place came free")


def test_open_channels_do_not_hold_a_server_up_that_stops(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        with running_server(sqlite_settings(tmp_path)) as server:
            till = server.enrolled_till("A1")
            lines = stack.enter_context(live(till))
            assert lines.next() == data(server, 0)
            server.stop()
            while (line := lines.next()) is not None:
                assert line == ": still here"
        lines.thread.join(_DEADLINE_SECONDS)
