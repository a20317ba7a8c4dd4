"""A sync server with one brand, and tills that have joined it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from domain import rights
from pos_client.sync import schedule
from sync_server.use_cases.head_office import decide
from tests.builders.sync_server import BRAND, RunningServer, running_server, sqlite_settings
from tests.builders.till import (
    CASHIER_PIN,
    appointed,
    configured,
    staffed,
)
from tests.pos_client.sync.joined import CASHIER_B, JoinedTill, MakeTill


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    (tmp_path / "server").mkdir()
    with running_server(sqlite_settings(tmp_path / "server")) as running:
        at_b = appointed(CASHIER_B, rights.CASHIER, CASHIER_PIN, store="B")
        decide(running.context, BRAND, [*staffed(), *configured(), at_b], actor="hq")
        yield running


@pytest.fixture(autouse=True)
def quick_second_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(schedule, "LONGEST_PAUSE_S", 0.2)


@pytest.fixture
def make_till(tmp_path: Path) -> Iterator[Callable[[str], JoinedTill]]:
    with ExitStack() as stack:

        def make(name: str) -> JoinedTill:
            till = JoinedTill(tmp_path / name)
            stack.callback(till.close)
            return till

        yield make
    running = [each.name for each in threading.enumerate()]
    assert not [name for name in running if name in {"sync", "live", "printing", "storage_0"}]


@pytest.fixture
def till_a(server: RunningServer, make_till: MakeTill) -> JoinedTill:
    till = make_till("a")
    till.join(server.url, server.new_code("A1", "A"))
    till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
    return till


@pytest.fixture
def till_b(server: RunningServer, make_till: MakeTill) -> JoinedTill:
    till = make_till("b")
    till.join(server.url, server.new_code("B1", "B"))
    till.wait(lambda: bool(till.machinery.counter.home().menu.items), "the menu is here")
    return till
