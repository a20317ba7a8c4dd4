"""Generations of a brand's code key. A brand without rows is in its first generation."""

from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from domain.identifiers import BrandId
from sync_server.database.tables import code_key

FIRST_GENERATION: Final = 1
_NEWEST_FIRST: Final = (
    select(code_key.c.generation, code_key.c.revoked_ms)
    .where(code_key.c.brand_id == bindparam("of_brand"))
    .order_by(code_key.c.generation.desc())
)


def generations(connection: Connection, brand_id: BrandId) -> list[int]:
    """Those that were not revoked, the newest first; that one signs."""
    rows = connection.execute(_NEWEST_FIRST, {"of_brand": brand_id}).all()
    if not rows:
        return [FIRST_GENERATION]
    return [row.generation for row in rows if row.revoked_ms is None]


def begin_generation(
    connection: Connection, brand_id: BrandId, *, now_ms: int, revoke_older: int | None
) -> int:
    """A new generation; with `revoke_older` (a time) all before it are revoked at that time."""
    rows = connection.execute(
        select(code_key.c.generation).where(code_key.c.brand_id == brand_id)
    ).all()
    known = {row.generation for row in rows}
    if not known:
        _add(connection, brand_id, FIRST_GENERATION, now_ms=now_ms)
        known = {FIRST_GENERATION}
    if revoke_older is not None:
        connection.execute(
            update(code_key)
            .where(code_key.c.brand_id == brand_id, code_key.c.revoked_ms.is_(None))
            .values(revoked_ms=revoke_older)
        )
    generation: int = max(known) + 1
    _add(connection, brand_id, generation, now_ms=now_ms)
    return generation


def _add(connection: Connection, brand_id: BrandId, generation: int, *, now_ms: int) -> None:
    connection.execute(
        code_key.insert(),
        {"brand_id": brand_id, "generation": generation, "created_ms": now_ms, "revoked_ms": None},
    )
