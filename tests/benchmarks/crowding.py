"""A sale at one till until 200 others have it, and 2,000 channels that only wait."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from domain.identifiers import MemberId
from domain.members.facts import MemberEnrolled
from tests.benchmarks.measure import Measured, judged, percentile
from tests.benchmarks.servers import Served, serve
from tests.builders.sync_client import SyncClient
from tests.builders.terminal import TestTerminal
from tests.harness.process import Program

TILLS = 200
CHANGES = 30
IDLE = 2_000
MEMBERS = 10_000
LOOKED_AT_S = 2
P50_BUDGET_MS = 50
P99_BUDGET_MS = 300


def measure(
    *, tills: int = TILLS, changes: int = CHANGES, idle: int = IDLE, members: int = MEMBERS
) -> list[Measured]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serve(folder / "server", members=members) as served:
            measured = _travelling(served, folder, tills, changes)
        with serve(folder / "idle", members=0) as served:
            return measured + _idling(served, folder, idle)


def _travelling(served: Served, folder: Path, tills: int, changes: int) -> list[Measured]:
    (code,) = served.codes(1)
    terminal = TestTerminal(code)
    times: list[float] = []
    with (
        SyncClient(served.url, terminal) as client,
        _crowd(served, folder, served.codes(tills), tills, pulls=True) as crowd,
    ):
        client.enrol(code)
        cpu_s = served.cpu_s()
        for number in range(changes):
            began, seen = _change(client, crowd, number)
            times += [(moment - began) * 1000 for moment in seen]
        cpu_ms = (served.cpu_s() - cpu_s) / changes * 1000
    what = f"change at A held by all of {tills} tills"
    return [
        judged(f"{what}, p50", percentile(times, 0.5), "ms", budget=P50_BUDGET_MS),
        judged(f"{what}, p99", percentile(times, 0.99), "ms", budget=P99_BUDGET_MS),
        judged(f"{what}: server CPU a change", cpu_ms, "ms"),
    ]


def _change(client: SyncClient, crowd: Program, number: int) -> tuple[float, Sequence[float]]:
    """When a new member was sent, and when each till had it."""
    member = f"m{number:04d}"
    crowd.say(member)
    crowd.line_with("looking")
    fact = MemberEnrolled(
        member_id=MemberId(member), phone=f"+861371234{number:04d}", name="李小龙"
    )
    pushed = len(client.terminal.entries)
    client.terminal.write(fact)
    began = time.monotonic()
    client.push(client.terminal.push_request(after=pushed))
    seen: list[float] = json.loads(crowd.line_with("seen"))["seen"]
    return began, seen


def _idling(served: Served, folder: Path, idle: int) -> list[Measured]:
    before_mib, before_s = served.resident_mib(), time.monotonic()
    with _crowd(served, folder, served.codes(10), idle, pulls=False):
        opened_s = time.monotonic() - before_s
        grown_kib = (served.resident_mib() - before_mib) * 1024
        cpu_s, began = served.cpu_s(), time.monotonic()
        time.sleep(LOOKED_AT_S)
        load = (served.cpu_s() - cpu_s) / (time.monotonic() - began) * 100
        total_mib = served.resident_mib()
    return [
        judged(f"{idle:,} idle channels: until all are open", opened_s, "s"),
        judged(f"{idle:,} idle channels: memory each", grown_kib / idle, "KiB"),
        judged(f"{idle:,} idle channels: memory of the server", total_mib, "MiB"),
        judged(f"{idle:,} idle channels: CPU of the server", load, "%"),
    ]


@contextmanager
def _crowd(
    served: Served, folder: Path, codes: Sequence[str], channels: int, *, pulls: bool
) -> Iterator[Program]:
    arguments = [served.url, str(channels), "1" if pulls else "0", *codes]
    program = Program("tests.benchmarks.crowd", arguments, log=folder / "crowd.log")
    try:
        program.line_with("ready", timeout_s=120)
        yield program
    finally:
        program.kill()
