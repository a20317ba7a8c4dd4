"""The item offers (S2) that could be used on an order, each with its plan for all free units."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.conditions import EVERYTHING
from domain.identifiers import RuleId
from domain.offers import Bundle, BuyAndGet, Combination, Exchange, Rule
from domain.orders import Stage
from domain.pricing.bundles import Bundled
from domain.pricing.candidates import Offer
from domain.pricing.savings import lacking, left_out
from domain.pricing.state import Place, Refusal, Working
from domain.pricing.unit_plans import Bounds, Shape, Units, first_use, most_fen
from domain.pricing.unit_shapes import CheaperOfScope, Exchanged, GetsElsewhere
from domain.reasons import Reason


class Entrant(NamedTuple):
    """An offer, ready for this order; `most_fen` bounds what it could save of all free units."""

    offer: Offer
    shape: Shape
    bounds: Bounds
    most_fen: int

    @property
    def rule_id(self) -> RuleId:
        return self.offer.rule.rule_id

    @property
    def turn(self) -> tuple[int, RuleId]:
        """Which comes first where two save the same."""
        return (self.offer.rule.priority, self.offer.rule.rule_id)

    @property
    def combination(self) -> Combination:
        return self.offer.rule.combination

    @property
    def group(self) -> str:
        return self.offer.rule.group

    @property
    def is_coupon(self) -> bool:
        return self.offer.is_coupon

    def refused_on(self, free: Sequence[int]) -> bool:
        """Whether not even one use is left on the units that are free."""
        return isinstance(first_use(self.shape, free, self.bounds), Refusal)


def entrants_of(working: Working, offers: Iterable[Offer], units: Units) -> list[Entrant]:
    """The offers that would save something now; the others are refused."""
    entrants = []
    for offer in offers:
        answer = _entrant(working, offer, units)
        if isinstance(answer, Refusal):
            working.refuse(offer.label, answer)
        else:
            entrants.append(answer)
    return entrants


def _entrant(working: Working, offer: Offer, units: Units) -> Entrant | Refusal:
    shape = _shape_of(working, offer.rule, units)
    if isinstance(shape, Refusal):
        return shape
    bounds = Bounds(_times_left(offer), offer.budget_left_fen)
    first = first_use(shape, units.free, bounds)
    if isinstance(first, Refusal):
        return first
    return Entrant(offer, shape, bounds, most_fen(shape, first, units.free, bounds))


def _times_left(offer: Offer) -> int:
    """An exchange is made once an order, unless its limit for an order says otherwise."""
    if isinstance(offer.rule.effect, Exchange):
        return min(offer.times_left, offer.rule.limits.per_order or 1)
    return offer.times_left


def _shape_of(working: Working, rule: Rule, units: Units) -> Shape | Refusal:
    places = working.places_of(rule.scope, Stage.ITEM_OFFER)
    refusal = lacking(working, rule, places)
    if refusal is not None:
        return refusal
    effect = rule.effect
    if isinstance(effect, Bundle):
        return _bundled(working, rule, effect, units=units)
    lines = units.dearest_first(places)
    if isinstance(effect, Exchange) and lines:
        return Exchanged(effect, lines, units.price_fen)
    if not isinstance(effect, BuyAndGet):
        return Refusal(Reason.NO_ITEM)
    if effect.gets is None:
        return CheaperOfScope(effect, lines, units.price_fen)
    got = units.dearest_first(working.places_of(effect.gets, Stage.ITEM_OFFER))
    return GetsElsewhere(effect, lines, got, units.price_fen)


def _bundled(working: Working, rule: Rule, effect: Bundle, *, units: Units) -> Shape | Refusal:
    """The rule's own scope bounds that of every part."""
    parts_of: dict[int, tuple[int, ...]] = {}
    bound = None if rule.scope == EVERYTHING else set(working.places_of(rule.scope, rule.stage))
    reached: list[Place] = []
    for number, part in enumerate(effect.parts):
        places = working.places_of(part.scope, rule.stage)
        within = [place for place in places if bound is None or place in bound]
        reached += within
        for line in units.lines_of(within):
            parts_of[line] = (*parts_of.get(line, ()), number)
    if not reached:
        return Refusal(left_out(working, [part.scope for part in effect.parts], rule.stage))
    return Bundled(effect, units.dearest_first(reached), parts_of, units.price_fen)
