"""The keys and statuses by which this till checks signed codes, and the member codes it has seen.

The signatures of the server were checked before anything is kept here.
"""

from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from domain.identifiers import MemberId
from domain.signed_codes.keys import CodeKeys
from domain.signed_codes.member_codes import ProvenMember
from domain.signed_codes.status import StatusList
from pos_client.storage.direct import fetch, run
from pos_client.storage.tables import code_material, member_code_seen

# Beyond this the oldest steps are forgotten; they are too old to be taken anyway.
MOST_SEEN: Final = 10_000
# Each exchange asks when they were taken.
_TAKEN: Final = "SELECT coalesce(min(taken_ms), 0) FROM code_material"
_KEEP: Final = """INSERT INTO code_material (kind, content, issued_ms, taken_ms)
    VALUES (?, ?, ?, ?)
    ON CONFLICT (kind) DO UPDATE SET content = excluded.content, issued_ms = excluded.issued_ms,
        taken_ms = excluded.taken_ms
    WHERE code_material.issued_ms <= excluded.issued_ms"""
_KEYS_DECODER: Final = msgspec.msgpack.Decoder(CodeKeys)
_STATUS_DECODER: Final = msgspec.msgpack.Decoder(StatusList)


class MaterialKind(StrEnum):
    KEYS = "keys"
    STATUS = "status"


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """`content` as the server encoded it; `issued_ms` by its clock, `taken_ms` by trusted time."""

    content: bytes
    issued_ms: int
    taken_ms: int


def keep_material(connection: Connection, kind: MaterialKind, new: Material) -> None:
    """Keep it unless something newer is here already: an old answer may not bring old keys back."""
    run(connection, _KEEP, (kind.value, new.content, new.issued_ms, new.taken_ms))


def read_keys(connection: Connection) -> tuple[bytes, ...]:
    """The public keys whose codes are taken; none before the first contact."""
    held = _read(connection, MaterialKind.KEYS)
    return () if held is None else _KEYS_DECODER.decode(held.content).keys


def read_status(connection: Connection) -> StatusList | None:
    held = _read(connection, MaterialKind.STATUS)
    return None if held is None else _STATUS_DECODER.decode(held.content)


def taken_ms(connection: Connection) -> int:
    """When the server last brought them, by trusted time; 0 for never."""
    return int(fetch(connection, _TAKEN)[0][0])


def note_step(connection: Connection, proven: ProvenMember) -> bool:
    """Remember a member code; False where this step of the device, or a later one, was seen."""
    statement = insert(member_code_seen).values(
        device_key=proven.device_key,
        step=proven.step,
        member_id=proven.member_id,
        masked_name=proven.masked_name,
    )
    noted = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["device_key"],
            set_={
                "step": statement.excluded.step,
                "member_id": statement.excluded.member_id,
                "masked_name": statement.excluded.masked_name,
            },
            where=member_code_seen.c.step < statement.excluded.step,
        )
    )
    if noted.rowcount:
        _forget_oldest(connection)
    return bool(noted.rowcount)


def proven_name(connection: Connection, member_id: MemberId) -> str | None:
    """The masked name of a member who proved herself here; None for one who never did."""
    name: str | None = connection.scalar(
        select(member_code_seen.c.masked_name)
        .where(member_code_seen.c.member_id == member_id)
        .order_by(member_code_seen.c.step.desc())
        .limit(1)
    )
    return name


def _read(connection: Connection, kind: MaterialKind) -> Material | None:
    row = connection.execute(select(code_material).where(code_material.c.kind == kind)).first()
    if row is None:
        return None
    return Material(content=row.content, issued_ms=row.issued_ms, taken_ms=row.taken_ms)


def _forget_oldest(connection: Connection) -> None:
    kept = (
        select(member_code_seen.c.device_key)
        .order_by(member_code_seen.c.step.desc())
        .limit(MOST_SEEN)
    )
    count = connection.scalar(select(func.count()).select_from(member_code_seen)) or 0
    if count > MOST_SEEN:
        connection.execute(
            delete(member_code_seen).where(member_code_seen.c.device_key.not_in(kept))
        )
