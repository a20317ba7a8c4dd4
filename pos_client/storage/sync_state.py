"""How far this till and its server know of each other."""

from typing import Final

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from domain.errors import ErrorCode
from domain.protocol import Receipt, SignedReceipt
from pos_client.storage.tables import quarantined, sync_state

_ONLY: Final = 1


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """`receipt` is the server's last signed word on this till's journal, encoded; or empty.

    `began` is the feed's head when the last first sync began. `repairs` counts how often rows
    differed from the server's, `repaired_rows` the rows.

    `generation` counts how often the feed was begun anew. While `refetching`, rows of earlier
    generations are there still; they hold own entries up to number `kept` of `kept_epoch`.
    """

    history: str = ""
    cursor: int = 0
    acknowledged_epoch: int = 0
    acknowledged: int = 0
    receipt: bytes = b""
    last_contact_ms: int = 0
    began: int = 0
    repairs: int = 0
    repaired_rows: int = 0
    generation: int = 0
    refetching: bool = False
    kept_epoch: int = 0
    kept: int = 0


def read_sync_state(connection: Connection) -> SyncState:
    row = connection.execute(select(sync_state)).first()
    if row is None:
        return SyncState()
    return SyncState(
        history=row.history,
        cursor=row.cursor,
        acknowledged_epoch=row.acknowledged_epoch,
        acknowledged=row.acknowledged,
        receipt=row.receipt,
        last_contact_ms=row.last_contact_ms,
        began=row.began,
        repairs=row.repairs,
        repaired_rows=row.repaired_rows,
        generation=row.generation,
        refetching=bool(row.refetching),
        kept_epoch=row.kept_epoch,
        kept=row.kept,
    )


def write_sync_state(connection: Connection, state: SyncState) -> None:
    values = {"only": _ONLY, **msgspec.structs.asdict(state)}
    statement = insert(sync_state).values(values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["only"], set_=statement.excluded)
    )


def received_up_to(state: SyncState) -> tuple[int, int] | None:
    """The epoch and number that the server's last receipt names; None without one."""
    if not state.receipt:
        return None
    signed = msgspec.msgpack.decode(state.receipt, type=SignedReceipt)
    receipt = msgspec.msgpack.decode(signed.content, type=Receipt)
    if receipt.history != (state.history or receipt.history):
        return None
    return receipt.epoch, receipt.number


def encode_receipt(receipt: SignedReceipt) -> bytes:
    return msgspec.msgpack.encode(receipt)


def note_quarantined(
    connection: Connection, *, epoch: int, number: int, error: ErrorCode | None
) -> None:
    values = {"epoch": epoch, "number": number, "error": error or ""}
    connection.execute(insert(quarantined).values(values).on_conflict_do_nothing())


def count_quarantined(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(quarantined)) or 0
