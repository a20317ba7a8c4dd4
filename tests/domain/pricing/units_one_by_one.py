"""Item offers worked out the long way: every unit by itself, every offer planned at every step.

What `domain.pricing.item_offers` counts by line has to agree with this.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from domain.identifiers import ItemId
from domain.money import BASIS_POINTS, allocate, divide_half_up
from domain.offers import Bundle, BuyAndGet, Exchange, Rule
from domain.pricing.candidates import Offer
from domain.pricing.state import Working


class Unit(NamedTuple):
    """The dearest first, then as the lines stand."""

    less_price_fen: int
    line: int
    number: int
    item_id: ItemId
    category: str

    @property
    def price_fen(self) -> int:
        return -self.less_price_fen


class Use(NamedTuple):
    used: list[Unit]
    savings_fen: dict[int, int]

    @property
    def saving_fen(self) -> int:
        return sum(self.savings_fen.values())


Answer = dict[str, tuple[int, dict[int, int], dict[int, int]]]


def units_of(working: Working) -> list[Unit]:
    return sorted(
        Unit(-place.left_fen // place.quantity, line, number, place.item_id, place.category)
        for line, place in enumerate(working.places)
        for number in range(place.quantity)
    )


def answer_of(units: Sequence[Unit], offers: Sequence[Offer]) -> Answer:
    """By rule: how often it is used, the units used up and the savings by line."""
    free = list(units)
    left = {offer.rule.rule_id: offer for offer in offers if _plan(offer, free)}
    answer: Answer = {}
    while left:
        plans = {rule_id: _plan(offer, free) for rule_id, offer in left.items()}
        best = min(
            left,
            key=lambda rule_id: (
                -sum(use.saving_fen for use in plans[rule_id]),
                left[rule_id].rule.priority,
                rule_id,
            ),
        )
        uses = plans[best]
        if not uses:
            break
        savings_fen: Counter[int] = Counter()
        for use in uses:
            savings_fen.update(use.savings_fen)
        used = [unit for use in uses for unit in use.used]
        free = [unit for unit in free if unit not in used]
        by_line = {line: fen for line, fen in savings_fen.items() if fen}
        answer[best] = (len(uses), dict(Counter(unit.line for unit in used)), by_line)
        del left[best]
    return answer


def _plan(offer: Offer, free: Sequence[Unit]) -> list[Use]:
    times_left = offer.times_left
    if isinstance(offer.rule.effect, Exchange):
        times_left = min(times_left, offer.rule.limits.per_order or 1)
    uses: list[Use] = []
    left = list(free)
    while len(uses) < times_left:
        use = _use(offer.rule, left)
        if use is None or use.saving_fen <= 0:
            break
        spent_fen = sum(one.saving_fen for one in uses) + use.saving_fen
        if offer.budget_left_fen is not None and spent_fen > offer.budget_left_fen:
            break
        uses.append(use)
        left = [unit for unit in left if unit not in use.used]
    return uses


def _use(rule: Rule, free: Sequence[Unit]) -> Use | None:
    effect = rule.effect
    held = [unit for unit in free if rule.scope.holds(unit.item_id, unit.category)]
    if isinstance(effect, Exchange):
        dearer = [unit for unit in held if unit.price_fen > effect.price_fen][: effect.quantity]
        saved: Counter[int] = Counter()
        for unit in dearer:
            saved[unit.line] += unit.price_fen - effect.price_fen
        return Use(dearer, dict(saved))
    if isinstance(effect, Bundle):
        return _bundle(effect, held)
    assert isinstance(effect, BuyAndGet)
    if effect.gets is None:
        first = held[: effect.buy + effect.get]
        return _at_a_rate(effect, first, first[effect.buy :])
    gets = effect.gets
    cheapest_first = sorted(
        held,
        key=lambda unit: (gets.holds(unit.item_id, unit.category), unit.price_fen, unit.line),
    )
    bought = cheapest_first[: effect.buy]
    got = [unit for unit in free if gets.holds(unit.item_id, unit.category) and unit not in bought][
        : effect.get
    ]
    if len(bought) < effect.buy:
        return None
    return _at_a_rate(effect, [*bought, *got], got)


def _at_a_rate(effect: BuyAndGet, used: list[Unit], got: list[Unit]) -> Use | None:
    amount_fen = sum(unit.price_fen for unit in got)
    saving_fen = divide_half_up(amount_fen * effect.off_basis_points, BASIS_POINTS)
    return Use(used, _shared(saving_fen, got)) if saving_fen else None


def _shared(saving_fen: int, units: Sequence[Unit]) -> dict[int, int]:
    amounts: Counter[int] = Counter()
    for unit in units:
        amounts[unit.line] += unit.price_fen
    lines = sorted(amounts)
    shares = allocate(saving_fen, [amounts[line] for line in lines])
    return dict(zip(lines, shares, strict=True))


def _bundle(effect: Bundle, held: Sequence[Unit]) -> Use | None:
    """The dearest set of units that fills all parts, by trying every set."""
    size = sum(part.quantity for part in effect.parts)
    best: tuple[Unit, ...] | None = None
    for chosen in combinations(held, size):
        dearer = best is None or sum(u.price_fen for u in chosen) > sum(u.price_fen for u in best)
        if dearer and _fills(effect, chosen):
            best = chosen
    if best is None:
        return None
    saving_fen = sum(unit.price_fen for unit in best) - effect.price_fen
    return Use(list(best), _shared(saving_fen, best)) if saving_fen > 0 else None


def _fills(effect: Bundle, units: Sequence[Unit]) -> bool:
    """Whether every unit finds a seat in a part, tried one after the other."""
    seats = [part.scope for part in effect.parts for _ in range(part.quantity)]

    def seated(unit: int, taken: frozenset[int]) -> bool:
        if unit == len(units):
            return True
        return any(
            seated(unit + 1, taken | {seat})
            for seat, scope in enumerate(seats)
            if seat not in taken and scope.holds(units[unit].item_id, units[unit].category)
        )

    return seated(0, frozenset())
