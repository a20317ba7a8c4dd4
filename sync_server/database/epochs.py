"""The epochs of a terminal's journal: each a chain of its own, with a head of its own."""

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from domain.entries import GENESIS
from sync_server.database.tables import journal_epoch, terminal
from sync_server.database.terminals import Terminal, change_terminal

_FROM_NOWHERE = 0
# Each push asks this: built once.
_MOVE: Final = (
    update(terminal)
    .where(
        terminal.c.brand_id == bindparam("of_brand"),
        terminal.c.terminal_id == bindparam("of_id"),
        terminal.c.epoch == bindparam("of_epoch"),
    )
    .values(head_number=bindparam("to_number"), head_hash=bindparam("to_hash"))
)


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """Where an epoch leaves another one, and the hash of the first entry that is its own."""

    from_epoch: int
    from_number: int
    branch: bytes


class _EpochRow(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    terminal_id: str
    epoch: int
    from_epoch: int
    from_number: int
    branch: bytes
    head_number: int
    head_hash: bytes
    opened_ms: int


def at_epoch(connection: Connection, newest: Terminal, epoch: int) -> Terminal | None:
    """The terminal with the head of one of its epochs; None for one that the server lacks."""
    if epoch == newest.epoch:
        return newest
    found = connection.execute(
        select(journal_epoch.c.head_number, journal_epoch.c.head_hash).where(
            *_of(newest), journal_epoch.c.epoch == epoch
        )
    ).one_or_none()
    if found is None:
        return None
    return msgspec.structs.replace(
        newest, epoch=epoch, head_number=found.head_number, head_hash=found.head_hash
    )


def at_or_before(connection: Connection, newest: Terminal, epoch: int) -> Terminal:
    """The terminal at the last of its epochs that is not behind `epoch`; at its newest for 0."""
    if epoch in (0, newest.epoch):
        return newest
    held = [one for one in epochs_of(connection, newest) if one.epoch <= epoch]
    return held[-1] if held else newest


def epochs_of(connection: Connection, newest: Terminal) -> list[Terminal]:
    """The terminal at each of its epochs, in their order."""
    return list(_all_epochs(connection, newest))


def _all_epochs(connection: Connection, newest: Terminal) -> Iterator[Terminal]:
    rows = connection.execute(
        select(journal_epoch.c.epoch, journal_epoch.c.head_number, journal_epoch.c.head_hash)
        .where(*_of(newest), journal_epoch.c.epoch != newest.epoch)
        .order_by(journal_epoch.c.epoch)
    )
    held = [
        msgspec.structs.replace(
            newest, epoch=row.epoch, head_number=row.head_number, head_hash=row.head_hash
        )
        for row in rows
    ]
    yield from sorted([*held, newest], key=lambda one: one.epoch)


def epoch_of(connection: Connection, newest: Terminal, branch: Branch) -> int | None:
    """The epoch that was opened for a branch before."""
    found: int | None = connection.execute(
        select(func.min(journal_epoch.c.epoch)).where(
            *_of(newest),
            journal_epoch.c.from_epoch == branch.from_epoch,
            journal_epoch.c.from_number == branch.from_number,
            journal_epoch.c.branch == branch.branch,
        )
    ).scalar_one()
    return found


def open_epoch(
    connection: Connection, newest: Terminal, epoch: int, branch: Branch, *, now_ms: int
) -> Terminal:
    """Open an epoch that the server lacks; the terminal at its empty journal."""
    opened = msgspec.structs.replace(newest, epoch=epoch, head_number=0, head_hash=GENESIS)
    if epoch > newest.epoch:
        _leave(connection, newest, now_ms=now_ms)
        change_terminal(connection, newest, epoch=epoch, head_number=0, head_hash=GENESIS)
    _add(connection, opened, branch, now_ms=now_ms)
    return opened


def move_head(connection: Connection, held: Terminal, number: int, content_hash: bytes) -> None:
    """Note the new end of the journal `held`, at the epoch that it stands at."""
    moved = connection.execute(
        _MOVE,
        {
            "of_brand": held.brand_id,
            "of_id": held.terminal_id,
            "of_epoch": held.epoch,
            "to_number": number,
            "to_hash": content_hash,
        },
    )
    if moved.rowcount:
        return
    connection.execute(
        update(journal_epoch)
        .where(*_of(held), journal_epoch.c.epoch == held.epoch)
        .values(head_number=number, head_hash=content_hash)
    )


def _leave(connection: Connection, newest: Terminal, *, now_ms: int) -> None:
    """Keep the head of what has been the newest epoch; the first one has had no row so far."""
    moved = connection.execute(
        update(journal_epoch)
        .where(*_of(newest), journal_epoch.c.epoch == newest.epoch)
        .values(head_number=newest.head_number, head_hash=newest.head_hash)
    )
    if not moved.rowcount:
        nowhere = Branch(from_epoch=_FROM_NOWHERE, from_number=0, branch=b"")
        _add(connection, newest, nowhere, now_ms=now_ms)


def _add(connection: Connection, at: Terminal, branch: Branch, *, now_ms: int) -> None:
    row = _EpochRow(
        brand_id=at.brand_id,
        terminal_id=at.terminal_id,
        epoch=at.epoch,
        from_epoch=branch.from_epoch,
        from_number=branch.from_number,
        branch=branch.branch,
        head_number=at.head_number,
        head_hash=at.head_hash,
        opened_ms=now_ms,
    )
    connection.execute(journal_epoch.insert(), msgspec.structs.asdict(row))


def _of(at: Terminal) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        journal_epoch.c.brand_id == at.brand_id,
        journal_epoch.c.terminal_id == at.terminal_id,
    )
