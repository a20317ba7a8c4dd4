"""`sync-server doctor`: what is wrong, in words, with what to do about it."""

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text, update

from domain.identifiers import StoreId
from domain.wording import Language
from sync_server import examination
from sync_server.bootstrap import build_context, system_time_ms
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.connection import Database
from sync_server.database.tables import job, terminal
from sync_server.examination import examine
from sync_server.operations.doctor import doctor_result
from sync_server.operations.wording import wording_for
from sync_server.operations.wording_doctor import DOCTOR_TEXTS
from sync_server.settings import ServerSettings
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.context import Context
from sync_server.use_cases.diagnosis import DAY_MS, Level, Patience, diagnose
from sync_server.use_cases.enrolment import enrol, issue_code
from sync_server.use_cases.jobs import JOBS
from sync_server.use_cases.push import push
from sync_server.use_cases.scheduled import run_due
from sync_server.use_cases.tills import known_till, revoke
from tests.builders import facts
from tests.builders.sync_server import BRAND, Clock, prepare
from tests.builders.terminal import TestTerminal

# The tests' PostgreSQL need not survive a power cut, and says so.
_OF_THE_TESTS = {"not_crash_safe", "commit_not_synchronous", "no_synchronous_standby", "clock_off"}


@pytest.fixture
def context(settings: ServerSettings, clock: Clock, tmp_path: Path) -> Iterator[Context]:
    """A server in order: jobs done, backed up."""
    made = prepare(settings, clock)
    with contextlib.closing(made.database):
        run_due(made, JOBS)
        back_up(made, tmp_path / "backup", release="0.1.0", key_file=None)
        yield made


def said(context: Context) -> dict[str, Level]:
    return {one.kind: one.level for one in diagnose(context, Patience())}


def wrong(context: Context) -> set[str]:
    found = said(context).items()
    return {kind for kind, level in found if level is not Level.FINE} - _OF_THE_TESTS


def enrolled_till(context: Context, label: str) -> TestTerminal:
    terminal = TestTerminal(label)
    code = issue_code(context, BRAND, StoreId("A"), label).code
    terminal.become(enrol(context, terminal.enrol_request(code)))
    return terminal


def test_a_server_in_order_is_told_so(context: Context) -> None:
    assert wrong(context) == set()


def test_tills_that_are_silent_are_named_until_they_are_revoked(
    context: Context, clock: Clock
) -> None:
    till, never = enrolled_till(context, "A1"), enrolled_till(context, "A2")
    till.write(facts.sale())
    push(context, known_till(context, till.terminal), till.push_request())
    assert wrong(context) == set()
    clock.now_ms += 3 * DAY_MS
    assert wrong(context) == {"till_silent", "till_never_pushed"}
    revoke(context, BRAND, never.terminal)
    assert wrong(context) == {"till_silent"}


def test_cases_entries_set_aside_and_forks_are_told(context: Context) -> None:
    till = enrolled_till(context, "A1")
    till.write(facts.sale(member="m", redeemed=5))
    till.write_raw("from_the_future", 1, b"\x80")
    push(context, known_till(context, till.terminal), till.push_request())
    assert wrong(context) == {"open_cases", "set_aside"}

    def fork(c: Connection) -> None:
        c.execute(update(terminal).values(forked_ms=1))

    context.database.write(fork, brand=BRAND)
    assert wrong(context) == {"open_cases", "set_aside", "till_forked"}


def test_jobs_that_nobody_does_and_backups_that_nobody_makes_are_told(context: Context) -> None:
    def forget(c: Connection) -> None:
        c.execute(update(job).values(done_ms=0))

    context.database.write(forget, brand=ALL_BRANDS)
    assert wrong(context) == {"job_late", "backup_old"}
    context.database.write(lambda c: c.execute(job.delete()), brand=ALL_BRANDS)
    assert wrong(context) == {"job_late", "backup_never"}


@pytest.mark.postgresql
def test_postgresql_says_how_safe_it_is(context: Context, settings: ServerSettings) -> None:
    if not settings.on_postgresql:
        pytest.skip("about PostgreSQL")
    found = said(context)
    assert found["not_crash_safe"] is Level.FAULT
    assert found["commit_not_synchronous"] is Level.FAULT
    assert found["no_synchronous_standby"] is Level.NOTICE
    assert "role_above_walls" not in found

    def open_up(c: Connection) -> None:
        c.execute(text("ALTER TABLE sale NO FORCE ROW LEVEL SECURITY"))

    context.database.write(open_up, brand=ALL_BRANDS)
    assert said(context)["walls_missing"] is Level.FAULT


def test_a_clock_that_is_off_the_database_s_is_told(
    context: Context, settings: ServerSettings
) -> None:
    if not settings.on_postgresql:
        pytest.skip("SQLite has the machine's clock")
    # The test's clock stands still in another year.
    assert said(context)["clock_off"] is Level.FAULT
    right = dataclasses.replace(context, now_ms=system_time_ms)
    assert "clock_off" not in said(right)


Break = Callable[[ServerSettings, Database], None]


def _lose_key(settings: ServerSettings, _database: Database) -> None:
    settings.key_path.unlink()


def _open_key(settings: ServerSettings, _database: Database) -> None:
    settings.key_path.chmod(0o644)


def _go_back(_settings: ServerSettings, database: Database) -> None:
    database.write(
        lambda c: c.execute(text("UPDATE alembic_version SET version_num='0001'")),
        brand=ALL_BRANDS,
    )


def _go_on(_settings: ServerSettings, database: Database) -> None:
    database.write(
        lambda c: c.execute(text("UPDATE alembic_version SET version_num='9999'")),
        brand=ALL_BRANDS,
    )


@pytest.mark.parametrize(
    ("break_it", "kind"),
    [
        (_lose_key, "key_unfit"),
        (_open_key, "key_unfit"),
        (_go_back, "tables_behind"),
        (_go_on, "tables_newer"),
    ],
)
def test_what_keeps_a_server_from_starting_is_told(
    context: Context, settings: ServerSettings, break_it: Break, kind: str
) -> None:
    break_it(settings, context.database)
    faults = [one.kind for one in examine(settings, Patience()) if one.level is Level.FAULT]
    assert faults == [kind]


def test_an_empty_place_is_told_and_nothing_is_made_there(tmp_path: Path) -> None:
    settings = ServerSettings(database=str(tmp_path / "nothing" / "server.db"))
    kinds = {one.kind for one in examine(settings, Patience())}
    assert {"tables_missing", "key_unfit"} <= kinds
    assert not (tmp_path / "nothing").exists()


def test_a_database_that_is_away_is_told_without_its_address(tmp_path: Path) -> None:
    settings = ServerSettings(
        database="postgresql://user:hidden@127.0.0.1:1/nothing", key_file=str(tmp_path / "key")
    )
    result = doctor_result(examine(settings, Patience()), wording_for({"LC_ALL": "C"}))
    assert not result.succeeded
    assert "cannot be reached" in "\n".join(result.lines)
    assert "hidden" not in result.as_json()


def test_a_full_disk_is_told(
    context: Context, settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    del context
    if settings.on_postgresql:
        pytest.skip("its disk cannot be seen from here")
    monkeypatch.setattr(examination, "_DISK_LOW_BYTES", 1 << 60)
    assert "disk_low" in {one.kind for one in examine(settings, Patience())}


def test_every_finding_has_a_sentence_in_both_languages() -> None:
    for locale, language in (("zh_CN.UTF-8", Language.CHINESE), ("C", Language.ENGLISH)):
        wording = wording_for({"LC_ALL": locale})
        assert wording.language is language
        assert all(wording.text(key) for key in DOCTOR_TEXTS if "{" not in DOCTOR_TEXTS[key][0])


def test_the_command_ends_with_one_where_there_is_a_fault(
    context: Context, settings: ServerSettings
) -> None:
    with contextlib.closing(build_context(settings).database):
        findings = diagnose(context, Patience())
    result = doctor_result(findings, wording_for({"LC_ALL": "C"}))
    assert result.succeeded is not settings.on_postgresql
    assert all(one["text"] for one in json.loads(result.as_json()))
