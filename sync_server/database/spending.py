"""What may be spent of each subject: rows that are locked, brought in step, and taken from.

Order of locks: the brand's counter (if at all), subjects in their order, then allowances, holds and
tills. Whoever changes an allowance or a hold has locked its subject's row before.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    or_,
    select,
    update,
)

from domain.allowances.subjects import Subject, SubjectKind
from domain.identifiers import BrandId, MemberId, StoreId
from sync_server.database.spending_tables import (
    allowance,
    spending_hold,
    spending_name,
    spending_subject,
)
from sync_server.database.statements import (
    in_parts,
    insert_new,
    is_one_of,
    is_postgresql,
    named,
    upsert,
)


class SubjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """Of `balance`, `granted` is open at tills and `held` for sales under way."""

    brand_id: BrandId
    kind: SubjectKind
    id: str
    home_store: StoreId = StoreId("")
    balance: int = 0
    granted: int = 0
    held: int = 0
    forced: int = 0
    active_ms: int = 0

    @property
    def subject(self) -> Subject:
        return Subject(self.kind, self.id)

    @property
    def free(self) -> int:
        return max(0, self.balance - self.granted - self.held)


class NameRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    member_id: MemberId
    row_id: str


def lock(
    connection: Connection, brand_id: BrandId, subjects: Iterable[Subject]
) -> dict[Subject, SubjectRow]:
    """The rows, made where they are missing, held until the commit."""
    wanted = sorted(set(subjects))
    rows = [SubjectRow(brand_id=brand_id, kind=each.kind, id=each.id) for each in wanted]
    insert_new(connection, spending_subject, rows)
    locked: dict[Subject, SubjectRow] = {}
    for kind, ids in _by_kind(wanted):
        found = connection.execute(
            _lock(on_postgresql=is_postgresql(connection)),
            {"of_brand": brand_id, "of_kind": kind.value, "ids": ids},
        )
        locked.update({row.subject: row for row in map(_row, found.mappings())})
    return locked


def known(connection: Connection, brand_id: BrandId, subjects: Iterable[Subject]) -> list[Subject]:
    """Those of `subjects` that have a row."""
    found = []
    for kind, ids in _by_kind(subjects):
        rows = connection.execute(
            select(spending_subject.c.id).where(*_among(connection, brand_id, kind, ids))
        )
        found += [Subject(kind, row.id) for row in rows]
    return found


def find(connection: Connection, brand_id: BrandId, subject: Subject) -> SubjectRow | None:
    rows = connection.execute(select(spending_subject).where(*_at(brand_id, subject)))
    row = rows.mappings().one_or_none()
    return _row(row) if row else None


def active_since(
    connection: Connection, brand_id: BrandId, since_ms: int, *, after: Subject | None, limit: int
) -> list[SubjectRow]:
    """Rows with a home store and something free that were active, from the one behind `after`."""
    table = spending_subject.c
    where = [
        table.brand_id == brand_id,
        table.active_ms >= since_ms,
        table.home_store != "",
        table.balance - table.granted - table.held > 0,
    ]
    if after is not None:
        same_kind = and_(table.kind == after.kind.value, table.id > after.id)
        where.append(or_(table.kind > after.kind.value, same_kind))
    rows = connection.execute(
        select(spending_subject).where(*where).order_by(table.kind, table.id).limit(limit)
    )
    return [_row(row) for row in rows.mappings()]


def take(connection: Connection, row: SubjectRow, amount: int, *, held: bool) -> SubjectRow | None:
    """Move `amount` of what is free to a hold or to tills; None where it is not free."""
    column = spending_subject.c.held if held else spending_subject.c.granted
    free = spending_subject.c.balance - spending_subject.c.granted - spending_subject.c.held
    changed = connection.execute(
        update(spending_subject)
        .where(*_at(row.brand_id, row.subject), free >= amount)
        .values({column: column + amount})
        .returning(spending_subject)
    )
    found = changed.mappings().one_or_none()
    return _row(found) if found else None


def change(
    connection: Connection, row: SubjectRow, *, granted: int = 0, held: int = 0
) -> SubjectRow:
    """Add to what is open; less than nothing open is nothing. `forced` follows."""
    return put(
        connection,
        msgspec.structs.replace(
            row, granted=max(0, row.granted + granted), held=max(0, row.held + held)
        ),
    )


def put(connection: Connection, row: SubjectRow) -> SubjectRow:
    """Write a locked row back, `forced` being what is open beyond the balance."""
    return put_all(connection, [row])[0]


def put_all(connection: Connection, rows: Iterable[SubjectRow]) -> list[SubjectRow]:
    written = [
        msgspec.structs.replace(row, forced=max(0, row.granted + row.held - row.balance))
        for row in rows
    ]
    upsert(connection, spending_subject, written)
    return written


def row_ids_of(
    connection: Connection, brand_id: BrandId, members: Iterable[MemberId]
) -> dict[MemberId, str]:
    """Under which rows the points of these members stand, as far as they have one."""
    found: dict[MemberId, str] = {}
    for part in in_parts(sorted(set(members))):
        rows = connection.execute(
            _row_ids(on_postgresql=is_postgresql(connection)), {"of_brand": brand_id, "ids": part}
        )
        found.update({MemberId(row.member_id): row.row_id for row in rows})
    return found


def name_rows(connection: Connection, brand_id: BrandId, names: Mapping[MemberId, str]) -> None:
    rows = [
        NameRow(brand_id=brand_id, member_id=member, row_id=row)
        for member, row in sorted(names.items())
    ]
    upsert(connection, spending_name, rows)


def emptied(row: SubjectRow) -> SubjectRow:
    return msgspec.structs.replace(row, balance=0, granted=0, held=0, forced=0)


def join_rows(
    connection: Connection, into: SubjectRow, others: Collection[SubjectRow]
) -> SubjectRow:
    """People turned out to be one: what is open for any of them is open for her. All are locked."""
    for other in others:
        for table in (allowance, spending_hold):
            connection.execute(
                update(table)
                .where(
                    table.c.brand_id == into.brand_id,
                    table.c.kind == into.kind.value,
                    table.c.row_id == other.id,
                )
                .values(row_id=into.id)
            )
        put(connection, emptied(other))
    return put(
        connection,
        msgspec.structs.replace(
            into,
            granted=into.granted + sum(other.granted for other in others),
            held=into.held + sum(other.held for other in others),
        ),
    )


def _by_kind(subjects: Iterable[Subject]) -> Iterator[tuple[SubjectKind, Sequence[str]]]:
    ids: dict[SubjectKind, list[str]] = {}
    for subject in sorted(set(subjects)):
        ids.setdefault(subject.kind, []).append(subject.id)
    for kind, of_kind in ids.items():
        for part in in_parts(of_kind):
            yield kind, part


@cache
def _lock(*, on_postgresql: bool) -> "Select[Any]":
    """Built once: each batch with something to spend asks it, and the next."""
    return (
        select(spending_subject)
        .where(
            spending_subject.c.brand_id == bindparam("of_brand"),
            spending_subject.c.kind == bindparam("of_kind"),
            named(spending_subject.c.id, "ids", on_postgresql=on_postgresql),
        )
        .order_by(spending_subject.c.id)
        .with_for_update()
    )


@cache
def _row_ids(*, on_postgresql: bool) -> "Select[Any]":
    return select(spending_name.c.member_id, spending_name.c.row_id).where(
        spending_name.c.brand_id == bindparam("of_brand"),
        named(spending_name.c.member_id, "ids", on_postgresql=on_postgresql),
    )


def _among(
    connection: Connection, brand_id: BrandId, kind: SubjectKind, ids: Sequence[str]
) -> tuple[ColumnElement[bool], ...]:
    return (
        spending_subject.c.brand_id == brand_id,
        spending_subject.c.kind == kind.value,
        is_one_of(connection, spending_subject.c.id, ids),
    )


def _at(brand_id: BrandId, subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        spending_subject.c.brand_id == brand_id,
        spending_subject.c.kind == subject.kind.value,
        spending_subject.c.id == subject.id,
    )


def _row(values: RowMapping) -> SubjectRow:
    return msgspec.convert({str(name): value for name, value in values.items()}, SubjectRow)
