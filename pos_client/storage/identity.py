"""Who this till is: its brand, store and number, and the server it belongs to."""

from typing import Final

import msgspec
from sqlalchemy import Connection, insert, select

from domain.identifiers import BrandId, StoreId, TerminalId
from pos_client.storage.tables import identity


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """`label` begins the receipt numbers. An empty `server_url` means a till of its own."""

    brand: BrandId
    brand_name: str
    store: StoreId
    store_name: str
    terminal: TerminalId
    label: str
    epoch: int
    time_zone: str
    server_url: str = ""
    server_public_key: bytes = b""

    @property
    def standalone(self) -> bool:
        return not self.server_url


_ONLY: Final = 1


def write_identity(connection: Connection, value: Identity) -> None:
    connection.execute(insert(identity).values(only=_ONLY, content=encode_identity(value)))


def read_identity(connection: Connection) -> Identity | None:
    content = connection.scalar(select(identity.c.content))
    return None if content is None else decode_identity(content)


def encode_identity(value: Identity) -> bytes:
    return msgspec.msgpack.encode(value)


def decode_identity(content: bytes) -> Identity:
    return msgspec.msgpack.decode(content, type=Identity)
