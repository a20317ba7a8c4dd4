"""Servers for measuring: a process of its own, over a brand that has its members already."""

import itertools
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from msgspec import structs
from sqlalchemy import Connection, update

from domain.digests import row_digest
from domain.fold.aggregates import AggregateKey, Member
from domain.fold.owners import owner_of
from domain.identifiers import StoreId
from sync_server.bootstrap import system_time_ms
from sync_server.database import member_search
from sync_server.database.aggregates import AggregateRow
from sync_server.database.feed_sums import MEMBERS, change_sums
from sync_server.database.statements import insert_all
from sync_server.database.tables import aggregate, brand
from sync_server.settings import ServerSettings
from sync_server.use_cases import enrolment
from sync_server.use_cases.context import Context
from tests.benchmarks.tills import members
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.harness.process import Program

_LABELS = itertools.count()
_ROWS_AT_ONCE = 20_000
_ENROLMENTS_A_MINUTE = 1_000


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A server process and, beside it, what this process may ask of its database."""

    url: str
    pid: int
    context: Context

    def cpu_s(self) -> float:
        """What the process has used of its processors so far."""
        fields = (
            Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def codes(self, count: int) -> list[str]:
        """One-time codes for so many tills of store A."""
        return [
            enrolment.issue_code(self.context, BRAND, StoreId("A"), f"T{next(_LABELS)}").code
            for _ in range(count)
        ]


@contextmanager
def serve(folder: Path, *, database: str = "", members: int = 0) -> Iterator[Served]:
    """A server on SQLite in the folder, or on the `postgresql://` address."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = ServerSettings(
        database=database or str(folder / "server.db"),
        key_file=str(folder / "server.key"),
        port=0,
        live_channels=5_000,
        enrolments_per_minute=_ENROLMENTS_A_MINUTE,
        log_level="WARNING",
        # They would be counted as a cost of the requests.
        jobs_in_server=False,
    )
    path = folder / "server.toml"
    # Texts and numbers are written alike in JSON and in TOML.
    lines = [f"{name} = {json.dumps(value)}" for name, value in structs.asdict(settings).items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    with ExitStack() as stack:
        context = prepare(settings, Clock(system_time_ms()))
        stack.callback(context.database.close)
        fill(context, members)
        program = Program(
            "sync_server", ["--settings", str(path), "run"], log=folder / "server.log"
        )
        stack.callback(program.stop)
        url = program.line_with("listening on").split()[-1]
        yield Served(url=url, pid=program.pid, context=context)


def fill(context: Context, count: int) -> None:
    """Lay `count` members and their phones straight into the brand's state."""
    rows: list[AggregateRow] = []
    found: list[Member] = []
    for version, (kind, key_id, value, body) in enumerate(members(count), start=1_000):
        row = AggregateRow(
            brand_id=BRAND,
            kind=kind,
            id=key_id,
            scope=MEMBERS,
            version=version,
            body=body,
            owner=owner_of(AggregateKey(kind, key_id), value) or "",
            digest=row_digest(kind, key_id, version=version, body=body),
        )
        rows.append(row)
        if isinstance(value, Member):
            found.append(value)
        if len(rows) == _ROWS_AT_ONCE:
            _lay(context, rows, found)
            rows, found = [], []
    _lay(context, rows, found)


def _lay(context: Context, rows: Sequence[AggregateRow], found: Sequence[Member]) -> None:
    def work(connection: Connection) -> None:
        # The rows stand in the order of their versions.
        insert_all(connection, aggregate, rows)
        member_search.index(connection, BRAND, found)
        change_sums(connection, BRAND, {MEMBERS: sum(row.digest for row in rows)})
        connection.execute(
            update(brand).where(brand.c.brand_id == BRAND).values(version=rows[-1].version)
        )

    if rows:
        context.database.write(work, brand=BRAND)
