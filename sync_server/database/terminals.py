"""Terminals: whose journals the server holds, and how far."""

from functools import cache
from typing import Final

import msgspec
from sqlalchemy import Connection, Update, bindparam, func, select, update

from domain.identifiers import HEAD_OFFICE, BrandId, StoreId, TerminalId
from domain.stamps import Stamp
from sync_server.database.tables import terminal

# Each request of a till asks this, twice: built once, it takes a third of the time.
_TILL: Final = select(terminal).where(terminal.c.terminal_id == bindparam("of_id"))
_AT: Final = (
    terminal.c.brand_id == bindparam("of_brand"),
    terminal.c.terminal_id == bindparam("of_id"),
)
_LOCK: Final = select(terminal).where(*_AT).with_for_update()


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """`head_number` and `head_hash` are of the last entry that the server holds of its journal."""

    brand_id: BrandId
    terminal_id: TerminalId
    store_id: StoreId
    label: str
    public_key: bytes
    program_version: str
    epoch: int
    head_number: int
    head_hash: bytes
    last_stamp: int
    enrolled_ms: int
    last_push_ms: int | None = None
    revoked_ms: int | None = None
    forked_ms: int | None = None
    hand_in_until_ms: int | None = None


def find_till(connection: Connection, terminal_id: str) -> Terminal | None:
    """The till with this id, of any brand. Head office's journals are no tills."""
    if terminal_id == HEAD_OFFICE:
        return None
    row = connection.execute(_TILL, {"of_id": terminal_id}).mappings().one_or_none()
    return Terminal(**row) if row else None


def lock_terminal(connection: Connection, brand_id: BrandId, terminal_id: TerminalId) -> Terminal:
    """The terminal, held against others who would write to its journal until the commit."""
    rows = connection.execute(_LOCK, {"of_brand": brand_id, "of_id": terminal_id})
    return Terminal(**rows.mappings().one())


def find_terminal(connection: Connection, brand_id: BrandId, terminal_id: str) -> Terminal | None:
    rows = connection.execute(
        select(terminal).where(
            terminal.c.brand_id == brand_id, terminal.c.terminal_id == terminal_id
        )
    )
    row = rows.mappings().one_or_none()
    return Terminal(**row) if row else None


def list_terminals(
    connection: Connection, brand_id: BrandId, *, after: str = "", limit: int = 1_000
) -> list[Terminal]:
    rows = connection.execute(
        select(terminal)
        .where(terminal.c.brand_id == brand_id, terminal.c.terminal_id > after)
        .order_by(terminal.c.terminal_id)
        .limit(limit)
    )
    return [Terminal(**row) for row in rows.mappings()]


def tills_of_store(
    connection: Connection, brand_id: BrandId, store_id: StoreId, *, heard_since_ms: int
) -> list[Terminal]:
    """The store's tills that are not revoked and have sent something since a time."""
    rows = connection.execute(
        select(terminal)
        .where(
            terminal.c.brand_id == brand_id,
            terminal.c.store_id == store_id,
            terminal.c.revoked_ms.is_(None),
            terminal.c.last_push_ms >= heard_since_ms,
        )
        .order_by(terminal.c.terminal_id)
    )
    return [Terminal(**row) for row in rows.mappings()]


def latest_stamp(connection: Connection, brand_id: BrandId) -> Stamp:
    """What head office's clock has seen, its own entries and the tills'."""
    found = connection.execute(
        select(func.max(terminal.c.last_stamp)).where(terminal.c.brand_id == brand_id)
    )
    return Stamp(found.scalar_one() or 0)


def label_in_use(connection: Connection, brand_id: BrandId, label: str) -> bool:
    """Whether a till that is not revoked bears the label; it begins the receipt numbers."""
    found = connection.execute(
        select(func.count())
        .select_from(terminal)
        .where(
            terminal.c.brand_id == brand_id,
            terminal.c.label == label,
            terminal.c.revoked_ms.is_(None),
        )
    )
    return bool(found.scalar_one())


def count_terminals(connection: Connection, brand_id: BrandId) -> int:
    found = connection.execute(
        select(func.count()).select_from(terminal).where(terminal.c.brand_id == brand_id)
    )
    return int(found.scalar_one())


def add_terminal(connection: Connection, new: Terminal) -> None:
    connection.execute(terminal.insert(), msgspec.structs.asdict(new))


def change_terminal(connection: Connection, held: Terminal, **changes: object) -> None:
    new = {f"new_{name}": value for name, value in changes.items()}
    at = {"of_brand": held.brand_id, "of_id": held.terminal_id}
    connection.execute(_change(*changes), {**at, **new})


@cache
def _change(*columns: str) -> Update:
    """Built once: each push asks it."""
    return (
        update(terminal)
        .where(*_AT)
        .values({terminal.c[name]: bindparam(f"new_{name}") for name in columns})
    )
