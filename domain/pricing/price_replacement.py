"""S1, price replacement: member prices, special prices, prices by time.

Prose: docs/pricing-items.md. A rule with a price for a line quotes it; of all quotes the one by
which the line costs least wins.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.conditions import Scope
from domain.money import BASIS_POINTS, divide_half_up
from domain.offers import Combination, NewPrice
from domain.orders import GRAMS_A_KILOGRAM, Stage
from domain.pricing.candidates import Offer
from domain.pricing.savings import lacking, use_offer
from domain.pricing.state import Place, Refusal, Saving, Taken, Working
from domain.reasons import Reason


class Quote(NamedTuple):
    """The lines that a rule makes cheaper, with what each would cost less."""

    offer: Offer
    taken: list[Taken]

    @property
    def saving_fen(self) -> int:
        return sum(taken.saving_fen for taken in self.taken)


def price_replacement_stage(working: Working, offers: Sequence[Offer]) -> None:
    """Replace prices, note the rules used and, for each of the others, why it is not."""
    quotes = []
    for offer in offers:
        answer = _quote(working, offer)
        if isinstance(answer, Refusal):
            working.refuse(offer.label, answer)
        else:
            quotes.append(answer)
    admitted = _best_set(quotes)
    won = {quote.offer.rule.rule_id: quote for quote in _won(admitted)}
    for quote in sorted(quotes, key=_turn):
        rule = quote.offer.rule
        if rule.rule_id in won:
            _use(working, won[rule.rule_id])
        else:
            reason = Reason.NOT_CHEAPER if quote in admitted else Reason.OUTWEIGHED
            working.refuse(quote.offer.label, Refusal(reason))


def _turn(quote: Quote) -> tuple[int, str]:
    return (quote.offer.rule.priority, quote.offer.rule.rule_id)


def _use(working: Working, quote: Quote) -> None:
    use_offer(working, quote.offer, Saving(quote.saving_fen, quote.taken))
    for place, _, _ in quote.taken:
        if isinstance(place, Place):
            place.replaced = True


def _quote(working: Working, offer: Offer) -> Quote | Refusal:
    """The rule's prices for all its lines, as if it were the only one."""
    rule = offer.rule
    effect = rule.effect
    places = working.places_of(rule.scope, Stage.PRICE_REPLACEMENT)
    refusal = lacking(working, rule, places)
    if refusal is not None:
        return refusal
    if not isinstance(effect, NewPrice):
        return Refusal(Reason.NO_ITEM)
    priced = places
    if not effect.off_basis_points:
        priced = [place for place in places if place.item_id in effect.prices]
    if not priced:
        return Refusal(_why_none(working, rule.scope, effect))
    taken = [Taken(place, _saving_fen(effect, place)) for place in priced]
    quote = Quote(offer, [one for one in taken if one.saving_fen])
    if not quote.taken:
        return Refusal(Reason.NOT_CHEAPER)
    if offer.budget_left_fen is not None and quote.saving_fen > offer.budget_left_fen:
        return Refusal(Reason.BUDGET_USED_UP)
    return quote


def _why_none(working: Working, scope: Scope, effect: NewPrice) -> Reason:
    """No line has a price: those that would are a staff discount's, or there are none."""
    named = (
        scope.holds(place.item_id, place.category) and place.item_id in effect.prices
        for place in working.places
    )
    return Reason.REPLACED_BY_STAFF if any(named) else Reason.NO_ITEM


def _saving_fen(effect: NewPrice, place: Place) -> int:
    """What the line would cost less; never more than all of it, never below zero."""
    line = place.line
    price_fen = effect.prices.get(line.item_id)
    if price_fen is None:
        kept_basis_points = BASIS_POINTS - effect.off_basis_points
        price_fen = divide_half_up(line.unit_price_fen * kept_basis_points, BASIS_POINTS)
    if price_fen >= line.unit_price_fen:
        return 0
    if line.weight_grams:
        before_fen = divide_half_up(line.unit_price_fen * line.weight_grams, GRAMS_A_KILOGRAM)
        after_fen = divide_half_up(price_fen * line.weight_grams, GRAMS_A_KILOGRAM)
        return min(before_fen - after_fen, place.left_fen)
    return min((line.unit_price_fen - price_fen) * line.quantity, place.left_fen)


def _best_set(quotes: Sequence[Quote]) -> list[Quote]:
    """The rules that may be used together: the ordinary ones, or one that stands alone.

    Rules that are used always go with either.
    """
    always = [quote for quote in quotes if _combination(quote) is Combination.ALWAYS]
    alone = [quote for quote in quotes if _combination(quote) is Combination.ALONE_IN_STAGE]
    together = _one_a_group(
        quote
        for quote in quotes
        if _combination(quote) not in (Combination.ALWAYS, Combination.ALONE_IN_STAGE)
    )
    sets = [[*always, *together], *([*always, quote] for quote in alone)]
    return min(sets, key=_set_rank) if alone else sets[0]


def _combination(quote: Quote) -> Combination:
    return quote.offer.rule.combination


def _set_rank(quotes: Sequence[Quote]) -> tuple[int, int, list[tuple[int, str]]]:
    """Most saved, then fewest rules used, then priority and id."""
    won = _won(quotes)
    return (-sum(quote.saving_fen for quote in won), len(won), sorted(map(_turn, won)))


def _one_a_group(quotes: Iterable[Quote]) -> list[Quote]:
    """Of each exclusive group the rule that would save most by itself."""
    kept: list[Quote] = []
    groups: set[str] = set()
    for quote in sorted(quotes, key=lambda quote: (-quote.saving_fen, *_turn(quote))):
        group = quote.offer.rule.group
        if not group or group not in groups:
            kept.append(quote)
            groups.add(group)
    return kept


def _won(quotes: Sequence[Quote]) -> list[Quote]:
    """Each line goes to the quote that saves most on it; ties by priority, then id."""
    best: dict[int, tuple[int, Quote, Taken]] = {}
    for quote in sorted(quotes, key=_turn):
        for taken in quote.taken:
            held = best.get(id(taken.place))
            if held is None or taken.saving_fen > held[0]:
                best[id(taken.place)] = (taken.saving_fen, quote, taken)
    won = [Quote(quote.offer, _of(quote, best.values())) for quote in sorted(quotes, key=_turn)]
    return [quote for quote in won if quote.taken]


def _of(quote: Quote, winners: Iterable[tuple[int, Quote, Taken]]) -> list[Taken]:
    return [taken for _, winner, taken in winners if winner is quote]
