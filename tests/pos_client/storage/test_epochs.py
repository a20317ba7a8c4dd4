"""A branch of the journal is written again in a new epoch: once, whatever happens meanwhile."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.entries import GENESIS, decode_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact
from domain.fold.aggregates import AggregateKind
from domain.protocol import EpochGrant
from pos_client.storage.epochs import told_hashes, written_again
from pos_client.storage.journal import SealedEntry, read_hash
from pos_client.storage.second_journal import encode_record
from pos_client.storage.store import Store
from pos_client.storage.tables import journal, superseded
from pos_client.storage.verification import verify
from tests.builders.facts import sale
from tests.builders.till import IDENTITY, TillFiles, shown, write
from tests.pos_client.storage.looking import FACTS


def grant_of(store: Store, agreed: int, *, epoch: int = 2, from_epoch: int = 1) -> EpochGrant:
    with store.read() as connection:
        held = read_hash(connection, epoch=from_epoch, number=agreed)
    return EpochGrant(
        brand=IDENTITY.brand,
        terminal=IDENTITY.terminal,
        from_epoch=from_epoch,
        agreed=agreed,
        agreed_hash=held or GENESIS,
        held=99,
        epoch=epoch,
        asked=store.head.hash,
        server_time_ms=0,
    )


def again(store: Store, grant: EpochGrant) -> list[SealedEntry]:
    with store.read() as connection:
        return written_again(connection, grant, identity=store.identity, signer=store.signer)


def begin(store: Store, grant: EpochGrant) -> None:
    entries = again(store, grant)
    with store.write() as writing:
        store.add(writing, entries)


def places(store: Store) -> list[tuple[int, int]]:
    with store.read() as connection:
        rows = connection.execute(
            select(journal.c.epoch, journal.c.number).order_by(journal.c.epoch, journal.c.number)
        )
        return [(row.epoch, row.number) for row in rows]


def left(store: Store) -> int:
    with store.read() as connection:
        return len(connection.execute(select(superseded.c.number)).all())


def points(store: Store) -> dict[str, int]:
    members = [value for key, value in shown(store).items() if key.kind is AggregateKind.MEMBER]
    return {member.member_id: member.points for member in members}  # type: ignore[union-attr]


def test_a_branch_that_is_written_again_counts_once_and_keeps_its_stamps(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before = points(store)
        entries = again(store, grant_of(store, 2))
        assert [one.entry.stamp for one in entries[1:]] == stamps(store)[2:]
        begin(store, grant_of(store, 2))
        assert points(store) == before
        assert places(store) == [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)]
        assert left(store) == 2
        assert verify(store).findings == []
        write(store, [sale("sale-3", member="member-1", earned=1)])
        assert store.head.number == 4
        after = shown(store)
    with files.opened() as opened:
        assert opened.notice is None
        assert shown(opened.store) == after


def stamps(store: Store) -> list[int]:
    with store.read() as connection:
        rows = connection.scalars(
            select(journal.c.content).order_by(journal.c.epoch, journal.c.number)
        )
        return [decode_entry(content).stamp for content in rows]


def test_the_same_branch_gives_the_same_bytes(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        one = again(store, grant_of(store, 1))
        files.clock.advance(60_000)
        write(store, [sale("sale-3")])
        other = again(store, grant_of(store, 1))
    assert [each.signed for each in other[: len(one)]] == [each.signed for each in one]
    assert len(other) == len(one) + 1


@pytest.mark.parametrize("entries", [1, 2, 3])
def test_a_crash_before_the_commit_is_made_good_at_the_next_start(
    files: TillFiles, entries: int
) -> None:
    """The second journal has the new epoch, or a part of it, the database does not."""
    with files.created(FACTS) as store:
        before = points(store)
        sealed = again(store, grant_of(store, 2))[:entries]
        store.second_journal.append([encode_record(one.signed) for one in sealed])
    with files.opened() as opened:
        assert places(opened.store)[2:] == [(2, number) for number in range(1, entries + 1)]
        assert verify(opened.store).findings == []
        if entries == len(sealed) == 3:
            assert points(opened.store) == before


def test_a_crash_before_the_second_journal_has_it_is_made_good_at_the_next_start(
    files: TillFiles,
) -> None:
    with files.created(FACTS) as store:
        end = store.second_journal.position
        begin(store, grant_of(store, 2))
        after = shown(store)
        store.second_journal.cut_back(end)
    with files.opened() as opened:
        assert shown(opened.store) == after
        assert verify(opened.store).findings == []
    files.place.database.unlink()
    with files.rebuilt() as opened:
        assert shown(opened.store) == after


def test_a_rebuild_from_the_second_journal_counts_a_branch_once(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        begin(store, grant_of(store, 3))
        write(store, [sale("sale-3", member="member-2", earned=3)])
        begin(store, grant_of(store, 1, epoch=3, from_epoch=2))
        after, held = shown(store), places(store)
    files.place.database.unlink()
    with files.rebuilt() as opened:
        assert shown(opened.store) == after
        assert places(opened.store) == held
        assert verify(opened.store).findings == []


FACTS_MORE: Sequence[Fact] = [
    *FACTS,
    *(sale(f"more-{number}", member="member-1", earned=number) for number in range(4)),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(agreed=st.lists(st.integers(0, 7), min_size=1, max_size=4))
def test_however_often_it_forks_each_fact_counts_once(
    tmp_path_factory: pytest.TempPathFactory, agreed: list[int]
) -> None:
    files = TillFiles(tmp_path_factory.mktemp("till"))
    with files.created(FACTS_MORE) as store:
        before, facts = points(store), len(FACTS_MORE)
        for epoch, place in enumerate(agreed, start=2):
            head = store.head
            fork = grant_of(store, min(place, head.number - 1), epoch=epoch, from_epoch=head.epoch)
            begin(store, fork)
            assert points(store) == before
            assert facts_in(store) == facts
        after = shown(store)
        assert verify(store).findings == []
    files.place.database.unlink()
    with files.rebuilt() as opened:
        assert shown(opened.store) == after


def facts_in(store: Store) -> int:
    with store.read() as connection:
        contents = list(connection.scalars(select(journal.c.content)))
    kinds = [decode_entry(content).kind for content in contents]
    return sum(1 for kind in kinds if kind != "epoch_begun")


def test_a_grant_that_does_not_fit_this_journal_changes_nothing(files: TillFiles) -> None:
    with files.created(FACTS) as store:
        before, held = shown(store), places(store)
        fit = grant_of(store, 2)
        for grant in (
            grant_of(store, 4),
            grant_of(store, 2, epoch=1),
            EpochGrant(**{f: getattr(fit, f) for f in fit.__struct_fields__} | {"agreed": 3}),
        ):
            with pytest.raises(TillfoldError) as caught:
                begin(store, grant)
            assert caught.value.code is ErrorCode.SERVER_GARBLED
        assert (shown(store), places(store)) == (before, held)


def test_a_till_tells_the_hashes_of_one_epoch(files: TillFiles) -> None:
    with files.created(FACTS) as store, store.read() as connection:
        told = told_hashes(connection, 1)
        assert (told.first, len(told.hashes)) == (1, 32 * len(FACTS))
        assert told.hashes[-32:] == store.head.hash
        with pytest.raises(TillfoldError):
            told_hashes(connection, 2)
