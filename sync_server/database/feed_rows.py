"""What a till has not got yet: rows, members that became interesting, and what is gone.

Each part of the feed is read along an index by the version that counts for it: a row's own, a
tombstone's, and for the rows that a member had when she became interesting, that moment's. So rows
that are older than a till's cursor still arrive (the fault of WatermelonDB 1264).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, select, union_all

from domain.identifiers import BrandId, StoreId
from domain.protocol import FeedRow
from sync_server.database.brands import Brand, MemberFeed
from sync_server.database.feed_sums import EVERYWHERE, MEMBERS, interest_place
from sync_server.database.interests import interests_after
from sync_server.database.statements import in_parts, is_one_of
from sync_server.database.tables import aggregate, interest
from sync_server.database.tombstones import tombstones_after

# A page stops here, far below the largest answer, whatever the number of its rows.
LARGEST_PAGE_BYTES: Final = 16 * 1024 * 1024
_READ_AT_ONCE: Final = 500
_MEMBERS_AT_ONCE: Final = 200
_COLUMNS: Final = (aggregate.c.kind, aggregate.c.id, aggregate.c.version, aggregate.c.body)


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Whose feed it is: the tills of one store all get the same."""

    brand_id: BrandId
    store_id: StoreId
    by_interest: bool

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of which every row is for this reader."""
        members = () if self.by_interest else (MEMBERS,)
        return (EVERYWHERE, *members, self.store_id)

    @property
    def places(self) -> dict[str, str]:
        """Where its rows are added up, by what tills call it."""
        members = interest_place(self.store_id) if self.by_interest else MEMBERS
        return {"brand": EVERYWHERE, "members": members, "store": self.store_id}


def reader_of(brand: Brand, store_id: StoreId) -> Reader:
    by_interest = brand.member_feed == MemberFeed.INTEREST
    return Reader(brand_id=brand.brand_id, store_id=store_id, by_interest=by_interest)


class Strand(msgspec.Struct):
    """Rows that belong behind the same cursor, by that cursor; `more` where there are others."""

    groups: list[tuple[int, Sequence[FeedRow]]]
    more: bool = False


def next_rows(
    connection: Connection, reader: Reader, *, cursor: int, began: int, limit: int
) -> tuple[list[FeedRow], int | None]:
    """Rows above `cursor` and the cursor behind them; None where nothing is left.

    Tombstones up to `began` are of no use to a reader that had nothing then. A member's rows stay
    together, also where they are more than `limit`.
    """
    strands = [
        _rows_of_scopes(connection, reader, cursor, limit),
        _gone(connection, reader, max(cursor, began), limit),
    ]
    if reader.by_interest:
        strands.append(_rows_of_new_members(connection, reader, cursor, limit))
    ends = [strand.groups[-1][0] for strand in strands if strand.more]
    end = min(ends, default=None)
    groups = (group for strand in strands for group in strand.groups)
    in_order = sorted(groups, key=lambda group: group[0])
    return _page([group for group in in_order if end is None or group[0] <= end], end, limit)


def _page(
    groups: Iterable[tuple[int, Sequence[FeedRow]]], end: int | None, limit: int
) -> tuple[list[FeedRow], int | None]:
    rows: list[FeedRow] = []
    last, size = 0, 0
    for version, group in groups:
        size += _size(group)
        full = len(rows) + len(group) > limit or size > LARGEST_PAGE_BYTES
        if rows and full and version > last:
            return rows, last
        rows += group
        last = version
    return rows, end


def _size(rows: Iterable[FeedRow]) -> int:
    return sum(len(row.body) for row in rows if row.body is not None)


def _rows_of_scopes(connection: Connection, reader: Reader, cursor: int, limit: int) -> Strand:
    strand, size = Strand([]), 0
    with connection.execute(
        _walk_of_scopes(len(reader.scopes), by_interest=reader.by_interest),
        {
            **{f"scope_{number}": scope for number, scope in enumerate(reader.scopes)},
            "of_brand": reader.brand_id,
            "of_store": reader.store_id,
            "of_members": MEMBERS,
            "after": cursor,
            "most": limit + 1,
        },
        execution_options={"yield_per": _READ_AT_ONCE},
    ) as found:
        for row in found:
            size += len(row.body)
            if len(strand.groups) == limit or (strand.groups and size > LARGEST_PAGE_BYTES):
                strand.more = True
                break
            strand.groups.append((row.version, (FeedRow(*row),)))
    return strand


@cache
def _walk_of_scopes(scopes: int, *, by_interest: bool) -> "Select[Any]":
    """Each scope's rows apart, so that each is a walk along the index.

    To build this takes longer than to answer it, so it is built once.
    """
    walks = [_limited(select(*_COLUMNS), f"scope_{number}") for number in range(scopes)]
    if by_interest:
        walks.append(_walk_of_members())
    parts = union_all(*walks).subquery()
    return select(parts).order_by(parts.c.version).limit(bindparam("most"))


def _walk_of_members() -> "Select[Any]":
    """Rows of interesting members that changed since they are so."""
    wanted = _of_interest(bindparam("of_brand"), bindparam("of_store"), *_COLUMNS)
    return _limited(wanted.where(aggregate.c.version >= interest.c.since), "of_members")


def _limited(wanted: "Select[Any]", scope: str) -> "Select[Any]":
    walk = (
        wanted.where(
            aggregate.c.brand_id == bindparam("of_brand"),
            aggregate.c.scope == bindparam(scope),
            aggregate.c.version > bindparam("after"),
        )
        .order_by(aggregate.c.version)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(walk.c.kind, walk.c.id, walk.c.version, walk.c.body)


def _gone(connection: Connection, reader: Reader, cursor: int, limit: int) -> Strand:
    rows = tombstones_after(
        connection, reader.brand_id, reader.store_id, cursor=cursor, limit=limit + 1
    )
    groups = [(row.version, (row,)) for row in rows[:limit]]
    return Strand(list(groups), more=len(rows) > limit)


def _rows_of_new_members(connection: Connection, reader: Reader, cursor: int, limit: int) -> Strand:
    """What members had before they became interesting, a group a member."""
    new = interests_after(
        connection, reader.brand_id, reader.store_id, cursor=cursor, limit=limit + 1
    )
    strand, count, size = Strand([], more=len(new) > limit), 0, 0
    for some in in_parts(new[:limit], _MEMBERS_AT_ONCE):
        rows = owned_rows(connection, reader.brand_id, [one.member_id for one in some])
        for one in some:
            before = [row for row in rows.get(one.member_id, ()) if row.version < one.since]
            strand.groups.append((one.since, before))
            count, size = count + len(before), size + _size(before)
        if count > limit or size > LARGEST_PAGE_BYTES:
            strand.more = strand.groups[-1][0] < new[-1].since
            break
    return strand


def owned_rows(
    connection: Connection, brand_id: BrandId, member_ids: Iterable[str]
) -> dict[str, list[FeedRow]]:
    """All rows of members, by member."""
    found: dict[str, list[FeedRow]] = {}
    for part in in_parts(sorted(set(member_ids))):
        rows = connection.execute(
            select(aggregate.c.owner, *_COLUMNS)
            .where(
                aggregate.c.brand_id == brand_id,
                aggregate.c.owner != "",
                is_one_of(connection, aggregate.c.owner, part),
            )
            .order_by(aggregate.c.version)
        )
        for owner, *row in rows:
            found.setdefault(owner, []).append(FeedRow(*row))
    return found


def reader_digests(connection: Connection, reader: Reader) -> Iterable[tuple[str, str, int]]:
    """Every row that the reader's tills hold, as (kind, id, digest)."""
    columns = (aggregate.c.kind, aggregate.c.id, aggregate.c.digest)
    own: Select[Any] = select(*columns).where(
        aggregate.c.brand_id == reader.brand_id, aggregate.c.scope.in_(reader.scopes)
    )
    statements = [own]
    if reader.by_interest:
        statements.append(_of_interest(reader.brand_id, reader.store_id, *columns))
    for statement in statements:
        with connection.execute(statement, execution_options={"yield_per": 5_000}) as rows:
            for row in rows:
                yield row.kind, row.id, row.digest


def all_rows(connection: Connection, brand_id: BrandId) -> Iterable[Any]:
    """Every row of a brand with its digest."""
    wanted: Select[Any] = select(*_COLUMNS, aggregate.c.digest)
    return _streamed(connection, wanted.where(aggregate.c.brand_id == brand_id))


def all_digests(connection: Connection, brand_id: BrandId) -> Iterable[Any]:
    """Every row's digest, with its scope."""
    wanted: Select[Any] = select(aggregate.c.scope, aggregate.c.digest)
    return _streamed(connection, wanted.where(aggregate.c.brand_id == brand_id))


def all_interesting_digests(connection: Connection, brand_id: BrandId) -> Iterable[Any]:
    """The digests of members' rows, once for each store to which a member is interesting."""
    wanted: Select[Any] = select(interest.c.store_id, aggregate.c.digest).join(
        aggregate,
        (aggregate.c.brand_id == interest.c.brand_id)
        & (aggregate.c.owner == interest.c.member_id)
        & (aggregate.c.owner != ""),
    )
    return _streamed(connection, wanted.where(interest.c.brand_id == brand_id))


def _streamed(connection: Connection, wanted: "Select[Any]") -> Iterable[Any]:
    with connection.execute(wanted, execution_options={"yield_per": 5_000}) as rows:
        yield from rows


def _of_interest(brand_id: Any, store_id: Any, *columns: object) -> "Select[Any]":  # noqa: ANN401 - values or their places
    wanted: Select[Any] = select(*columns)  # type: ignore[call-overload]
    return wanted.join(
        interest,
        (interest.c.brand_id == aggregate.c.brand_id)
        & (interest.c.member_id == aggregate.c.owner)
        & (interest.c.store_id == store_id),
    ).where(aggregate.c.brand_id == brand_id, aggregate.c.owner != "")


def rows_at(
    connection: Connection, reader: Reader, keys: Iterable[tuple[str, str]]
) -> list[FeedRow]:
    """Those of the rows at (kind, id) that are the reader's."""
    by_kind: dict[str, list[str]] = {}
    for kind, row_id in keys:
        by_kind.setdefault(kind, []).append(row_id)
    found: list[FeedRow] = []
    for kind, ids in sorted(by_kind.items()):
        for part in in_parts(sorted(ids)):
            found += _at(connection, reader, kind, part)
    return found


def _at(connection: Connection, reader: Reader, kind: str, ids: Sequence[str]) -> list[FeedRow]:
    here = (
        aggregate.c.brand_id == reader.brand_id,
        aggregate.c.kind == kind,
        is_one_of(connection, aggregate.c.id, ids),
    )
    own: Select[Any] = select(*_COLUMNS).where(*here, aggregate.c.scope.in_(reader.scopes))
    statements = [own]
    if reader.by_interest:
        interesting = _of_interest(reader.brand_id, reader.store_id, *_COLUMNS)
        statements.append(interesting.where(*here))
    return [FeedRow(*row) for statement in statements for row in connection.execute(statement)]
