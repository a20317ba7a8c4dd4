"""Bundles (S2): which units fill the parts of one bundle, also where parts hold the same dishes."""

from collections.abc import Sequence

from domain.offers import Bundle
from domain.pricing.state import Refusal
from domain.pricing.unit_plans import Application, application_of, mask_of, shared
from domain.reasons import Reason


class Bundled:
    """Of all units that fill every part, the dearest.

    Units come in one after the other, the dearest first; one comes in where the parts can still
    be filled with all that are in, if need be by moving others to another part. That gives the
    dearest units of all ways (the greedy choice in a transversal matroid).
    """

    def __init__(
        self,
        effect: Bundle,
        lines: Sequence[int],
        parts_of: dict[int, tuple[int, ...]],
        price_fen: Sequence[int],
    ) -> None:
        self._effect = effect
        self._parts_of = parts_of
        self._overlap = any(len(parts) > 1 for parts in parts_of.values())
        self._price_fen = price_fen
        self.lines = lines
        self.mask = mask_of(lines)
        self.units_each = sum(part.quantity for part in effect.parts)

    def next_application(self, free: Sequence[int]) -> Application | Refusal:
        seating = _Seating([part.quantity for part in self._effect.parts], self._parts_of)
        used: dict[int, int] = {}
        for line in self.lines:
            if not free[line]:
                continue
            seated = seating.seat(line, free[line], may_move=self._overlap)
            if seated:
                used[line] = seated
            if not seating.free_seats:
                break
        if seating.free_seats:
            return Refusal(Reason.QUANTITY_NOT_MET, missing_units=seating.free_seats)
        weights_fen = {line: units * self._price_fen[line] for line, units in used.items()}
        saving_fen = sum(weights_fen.values()) - self._effect.price_fen
        if saving_fen <= 0:
            return Refusal(Reason.NOT_CHEAPER)
        return application_of(shared(saving_fen, weights_fen), used, free)


class _Seating:
    """Parts as tables with so many seats; a line's units may sit at some of them."""

    def __init__(self, seats: list[int], parts_of: dict[int, tuple[int, ...]]) -> None:
        self._seats = seats
        self._parts_of = parts_of
        self._seated: list[dict[int, int]] = [{} for _ in seats]
        self.free_seats = sum(seats)

    def seat(self, line: int, units: int, *, may_move: bool) -> int:
        """Seat up to so many units of a line; answer how many sit now."""
        seated = 0
        for part in self._parts_of[line]:
            taken = min(units - seated, self._seats[part])
            if taken:
                self._sit(part, line, taken)
                seated += taken
        while may_move and seated < units and self.free_seats and self._seat_by_moving(line):
            seated += 1
        return seated

    def _sit(self, part: int, line: int, units: int) -> None:
        self._seats[part] -= units
        self.free_seats -= units
        self._seated[part][line] = self._seated[part].get(line, 0) + units

    def _seat_by_moving(self, line: int) -> bool:
        """Free a seat for one unit of the line by moving others on (an augmenting path)."""
        came_from: dict[int, tuple[int, int]] = dict.fromkeys(self._parts_of[line], (-1, line))
        waiting = list(came_from)
        for part in waiting:
            if self._seats[part]:
                self._move(part, came_from)
                return True
            for seated, units in self._seated[part].items():
                for other in self._parts_of[seated] if units else ():
                    if other not in came_from:
                        came_from[other] = (part, seated)
                        waiting.append(other)
        return False

    def _move(self, part: int, came_from: dict[int, tuple[int, int]]) -> None:
        """The unit that leads to each part sits down there; the free seat is taken in the end."""
        self._seats[part] -= 1
        self.free_seats -= 1
        while part >= 0:
            origin, line = came_from[part]
            self._seated[part][line] = self._seated[part].get(line, 0) + 1
            if origin >= 0:
                self._seated[origin][line] -= 1
            part = origin
