"""S2, item and bundle offers: each unit of a line is used up by one offer only.

Prose: docs/pricing-items.md. The offer that saves most on the units still free is used as often
as it can be, then the next one on those it left.
"""

from collections.abc import Iterable, Sequence

from domain.identifiers import RuleId
from domain.offers import Combination
from domain.pricing.candidates import Offer
from domain.pricing.entrants import Entrant, entrants_of
from domain.pricing.savings import use_offer
from domain.pricing.state import Refusal, Saving, Taken, Working
from domain.pricing.turns import Chosen, Step, in_turn
from domain.pricing.unit_plans import Units
from domain.reasons import Reason


def item_offer_stage(working: Working, offers: Sequence[Offer], *, at_most_coupons: int) -> int:
    """Use the item offers that save most, note why the others are not used.

    Coupons used go into `working.coupon_ids`. Answers how many of the `at_most_coupons` are gone:
    a coupon that is used always takes none of them.
    """
    if not offers:
        return 0
    units = Units(working)
    entrants = entrants_of(working, offers, units)
    always = _always(entrants, units.free)
    chosen = _choose(entrants, always.free, at_most_coupons)
    steps = [*always.steps, *chosen.steps]
    for step in steps:
        _use(working, step)
    beaten = _Beaten(always, chosen, at_most_coupons)
    used = {step.entrant.rule_id for step in steps}
    for one in entrants:
        if one.rule_id not in used:
            working.refuse(one.offer.label, Refusal(beaten.why(one)))
    return chosen.coupons


def _always(entrants: Iterable[Entrant], free: Sequence[int]) -> Chosen:
    """These displace nothing and are displaced by nothing, but by each other where units lack."""
    always = [one for one in entrants if one.combination is Combination.ALWAYS]
    return in_turn(always, free, at_most_coupons=len(always), by_group=False)


def _choose(entrants: Sequence[Entrant], free: Sequence[int], at_most_coupons: int) -> Chosen:
    """The ordinary offers in turn, or the one that stands alone and saves more than they do."""
    allowed = [
        one
        for one in entrants
        if one.combination is not Combination.ALWAYS and (at_most_coupons or not one.is_coupon)
    ]
    together = [one for one in allowed if not _stands_alone(one)]
    sets = [together, *([one] for one in allowed if _stands_alone(one))]
    trials = [in_turn(one, free, at_most_coupons=at_most_coupons, by_group=True) for one in sets]
    return min(trials, key=_trial_rank)


def _stands_alone(entrant: Entrant) -> bool:
    return entrant.combination is Combination.ALONE_IN_STAGE


def _trial_rank(chosen: Chosen) -> tuple[int, int, list[tuple[int, RuleId]]]:
    """Most saved, then fewest rules used, then priority and id."""
    turns = sorted(step.entrant.turn for step in chosen.steps)
    return (-chosen.saving_fen, len(chosen.steps), turns)


def _use(working: Working, step: Step) -> None:
    """Lines whose units are used up without getting cheaper carry no share."""
    offer, made = step.entrant.offer, step.plan
    taken = []
    for line in sorted(made.used):
        place, units = working.places[line], made.used[line]
        saving_fen = made.savings_fen.get(line, 0)
        if saving_fen:
            taken.append(Taken(place, saving_fen, units))
        else:
            place.free_units -= units
    use_offer(working, offer, Saving(made.saving_fen, taken, made.times))


class _Beaten:
    """Why an offer that would save something by itself is not used."""

    def __init__(self, always: Chosen, chosen: Chosen, at_most_coupons: int) -> None:
        used = [step.entrant for step in chosen.steps]
        self._free_before = always.free
        self._free_after = chosen.free
        self._without_coupons = not at_most_coupons
        self._groups = {one.group for one in used if one.group}
        self._by_alone = any(map(_stands_alone, used))

    def why(self, one: Entrant) -> Reason:
        if one.refused_on(self._free_before):
            return Reason.UNITS_USED_UP
        if one.is_coupon and self._without_coupons:
            return Reason.COUPON_LIMIT_REACHED
        if self._by_alone or _stands_alone(one) or one.group in self._groups:
            return Reason.OUTWEIGHED
        spent = one.refused_on(self._free_after)
        return Reason.UNITS_USED_UP if spent else Reason.COUPON_LIMIT_REACHED
