"""Starting after something went wrong with the files."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import select

from domain.errors import ErrorCode, TillfoldError
from domain.signatures import Signer
from pos_client.storage.keys import TillSecrets
from pos_client.storage.tables import journal
from tests.builders.facts import sale
from tests.builders.till import IDENTITY, TillFiles, shown, write
from tests.pos_client.storage.looking import FACTS, append_unseen, flip, in_step, numbers, refused


def test_a_till_without_files_is_new_and_a_created_one_is_not(files: TillFiles) -> None:
    assert files.place.is_new()
    with files.created():
        assert not files.place.is_new()


def test_a_till_that_has_books_is_not_begun_again(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before = shown(store)
    with pytest.raises(TillfoldError) as caught:
        files.opener.create(IDENTITY)
    assert caught.value.code is ErrorCode.TILL_HAS_OWN_BOOKS
    with files.opened() as opened:
        assert shown(opened.store) == before


def test_opening_a_sound_till_changes_nothing(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before = shown(store)
    with files.opened() as opened:
        assert (opened.notice, opened.recovered) == (None, ())
        assert shown(opened.store) == before
        assert in_step(files, opened.store)


def test_an_entry_that_only_the_second_journal_has_is_folded_in_once(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        append_unseen(store, [sale("sale-3", member="member-1", earned=5)])
    for turn in range(2):
        with files.opened() as opened:
            assert [item.entry.number for item in opened.recovered] == ([5] if turn == 0 else [])
            assert numbers(opened.store) == [1, 2, 3, 4, 5]
            assert in_step(files, opened.store)
            assert opened.notice is None


def test_many_such_entries_are_folded_in_over_several_transactions(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        append_unseen(store, [sale(f"s{n}", member="member-1", earned=1) for n in range(700)])
    with files.opened() as opened:
        assert len(opened.recovered) == 700
        assert numbers(opened.store) == list(range(1, 705))
        members = [value for value in shown(opened.store).values() if hasattr(value, "points")]
        assert sorted(getattr(member, "points", 0) for member in members) == [7, 750]


def test_a_sound_part_before_a_damaged_one_is_folded_in(files: TillFiles) -> None:
    """A database that lost its last commits, and a bad byte in the newest record."""
    with files.created(FACTS) as store:
        append_unseen(store, [sale("sale-3"), sale("sale-4"), sale("sale-5")])
    flip(files.place.second_journal_file, -5)
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert [item.entry.number for item in opened.recovered] == [5, 6]
        assert numbers(opened.store) == [1, 2, 3, 4, 5, 6]
        assert in_step(files, opened.store)


@pytest.mark.parametrize("lost", [1, 3])
def test_entries_that_only_the_database_has_are_written_again(files: TillFiles, lost: int) -> None:
    """The flush and the commit run side by side: a crash may leave the entry in either."""
    with files.created() as store:
        for fact in FACTS:
            write(store, [fact])
        before = shown(store)
        with store.read() as connection:
            ends = list(connection.scalars(select(journal.c.second_size_bytes)))
    os.truncate(files.place.second_journal_file, ends[-1 - lost])
    with files.opened() as opened:
        assert opened.notice is None
        assert shown(opened.store) == before
        assert in_step(files, opened.store)
        write(opened.store, [sale("sale-3")])
        assert in_step(files, opened.store)


def test_a_second_journal_that_lost_far_more_than_a_crash_takes_is_rewritten(
    files: TillFiles,
) -> None:
    with files.created([sale(f"s{n}") for n in range(200)]) as store:
        before = shown(store)
    os.truncate(files.place.second_journal_file, 5_000)
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert shown(opened.store) == before
        assert in_step(files, opened.store)


def test_a_missing_second_journal_is_written_anew(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before = shown(store)
    files.place.second_journal_file.unlink()
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert shown(opened.store) == before
        assert in_step(files, opened.store)
    with files.opened() as again:
        assert again.notice is None


def test_a_missing_folder_of_the_second_journal_is_made_again(files: TillFiles) -> None:
    """The other disk was changed for a new one."""
    with files.created(FACTS):
        pass
    files.place.second_journal_file.unlink()
    files.place.second_journal.rmdir()
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert in_step(files, opened.store)


def test_a_place_where_no_second_journal_can_be_is_a_coded_error(files: TillFiles) -> None:
    with files.created(FACTS):
        pass
    files.place.second_journal_file.unlink()
    files.place.second_journal.rmdir()
    files.place.second_journal.write_text("not a folder")
    assert refused(files) is ErrorCode.DISK_FAILED


def test_a_second_journal_of_another_till_is_set_aside(files: TillFiles, tmp_path: Path) -> None:
    other = TillFiles(tmp_path / "other")
    with files.created(FACTS) as store:
        before = shown(store)
    with other.created([*FACTS, sale("foreign")]):
        pass
    foreign = other.place.second_journal_file.read_bytes()
    files.place.second_journal_file.write_bytes(foreign)
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert shown(opened.store) == before
        assert in_step(files, opened.store)
    kept = [path for path in files.all_files() if "set-aside" in path.name]
    assert [path.read_bytes() for path in kept] == [foreign]


def test_a_record_that_does_not_follow_is_not_folded_in(files: TillFiles) -> None:
    """Signed by this till, but behind another history of it: a restored disk image."""
    with files.created(FACTS) as store:
        head = store.head
        write(store, [sale("sale-3")])
        store.head = head
        append_unseen(store, [sale("other-3")])
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert numbers(opened.store) == [1, 2, 3, 4, 5]
        assert in_step(files, opened.store)


def test_a_record_that_this_till_did_not_sign_is_not_folded_in(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        store.signer = Signer(bytes(32))
        append_unseen(store, [sale("forged")])
    with files.opened() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert numbers(opened.store) == [1, 2, 3, 4]
        assert in_step(files, opened.store)


def test_a_wrong_key_is_told_from_damage(files: TillFiles) -> None:
    with files.created(FACTS):
        pass
    right = files.secrets
    files.secrets = TillSecrets(bytes(32), right.signing_seed)
    before = {path: path.read_bytes() for path in files.all_files()}
    assert refused(files) is ErrorCode.DATABASE_KEY_WRONG
    assert {path: path.read_bytes() for path in files.all_files()} == before
    files.secrets = right
    with files.opened() as opened:
        assert opened.notice is None


def test_trusted_time_begins_at_the_latest_stored_time(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before_ms = store.trusted_time.now_ms()
    files.clock.set_wall(before_ms - 3_600_000)
    with files.opened() as opened:
        assert opened.store.trusted_time.now_ms() == before_ms
    with files.rebuilt() as rebuilt:
        assert rebuilt.store.trusted_time.now_ms() == before_ms


CRASH = dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from pos_client.storage import store as store_module
    from tests.builders.facts import sale
    from tests.builders.till import TillFiles, write

    files = TillFiles(Path(sys.argv[1]))
    store = files.opener.open().store
    real = store_module.run

    def dies_at_commit(connection, sql, values=()):
        if sql == "COMMIT":
            if sys.argv[2] == "after":
                real(connection, sql, values)
            os.kill(os.getpid(), signal.SIGKILL)
        real(connection, sql, values)

    write(store, [sale("before")])
    store_module.run = dies_at_commit
    write(store, [sale("the last", member="member-1", earned=3)])
    """
)


@pytest.mark.processes
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_till_killed_at_its_commit_has_the_sale_once(tmp_path: Path, moment: str) -> None:
    files = TillFiles(tmp_path)
    with files.created(FACTS):
        pass
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path), moment], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    for _ in range(2):
        with files.opened() as opened:
            assert numbers(opened.store) == [1, 2, 3, 4, 5, 6]
            assert in_step(files, opened.store)
            points = [getattr(value, "points", None) for value in shown(opened.store).values()]
            assert points.count(53) == 1
