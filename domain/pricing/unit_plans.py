"""What an item offer (S2) would do with the units that are still free.

Units are counted by line, never one by one: a line holds up to 999 of them. A line stands for its
place in `Units.price_fen`; free units are lists over the lines of the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.money import allocate
from domain.orders import LARGEST_TIMES, Stage
from domain.pricing.state import Place, Refusal, Working
from domain.reasons import Reason

Counts = Sequence[int] | Mapping[int, int]


class Units:
    """The units at the start of the stage: what one of a line costs, how many of it are free.

    One costs what S1 left of it, also where points already pay for others of its line.
    """

    __slots__ = ("_line_of", "free", "price_fen")

    def __init__(self, working: Working) -> None:
        places = working.places
        self._line_of = {place.number: line for line, place in enumerate(places)}
        amounts_fen = [place.list_fen for place in places]
        for share in working.shares:
            if share.stage is Stage.PRICE_REPLACEMENT:
                amounts_fen[self._line_of[share.line]] -= share.saving_fen
        self.price_fen = [
            amount_fen // place.quantity
            for amount_fen, place in zip(amounts_fen, places, strict=True)
        ]
        self.free = [place.free_units for place in places]

    def lines_of(self, places: Iterable[Place]) -> set[int]:
        return {self._line_of[place.number] for place in places}

    def dearest_first(self, places: Iterable[Place]) -> list[int]:
        """The lines by the price of a unit; equal ones as they stand."""
        return sorted(self.lines_of(places), key=lambda line: (-self.price_fen[line], line))


class Application(NamedTuple):
    """One use: units used up and savings by line, and how often it can be repeated on the same."""

    saving_fen: int
    used: Mapping[int, int]
    savings_fen: Mapping[int, int]
    repeats: int


class UnitPlan(NamedTuple):
    """An offer used as often as it can be; `mask` has a bit for every line that it touches."""

    saving_fen: int
    times: int
    used: Mapping[int, int]
    savings_fen: Mapping[int, int]
    mask: int


class Shape(Protocol):
    """An effect made ready for one order.

    `lines` are those that it looks at, each with its bit in `mask`; every use but the last takes
    `units_each` of their units.
    """

    @property
    def lines(self) -> Sequence[int]: ...
    @property
    def mask(self) -> int: ...
    @property
    def units_each(self) -> int: ...

    def next_application(self, free: Sequence[int]) -> Application | Refusal:
        """The best single use on free units, with a saving above 0, or why there is none.

        It saves no more than one on more units would have saved.
        """


class Bounds(NamedTuple):
    """How often an offer may be used on this order, and what it may save at most."""

    times_left: int
    budget_left_fen: int | None


def mask_of(lines: Iterable[int]) -> int:
    mask = 0
    for line in lines:
        mask |= 1 << line
    return mask


def take(wanted: int, lines: Iterable[int], free: Counts) -> dict[int, int]:
    """Up to so many free units, from the first lines on."""
    taken: dict[int, int] = {}
    for line in lines:
        units = free[line]
        if units >= wanted:
            taken[line] = wanted
            break
        if units:
            taken[line] = units
            wanted -= units
    return taken


def shared(saving_fen: int, weights_fen: Mapping[int, int]) -> dict[int, int]:
    """A saving shared over lines in proportion to what its units cost there."""
    if len(weights_fen) == 1:
        return dict.fromkeys(weights_fen, saving_fen)
    lines = sorted(weights_fen)
    shares = allocate(saving_fen, [weights_fen[line] for line in lines])
    return dict(zip(lines, shares, strict=True))


def application_of(
    savings_fen: Mapping[int, int], used: Mapping[int, int], free: Sequence[int]
) -> Application:
    """It can be repeated as long as the same units are there.

    A use that leaves units of a line did not want more of them, and would take the same again.
    """
    repeats = LARGEST_TIMES
    for line, units in used.items():
        repeats = min(repeats, free[line] // units)
    return Application(sum(savings_fen.values()), used, savings_fen, repeats)


def first_use(shape: Shape, free: Sequence[int], bounds: Bounds) -> Application | Refusal:
    """The first use of an offer, or why there is none."""
    first = shape.next_application(free)
    if isinstance(first, Application) and _over_budget(first.saving_fen, bounds):
        return Refusal(Reason.BUDGET_USED_UP)
    return first


def _over_budget(saving_fen: int, bounds: Bounds) -> bool:
    return bounds.budget_left_fen is not None and saving_fen > bounds.budget_left_fen


def most_fen(shape: Shape, first: Application, free: Sequence[int], bounds: Bounds) -> int:
    """A bound of what the offer could save: no use saves more than the first."""
    units = sum(free[line] for line in shape.lines)
    times = min(bounds.times_left, -(-units // shape.units_each))
    if bounds.budget_left_fen is None:
        return first.saving_fen * times
    return min(first.saving_fen * times, bounds.budget_left_fen)


def plan(shape: Shape, free: Sequence[int], bounds: Bounds) -> UnitPlan:
    """Use an offer until units, times or budget are used up, or nothing more is saved."""
    left = list(free)
    used: dict[int, int] = {}
    savings_fen: dict[int, int] = {}
    times, saving_fen, most_times = 0, 0, min(bounds.times_left, LARGEST_TIMES)
    while times < most_times:
        one = shape.next_application(left)
        if isinstance(one, Refusal):
            break
        repeats = min(one.repeats, most_times - times)
        if bounds.budget_left_fen is not None:
            repeats = min(repeats, (bounds.budget_left_fen - saving_fen) // one.saving_fen)
        if not repeats:
            break
        for line, units in one.used.items():
            left[line] -= units * repeats
            used[line] = used.get(line, 0) + units * repeats
        for line, share_fen in one.savings_fen.items():
            savings_fen[line] = savings_fen.get(line, 0) + share_fen * repeats
        times += repeats
        saving_fen += one.saving_fen * repeats
    return UnitPlan(saving_fen, times, used, savings_fen, mask_of(used))
