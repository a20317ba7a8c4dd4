"""What the status screen and the first screen are told."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from domain.errors import ErrorCode, TillfoldError
from domain.fold.cases import CaseKind
from pos_client.settings import PrinterSettings
from pos_client.storage import spool
from pos_client.storage.spool import JobState
from pos_client.storage.store import Store
from pos_client.storage.sync_state import note_quarantined
from pos_client.use_cases.answers import Connection
from tests.builders.facts import enrolled, sale
from tests.builders.printing import force_state, new_job
from tests.builders.till import IDENTITY, RICE, Till


def test_home_says_where_we_are_and_what_is_sold(till: Till) -> None:
    home = till.machinery.counter.home()
    assert (home.brand_name, home.store_name, home.label) == ("示范餐厅", "示范餐厅", "A1")
    assert (home.standalone, home.staffed) == (True, True)
    assert (home.menu.version, home.rules.version) == ("menu-1", "rules-1")


def test_a_till_that_nobody_may_use_says_so(tmp_path: Path) -> None:
    till = Till(tmp_path)
    try:
        till.begin([])
        home = till.machinery.counter.home()
        assert (home.staffed, home.menu.items, home.rules.book.rules) == (False, (), ())
    finally:
        till.close()


def test_a_till_of_its_own_waits_for_nobody(till: Till) -> None:
    till.sell(RICE, total_fen=300)
    status = till.machinery.counter.status()
    assert status.sync.connection is Connection.STANDALONE
    assert (status.sync.waiting, status.sync.last_contact_ms) == (0, 0)
    assert status.printers == ()


def test_open_cases_are_told_until_they_close(till: Till) -> None:
    till.write(enrolled(), sale("s1", member="member-1", redeemed=30))
    (case,) = till.machinery.counter.status().cases
    assert (case.kind, case.points) == (CaseKind.POINTS_OVERSPENT, 30)
    till.write(sale("s2", member="member-1", earned=30))
    assert till.machinery.counter.status().cases == ()


def test_quarantined_entries_are_counted_once_each(till: Till) -> None:
    def note(store: Store) -> None:
        for _ in range(2):
            with store.write() as writing:
                note_quarantined(
                    writing.connection, epoch=1, number=3, error=ErrorCode.FACT_MALFORMED
                )

    till.run(note)
    assert till.machinery.counter.status().sync.quarantined == 1


def test_print_jobs_that_wait_and_that_are_in_doubt_are_counted(tmp_path: Path) -> None:
    till = Till(tmp_path, printer=PrinterSettings(host="127.0.0.1", port=9))
    try:
        till.begin()

        def queue(store: Store) -> None:
            with store.write() as writing:
                for number in range(3):
                    name = f"d{number}"
                    spool.queue(writing.connection, new_job(name), now_ms=1)
                    state = JobState.IN_DOUBT if number else JobState.QUEUED
                    force_state(writing.connection, name, state)

        till.run(queue)
        status = till.machinery.counter.status()
        (printer,) = status.printers
        assert status.doubtful == "d1"
        assert printer.name == "127.0.0.1:9"
        assert (printer.waiting, printer.in_doubt) == (1, 2)
    finally:
        till.close()


def test_an_unknown_printer_model_is_said_by_its_place(tmp_path: Path) -> None:
    till = Till(tmp_path, printer=PrinterSettings(host="127.0.0.1", model="laser"))
    try:
        with pytest.raises(TillfoldError) as caught:
            till.machinery.found(IDENTITY)
        assert caught.value.code is ErrorCode.SETTINGS_MALFORMED
        assert caught.value.values == {"where": "printer.model: laser"}
    finally:
        till.close()


def test_a_till_without_its_key_says_so_and_can_begin_anew(tmp_path: Path) -> None:
    till = Till(tmp_path)
    try:
        till.begin()
        till.machinery.close()
        (tmp_path / "data" / "till.key").unlink()
        till.machinery = till.new_machinery()
        for attempt in (till.machinery.start, till.machinery.rebuild):
            with pytest.raises(TillfoldError) as caught:
                attempt()
            assert caught.value.code is ErrorCode.DATABASE_KEY_MISSING
        till.machinery.set_aside()
        assert till.machinery.is_new()
        till.begin()
        till.restart()
        assert till.machinery.counter.home().staffed
    finally:
        till.close()


@pytest.fixture
def no_system_key_store() -> Iterator[None]:
    """A test must not write into the key store of whoever runs it."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("no_system_key_store")
@pytest.mark.parametrize("key_store", ["file", "auto"])
@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff\xfe", b"k6Rzb21l"])
def test_a_key_file_that_was_overwritten_is_no_dead_end(
    tmp_path: Path, content: bytes, key_store: str
) -> None:
    till = Till(tmp_path, key_store=key_store)
    try:
        till.begin()
        till.machinery.close()
        key = tmp_path / "data" / "till.key"
        before = {path for path in key.parent.iterdir() if path != key}
        key.write_bytes(content)
        till.machinery = till.new_machinery()
        for attempt in (till.machinery.start, till.machinery.rebuild):
            with pytest.raises(TillfoldError) as caught:
                attempt()
            assert caught.value.code in {
                ErrorCode.DATABASE_KEY_WRONG,
                ErrorCode.DATABASE_KEY_MISSING,
            }
        till.machinery.set_aside()
        assert till.machinery.is_new()
        assert key.with_name("till.key.set-aside-1").read_bytes() == content
        till.begin()
        till.restart()
        assert till.machinery.counter.home().staffed
        assert len(list(key.parent.iterdir())) > len(before)
    finally:
        till.close()


def test_a_recovery_goes_on_selling(tmp_path: Path) -> None:
    till = Till(tmp_path)
    try:
        till.begin()
        number = till.sell(RICE, total_fen=300).sale.receipt_number
        before = till.shown()
        till.machinery.close()
        (tmp_path / "data" / "till.db").write_bytes(b"damaged" * 1_000)
        till.machinery = till.new_machinery()
        with pytest.raises(TillfoldError) as caught:
            till.machinery.start()
        assert caught.value.code is ErrorCode.DATABASE_DAMAGED
        assert till.machinery.rebuild() is ErrorCode.DATABASE_DAMAGED
        assert till.shown() == before
        assert till.sell(RICE, total_fen=300).sale.receipt_number > number
        till.restart()
    finally:
        till.close()
