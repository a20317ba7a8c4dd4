"""Journal entries: who, where, when, what, chained by hash and signed.

The bytes that are hashed and signed are the bytes that are stored and sent: an entry is never
encoded a second time, so its hash holds for ever, and fields of later schemas survive.
"""

import hashlib
from typing import Annotated, Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId, StaffId, StoreId, TerminalId
from domain.stamps import Stamp

GENESIS: Final = bytes(32)
LARGEST_ENTRY_BYTES: Final = 256 * 1024
_HASH_DOMAIN: Final = b"tillfold entry 1\0"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]


class Entry(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One fact in its envelope. `number` counts 1, 2, 3 … in one (terminal, epoch).

    `body` is the fact in msgpack, read by `domain.facts.decode_fact` with `kind` and `schema`.
    `prev_hash` is the hash of entry `number - 1`, GENESIS for the first.
    """

    brand: Annotated[BrandId, msgspec.Meta(min_length=1, max_length=64)]
    store: Annotated[StoreId, msgspec.Meta(max_length=64)]
    terminal: Annotated[TerminalId, msgspec.Meta(min_length=1, max_length=64)]
    epoch: Count
    number: Count
    stamp: Annotated[Stamp, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
    actor: Annotated[StaffId, msgspec.Meta(max_length=64)]
    approver: Annotated[StaffId, msgspec.Meta(max_length=64)] | None
    kind: Text
    schema: Count
    body: bytes
    prev_hash: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class SignedEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An entry as it is stored and sent: its encoded `content` and the Ed25519 signature of it."""

    content: bytes
    signature: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


def encode_entry(entry: Entry) -> bytes:
    return _encoder.encode(entry)


def decode_entry(content: bytes) -> Entry:
    """Read the envelope; the body stays encoded.

    Raises:
        TillfoldError: `entry_malformed`.
    """
    if len(content) > LARGEST_ENTRY_BYTES:
        raise TillfoldError(ErrorCode.ENTRY_MALFORMED, reason="size")
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.ENTRY_MALFORMED, reason=type(error).__name__) from error


def hash_entry(content: bytes) -> bytes:
    """SHA-256 of the encoded entry, with a prefix that no other hash of ours has."""
    return hashlib.sha256(_HASH_DOMAIN + content).digest()
