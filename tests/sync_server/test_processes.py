"""Several `sync-server run` processes on one database: a till may talk to any of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from domain.identifiers import StoreId
from domain.protocol import PATH_FEED, PATH_LIVE, FeedPage, Outcome
from sync_server.bootstrap import system_time_ms
from sync_server.settings import ServerSettings
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.enrolment import issue_code
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.sync_client import SyncClient, unpacked
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.builders.terminal import TestTerminal
from tests.harness.process import Program

pytestmark = pytest.mark.processes
_PROCESSES = 2


class Cluster:
    def __init__(self, context: Context, urls: list[str]) -> None:
        self.context = context
        self.urls = urls


@pytest.fixture
def cluster(settings: ServerSettings, tmp_path: Path) -> Iterator[Cluster]:
    """Two processes with one key."""
    if not settings.on_postgresql:
        pytest.skip("several processes are for PostgreSQL")
    context = prepare(settings, Clock(system_time_ms()))
    environment = {
        "TILLFOLD_SERVER_DATABASE": settings.database,
        "TILLFOLD_SERVER_KEY_FILE": str(settings.key_path),
        "TILLFOLD_SERVER_PORT": "0",
    }
    with ExitStack() as stack:
        stack.callback(context.database.close)
        programs = []
        for number in range(_PROCESSES):
            program = Program(
                "sync_server",
                ["run"],
                log=tmp_path / f"server-{number}.log",
                environment=environment,
            )
            stack.callback(program.stop)
            programs.append(program)
        yield Cluster(context, [one.line_with("listening on").split()[-1] for one in programs])


class WanderingClient(SyncClient):
    """Each request goes to the next process; nonces go along."""

    def __init__(self, urls: list[str], terminal: TestTerminal) -> None:
        super().__init__(urls[0], terminal)
        self._urls = cycle(urls)

    def send(self, method: str, target: str, *, body: bytes = b"") -> httpx.Response:
        self.http.base_url = next(self._urls)
        return super().send(method, target, body=body)


def enrolled(cluster: Cluster, label: str) -> WanderingClient:
    client = WanderingClient(cluster.urls, TestTerminal(label))
    client.enrol(issue_code(cluster.context, BRAND, StoreId("A"), label).code)
    return client


def test_a_till_may_talk_to_a_different_process_with_every_request(cluster: Cluster) -> None:
    with enrolled(cluster, "A1") as till:
        for number in range(10):
            till.terminal.write(facts.sale(f"sale-{number}", total_fen=1_000))
            answer = till.push()
            assert answer.verdicts[-1].outcome in (Outcome.APPLIED, Outcome.ALREADY_HAD)
            # The next process shows what this one took in.
            assert till.feed().acknowledged == number + 1
    books = read_books(cluster.context, BRAND)
    assert [one.sales for one in books.terminals if one.label == "A1"] == [10]
    assert verify(cluster.context, BRAND).holds


def test_a_nonce_of_one_process_is_taken_by_another(cluster: Cluster) -> None:
    with enrolled(cluster, "A1") as till:
        till.feed()
        for _ in range(2 * _PROCESSES):
            # No second attempt with a fresh nonce: the one at hand is enough.
            page = unpacked(till.send("GET", f"{PATH_FEED}?cursor=0"), FeedPage)
            assert page.head


def test_the_live_channel_of_one_process_tells_what_another_took_in(cluster: Cluster) -> None:
    listening = SyncClient(cluster.urls[0], TestTerminal("A1"))
    selling = SyncClient(cluster.urls[1], TestTerminal("A2"))
    with listening, selling:
        for client, label in ((listening, "A1"), (selling, "A2")):
            client.enrol(issue_code(cluster.context, BRAND, StoreId("A"), label).code)
        listening.feed()
        headers = listening.headers("GET", PATH_LIVE)
        with listening.http.stream("GET", PATH_LIVE, headers=headers) as response:
            told = (line for line in response.iter_lines() if line.startswith("data: "))
            before = int(next(told).removeprefix("data: "))
            selling.terminal.write(facts.sale("sale-1"))
            selling.push()
            assert int(next(told).removeprefix("data: ")) > before
