"""Head office's users; a token is stored as a hash alone."""

import msgspec
from sqlalchemy import Connection, select

from domain.identifiers import BrandId
from sync_server.database.tables import hq_user


class HqUser(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    user_id: str
    name: str
    token_hash: bytes
    created_ms: int


def add_user(connection: Connection, new: HqUser) -> None:
    connection.execute(hq_user.insert(), msgspec.structs.asdict(new))


def name_of(connection: Connection, brand_id: BrandId, user_id: str) -> str:
    """The name of a user by its id; empty where nobody has it."""
    name: str | None = connection.execute(
        select(hq_user.c.name).where(hq_user.c.brand_id == brand_id, hq_user.c.user_id == user_id)
    ).scalar_one_or_none()
    return name or ""


def find_user(connection: Connection, token_hash: bytes) -> HqUser | None:
    rows = connection.execute(select(hq_user).where(hq_user.c.token_hash == token_hash))
    row = rows.mappings().one_or_none()
    return HqUser(**row) if row else None
