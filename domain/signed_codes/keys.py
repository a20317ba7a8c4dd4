"""The keys that sign codes. A brand changes its key from time to time; older ones stay known."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from domain.signatures import Verifier

KEY_ID_BYTES: Final = 4
MOST_KEYS: Final = 100

KeyId = Annotated[bytes, msgspec.Meta(min_length=KEY_ID_BYTES, max_length=KEY_ID_BYTES)]
PublicKey = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class CodeKeys(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """The public keys whose codes a brand's tills take, the present one first.

    A key that was revoked is no longer among them, and its codes are refused.
    """

    brand: BrandId
    issued_ms: int
    keys: Annotated[tuple[PublicKey, ...], msgspec.Meta(max_length=MOST_KEYS)]


def key_id_of(public_key: bytes) -> bytes:
    """How a code names its key: the beginning of the key's SHA-256."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


def code_keys_text(content: bytes) -> bytes:
    """What the server signs for encoded CodeKeys."""
    return b"tillfold code keys 1\0" + content


def check_signed(keys: Sequence[bytes], key_id: bytes, *, message: bytes, signature: bytes) -> None:
    """Refuse what no known key signed.

    Raises:
        TillfoldError: `code_key_unknown`, `code_forged`.
    """
    known = [key for key in keys if key_id_of(key) == key_id]
    if not known:
        raise TillfoldError(ErrorCode.CODE_KEY_UNKNOWN)
    if not any(Verifier(key).accepts(message, signature) for key in known):
        raise TillfoldError(ErrorCode.CODE_FORGED)
