"""Ed25519 (RFC 8032): terminals sign entries and requests, the server signs receipts."""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SEED_BYTES: Final = 32


class Signer:
    """A private key made from a 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Verifier:
    """A public key of 32 bytes.

    Raises:
        ValueError: the bytes are no Ed25519 public key.
    """

    def __init__(self, public_key: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def accepts(self, message: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def check_number(public_key: bytes) -> str:
    """Six digits that both screens show at enrolment, so that a person sees it is the same key."""
    return f"{int.from_bytes(hashlib.sha256(public_key).digest()[:8], 'big') % 1_000_000:06d}"
