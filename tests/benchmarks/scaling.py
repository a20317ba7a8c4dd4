"""What taking in one entry costs a server with ten thousand members, and with a million."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random  # noqa: TID251 - the same guests in every run

from domain.protocol import PATH_PUSH, PushAnswer, PushRequest
from tests.benchmarks.measure import Measured, judged
from tests.benchmarks.sales import member_id, sell
from tests.benchmarks.servers import Served, serve
from tests.builders.sync_client import SyncClient, packed
from tests.builders.terminal import TestTerminal

SIZES = (10_000, 100_000, 1_000_000)
ENTRIES = 4_000
BATCH = 500
BUDGET = 1.2


def measure(*, sizes: Sequence[int] = SIZES, entries: int = ENTRIES) -> list[Measured]:
    measured: list[Measured] = []
    least_us: float | None = None
    for members in sizes:
        with (
            tempfile.TemporaryDirectory() as name,
            serve(Path(name), members=members) as served,
        ):
            cost_us = _cost_us(served, members, entries)
        measured.append(
            judged(
                f"server CPU an entry with {members:,} members, SQLite",
                cost_us,
                "µs",
                floor=least_us,
                budget=BUDGET if least_us else None,
            )
        )
        least_us = least_us or cost_us
    return measured


def _cost_us(served: Served, members: int, entries: int) -> float:
    """Of sales to guests from all over the brand, after as many for warming up."""
    chance = Random(11)
    (code,) = served.codes(1)
    terminal = TestTerminal(code)
    with SyncClient(served.url, terminal) as client:
        client.enrol(code)
        for _ in range(2):
            before, cpu_s = len(terminal.entries), served.cpu_s()
            guests = [member_id(chance.randrange(members)) for _ in range(entries)]
            sell(terminal, guests, entries)
            for start in range(before, len(terminal.entries), BATCH):
                batch = tuple(terminal.entries[start : start + BATCH])
                body = packed(PushRequest(epoch=terminal.epoch, entries=batch))
                client.ask("POST", PATH_PUSH, PushAnswer, body=body)
            cost_us = (served.cpu_s() - cpu_s) / entries * 1e6
    return cost_us
