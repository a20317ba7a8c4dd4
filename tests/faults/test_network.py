"""A bad network between a real till and a real server: nothing lost, nothing doubled, no rush."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain.errors import ErrorCode
from pos_client.sync import schedule
from pos_client.sync.transport import Timeouts, Transport
from sync_server.use_cases.books import read_books
from sync_server.use_cases.head_office import decide
from sync_server.use_cases.verification import verify
from tests.builders.sync_server import BRAND, RunningServer, running_server, sqlite_settings
from tests.builders.till import RICE, configured, staffed
from tests.harness.fault_proxy import FAIR, FaultProxy, Weather
from tests.pos_client.sync.joined import JoinedTill, enrol

SALES = 5
POINTS_A_SALE = 3
PATIENCE_S = 40.0
STORM_S = 2.0
# Two threads, with pauses of 0.1, 0.2 and then 0.4 s, and up to four requests an attempt.
MOST_REQUESTS = 60

STORMS = {
    "reset": Weather(resets=True),
    "half-open": Weather(swallows=True),
    "lost answers": Weather(loses_answers=True),
    "captive portal": Weather(is_portal=True),
    "30 % of chunks lost": Weather(break_chance=0.3),
}
SLOW = {
    "256 kbit/s": Weather(bytes_per_s=32_000),
    "300 ms each way": Weather(delay_s=0.3),
    "10 % of chunks lost": Weather(break_chance=0.1),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The till's own pauses and time limits, some ten times shorter."""
    monkeypatch.setattr(schedule, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(schedule, "LONGEST_PAUSE_S", 0.4)
    limits = Timeouts(connect_s=1, answer_s=2, live_silence_s=4)
    defaults = Transport.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "timeouts", limits)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    (tmp_path / "server").mkdir()
    with running_server(sqlite_settings(tmp_path / "server")) as running:
        decide(running.context, BRAND, [*staffed(), *configured()], actor="hq")
        yield running


@pytest.fixture
def proxy(server: RunningServer) -> Iterator[FaultProxy]:
    port = urlsplit(server.url).port
    assert port is not None
    with FaultProxy(port).running() as running:
        yield running


@pytest.fixture
def till(server: RunningServer, proxy: FaultProxy, tmp_path: Path) -> Iterator[JoinedTill]:
    with ExitStack() as stack:
        till = JoinedTill(tmp_path / "till")
        stack.callback(till.close)
        till.join(proxy.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        yield till


def sell(till: JoinedTill) -> None:
    member = enrol(till)
    for _ in range(SALES):
        till.sell(RICE, total_fen=300, member=member)


def wait_until_all_is_pushed(till: JoinedTill) -> None:
    """As time passes, without anything new to wake it."""
    give_up = time.monotonic() + PATIENCE_S
    while till.status().sync.waiting:
        assert time.monotonic() < give_up, till.status()
        till.changed.wait(0.1)
        till.changed.clear()


def assert_all_is_there_once(server: RunningServer, till: JoinedTill) -> None:
    assert read_books(server.context, BRAND).points_total == SALES * POINTS_A_SALE
    assert verify(server.context, BRAND).findings == []
    assert till.status().sync.quarantined == 0


@pytest.mark.parametrize("name", STORMS)
def test_after_a_storm_everything_is_there_once_and_nobody_had_rushed(
    server: RunningServer, proxy: FaultProxy, till: JoinedTill, name: str
) -> None:
    proxy.turn(STORMS[name])
    sell(till)
    before, connections = proxy.requests, proxy.connections
    time.sleep(STORM_S)  # how long the storm lasts, to count what the till does in it
    assert proxy.requests - before <= MOST_REQUESTS
    assert proxy.connections - connections <= MOST_REQUESTS
    proxy.turn(FAIR)
    wait_until_all_is_pushed(till)
    assert_all_is_there_once(server, till)


@pytest.mark.parametrize("name", SLOW)
def test_on_a_slow_or_lossy_line_everything_arrives_all_the_same(
    server: RunningServer, proxy: FaultProxy, till: JoinedTill, name: str
) -> None:
    proxy.turn(SLOW[name])
    sell(till)
    before = proxy.requests
    wait_until_all_is_pushed(till)
    assert proxy.requests - before <= 2 * MOST_REQUESTS
    assert_all_is_there_once(server, till)


def test_behind_a_captive_portal_the_screen_says_that_it_is_not_the_server(
    proxy: FaultProxy, till: JoinedTill
) -> None:
    proxy.turn(STORMS["captive portal"])
    till.machinery.sync_now()
    till.wait(lambda: till.status().sync.error is ErrorCode.SERVER_NOT_OURS, "the screen says so")


def test_an_idle_till_asks_rarely(proxy: FaultProxy, till: JoinedTill) -> None:
    till.wait_for_quiet()
    before = proxy.requests
    time.sleep(STORM_S)  # to count what it does meanwhile
    assert proxy.requests - before <= 2
