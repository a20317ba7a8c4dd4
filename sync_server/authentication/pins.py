"""PINs of staff: argon2id, with the parameters that a till verifies in about 150 ms."""

from typing import Final

from argon2 import PasswordHasher
from argon2.low_level import Type

from domain.pins import check_pin

SALT_BYTES: Final = 16
_MEMORY_KIB: Final = 64 * 1024


def hash_pin(pin: str, *, salt: bytes) -> str:
    """The argon2id text of a PIN.

    Raises:
        TillfoldError: `pin_too_weak`.
    """
    check_pin(pin)
    hasher = PasswordHasher(time_cost=3, memory_cost=_MEMORY_KIB, parallelism=4, type=Type.ID)
    return hasher.hash(pin, salt=salt)
