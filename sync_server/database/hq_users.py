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


def find_user(connection: Connection, token_hash: bytes) -> HqUser | None:
    rows = connection.execute(select(hq_user).where(hq_user.c.token_hash == token_hash))
    row = rows.mappings().one_or_none()
    return HqUser(**row) if row else None
