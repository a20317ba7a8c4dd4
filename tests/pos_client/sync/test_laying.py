"""A page of the feed goes down in one transaction, but gives way to whoever wants the storage."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from domain.fold.aggregates import AggregateKind, Member, encode_aggregate
from domain.identifiers import MemberId
from domain.protocol import FeedPage, FeedRow
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, read_sync_state
from pos_client.storage.thread import StorageThread
from pos_client.sync.laying import ROWS_AT_ONCE, lay_page
from tests.builders.terminal import START_MS
from tests.builders.till import DEADLINE_S, TillFiles, shown

ROWS = 2 * ROWS_AT_ONCE + 1


def long_page() -> FeedPage:
    rows = (
        FeedRow(
            AggregateKind.MEMBER,
            f"m{number}",
            number,
            encode_aggregate(Member(member_id=MemberId(f"m{number}"))),
        )
        for number in range(1, ROWS + 1)
    )
    return FeedPage(
        history="h1",
        rows=tuple(rows),
        next_cursor=ROWS,
        head=ROWS,
        more=False,
        acknowledged_epoch=1,
        acknowledged=0,
        server_time_ms=START_MS,
    )


def held(store: Store) -> SyncState:
    with store.read() as connection:
        return read_sync_state(connection)


def test_a_page_gives_way_to_whoever_waits_and_goes_on_behind_what_it_laid(tmp_path: Path) -> None:
    page = long_page()
    with TillFiles(tmp_path).created() as store:
        laid, state = lay_page(store, page=page, start=0, is_wanted=lambda: True)
        assert (laid, state) == (ROWS_AT_ONCE, None)
        assert len(shown(store)) == ROWS_AT_ONCE
        assert held(store) == SyncState()
        laid, state = lay_page(store, page=page, start=laid, is_wanted=lambda: False)
        assert laid == len(shown(store)) == ROWS
        assert state == held(store)
        assert held(store).cursor == ROWS


def test_a_page_that_nobody_waits_for_is_one_transaction(tmp_path: Path) -> None:
    changes: list[int] = []
    with TillFiles(tmp_path).created() as store:
        store.on_changed = lambda changed: changes.append(len(changed))
        lay_page(store, page=long_page(), start=0, is_wanted=lambda: False)
    assert changes == [ROWS]


def test_work_that_waits_is_seen_by_the_work_before_it(tmp_path: Path) -> None:
    storage = StorageThread()
    with TillFiles(tmp_path).created() as store, ThreadPoolExecutor(1) as somebody:
        storage.adopt(store)
        assert not storage.run(lambda _store: storage.is_wanted())

        def work(_store: Store) -> tuple[Future[None], bool]:
            behind = somebody.submit(storage.run, lambda _store: None)
            deadline = time.monotonic() + DEADLINE_S
            while not storage.is_wanted() and time.monotonic() < deadline:
                pass
            return behind, storage.is_wanted()

        behind, was_wanted = storage.run(work)
        assert was_wanted
        behind.result(DEADLINE_S)
        assert not storage.run(lambda _store: storage.is_wanted())
    storage.close()
