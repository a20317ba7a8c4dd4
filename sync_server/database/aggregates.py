"""The folded state of a brand: aggregates with their versions, and the feed read from them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    decode_aggregate,
    encode_aggregate,
    scope_of,
)
from domain.identifiers import BrandId, StoreId
from domain.protocol import FeedRow
from sync_server.database.statements import in_parts, is_one_of, upsert
from sync_server.database.tables import aggregate

# A page stops here, far below the largest answer, whatever the number of its rows.
LARGEST_PAGE_BYTES: Final = 16 * 1024 * 1024
_READ_AT_ONCE: Final = 500


class Held(msgspec.Struct, frozen=True):
    version: int
    state: Aggregate


class AggregateRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    kind: str
    id: str
    scope: str
    version: int
    body: bytes


def load(
    connection: Connection, brand_id: BrandId, keys: Iterable[AggregateKey]
) -> dict[AggregateKey, Held]:
    """The aggregates at `keys`, those that are there."""
    found: dict[AggregateKey, Held] = {}
    for kind, ids in _by_kind(keys):
        rows = connection.execute(
            select(aggregate.c.id, aggregate.c.version, aggregate.c.body).where(
                *_at(brand_id, kind), is_one_of(connection, aggregate.c.id, ids)
            )
        )
        for row in rows:
            key = AggregateKey(kind, row.id)
            found[key] = Held(row.version, decode_aggregate(kind, row.body))
    return found


def changed_since(
    connection: Connection,
    brand_id: BrandId,
    keys: Iterable[AggregateKey],
    held: Mapping[AggregateKey, Held],
) -> list[AggregateKey]:
    """Those of `keys` that another writer has made or changed since `held` was read."""
    changed = []
    for kind, ids in _by_kind(keys):
        rows = connection.execute(
            select(aggregate.c.id, aggregate.c.version).where(
                *_at(brand_id, kind), is_one_of(connection, aggregate.c.id, ids)
            )
        )
        for row in rows:
            key = AggregateKey(kind, row.id)
            before = held.get(key)
            if before is None or before.version != row.version:
                changed.append(key)
    return changed


def store(
    connection: Connection,
    brand_id: BrandId,
    states: Mapping[AggregateKey, Aggregate],
    *,
    last_version: int,
) -> None:
    """Write aggregates back, each under a version of its own; the last one is `last_version`."""
    first = last_version - len(states) + 1
    rows = [
        AggregateRow(
            brand_id=brand_id,
            kind=key.kind.value,
            id=key.id,
            scope=scope_of(states[key]) or "",
            version=version,
            body=encode_aggregate(states[key]),
        )
        for version, key in enumerate(sorted(states), start=first)
    ]
    upsert(connection, aggregate, rows)


def changed_rows(
    connection: Connection, brand_id: BrandId, store_id: StoreId, *, cursor: int, limit: int
) -> tuple[list[FeedRow], bool]:
    """Rows of the brand's and the store's scope above `cursor` by version; whether more follow."""
    both = union_all(*(_part(brand_id, scope, cursor, limit) for scope in ("", store_id)))
    parts = both.subquery()
    rows: list[FeedRow] = []
    size = 0
    with connection.execute(
        select(parts).order_by(parts.c.version).limit(limit + 1),
        execution_options={"yield_per": _READ_AT_ONCE},
    ) as found:
        for row in found:
            size += len(row.body)
            if len(rows) == limit or (rows and size > LARGEST_PAGE_BYTES):
                return rows, True
            rows.append(FeedRow(row.kind, row.id, row.version, row.body))
    return rows, False


def _part(
    brand_id: BrandId, scope: str, cursor: int, limit: int
) -> "Select[tuple[str, str, int, bytes]]":
    """One scope's rows; apart, so that each is a walk along the index."""
    walk = (
        select(aggregate.c.kind, aggregate.c.id, aggregate.c.version, aggregate.c.body)
        .where(
            aggregate.c.brand_id == brand_id,
            aggregate.c.scope == scope,
            aggregate.c.version > cursor,
        )
        .order_by(aggregate.c.version)
        .limit(limit + 1)
        .subquery()
    )
    return select(walk.c.kind, walk.c.id, walk.c.version, walk.c.body)


def list_kind(
    connection: Connection, brand_id: BrandId, kind: AggregateKind, *, after: str, limit: int
) -> list[Aggregate]:
    """Aggregates of one kind by id, from the one behind `after` on."""
    rows = connection.execute(
        select(aggregate.c.body)
        .where(*_at(brand_id, kind), aggregate.c.id > after)
        .order_by(aggregate.c.id)
        .limit(limit)
    )
    return [decode_aggregate(kind, row.body) for row in rows]


def count_kind(connection: Connection, brand_id: BrandId, kind: AggregateKind) -> int:
    found = connection.execute(
        select(func.count()).select_from(aggregate).where(*_at(brand_id, kind))
    )
    return int(found.scalar_one())


def _at(brand_id: BrandId, kind: AggregateKind) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return aggregate.c.brand_id == brand_id, aggregate.c.kind == kind.value


def _by_kind(keys: Iterable[AggregateKey]) -> Iterable[tuple[AggregateKind, Sequence[str]]]:
    ids: dict[AggregateKind, list[str]] = {}
    for key in sorted(keys):
        ids.setdefault(key.kind, []).append(key.id)
    for kind, of_kind in ids.items():
        for part in in_parts(of_kind):
            yield kind, part
