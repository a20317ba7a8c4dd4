"""What an item offer (S2) would do with the units that are still free: the plan of one offer.

Units are counted by line, never one by one: a line holds up to 999 of them. A line stands for its
place in `Units.price_fen`; all counts are lists over the lines of the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from domain.money import allocate
from domain.pricing.state import Place, Refusal
from domain.reasons import Reason

# As often as a sale can say that a rule was used (`UsedRule.times`).
MOST_TIMES: Final = 100_000


class Units:
    """The units at the start of the stage: what one of a line costs, how many of it are free."""

    __slots__ = ("_line_of", "free", "price_fen")

    def __init__(self, places: Sequence[Place]) -> None:
        self._line_of = {place.number: line for line, place in enumerate(places)}
        self.price_fen = [place.left_fen // place.quantity for place in places]
        self.free = [place.free_units for place in places]

    def dearest_first(self, places: Iterable[Place]) -> list[int]:
        """The lines by the price of a unit; equal ones as they stand."""
        lines = {self._line_of[place.number] for place in places}
        return sorted(lines, key=lambda line: (-self.price_fen[line], line))


class Part(NamedTuple):
    """What is done to a line: units used up, and what is taken off them."""

    line: int
    units: int
    saving_fen: int


class Application(NamedTuple):
    """One use of an offer, and how often it can be repeated on the same lines."""

    saving_fen: int
    parts: tuple[Part, ...]
    repeats: int


class Plan(NamedTuple):
    """An offer used as often as it can be; `mask` has a bit for every line it touches."""

    saving_fen: int
    times: int
    parts: tuple[Part, ...]
    mask: int


class Shape(Protocol):
    """An effect made ready for one order. `mask` has a bit for every line that it looks at."""

    mask: int

    def next_application(self, free: Sequence[int]) -> Application | Refusal:
        """The best single use on free units, with a saving above 0, or why there is none."""


def mask_of(lines: Iterable[int]) -> int:
    return sum(1 << line for line in lines)


def application_of(
    saving_fen: int, weights_fen: Mapping[int, int], used: Mapping[int, int], free: Sequence[int]
) -> Application:
    """A saving shared over lines in proportion to the weights; `used` are all units used up.

    It can be repeated as long as the same units are there: a use that leaves units of a line did
    not want more of them, and would take the same again.
    """
    lines = sorted(used)
    shares = allocate(saving_fen, [weights_fen.get(line, 0) for line in lines])
    parts = tuple(Part(line, used[line], share) for line, share in zip(lines, shares, strict=True))
    return Application(saving_fen, parts, min(free[line] // used[line] for line in lines))


def plan(
    shape: Shape, free: Sequence[int], *, times_left: int, budget_left_fen: int | None
) -> Plan | Refusal:
    """Use an offer until units, times or budget are used up, or nothing more is saved."""
    left = list(free)
    units: dict[int, int] = {}
    savings_fen: dict[int, int] = {}
    times, saving_fen, most_times = 0, 0, min(times_left, MOST_TIMES)
    refusal = Refusal(Reason.BUDGET_USED_UP)
    while times < most_times:
        one = shape.next_application(left)
        if isinstance(one, Refusal):
            refusal = one
            break
        repeats = min(one.repeats, most_times - times)
        if budget_left_fen is not None:
            repeats = min(repeats, (budget_left_fen - saving_fen) // one.saving_fen)
        if not repeats:
            break
        for line, used, share_fen in one.parts:
            left[line] -= used * repeats
            units[line] = units.get(line, 0) + used * repeats
            savings_fen[line] = savings_fen.get(line, 0) + share_fen * repeats
        times += repeats
        saving_fen += one.saving_fen * repeats
    if not times:
        return refusal
    parts = tuple(Part(line, units[line], savings_fen[line]) for line in sorted(units))
    return Plan(saving_fen, times, parts, mask_of(units))
