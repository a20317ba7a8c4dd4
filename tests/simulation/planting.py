"""Planted bugs: faults of the kind that such programs have had, to prove that they would be seen.

Each puts faulty functions in the place of real ones, in tests alone; the product has no switches.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple


class Swap(NamedTuple):
    """`make` answers what stands in the place of `owner.name`, given the real one."""

    owner: Any
    name: str
    make: Callable[[Any], Any]


Bug = Callable[[], list[Swap]]
BUGS: Final[dict[str, Bug]] = {}


def planted(bug: Bug) -> Bug:
    BUGS[bug.__name__.replace("_", " ")] = bug
    return bug
