"""What an operator should know about this server and this database, each finding with its values.

A fault wants somebody now; a notice wants somebody to know.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection

from sync_server.database import health
from sync_server.database.brand_wall import ALL_BRANDS, unguarded_tables
from sync_server.database.brands import Brand, list_brands
from sync_server.database.cases import count_open
from sync_server.database.jobs import JobState, database_now_ms, list_jobs
from sync_server.database.journal import count_quarantined
from sync_server.database.terminals import Terminal
from sync_server.use_cases.backup import BACKUP
from sync_server.use_cases.context import Context
from sync_server.use_cases.fork_watch import fork_is_open
from sync_server.use_cases.jobs import JOBS
from sync_server.use_cases.tills import all_tills

DAY_MS: Final = 24 * 60 * 60 * 1000
_CLOCK_OFF_MS: Final = 2_000
_CLOCK_WRONG_MS: Final = 60_000
_JOB_LATE_TIMES: Final = 3


class Level(StrEnum):
    FAULT = "fault"
    NOTICE = "notice"
    FINE = "fine"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` names its text; `brand_id` is empty where it is about the whole server."""

    level: Level
    kind: str
    brand_id: str = ""
    values: dict[str, str | int] = {}


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """After how many days without a till, without a backup, something is said."""

    till_days: int = 3
    backup_days: int = 2


def diagnose(context: Context, patience: Patience) -> list[Finding]:
    """Findings about a database whose tables are those of this release."""
    return [
        *(_of_postgresql(context) if context.database.on_postgresql else _of_sqlite(context)),
        *_of_jobs(context, patience),
        *(
            finding
            for brand in context.database.read(list_brands, brand=ALL_BRANDS)
            for finding in _of_brand(context, brand, patience)
        ),
    ]


def _fault(kind: str, brand_id: str = "", **values: str | int) -> Finding:
    return Finding(level=Level.FAULT, kind=kind, brand_id=brand_id, values=values)


def _notice(kind: str, brand_id: str = "", **values: str | int) -> Finding:
    return Finding(level=Level.NOTICE, kind=kind, brand_id=brand_id, values=values)


def _of_sqlite(context: Context) -> Iterator[Finding]:
    if not context.database.read(health.sqlite_is_whole, brand=ALL_BRANDS):
        yield _fault("sqlite_damaged")


def _of_postgresql(context: Context) -> Iterator[Finding]:
    state = context.database.read(health.postgresql_state, brand=ALL_BRANDS)
    yield Finding(level=Level.FINE, kind="postgresql", values={"version": state.version})
    if state.in_recovery:
        yield _fault("standby")
    if not state.crash_safe:
        yield _fault("not_crash_safe")
    if state.synchronous_commit == "off":
        yield _fault("commit_not_synchronous")
    if not state.synchronous_standbys:
        yield _notice("no_synchronous_standby", standbys=state.standbys)
    if state.idle_timeout in ("0", "0ms"):
        yield _notice("no_idle_timeout")
    if state.long_transactions:
        yield _notice("long_transactions", count=state.long_transactions)
    yield from _of_walls(context, above=state.above_walls)
    yield from _of_clock(context)


def _of_walls(context: Context, *, above: bool) -> Iterator[Finding]:
    unguarded = context.database.read(unguarded_tables, brand=ALL_BRANDS)
    if unguarded:
        yield _fault("walls_missing", tables=", ".join(unguarded))
    if above:
        yield _notice("role_above_walls")


def _of_clock(context: Context) -> Iterator[Finding]:
    before_ms = context.now_ms()
    there_ms = context.database.read(database_now_ms, brand=ALL_BRANDS)
    # The question's own way lies between the two looks at our clock.
    off_ms = max(before_ms - there_ms, there_ms - context.now_ms(), 0)
    if off_ms > _CLOCK_OFF_MS:
        level = Level.FAULT if off_ms > _CLOCK_WRONG_MS else Level.NOTICE
        yield Finding(level=level, kind="clock_off", values={"seconds": off_ms // 1000})


def _of_jobs(context: Context, patience: Patience) -> Iterator[Finding]:
    def work(connection: Connection) -> tuple[int, dict[str, JobState]]:
        return database_now_ms(connection), {one.name: one for one in list_jobs(connection)}

    now_ms, states = context.database.read(work, brand=ALL_BRANDS)
    for job in JOBS:
        state = states.get(job.name, JobState(name=job.name))
        if state.failed_ms is not None:
            yield _fault("job_failed", job=job.name)
        elif (state.done_ms or 0) + _JOB_LATE_TIMES * job.every_ms < now_ms:
            yield _notice("job_late", job=job.name)
    backed_up_ms = states[BACKUP].done_ms if BACKUP in states else None
    if backed_up_ms is None:
        yield _notice("backup_never")
    elif backed_up_ms + patience.backup_days * DAY_MS < now_ms:
        yield _notice("backup_old", days=(now_ms - backed_up_ms) // DAY_MS)


def _of_brand(context: Context, brand: Brand, patience: Patience) -> Iterator[Finding]:
    def counts(connection: Connection) -> tuple[int, int]:
        brand_id = brand.brand_id
        return count_open(connection, brand_id), count_quarantined(connection, brand_id)

    cases, set_aside = context.database.read(counts, brand=brand.brand_id)
    tills = list(all_tills(context, brand.brand_id))
    yield Finding(
        level=Level.FINE,
        kind="brand",
        brand_id=brand.brand_id,
        values={"name": brand.name, "head": brand.version, "tills": len(tills)},
    )
    if cases:
        yield _notice("open_cases", brand.brand_id, count=cases)
    if set_aside:
        yield _notice("set_aside", brand.brand_id, count=set_aside)
    for till in tills:
        if till.revoked_ms is None:
            yield from _of_fork(context, till)
            yield from _of_till(till, context.now_ms(), patience)


def _of_fork(context: Context, till: Terminal) -> Iterator[Finding]:
    """Until a person has decided the case; the till itself went on in a new epoch."""
    if context.database.read(
        lambda connection: fork_is_open(connection, till), brand=till.brand_id
    ):
        yield _fault("till_forked", till.brand_id, label=till.label, store=till.store_id)


def _of_till(till: Terminal, now_ms: int, patience: Patience) -> Iterator[Finding]:
    days = (now_ms - (till.last_push_ms or till.enrolled_ms)) // DAY_MS
    if days >= patience.till_days:
        kind = "till_silent" if till.last_push_ms else "till_never_pushed"
        yield _notice(kind, till.brand_id, label=till.label, store=till.store_id, days=days)
