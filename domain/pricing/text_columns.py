"""Rows of plain text with an amount at the right edge, where Chinese signs are two cells wide."""

import unicodedata
from typing import Final

ROW_CELLS: Final = 64
INDENT_CELLS: Final = 2
_LEAST_GAP: Final = 2
_WIDE: Final = frozenset({"W", "F"})
# Marks that stand on the sign before them, and signs that only steer.
_WITHOUT_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})


def cells_of(text: str) -> int:
    """How many cells a terminal with a fixed-width face takes for this text (UAX #11)."""
    return sum(_cells(sign) for sign in text)


def _cells(sign: str) -> int:
    if unicodedata.category(sign) in _WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in _WIDE else 1


def row(left: str, right: str = "", *, depth: int = 0) -> str:
    """One row; a left side that is too long pushes the right one out, and loses nothing."""
    start = " " * (INDENT_CELLS * depth) + left
    if not right:
        return start
    gap = max(_LEAST_GAP, ROW_CELLS - cells_of(start) - cells_of(right))
    return start + " " * gap + right


def shown(text: str) -> str:
    """Text from outside on one row: what would break or steer the row becomes a blank."""
    return "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
