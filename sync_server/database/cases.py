"""Cases as they were derived from the state, open and closed."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select

from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.cases import Case
from domain.identifiers import BrandId
from sync_server.database.statements import in_parts, is_postgresql, named, upsert
from sync_server.database.tables import case_record

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Case)


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`source` is the aggregate that the case was derived from."""

    source: AggregateKey
    case: Case
    opened_ms: int
    closed_ms: int | None = None


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    case_id: str
    source_kind: str
    source_id: str
    kind: str
    body: bytes
    opened_ms: int
    closed_ms: int | None


def of_sources(
    connection: Connection, brand_id: BrandId, sources: Iterable[AggregateKey]
) -> dict[str, CaseRecord]:
    """All cases, open or closed, that were derived from these aggregates, by case id."""
    ids: dict[str, list[str]] = {}
    for source in sources:
        ids.setdefault(source.kind.value, []).append(source.id)
    found: dict[str, CaseRecord] = {}
    for kind, of_kind in ids.items():
        for part in in_parts(of_kind):
            rows = connection.execute(
                _of_sources(on_postgresql=is_postgresql(connection)),
                {"of_brand": brand_id, "of_kind": kind, "ids": part},
            )
            found.update({row.case_id: _record(row) for row in rows})
    return found


@cache
def _of_sources(*, on_postgresql: bool) -> "Select[Any]":
    """Built once: each fold asks it."""
    return select(case_record).where(
        case_record.c.brand_id == bindparam("of_brand"),
        case_record.c.source_kind == bindparam("of_kind"),
        named(case_record.c.source_id, "ids", on_postgresql=on_postgresql),
    )


def store(connection: Connection, brand_id: BrandId, records: Iterable[CaseRecord]) -> None:
    rows = [
        CaseRow(
            brand_id=brand_id,
            case_id=record.case.case_id,
            source_kind=record.source.kind.value,
            source_id=record.source.id,
            kind=record.case.kind.value,
            body=_encoder.encode(record.case),
            opened_ms=record.opened_ms,
            closed_ms=record.closed_ms,
        )
        for record in records
    ]
    upsert(connection, case_record, rows)


def find(connection: Connection, brand_id: BrandId, case_id: str) -> CaseRecord | None:
    rows = connection.execute(
        select(case_record).where(
            case_record.c.brand_id == brand_id, case_record.c.case_id == case_id
        )
    )
    row = rows.one_or_none()
    return _record(row) if row else None


def list_cases(
    connection: Connection, brand_id: BrandId, state: CaseState, *, after: str, limit: int
) -> list[CaseRecord]:
    """Newest first, from the case behind `after` on."""
    conditions = [case_record.c.brand_id == brand_id, *_in_state(state)]
    if after:
        opened_ms = (
            select(case_record.c.opened_ms)
            .where(case_record.c.brand_id == brand_id, case_record.c.case_id == after)
            .scalar_subquery()
        )
        conditions.append(
            or_(
                case_record.c.opened_ms < opened_ms,
                and_(case_record.c.opened_ms == opened_ms, case_record.c.case_id > after),
            )
        )
    rows = connection.execute(
        select(case_record)
        .where(*conditions)
        .order_by(case_record.c.opened_ms.desc(), case_record.c.case_id)
        .limit(limit)
    )
    return [_record(row) for row in rows]


def count_open(connection: Connection, brand_id: BrandId) -> int:
    found = connection.execute(
        select(func.count())
        .select_from(case_record)
        .where(case_record.c.brand_id == brand_id, *_in_state(CaseState.OPEN))
    )
    return int(found.scalar_one())


def _in_state(state: CaseState) -> list[ColumnElement[bool]]:
    if state is CaseState.OPEN:
        return [case_record.c.closed_ms.is_(None)]
    return [case_record.c.closed_ms.is_not(None)] if state is CaseState.CLOSED else []


def _record(row: Row[tuple[object, ...]]) -> CaseRecord:
    case = _decoder.decode(row.body)
    source = AggregateKey(AggregateKind(row.source_kind), row.source_id)
    return CaseRecord(source=source, case=case, opened_ms=row.opened_ms, closed_ms=row.closed_ms)
