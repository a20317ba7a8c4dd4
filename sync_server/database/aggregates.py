"""The folded state of a brand: aggregates with their versions."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from domain.digests import row_digest
from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    decode_aggregate,
    encode_aggregate,
    scope_of,
)
from domain.identifiers import BrandId
from sync_server.database.feed_sums import MEMBERS
from sync_server.database.statements import in_parts, is_postgresql, named, upsert
from sync_server.database.tables import aggregate


class Held(msgspec.Struct, frozen=True):
    """`scope`, `owner` and `digest` as in the table."""

    version: int
    state: Aggregate
    scope: str = ""
    owner: str = ""
    digest: int = 0


class AggregateRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    kind: str
    id: str
    scope: str
    version: int
    body: bytes
    owner: str
    digest: int


def load(
    connection: Connection, brand_id: BrandId, keys: Iterable[AggregateKey]
) -> dict[AggregateKey, Held]:
    """The aggregates at `keys`, those that are there."""
    found: dict[AggregateKey, Held] = {}
    for kind, ids in _by_kind(keys):
        asked = {"of_brand": brand_id, "of_kind": kind.value, "ids": ids}
        for row in connection.execute(_held(on_postgresql=is_postgresql(connection)), asked):
            state = decode_aggregate(kind, row.body)
            found[AggregateKey(kind, row.id)] = Held(
                row.version, state, row.scope, row.owner, row.digest
            )
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
        asked = {"of_brand": brand_id, "of_kind": kind.value, "ids": ids}
        for row in connection.execute(_versions(on_postgresql=is_postgresql(connection)), asked):
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
    owners: Mapping[AggregateKey, str],
    last_version: int,
) -> list[AggregateRow]:
    """Write aggregates back, each under a version of its own; the last one is `last_version`.

    `owners` names the members of aggregates that are some member's.
    """
    first = last_version - len(states) + 1
    rows = [
        _row(brand_id, key, states[key], owner=owners.get(key, ""), version=version)
        for version, key in enumerate(sorted(states), start=first)
    ]
    upsert(connection, aggregate, rows)
    return rows


def _row(
    brand_id: BrandId, key: AggregateKey, state: Aggregate, *, owner: str, version: int
) -> AggregateRow:
    body = encode_aggregate(state)
    return AggregateRow(
        brand_id=brand_id,
        kind=key.kind.value,
        id=key.id,
        scope=MEMBERS if owner else scope_of(state) or "",
        version=version,
        body=body,
        owner=owner,
        digest=row_digest(key.kind.value, key.id, version=version, body=body),
    )


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


@cache
def _held(*, on_postgresql: bool) -> "Select[Any]":
    """Built once, as each fold asks it: to build it takes longer than to answer it."""
    return select(
        aggregate.c.id,
        aggregate.c.version,
        aggregate.c.body,
        aggregate.c.scope,
        aggregate.c.owner,
        aggregate.c.digest,
    ).where(*_named_keys(on_postgresql=on_postgresql))


@cache
def _versions(*, on_postgresql: bool) -> "Select[Any]":
    columns = (aggregate.c.id, aggregate.c.version)
    return select(*columns).where(*_named_keys(on_postgresql=on_postgresql))


def _named_keys(*, on_postgresql: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        aggregate.c.brand_id == bindparam("of_brand"),
        aggregate.c.kind == bindparam("of_kind"),
        named(aggregate.c.id, "ids", on_postgresql=on_postgresql),
    )


def _at(brand_id: BrandId, kind: AggregateKind) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return aggregate.c.brand_id == brand_id, aggregate.c.kind == kind.value


def _by_kind(keys: Iterable[AggregateKey]) -> Iterable[tuple[AggregateKind, Sequence[str]]]:
    ids: dict[AggregateKind, list[str]] = {}
    for key in sorted(keys):
        ids.setdefault(key.kind, []).append(key.id)
    for kind, of_kind in ids.items():
        for part in in_parts(of_kind):
            yield kind, part
