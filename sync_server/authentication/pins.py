"""PINs of staff: argon2id, with the parameters that a till verifies in about 150 ms."""

from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.low_level import Type

from domain.errors import ErrorCode, TillfoldError

SALT_BYTES: Final = 16
_DIGITS: Final = 6
_MEMORY_KIB: Final = 64 * 1024
_COMMON: Final = frozenset({"123123", "112233", "520520", "121212", "123321", "147258", "159357"})


def hash_pin(pin: str, *, salt: bytes) -> str:
    """The argon2id text of a PIN.

    Raises:
        TillfoldError: `pin_too_weak`.
    """
    if is_weak(pin):
        raise TillfoldError(ErrorCode.PIN_TOO_WEAK)
    hasher = PasswordHasher(time_cost=3, memory_cost=_MEMORY_KIB, parallelism=4, type=Type.ID)
    return hasher.hash(pin, salt=salt)


def is_weak(pin: str) -> bool:
    """Not six digits, all the same, a run, or one of those that everybody takes."""
    if len(pin) != _DIGITS or not (pin.isascii() and pin.isdigit()):
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps <= {0} or steps in ({1}, {-1}) or pin in _COMMON
