"""Sums by key as sorted rows: a key's whole numbers, then its sums.

Adding is commutative, a row of zeros is dropped, and rows are sorted: the same additions in any
order give the same rows, and the same bytes.
"""

from bisect import bisect_left
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import TypeVar

Row = TypeVar("Row", bound=tuple[int, ...])


def add_row(rows: tuple[Row, ...], row: Row, *, keys: int) -> tuple[Row, ...]:
    """The rows with one more added; the first `keys` numbers of a row are its key."""
    key = row[:keys]
    place = bisect_left(rows, key)
    before = rows[:place]
    if place == len(rows) or rows[place][:keys] != key:
        return (*before, row, *rows[place:]) if any(row[keys:]) else rows
    sums = tuple(map(add, rows[place][keys:], row[keys:]))
    if not any(sums):
        return before + rows[place + 1 :]
    joined: Row = key + sums  # type: ignore[assignment]  # a row's key and sums make a row again
    return (*before, joined, *rows[place + 1 :])


def join_rows(rows: tuple[Row, ...], others: Iterable[Row], *, keys: int) -> tuple[Row, ...]:
    return reduce(lambda joined, row: add_row(joined, row, keys=keys), others, rows)
