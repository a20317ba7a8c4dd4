"""The number that a card is known by, in one form whatever read it.

The part before the dash says how the number was read, so that a stripe, a chip and a printed code
can never be taken for one another: `uid-04A224B1C23D80`, `mag-6000123456`.
"""

from typing import Final

UID_PREFIX: Final = "uid-"
STRIPE_PREFIX: Final = "mag-"
UID_LENGTHS: Final = frozenset({4, 7, 8, 10})
_RANDOM_FIRST_BYTE: Final = 0x08
_SINGLE_SIZE: Final = 4


def card_of_uid(uid: bytes) -> str:
    """The card with this UID: bytes as the reader gives them, in hex with capitals."""
    return UID_PREFIX + uid.hex().upper()


def card_of_stripe(number: str) -> str:
    return STRIPE_PREFIX + number


def is_random_uid(uid: bytes) -> bool:
    """Whether the device shows another UID each time, as phones do (ISO/IEC 14443-3, 6.5.4)."""
    return len(uid) == _SINGLE_SIZE and uid[0] == _RANDOM_FIRST_BYTE
