"""Backups: complete, private, never over another one; and a restore that begins a new history."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import MemberId
from domain.members.facts import MemberClosed
from sync_server.bootstrap import build_context, restore_backup
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.dump import dumped_tables
from sync_server.settings import ServerSettings
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.backup_files import KEY, MANIFEST, Manifest, read_manifest
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.enrolment import enrol, issue_code
from sync_server.use_cases.feed import read_feed
from sync_server.use_cases.members import find_members
from sync_server.use_cases.push import push
from sync_server.use_cases.tills import known_till
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.postgresql import PostgresqlServer
from tests.builders.sync_server import BRAND, Clock, prepare, sqlite_settings
from tests.builders.terminal import START_MS, TestTerminal

_PHONE = "+8613912345678"


@pytest.fixture
def context(settings: ServerSettings, clock: Clock) -> Iterator[Context]:
    """A server that has sold something, given something back and refused something."""
    made = prepare(settings, clock)
    with contextlib.closing(made.database):
        yield made


def enrolled_till(context: Context, label: str = "A1") -> TestTerminal:
    terminal = TestTerminal(label)
    code = issue_code(context, BRAND, terminal.store, label).code
    terminal.become(enrol(context, terminal.enrol_request(code)))
    return terminal


def sell(context: Context, till: TestTerminal, sale: str, *, total_fen: int = 5_000) -> None:
    till.write(facts.sale(sale, member="m-1", earned=5, total_fen=total_fen))
    push(context, known_till(context, till.terminal), till.push_request())


def a_day(context: Context) -> TestTerminal:
    till = enrolled_till(context)
    till.write(facts.enrolled("m-1", phone=_PHONE, name="欧阳锋"))
    till.write_raw("from_the_future", 1, b"\x80")
    sell(context, till, "sale-1")
    return till


def saved(context: Context, folder: Path, *, key_file: Path | None = None) -> Manifest:
    return back_up(context, folder, release="0.1.0", key_file=key_file)


def elsewhere(settings: ServerSettings, folder: Path) -> ServerSettings:
    """An empty SQLite database with the same key."""
    folder.mkdir()
    key = str(settings.key_path)
    return msgspec.structs.replace(settings, database=str(folder / "server.db"), key_file=key)


@contextlib.contextmanager
def restored(settings: ServerSettings, folder: Path, clock: Clock) -> Iterator[Context]:
    restore_backup(settings, folder)
    context = build_context(settings, now_ms=clock)
    with contextlib.closing(context.database):
        yield context


def contents(context: Context) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but for the names of the histories."""

    def work(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [
                {name: value for name, value in row.items() if name != "history"}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in dumped_tables()
        }

    return context.database.read(work, brand=ALL_BRANDS)


def history(context: Context, till: TestTerminal) -> str:
    return read_feed(context, known_till(context, till.terminal), cursor=0, limit=1).history


def test_a_restored_database_has_every_row_and_another_history(
    context: Context, settings: ServerSettings, clock: Clock, tmp_path: Path
) -> None:
    till = a_day(context)
    saved(context, tmp_path / "backup")
    with restored(elsewhere(settings, tmp_path / "new"), tmp_path / "backup", clock) as new:
        assert contents(new) == contents(context)
        assert history(new, till) != history(context, till)
        assert verify(new, BRAND).holds


@pytest.mark.postgresql
def test_a_backup_moves_a_server_from_sqlite_to_postgresql(
    postgresql: PostgresqlServer, clock: Clock, tmp_path: Path
) -> None:
    small = sqlite_settings(tmp_path)
    old = prepare(small, clock)
    with contextlib.closing(old.database):
        till = a_day(old)
        saved(old, tmp_path / "backup")
        large = msgspec.structs.replace(
            small, database=postgresql.empty_database(), key_file=str(small.key_path)
        )
        with restored(large, tmp_path / "backup", clock) as new:
            assert contents(new) == contents(old)
            sell(new, till, "sale-2")
            assert verify(new, BRAND).holds


def test_what_tills_took_in_after_the_backup_is_taken_in_once_more(
    context: Context, settings: ServerSettings, clock: Clock, tmp_path: Path
) -> None:
    till = a_day(context)
    saved(context, tmp_path / "backup")
    sell(context, till, "sale-2")
    till.write(MemberClosed(member_id=MemberId("m-1"), phone=_PHONE), now_ms=START_MS + 1)
    sell(context, till, "sale-3")
    with restored(elsewhere(settings, tmp_path / "new"), tmp_path / "backup", clock) as new:
        assert len(find_members(new, BRAND, "5678", limit=9)) == 1
        sell(new, till, "sale-4")
        push(context, known_till(context, till.terminal), till.push_request())
        assert till_totals(new) == till_totals(context)
        assert find_members(new, BRAND, "5678", limit=9) == []
        assert verify(new, BRAND).holds


def till_totals(context: Context) -> list[tuple[int, int, int]]:
    books = read_books(context, BRAND)
    return [(one.head_number, one.sales, one.total_fen) for one in books.terminals]


def test_a_backup_taken_while_tills_push_holds_together(
    context: Context, settings: ServerSettings, clock: Clock, tmp_path: Path
) -> None:
    till = a_day(context)
    stop = threading.Event()

    def keep_selling() -> None:
        count = 10
        while not stop.is_set():
            count += 1
            sell(context, till, f"sale-{count}")

    seller = threading.Thread(target=keep_selling)
    seller.start()
    try:
        for number in range(3):
            saved(context, tmp_path / f"backup-{number}")
    finally:
        stop.set()
        seller.join()
    with restored(elsewhere(settings, tmp_path / "new"), tmp_path / "backup-2", clock) as new:
        assert list(verify(new, BRAND).findings) == []


def test_a_backup_is_its_owner_s_alone_and_holds_the_key_only_when_asked(
    context: Context, settings: ServerSettings, tmp_path: Path
) -> None:
    manifest = saved(context, tmp_path / "plain")
    assert not (tmp_path / "plain" / KEY).exists()
    assert settings.key_path.read_text() not in (tmp_path / "plain" / MANIFEST).read_text()
    saved(context, tmp_path / "full", key_file=settings.key_path)
    assert (tmp_path / "full" / KEY).read_bytes() == settings.key_path.read_bytes()
    for folder in (tmp_path / "plain", tmp_path / "full"):
        assert folder.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    (brand,) = manifest.brands
    assert (brand.brand_id, brand.entries) == (BRAND, 2)


def test_a_backup_replaces_nothing(context: Context, tmp_path: Path) -> None:
    saved(context, tmp_path / "backup")
    before = (tmp_path / "backup" / MANIFEST).read_bytes()
    with pytest.raises(TillfoldError) as refused:
        saved(context, tmp_path / "backup")
    assert refused.value.code is ErrorCode.ALREADY_EXISTS
    assert (tmp_path / "backup" / MANIFEST).read_bytes() == before
    with pytest.raises(TillfoldError) as refused:
        saved(context, tmp_path / "backup" / MANIFEST / "below")
    assert refused.value.code is ErrorCode.FILE_UNWRITABLE


def test_a_damaged_backup_is_refused_and_changes_nothing(
    context: Context, settings: ServerSettings, clock: Clock, tmp_path: Path
) -> None:
    saved(context, tmp_path / "backup")
    new = elsewhere(settings, tmp_path / "new")
    for path in sorted((tmp_path / "backup").iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        assert refusal(new, tmp_path / "backup") is ErrorCode.BACKUP_DAMAGED, path
        path.write_bytes(whole)
    with restored(new, tmp_path / "backup", clock) as context_new:
        assert contents(context_new) == contents(context)


def refusal(settings: ServerSettings, folder: Path) -> ErrorCode:
    with pytest.raises(TillfoldError) as refused:
        restore_backup(settings, folder)
    return refused.value.code


def test_a_restore_wants_an_empty_database_and_the_key_of_the_backup(
    context: Context, settings: ServerSettings, clock: Clock, tmp_path: Path
) -> None:
    saved(context, tmp_path / "backup", key_file=settings.key_path)
    assert refusal(settings, tmp_path / "backup") is ErrorCode.DATABASE_NOT_EMPTY
    new = msgspec.structs.replace(
        elsewhere(settings, tmp_path / "new"), key_file=str(tmp_path / "new" / "server.key")
    )
    new.key_path.write_text(bytes(32).hex(), encoding="ascii")
    new.key_path.chmod(0o600)
    assert refusal(new, tmp_path / "backup") is ErrorCode.SETTINGS_MALFORMED
    new.key_path.unlink()
    with restored(new, tmp_path / "backup", clock) as context_new:
        assert context_new.keys.signer.public_key == context.keys.signer.public_key
    assert new.key_path.stat().st_mode & 0o077 == 0


def test_a_backup_of_a_later_release_is_refused(
    context: Context, settings: ServerSettings, tmp_path: Path
) -> None:
    saved(context, tmp_path / "backup")
    new = elsewhere(settings, tmp_path / "new")
    manifest = read_manifest(tmp_path / "backup")
    for later in ({"format": 2}, {"revision": "9999"}):
        changed = msgspec.structs.replace(manifest, **later)
        (tmp_path / "backup" / MANIFEST).write_bytes(msgspec.json.encode(changed))
        assert refusal(new, tmp_path / "backup") is ErrorCode.DATABASE_NEWER
