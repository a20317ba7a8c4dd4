"""Allowances of tills, holds for sales under way, and what the server has told each till."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, select, update

from domain.allowances.subjects import Subject, SubjectKind
from domain.identifiers import BrandId, TerminalId
from sync_server.database.spending_tables import allowance, spending_hold, spending_till
from sync_server.database.statements import in_parts, insert_all, insert_new, is_one_of

_AT_TILL: Final = (
    spending_till.c.brand_id == bindparam("of_brand"),
    spending_till.c.terminal_id == bindparam("of_till"),
)
_TILL_NUMBER: Final = select(spending_till.c.number).where(*_AT_TILL)
_LOCK_TILL: Final = select(spending_till).where(*_AT_TILL).with_for_update()


class AllowanceState(StrEnum):
    """RECALLED: the till is asked to give it back. RETURNED: it has, and uses are on their way."""

    OPEN = "open"
    RECALLED = "recalled"
    RETURNED = "returned"
    LAPSED = "lapsed"
    DONE = "done"


class HoldState(StrEnum):
    HELD = "held"
    USED = "used"
    RELEASED = "released"
    LAPSED = "lapsed"


AT_TILL = (AllowanceState.OPEN, AllowanceState.RECALLED)
COUNTED = (*AT_TILL, AllowanceState.RETURNED)


class AllowanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """`left` of it is inside `granted` of its subject's row while its state is COUNTED."""

    brand_id: BrandId
    allowance_id: str
    terminal_id: TerminalId
    kind: SubjectKind
    subject_id: str
    row_id: str
    amount: int
    used: int
    issue: int
    issued_ms: int
    expires_ms: int
    state: AllowanceState

    @property
    def left(self) -> int:
        return self.amount - self.used

    @property
    def row(self) -> Subject:
        return Subject(self.kind, self.row_id)


class HoldRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    terminal_id: TerminalId
    operation_id: str
    kind: SubjectKind
    subject_id: str
    row_id: str
    amount: int
    expires_ms: int
    state: HoldState

    @property
    def subject(self) -> Subject:
        return Subject(self.kind, self.subject_id)

    @property
    def row(self) -> Subject:
        return Subject(self.kind, self.row_id)


class TillRow(msgspec.Struct, frozen=True, kw_only=True):
    """`open_points` and `open_fen` are what is at the till and not known to be used."""

    brand_id: BrandId
    terminal_id: TerminalId
    number: int = 0
    open_points: int = 0
    open_fen: int = 0

    def open_of(self, kind: SubjectKind) -> int:
        by_kind = {
            SubjectKind.POINTS: self.open_points,
            SubjectKind.STORED_VALUE: self.open_fen,
        }
        return by_kind.get(kind, 0)


def lock_till(connection: Connection, brand_id: BrandId, terminal_id: TerminalId) -> TillRow:
    """The till's row, made where it is missing, held until the commit."""
    insert_new(connection, spending_till, [TillRow(brand_id=brand_id, terminal_id=terminal_id)])
    rows = connection.execute(_LOCK_TILL, {"of_brand": brand_id, "of_till": terminal_id})
    return TillRow(**rows.mappings().one())


def till_number(connection: Connection, brand_id: BrandId, terminal_id: TerminalId) -> int:
    asked = {"of_brand": brand_id, "of_till": terminal_id}
    return connection.execute(_TILL_NUMBER, asked).scalar_one_or_none() or 0


def change_till(
    connection: Connection, till: TillRow, kind: SubjectKind, amount: int, *, told: bool
) -> TillRow:
    """Add to what is open at a locked till; with `told` there is something new to say to it."""
    points = amount if kind is SubjectKind.POINTS else 0
    fen = amount if kind is SubjectKind.STORED_VALUE else 0
    changed = msgspec.structs.replace(
        till,
        number=till.number + int(told),
        open_points=max(0, till.open_points + points),
        open_fen=max(0, till.open_fen + fen),
    )
    connection.execute(
        update(spending_till)
        .where(
            spending_till.c.brand_id == till.brand_id,
            spending_till.c.terminal_id == till.terminal_id,
        )
        .values(number=changed.number, open_points=changed.open_points, open_fen=changed.open_fen)
    )
    return changed


def add(connection: Connection, rows: Sequence[AllowanceRow]) -> None:
    insert_all(connection, allowance, rows)


def write(connection: Connection, row: AllowanceRow) -> None:
    connection.execute(
        update(allowance)
        .where(allowance.c.brand_id == row.brand_id, allowance.c.allowance_id == row.allowance_id)
        .values(amount=row.amount, used=row.used, state=row.state.value)
    )


def find(connection: Connection, brand_id: BrandId, ids: Iterable[str]) -> dict[str, AllowanceRow]:
    found: dict[str, AllowanceRow] = {}
    for part in in_parts(sorted(set(ids))):
        rows = connection.execute(
            select(allowance).where(
                allowance.c.brand_id == brand_id,
                is_one_of(connection, allowance.c.allowance_id, part),
            )
        )
        found.update({row["allowance_id"]: _allowance(row) for row in rows.mappings()})
    return found


def counted_of(connection: Connection, brand_id: BrandId, row: Subject) -> list[AllowanceRow]:
    """What is still counted as granted out of a subject's row."""
    rows = connection.execute(
        select(allowance)
        .where(
            allowance.c.brand_id == brand_id,
            allowance.c.kind == row.kind.value,
            allowance.c.row_id == row.id,
            allowance.c.state.in_([state.value for state in COUNTED]),
        )
        .order_by(allowance.c.allowance_id)
    )
    return [_allowance(found) for found in rows.mappings()]


def at_till(
    connection: Connection, brand_id: BrandId, terminal_id: TerminalId, *, after: int, limit: int
) -> list[AllowanceRow]:
    """Allowances that the till may use, given to it after issue `after`, in their order."""
    rows = connection.execute(
        select(allowance)
        .where(
            allowance.c.brand_id == brand_id,
            allowance.c.terminal_id == terminal_id,
            allowance.c.issue > after,
            allowance.c.state.in_([state.value for state in AT_TILL]),
        )
        .order_by(allowance.c.issue)
        .limit(limit)
    )
    return [_allowance(found) for found in rows.mappings()]


def recalled_at(
    connection: Connection, brand_id: BrandId, terminal_id: TerminalId, limit: int
) -> list[str]:
    rows = connection.execute(
        select(allowance.c.allowance_id)
        .where(
            allowance.c.brand_id == brand_id,
            allowance.c.terminal_id == terminal_id,
            allowance.c.state == AllowanceState.RECALLED.value,
        )
        .order_by(allowance.c.issue)
        .limit(limit)
    )
    return [row.allowance_id for row in rows]


def over_before(
    connection: Connection, brand_id: BrandId, before_ms: int, limit: int
) -> list[AllowanceRow]:
    """Counted allowances that ended before a time."""
    rows = connection.execute(
        select(allowance)
        .where(
            allowance.c.brand_id == brand_id,
            allowance.c.expires_ms < before_ms,
            allowance.c.state.in_([state.value for state in COUNTED]),
        )
        .order_by(allowance.c.expires_ms)
        .limit(limit)
    )
    return [_allowance(found) for found in rows.mappings()]


def add_holds(connection: Connection, rows: Sequence[HoldRow]) -> None:
    insert_all(connection, spending_hold, rows)


def holds_of(
    connection: Connection, brand_id: BrandId, terminal_id: TerminalId, operations: Iterable[str]
) -> list[HoldRow]:
    found: list[HoldRow] = []
    for part in in_parts(sorted(set(operations))):
        rows = connection.execute(
            select(spending_hold).where(
                spending_hold.c.brand_id == brand_id,
                spending_hold.c.terminal_id == terminal_id,
                is_one_of(connection, spending_hold.c.operation_id, part),
            )
        )
        found += [_hold(row) for row in rows.mappings()]
    return found


def holds_over_before(
    connection: Connection, brand_id: BrandId, before_ms: int, limit: int
) -> list[HoldRow]:
    rows = connection.execute(
        select(spending_hold)
        .where(
            spending_hold.c.brand_id == brand_id,
            spending_hold.c.expires_ms < before_ms,
            spending_hold.c.state == HoldState.HELD.value,
        )
        .order_by(spending_hold.c.expires_ms)
        .limit(limit)
    )
    return [_hold(row) for row in rows.mappings()]


def settle_hold(connection: Connection, row: HoldRow, state: HoldState) -> None:
    connection.execute(
        update(spending_hold)
        .where(
            spending_hold.c.brand_id == row.brand_id,
            spending_hold.c.terminal_id == row.terminal_id,
            spending_hold.c.operation_id == row.operation_id,
            spending_hold.c.kind == row.kind.value,
            spending_hold.c.subject_id == row.subject_id,
        )
        .values(state=state.value)
    )


def add_tombstones(
    connection: Connection,
    brand_id: BrandId,
    terminal_id: TerminalId,
    operations: Iterable[str],
    *,
    expires_ms: int,
) -> None:
    """Note operations as released before they came."""
    rows = [
        HoldRow(
            brand_id=brand_id,
            terminal_id=terminal_id,
            operation_id=operation_id,
            kind=SubjectKind.POINTS,
            subject_id="",
            row_id="",
            amount=0,
            expires_ms=expires_ms,
            state=HoldState.RELEASED,
        )
        for operation_id in operations
    ]
    insert_new(connection, spending_hold, rows)


def _allowance(values: RowMapping) -> AllowanceRow:
    return msgspec.convert({str(name): value for name, value in values.items()}, AllowanceRow)


def _hold(values: RowMapping) -> HoldRow:
    return msgspec.convert({str(name): value for name, value in values.items()}, HoldRow)
