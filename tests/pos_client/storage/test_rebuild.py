"""A database that is damaged or gone is made again from the second journal."""

import os
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.errors import ErrorCode, TillfoldError
from pos_client.storage.keys import TillSecrets
from pos_client.storage.opening import Opened
from pos_client.storage.tables import journal
from tests.builders.facts import sale
from tests.builders.till import TillFiles, shown, write
from tests.pos_client.storage.looking import FACTS, append_unseen, flip, in_step, numbers, refused


def rebuilt_equals(files: TillFiles, before: object) -> Opened:
    with files.rebuilt() as opened:
        assert shown(opened.store) == before
        assert in_step(files, opened.store)
        write(opened.store, [sale("after the rebuild")])
        after = shown(opened.store)
    with files.opened() as again:
        assert again.notice is None
        assert shown(again.store) == after
    return opened


def opened_or_rebuilt_equals(files: TillFiles, before: object) -> None:
    """Damage is either without effect on what is shown, or said and mended."""
    try:
        opened = files.opener.open()
    except TillfoldError as error:
        code = error.code
    else:
        with closing(opened.store) as store:
            try:
                assert shown(store) == before
            except TillfoldError as damage:
                found = damage.code
            else:
                assert in_step(files, store)
                return
        assert found is ErrorCode.DATABASE_DAMAGED
        # Found when it was read: the next start looks through everything, and says so.
        code = refused(files)
    assert code is ErrorCode.DATABASE_DAMAGED
    rebuilt_equals(files, before)


def test_a_rebuild_stops_where_the_chain_breaks(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        head = store.head
        write(store, [sale("sale-3")])
        store.head = head
        append_unseen(store, [sale("other-3")])
    files.place.database.unlink()
    with files.rebuilt() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert numbers(opened.store) == [1, 2, 3, 4, 5]
        assert in_step(files, opened.store)


def test_a_missing_database_is_said_and_rebuilt(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before = shown(store)
    files.place.database.unlink()
    assert refused(files) is ErrorCode.DATABASE_MISSING
    assert rebuilt_equals(files, before).notice is ErrorCode.DATABASE_DAMAGED


@pytest.mark.parametrize("size", [0, 1, 100, 4_096, 40_000])
def test_a_truncated_database_is_said_and_rebuilt(files: TillFiles, size: int) -> None:
    with files.created(FACTS) as store:
        before = shown(store)
    os.truncate(files.place.database, size)
    assert refused(files) is ErrorCode.DATABASE_DAMAGED
    rebuilt_equals(files, before)


def test_a_database_that_was_overwritten_with_text_is_said_and_rebuilt(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before = shown(store)
    files.place.database.write_text("hello " * 5_000)
    assert refused(files) is ErrorCode.DATABASE_DAMAGED
    rebuilt_equals(files, before)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_database_with_flipped_bytes_is_said_and_rebuilt(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = TillFiles(Path(folder))
        with files.created(FACTS) as store:
            before = shown(store)
        size = files.place.database.stat().st_size
        for place in data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4)):
            flip(files.place.database, place)
        opened_or_rebuilt_equals(files, before)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_nothing_is_lost_by_a_flipped_byte_in_the_log(data: st.DataObject) -> None:
    """SQLite drops the commits behind it without a word; the second journal has them."""
    with tempfile.TemporaryDirectory() as folder:
        files = TillFiles(Path(folder))
        with files.created() as store:
            for fact in FACTS:
                write(store, [fact])
            before = shown(store)
            log = files.place.database.with_name("till.db-wal")
            kept = files.place.database.read_bytes(), log.read_bytes()
        files.place.database.write_bytes(kept[0])
        log.write_bytes(kept[1])
        flip(log, data.draw(st.integers(32, len(kept[1]) - 1)))
        opened_or_rebuilt_equals(files, before)


def test_a_rebuild_with_a_wrong_key_leaves_everything_as_it_was(files: TillFiles) -> None:
    with files.created(FACTS):
        pass
    right = files.secrets
    files.secrets = TillSecrets(bytes(32), right.signing_seed)
    before = {path: path.read_bytes() for path in files.all_files()}
    with pytest.raises(TillfoldError) as caught:
        files.opener.rebuild()
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED
    assert {path: path.read_bytes() for path in files.all_files()} == before


def test_a_rebuild_without_a_second_journal_is_refused_and_makes_none(files: TillFiles) -> None:
    with files.created(FACTS):
        pass
    files.place.second_journal_file.unlink()
    before = {path.name for path in files.all_files()}
    with pytest.raises(TillfoldError) as caught:
        files.opener.rebuild()
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED
    assert {path.name for path in files.all_files()} == before


@pytest.mark.parametrize("place", range(6))
def test_a_rebuild_keeps_all_that_was_readable(files: TillFiles, place: int) -> None:
    """Also a flip in a length field, which makes the rest look like a torn tail."""
    with files.created() as store:
        for number in range(40):
            write(store, [sale(f"s{number}")])
        with store.read() as connection:
            ends = list(connection.scalars(select(journal.c.second_size_bytes)))
    flip(files.place.second_journal_file, ends[29] + place)
    whole = files.place.second_journal_file.read_bytes()
    files.place.database.unlink()
    with files.rebuilt() as opened:
        assert opened.notice is ErrorCode.JOURNAL_DAMAGED
        assert numbers(opened.store) == list(range(1, 31))
        assert in_step(files, opened.store)
    kept = [path.read_bytes() for path in files.all_files() if "set-aside" in path.name]
    assert kept == [whole]


def test_nothing_set_aside_is_ever_overwritten(files: TillFiles) -> None:
    """The clock stands still here, as it may after a reset."""
    with files.created(FACTS):
        pass
    for _ in range(3):
        with files.rebuilt():
            pass
    aside = [path.name for path in files.all_files() if path.name.startswith("till.db.set-aside")]
    assert len([name for name in aside if not name.endswith(("-wal", "-shm"))]) == 3


def test_setting_all_aside_makes_the_till_new_and_deletes_nothing(files: TillFiles) -> None:
    with files.created(FACTS):
        pass
    contents = {path.read_bytes() for path in files.all_files()}
    files.opener.set_all_aside()
    assert files.place.is_new()
    assert {path.read_bytes() for path in files.all_files()} == contents
    with files.created([sale()]) as store:
        assert numbers(store) == [1]


def test_after_a_till_that_did_not_end_well_everything_is_looked_through(files: TillFiles) -> None:
    with files.created(FACTS):
        assert files.place.doubt.exists()
    assert not files.place.doubt.exists()
    files.place.doubt.touch()
    with files.opened():
        assert files.place.doubt.exists()
    assert not files.place.doubt.exists()
