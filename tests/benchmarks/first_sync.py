"""The first sync of a new till, from a server process over HTTP into the encrypted store."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from tests.benchmarks.measure import Measured, judged, percentile
from tests.benchmarks.servers import serve
from tests.benchmarks.tills import member_rows
from tests.harness.process import Program

MEMBERS = 150_000
BUDGET_S = 3
BUDGET_MIB = 200
WAIT_BUDGET_MS = 50
TIMEOUT_S = 600


def measure(members: int = MEMBERS) -> list[Measured]:
    with (
        tempfile.TemporaryDirectory() as name,
        serve(Path(name) / "server", members=members) as served,
    ):
        folder = Path(name)
        quiet, selling = (
            _first_sync(folder / label, served.url, code, sells=sells)
            for label, code, sells in zip(
                ("quiet", "selling"), served.codes(2), (False, True), strict=True
            )
        )
        floor_s = _floor_s(folder, members)
    what = f"first sync, {members:,} members"
    waits = selling["waits_ms"] or [0.0]
    return [
        judged(what, quiet["s"], "s", budget=BUDGET_S),
        judged(f"{what}: CPU of the till", quiet["cpu_s"], "s", budget=None),
        judged(f"{what}: rows by plain SQLite", floor_s, "s", budget=None),
        judged(f"{what}: ÷ plain SQLite", quiet["s"], "s", floor=floor_s, budget=None),
        judged(f"{what}: memory of the till", quiet["mib"], "MiB", budget=BUDGET_MIB),
        judged(
            f"{what}: sale meanwhile, p99",
            percentile(waits, 0.99),
            "ms",
            budget=WAIT_BUDGET_MS,
        ),
    ]


def _first_sync(folder: Path, url: str, code: str, *, sells: bool) -> dict[str, Any]:
    arguments = [str(folder), url, code, "1" if sells else "0"]
    folder.mkdir()
    till = Program("tests.benchmarks.one_till", arguments, log=folder / "till.log")
    said: dict[str, Any] = json.loads(till.line(TIMEOUT_S))
    till.wait()
    assert said["repairs"] == 0
    return said


def _floor_s(folder: Path, members: int) -> float:
    """The same rows into the same table without encryption, in one fsynced transaction."""
    rows = [(row.kind, row.id, row.version, row.body) for row in member_rows(members)]
    database = sqlcipher3.dbapi2.connect(str(folder / "floor.db"), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(
        "CREATE TABLE aggregate (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,"
        " body BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT"
    )
    start = time.perf_counter()
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO aggregate VALUES (?, ?, ?, ?)", rows)
    database.execute("COMMIT")
    taken_s = time.perf_counter() - start
    database.close()
    return taken_s
