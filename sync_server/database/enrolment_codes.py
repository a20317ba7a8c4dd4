"""One-time codes for enrolling a till, stored as keyed hashes."""

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from domain.identifiers import BrandId, StoreId
from sync_server.database.tables import enrolment_code


class StoredCode(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    code_hash: bytes
    store_id: StoreId
    label: str
    expires_ms: int
    attempts: int = 0
    used_ms: int | None = None


def add_code(connection: Connection, new: StoredCode) -> None:
    connection.execute(enrolment_code.insert(), msgspec.structs.asdict(new))


def brand_of_code(connection: Connection, code_hash: bytes) -> BrandId | None:
    found = connection.execute(
        select(enrolment_code.c.brand_id).where(enrolment_code.c.code_hash == code_hash)
    )
    return found.scalar_one_or_none()


def find_code(connection: Connection, code_hash: bytes) -> StoredCode | None:
    rows = connection.execute(
        select(enrolment_code).where(enrolment_code.c.code_hash == code_hash).with_for_update()
    )
    row = rows.mappings().one_or_none()
    return StoredCode(**row) if row else None


def label_promised(connection: Connection, brand_id: BrandId, label: str, now_ms: int) -> bool:
    """Whether a code that can still be used carries the label."""
    found = connection.execute(
        select(func.count())
        .select_from(enrolment_code)
        .where(
            enrolment_code.c.brand_id == brand_id,
            enrolment_code.c.label == label,
            enrolment_code.c.used_ms.is_(None),
            enrolment_code.c.expires_ms > now_ms,
        )
    )
    return bool(found.scalar_one())


def change_code(connection: Connection, held: StoredCode, **changes: object) -> None:
    connection.execute(
        update(enrolment_code)
        .where(
            enrolment_code.c.brand_id == held.brand_id,
            enrolment_code.c.code_hash == held.code_hash,
        )
        .values(**changes)
    )


def forget_codes(connection: Connection, brand_id: BrandId, *, before_ms: int) -> int:
    """Delete the codes that ended before a moment; how many."""
    gone = connection.execute(
        delete(enrolment_code).where(
            enrolment_code.c.brand_id == brand_id, enrolment_code.c.expires_ms < before_ms
        )
    )
    return gone.rowcount
