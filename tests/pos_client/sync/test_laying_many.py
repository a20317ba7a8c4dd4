"""Many rows at once: the sum over what the feed brought is right whatever was there before."""

from pathlib import Path

import pytest

from domain.digests import add_digests, row_digest
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Member, encode_aggregate
from domain.identifiers import MemberId
from domain.protocol import FeedPage, FeedRow
from pos_client.storage.feed_check import own_sum
from pos_client.storage.store import Store
from pos_client.storage.tables import aggregate
from pos_client.sync.laying import lay_page
from tests.builders.terminal import START_MS
from tests.builders.till import TillFiles

ROWS = 2_200


def row(number: int, version: int) -> FeedRow:
    member = Member(member_id=MemberId(f"m{number}"), spends=())
    return FeedRow(AggregateKind.MEMBER, f"m{number}", version, encode_aggregate(member))


def page_of(rows: list[FeedRow]) -> FeedPage:
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


def lay(store: Store, rows: list[FeedRow]) -> None:
    lay_page(store, page=page_of(rows), start=0, is_wanted=lambda: False)


def sums(store: Store) -> tuple[int, int]:
    """The sum that is kept, and what the rows add up to."""
    with store.read() as connection:
        rows = connection.execute(
            aggregate.select().with_only_columns(
                aggregate.c.kind, aggregate.c.id, aggregate.c.version, aggregate.c.body
            )
        )
        digests = [row_digest(kind, i, version=v, body=body) for kind, i, v, body in rows]
        return own_sum(connection), add_digests(*digests)


def summing(store: Store) -> list[str]:
    with store.read() as connection:
        found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        return sorted(found.scalars())


NEW = [row(number, number + 1) for number in range(ROWS)]


@pytest.mark.parametrize(
    "before",
    [[], NEW[:700], NEW[3:9], NEW[-1:], [row(number, 5_000 - number) for number in range(ROWS)]],
    ids=["nothing", "as after a crash", "some", "the last", "all of them otherwise"],
)
def test_the_sum_is_that_of_the_rows(tmp_path: Path, before: list[FeedRow]) -> None:
    with TillFiles(tmp_path).created() as store:
        triggers = summing(store)
        lay(store, before)
        lay(store, NEW)
        kept, added = sums(store)
        assert kept == added == add_digests(*map(digest, NEW))
        assert summing(store) == triggers


def digest(one: FeedRow) -> int:
    return row_digest(one.kind, one.id, version=one.version, body=one.body or b"")


def test_rows_that_come_twice_and_rows_that_go_count_once(tmp_path: Path) -> None:
    again = [row(7, 9_000), *(FeedRow(AggregateKind.MEMBER, f"m{n}", 9_001, None) for n in (1, 2))]
    with TillFiles(tmp_path).created() as store:
        lay(store, [*NEW[:450], *again, *NEW[450:]])
        kept, added = sums(store)
        assert kept == added


def test_a_page_that_breaks_off_leaves_the_sum_and_its_keeper(tmp_path: Path) -> None:
    with TillFiles(tmp_path).created() as store:
        lay(store, NEW[:10])
        before, triggers = sums(store), summing(store)
        with pytest.raises(TillfoldError) as caught:
            lay(store, [*NEW, FeedRow(AggregateKind.MEMBER, "x", 9_000, b"\xc1")])
        assert caught.value.code is ErrorCode.SERVER_GARBLED
        assert (sums(store), summing(store)) == (before, triggers)
        lay(store, [row(3, 9_000)])
        kept, added = sums(store)
        assert kept == added
