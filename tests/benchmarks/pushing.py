"""Pushes after a long outage of one till and of twenty, beside the same bytes by plain SQL."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import psycopg

from domain.protocol import PATH_PUSH, PushAnswer, PushRequest
from tests.benchmarks.floors import InsertAll, on_postgresql, on_sqlite
from tests.benchmarks.measure import Measured, judged
from tests.benchmarks.sales import member_id, sell
from tests.benchmarks.servers import Served, serve
from tests.builders.postgresql import postgresql_server
from tests.builders.sync_client import SyncClient, packed
from tests.builders.terminal import TestTerminal

BATCH = 500
BUDGET_S = 2
DRAIN_BUDGET_S = 30
RATIO_BUDGET = 0.4


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    members: int = 10_000
    entries: int = 10_000
    tills: int = 20
    entries_a_till: int = 3_000


def measure(sizes: Sizes = Sizes()) -> list[Measured]:  # noqa: B008 - frozen
    with tempfile.TemporaryDirectory() as name, postgresql_server() as postgresql:
        folder = Path(name)
        make_durable(postgresql.address)
        address = postgresql.empty_database()
        with serve(folder / "sqlite", members=sizes.members) as served:
            measured = _measure_on(served, "SQLite", on_sqlite(folder), sizes)
        with serve(folder / "postgresql", database=address, members=sizes.members) as served:
            return measured + _measure_on(served, "PostgreSQL", on_postgresql(address), sizes)


def make_durable(address: str) -> None:
    """As a server in a shop runs: the tests' one forgets everything in a power cut."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")


def _measure_on(served: Served, engine: str, insert_all: InsertAll, sizes: Sizes) -> list[Measured]:
    one = _away(served, 1, sizes.entries, sizes.members)
    one_s, one_cpu_s = _drain(served, one)
    one_floor_s = insert_all(one, BATCH)
    many = _away(served, sizes.tills, sizes.entries_a_till, sizes.members)
    many_s, many_cpu_s = _drain(served, many)
    many_floor_s = insert_all(many, BATCH)
    total = sizes.tills * sizes.entries_a_till
    one_name = f"push of {sizes.entries:,} entries, {engine}"
    many_name = f"{sizes.tills} tills × {sizes.entries_a_till:,} entries drained, {engine}"
    return [
        judged(one_name, one_s, "s", budget=BUDGET_S),
        judged(f"{one_name}: server CPU an entry", one_cpu_s / sizes.entries * 1e6, "µs"),
        judged(f"{one_name}: by plain SQL", one_floor_s, "s"),
        judged("bytes on the wire for one sale of five dishes", _wire_bytes(one[0], 1), "B"),
        judged(f"bytes on the wire a sale, {BATCH} at once", _wire_bytes(one[0], BATCH), "B"),
        judged(many_name, many_s, "s", budget=DRAIN_BUDGET_S),
        judged(f"{many_name}: server CPU an entry", many_cpu_s / total * 1e6, "µs"),
        judged(
            f"{many_name}: to plain SQL",
            total / many_s,
            "entries/s",
            floor=total / many_floor_s,
            budget=RATIO_BUDGET if engine == "PostgreSQL" else None,
            at_least=True,
        ),
    ]


def _away(served: Served, tills: int, entries: int, members: int) -> list[TestTerminal]:
    """Tills that were away for some days, each with 2,000 guests of its own."""
    away = []
    for place, code in enumerate(served.codes(tills)):
        terminal = TestTerminal(code)
        with SyncClient(served.url, terminal) as client:
            client.enrol(code)
        guests = [member_id((place * 37 + number) % members) for number in range(2_000)]
        sell(terminal, guests, entries)
        away.append(terminal)
    return away


def _drain(served: Served, terminals: Sequence[TestTerminal]) -> tuple[float, float]:
    """Seconds on the wall, and of the server's CPU."""
    work = [(terminal, _bodies(terminal)) for terminal in terminals]
    cpu_s, began = served.cpu_s(), time.perf_counter()
    with ThreadPoolExecutor(len(work)) as threads:
        list(threads.map(partial(_push_all, served.url), work))
    return time.perf_counter() - began, served.cpu_s() - cpu_s


def _wire_bytes(terminal: TestTerminal, entries: int) -> float:
    """Of the body: alike sales at once compress better than a day's would."""
    some = tuple(terminal.entries[:entries])
    return len(packed(PushRequest(epoch=terminal.epoch, entries=some))) / len(some)


def _bodies(terminal: TestTerminal) -> list[bytes]:
    return [
        packed(PushRequest(epoch=terminal.epoch, entries=tuple(terminal.entries[at : at + BATCH])))
        for at in range(0, len(terminal.entries), BATCH)
    ]


def _push_all(url: str, work: tuple[TestTerminal, Sequence[bytes]]) -> None:
    terminal, bodies = work
    with SyncClient(url, terminal) as client:
        for body in bodies:
            answer = client.ask("POST", PATH_PUSH, PushAnswer, body=body)
            assert all(verdict.error is None for verdict in answer.verdicts)
