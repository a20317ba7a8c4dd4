"""What earning works on and what it answers: plain figures, no rules."""

from typing import Final

import msgspec

from domain.identifiers import ItemId, RuleId
from domain.loyalty.earning_terms import Ledger
from domain.reasons import Reason


class PaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was paid: `points_paid_fen` is what points took off before the net."""

    number: int
    item_id: ItemId
    category: str
    quantity: int
    net_fen: int
    points_paid_fen: int = 0


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """A priced order. `bonus_fen` is the bonus money in all its tenders."""

    lines: tuple[PaidLine, ...]
    fees_fen: tuple[int, ...] = ()
    bonus_fen: int = 0


class RuleEarning(msgspec.Struct, frozen=True, kw_only=True):
    """`base` is what the rule measured: fen, units, or fen of the visit. `shares` are by line."""

    rule_id: RuleId
    name: str
    ledger: Ledger
    points: int
    base: int
    rate_basis_points: int
    multipliers: tuple[str, ...]
    shares: tuple[tuple[int, int], ...]


class UnusedEarning(msgspec.Struct, frozen=True, kw_only=True):
    rule_id: RuleId
    name: str
    reason: Reason


class LineEarning(msgspec.Struct, frozen=True, kw_only=True):
    """Line 0 is what fees earned."""

    line: int
    points: int
    growth: int


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    rules: tuple[RuleEarning, ...] = ()
    unused: tuple[UnusedEarning, ...] = ()

    @property
    def points(self) -> int:
        return sum(rule.points for rule in self.rules if rule.ledger is Ledger.POINTS)

    @property
    def growth(self) -> int:
        return sum(rule.points for rule in self.rules if rule.ledger is Ledger.GROWTH)

    @property
    def lines(self) -> tuple[LineEarning, ...]:
        """What each line earned by all rules together; lines that earned nothing are left out."""
        sums: dict[int, dict[Ledger, int]] = {}
        for rule in self.rules:
            for line, points in rule.shares:
                each = sums.setdefault(line, dict.fromkeys(Ledger, 0))
                each[rule.ledger] += points
        return tuple(
            LineEarning(line=line, points=each[Ledger.POINTS], growth=each[Ledger.GROWTH])
            for line, each in sorted(sums.items())
            if any(each.values())
        )


NOTHING_EARNED: Final = Earned()
