"""Buy and get, and exchange (S2), made ready for one order: which units one use takes.

Prose: docs/pricing-items.md.
"""

from collections.abc import Mapping, Sequence

from domain.money import BASIS_POINTS, divide_half_up
from domain.offers import BuyAndGet, Exchange
from domain.pricing.state import Refusal
from domain.pricing.unit_plans import Application, application_of, mask_of, shared, take
from domain.reasons import Reason


class CheaperOfScope:
    """Buy and get in one scope: of `buy` + `get` units, dearest first, the cheaper are reduced."""

    def __init__(self, effect: BuyAndGet, lines: Sequence[int], price_fen: Sequence[int]) -> None:
        self._effect = effect
        self._price_fen = price_fen
        self.lines = lines
        self.mask = mask_of(lines)
        self.units_each = effect.buy + effect.get

    def next_application(self, free: Sequence[int]) -> Application | Refusal:
        used = take(self.units_each, self.lines, free)
        got = sum(used.values()) - self._effect.buy
        if got <= 0:
            return Refusal(Reason.QUANTITY_NOT_MET, missing_units=1 - got)
        cheapest_first = [*used][::-1]
        reduced = take(got, cheapest_first, used)
        return _at_a_rate(self._effect, reduced, used, free, price_fen=self._price_fen)


class GetsElsewhere:
    """Buy in one scope, get in another.

    Bought are the cheapest units that only the rule's scope holds, then the cheapest in both;
    got are the dearest of those left.
    """

    def __init__(
        self, effect: BuyAndGet, bought: Sequence[int], got: Sequence[int], price_fen: Sequence[int]
    ) -> None:
        either = set(got)
        self._effect = effect
        self._bought = sorted(bought, key=lambda line: (line in either, price_fen[line], line))
        self._got = got
        self._both = either.intersection(bought)
        self._price_fen = price_fen
        self.lines = sorted(either.union(bought))
        self.mask = mask_of(self.lines)
        self.units_each = effect.buy + effect.get

    def next_application(self, free: Sequence[int]) -> Application | Refusal:
        effect = self._effect
        bought = take(effect.buy, self._bought, free)
        left = {line: free[line] - bought.get(line, 0) for line in self._got}
        got = take(effect.get, self._got, left)
        if sum(bought.values()) < effect.buy or not got:
            return self._lacking(free)
        used = {line: bought.get(line, 0) + got.get(line, 0) for line in {**bought, **got}}
        return _at_a_rate(effect, got, used, free, price_fen=self._price_fen)

    def _lacking(self, free: Sequence[int]) -> Refusal:
        """Units to buy lack, or one to get, or one where both have to come out of the same."""
        to_buy = self._effect.buy - sum(free[line] for line in self._bought)
        to_get = 1 - sum(free[line] for line in self._got)
        if to_buy <= 0 < to_get:
            return Refusal(Reason.GIFT_NOT_ON_ORDER)
        both = sum(free[line] for line in self._both)
        missing_units = max(to_buy, to_buy + to_get + both)
        return Refusal(Reason.QUANTITY_NOT_MET, missing_units=missing_units)


def _at_a_rate(
    effect: BuyAndGet,
    got: Mapping[int, int],
    used: Mapping[int, int],
    free: Sequence[int],
    *,
    price_fen: Sequence[int],
) -> Application | Refusal:
    """The rate off the units got by one use, rounded half up once."""
    weights_fen = {line: units * price_fen[line] for line, units in got.items()}
    amount_fen = sum(weights_fen.values())
    saving_fen = divide_half_up(amount_fen * effect.off_basis_points, BASIS_POINTS)
    if not saving_fen:
        return Refusal(Reason.NOTHING_LEFT_TO_REDUCE)
    return application_of(shared(saving_fen, weights_fen), used, free)


class Exchanged:
    """Up to `quantity` units for a price each, the dearest first."""

    def __init__(self, effect: Exchange, lines: Sequence[int], price_fen: Sequence[int]) -> None:
        self._off_fen = {line: price_fen[line] - effect.price_fen for line in lines}
        self.lines = [line for line in lines if self._off_fen[line] > 0]
        self.mask = mask_of(self.lines)
        self.units_each = effect.quantity

    def next_application(self, free: Sequence[int]) -> Application | Refusal:
        used = take(self.units_each, self.lines, free)
        if not used:
            return Refusal(Reason.NOT_CHEAPER)
        savings_fen = {line: units * self._off_fen[line] for line, units in used.items()}
        return application_of(savings_fen, used, free)
