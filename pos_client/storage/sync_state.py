"""How far this till and its server know of each other."""

from typing import Final

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from domain.protocol import Receipt, SignedReceipt
from pos_client.storage.direct import fetch, run
from pos_client.storage.tables import quarantined


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


# Plain text, as each exchange reads it five times and writes it twice.
_FIELDS: Final = SyncState.__struct_fields__
_READ: Final = f"SELECT {', '.join(_FIELDS)} FROM sync_state"  # noqa: S608 - our own names
_WRITE: Final = f"""INSERT INTO sync_state (only, {", ".join(_FIELDS)})
    VALUES (1, {", ".join("?" for _ in _FIELDS)})
    ON CONFLICT (only) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _FIELDS)}"""  # noqa: S608 - our own names


def read_sync_state(connection: Connection) -> SyncState:
    rows = fetch(connection, _READ)
    if not rows:
        return SyncState()
    values = dict(zip(_FIELDS, rows[0], strict=True))
    return SyncState(**values | {"refetching": bool(values["refetching"])})


def write_sync_state(connection: Connection, state: SyncState) -> None:
    run(connection, _WRITE, msgspec.structs.astuple(state))


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


def note_quarantined(connection: Connection, *, epoch: int, number: int, error: str | None) -> None:
    values = {"epoch": epoch, "number": number, "error": error or ""}
    connection.execute(insert(quarantined).values(values).on_conflict_do_nothing())


def count_quarantined(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(quarantined)) or 0
