"""One transaction at a time: all of it or nothing, whatever goes wrong in the middle."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import sqlcipher3.dbapi2

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind
from pos_client.storage import spool
from pos_client.storage import store as store_module
from pos_client.storage.direct import run
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageClosedError, StorageThread
from tests.builders.facts import enrolled, sale
from tests.builders.printing import new_job
from tests.builders.till import IDENTITY, MANAGER, TillFiles, shown, write
from tests.pos_client.storage.looking import in_step, numbers

TMPFS_BYTES = 2 * 1024 * 1024


def write_and_fail(store: Store) -> None:
    with store.write() as writing:
        store.record(writing, [sale(member="member-1", earned=5)], MANAGER)
        spool.queue(writing.connection, new_job("d"), now_ms=1)
        raise KeyError


def test_an_error_in_the_middle_writes_nothing(files: TillFiles) -> None:
    with files.created([enrolled()]) as store:
        before, head, position = shown(store), store.head, store.second_journal.position
        with pytest.raises(KeyError):
            write_and_fail(store)
        assert shown(store) == before
        assert (store.head, store.second_journal.position) == (head, position)
        with store.read() as connection:
            assert spool.count(connection, spool.JobState.QUEUED) == 0
        write(store, [sale("next")])
        write(store, [sale("and the next")])
        assert numbers(store) == [1, 2, 3]
        assert in_step(files, store)
    with files.opened() as opened:
        assert (opened.notice, opened.recovered) == (None, ())


def test_an_error_while_reading_leaves_the_store_usable(files: TillFiles) -> None:
    with files.created([enrolled()]) as store:
        with pytest.raises(KeyError), store.read():
            raise KeyError
        with pytest.raises(sqlcipher3.dbapi2.Error), store.read() as connection:
            run(connection, "SELECT nothing FROM nowhere")
        write(store, [sale()])
        assert numbers(store) == [1, 2]


def test_two_writes_in_one_transaction_follow_each_other(files: TillFiles) -> None:
    with files.created() as store:
        with store.write() as writing:
            store.record(writing, [enrolled()], MANAGER)
            store.record(writing, [sale(), sale("sale-2")], MANAGER)
        assert numbers(store) == [1, 2, 3]
        assert in_step(files, store)


def test_a_reader_never_sees_half_of_a_write(files: TillFiles) -> None:
    with files.created([enrolled()]) as store, store.write() as writing:
        store.record(writing, [sale("sale-2")], MANAGER)
        other = sqlcipher3.dbapi2.connect(files.place.database)
        try:
            other.execute(f"PRAGMA key = \"x'{files.secrets.database_key.hex()}'\"")
            assert other.execute("SELECT count(*) FROM journal").fetchone() == (1,)
        finally:
            other.close()


def test_listeners_hear_of_a_commit_after_it_and_never_of_a_failed_one(files: TillFiles) -> None:
    heard: list[object] = []
    with files.created([enrolled()]) as store:
        store.on_changed = heard.append
        store.on_recorded = lambda: heard.append("recorded")
        with pytest.raises(KeyError):
            write_and_fail(store)
        assert heard == []
        write(store, [sale()])
        keys = frozenset({AggregateKey(AggregateKind.ORDER, "sale-1")})
        assert heard == ["recorded", keys]
        with store.write() as writing:
            spool.queue(writing.connection, new_job("d"), now_ms=1)
        assert len(heard) == 2


def test_a_commit_that_fails_takes_the_second_journal_back(
    files: TillFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = run

    def full(connection: object, sql: str, *values: object) -> None:
        if sql == "COMMIT":
            error = sqlcipher3.dbapi2.OperationalError("database or disk is full")
            error.sqlite_errorcode = 13
            raise error
        real(connection, sql, *values)  # type: ignore[arg-type]

    with files.created([enrolled()]) as store:
        before = shown(store)
        with monkeypatch.context() as broken:
            broken.setattr(store_module, "run", full)
            assert refusal(store) is ErrorCode.DISK_FULL
        assert shown(store) == before
        assert in_step(files, store)
        write(store, [sale()])
        write(store, [sale("sale-2")])
        assert in_step(files, store)
        assert numbers(store) == [1, 2, 3]


def test_a_flush_that_fails_keeps_the_sale_and_stops_further_ones_until_a_restart(
    files: TillFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed flush nobody knows what is on the disk: the file is compared at a start."""

    def fails(_descriptor: int) -> None:
        raise OSError(5, "input/output error")

    with files.created([enrolled()]) as store:
        with monkeypatch.context() as broken:
            broken.setattr("pos_client.storage.second_journal._flush", fails)
            write(store, [sale()])
        assert refusal(store) is ErrorCode.DISK_FAILED
        with store.write() as writing:
            spool.queue(writing.connection, new_job("d"), now_ms=1)
        assert numbers(store) == [1, 2]
    with files.opened() as opened:
        write(opened.store, [sale("sale-2")])
        assert numbers(opened.store) == [1, 2, 3]
        assert in_step(files, opened.store)


def test_after_one_failed_flush_the_second_journal_is_written_anew_and_selling_goes_on(
    files: TillFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = os.fdatasync, [OSError(5, "input/output error")]

    def fails_once(descriptor: int) -> None:
        if failures:
            raise failures.pop()
        real(descriptor)

    with files.created([enrolled()]) as store:
        monkeypatch.setattr("pos_client.storage.second_journal._flush", fails_once)
        write(store, [sale()])
        write(store, [sale("sale-2")])
        assert numbers(store) == [1, 2, 3]
        assert in_step(files, store)
    with files.opened() as opened:
        assert opened.notice is None
        assert numbers(opened.store) == [1, 2, 3]


def refusal(store: Store, earned: int = 1) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        write(store, [sale("refused", member="member-1", earned=earned)])
    return caught.value.code


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A real file system of two megabytes."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a test mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return ballast


def sell_until_refused(store: Store) -> int:
    for taken in range(500):
        try:
            write(store, [sale(f"full-{taken}", member="member-1", earned=1)])
        except TillfoldError:
            return taken
    pytest.fail("the disk never became full")


@pytest.mark.parametrize("which", ["data", "second"])
def test_a_full_disk_refuses_the_sale_and_the_till_goes_on_when_there_is_room(
    tmp_path: Path, which: str
) -> None:
    with small_disk(tmp_path / which) as disk:
        files = TillFiles(tmp_path)
        with files.created([enrolled()]) as store:
            write(store, [sale("before", member="member-1", earned=7)])
            before, held = shown(store), numbers(store)
            ballast = fill(disk)
            # The log may have room for a few more; then it is refused, again and again.
            taken = sell_until_refused(store)
            assert refusal(store) is ErrorCode.DISK_FULL
            assert numbers(store) == [*held, *range(3, 3 + taken)]
            if not taken:
                assert shown(store) == before
            assert in_step(files, store)
            ballast.unlink()
            write(store, [sale("after", member="member-1", earned=1)])
            write(store, [sale("and after", member="member-1", earned=1)])
            assert in_step(files, store)
            after = shown(store)
        with files.opened() as opened:
            assert (opened.notice, opened.recovered) == (None, ())
            assert shown(opened.store) == after


def test_a_till_cannot_be_begun_on_a_full_disk_and_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "data") as disk:
        ballast = fill(disk)
        files = TillFiles(tmp_path)
        with pytest.raises(TillfoldError) as caught:
            files.opener.create(IDENTITY)
        assert caught.value.code is ErrorCode.DISK_FULL
        ballast.unlink()


@pytest.fixture
def thread(files: TillFiles) -> Iterator[StorageThread]:
    storage = StorageThread()
    storage.adopt(storage.run_first(lambda: files.opener.create(IDENTITY)))
    yield storage
    storage.close()
    assert not [each for each in threading.enumerate() if each.name.startswith("storage")]


def test_many_threads_write_one_after_the_other(thread: StorageThread) -> None:
    def work(name: str) -> None:
        for number in range(10):
            thread.run(partial(write, facts=[sale(f"{name}-{number}")]))

    workers = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert thread.run(numbers) == list(range(1, 41))


def test_work_that_fails_fails_for_its_asker_alone(thread: StorageThread) -> None:
    def fails(_store: Store) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        thread.run(fails)
    thread.run(lambda store: write(store, [sale()]))
    assert thread.run(numbers) == [1]


def test_closing_twice_is_closing_once(files: TillFiles) -> None:
    storage = StorageThread()
    storage.adopt(storage.run_first(lambda: files.opener.create(IDENTITY)))
    storage.close()
    storage.close()


def test_a_closed_storage_refuses_work(files: TillFiles) -> None:
    """Workers that are still busy at the end learn of it and end too."""
    storage = StorageThread()
    storage.adopt(storage.run_first(lambda: files.opener.create(IDENTITY)))
    storage.close()
    with pytest.raises(StorageClosedError):
        storage.run(numbers)
