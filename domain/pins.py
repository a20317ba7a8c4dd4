"""Which PINs staff may have; how they are hashed and checked is each program's business."""

from itertools import pairwise
from typing import Final

from domain.errors import ErrorCode, TillfoldError

PIN_DIGITS: Final = 6
_STEPS_OF_RUNS: Final = ({0}, {1}, {-1})
# The first that anybody tries: repeated pairs, and lines of the keypad.
_COMMON: Final = frozenset({"123123", "112233", "520520", "121212", "123321", "147258", "159357"})


def check_pin(pin: str) -> None:
    """Refuse a PIN that is too easily guessed.

    Raises:
        TillfoldError: `pin_too_weak`: not six digits, all the same, a run, or a common one.
    """
    digits = len(pin) == PIN_DIGITS and pin.isascii() and pin.isdigit()
    if not digits or pin in _COMMON or _is_run(pin):
        raise TillfoldError(ErrorCode.PIN_TOO_WEAK)


def _is_run(pin: str) -> bool:
    return {int(after) - int(before) for before, after in pairwise(pin)} in _STEPS_OF_RUNS
