"""The till's own journal: numbered, chained, signed."""

import pytest
from sqlalchemy import delete, select, update

from domain.configuration import Staff
from domain.entries import GENESIS, Entry, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, StaffAppointed, decode_fact
from domain.identifiers import StaffId, StoreId
from domain.rights import CASHIER
from domain.signatures import Signer, Verifier
from domain.stamps import milliseconds_of
from pos_client.storage.journal import (
    count_entries_after,
    has_gap,
    read_entries_after,
    read_head,
)
from pos_client.storage.store import Store
from pos_client.storage.tables import journal
from tests.builders.facts import enrolled, sale
from tests.builders.till import MANAGER, TillFiles, staffed, write

FACTS: list[Fact] = [enrolled(), sale(member="member-1"), sale("sale-2")]


def entries(store: Store) -> list[tuple[Entry, bytes, bytes, bytes]]:
    with store.read() as connection:
        rows = connection.execute(select(journal).order_by(journal.c.epoch, journal.c.number)).all()
    return [(decode_entry(row.content), row.content, row.signature, row.hash) for row in rows]


def test_numbers_have_no_gap_and_each_entry_names_the_hash_before(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        write(store, [sale("sale-3")])
        held = entries(store)
    assert [entry.number for entry, *_ in held] == [1, 2, 3, 4]
    before = GENESIS
    for entry, content, _, hash_ in held:
        assert entry.prev_hash == before
        before = hash_entry(content)
        assert hash_ == before


def test_every_entry_is_signed_with_the_tills_key(files: TillFiles) -> None:
    verifier = Verifier(Signer(files.secrets.signing_seed).public_key)
    with files.created(FACTS) as store:
        assert all(
            verifier.accepts(content, signature) for _, content, signature, _ in entries(store)
        )
        assert not verifier.accepts(b"other", entries(store)[0][2])


def test_an_entry_says_who_where_and_when(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        entry = entries(store)[0][0]
    assert (entry.brand, entry.store, entry.terminal) == ("brand", "A", "till-1")
    assert (entry.epoch, entry.actor, entry.approver) == (1, MANAGER, None)
    assert milliseconds_of(entry.stamp) == files.clock.wall_ms
    assert decode_fact(entry.kind, entry.schema, entry.body) == FACTS[0]


def test_the_chain_goes_on_after_a_restart(files: TillFiles) -> None:
    with files.created(FACTS):
        pass
    with files.opened() as opened:
        write(opened.store, [sale("sale-4")])
        held = entries(opened.store)
    assert held[3][0].number == 4
    assert held[3][0].prev_hash == held[2][3]


def test_stamps_rise_in_one_millisecond_and_when_the_clock_is_set_back(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        files.clock.set_wall(files.clock.wall_ms - 86_400_000)
        write(store, [sale("sale-3")])
    with files.opened() as opened:
        write(opened.store, [sale("sale-4")])
        stamps = [entry.stamp for entry, *_ in entries(opened.store)]
    assert stamps == sorted(set(stamps))


def test_a_missing_number_is_seen(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        with store.read() as connection:
            assert not has_gap(connection)
        with store.write() as writing:
            writing.connection.execute(delete(journal).where(journal.c.number == 2))
        with store.read() as connection:
            assert has_gap(connection)
    with pytest.raises(TillfoldError) as caught:
        files.opener.open()
    assert caught.value.code is ErrorCode.DATABASE_DAMAGED


def test_an_empty_journal_and_a_second_epoch_have_no_gap(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        with store.write() as writing:
            writing.connection.execute(update(journal).values(epoch=2))
        with store.read() as connection:
            assert not has_gap(connection)
            assert read_head(connection, 1).epoch == 2
            assert count_entries_after(connection, epoch=1, number=99) == 3
        with store.write() as writing:
            writing.connection.execute(delete(journal))
        with store.read() as connection:
            assert not has_gap(connection)
            assert read_head(connection, 7).hash == GENESIS


def test_entries_are_read_in_order_and_in_portions(files: TillFiles) -> None:
    with files.created(FACTS) as store, store.read() as connection:
        first = read_entries_after(connection, epoch=1, number=0, limit=2)
        rest = read_entries_after(connection, epoch=1, number=2, limit=2)
        assert [decode_entry(each.content).number for each in first + rest] == [1, 2, 3]
        assert count_entries_after(connection, epoch=1, number=1) == 2


def test_a_fact_that_nobody_could_read_back_is_not_written(files: TillFiles) -> None:
    """It would be set aside by the server, and no rebuild could get past it."""
    name_too_long = Staff(staff_id=StaffId("s"), name="长" * 121, role=CASHIER, pin_hash="x")
    with files.created(staffed()) as store:
        before = store.head
        with pytest.raises(TillfoldError) as caught:
            write(store, [StaffAppointed(store=StoreId("A"), staff=name_too_long)])
        assert caught.value.code is ErrorCode.FACT_MALFORMED
        assert store.head == before
        assert write(store, FACTS)[0].entry.number == 3
