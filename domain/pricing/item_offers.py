"""S2, item and bundle offers: each unit of a line is used up by one offer only.

Prose: docs/pricing-items.md. The offer that saves most on the units still free is used as often
as it can be, then the next one on those it left.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from domain.identifiers import RuleId
from domain.offers import Combination
from domain.pricing.candidates import Offer
from domain.pricing.entrants import Entrant, entrants_of, plan_of
from domain.pricing.state import Refusal, Saving, Taken, Working
from domain.pricing.unit_plans import Plan, Units
from domain.reasons import Reason


class Step(NamedTuple):
    """An offer that is used, and what it does."""

    entrant: Entrant
    plan: Plan


class Chosen(NamedTuple):
    """The offers that are used in turn, and the units that they leave free."""

    steps: list[Step]
    free: Sequence[int]

    @property
    def saving_fen(self) -> int:
        return sum(step.plan.saving_fen for step in self.steps)

    @property
    def mask(self) -> int:
        """A bit for every line on which units were used up."""
        return reduce(or_, (step.plan.mask for step in self.steps), 0)

    @property
    def coupons(self) -> int:
        return sum(step.entrant.offer.coupon_id is not None for step in self.steps)


def item_offer_stage(working: Working, offers: Sequence[Offer], *, at_most_coupons: int) -> int:
    """Use the item offers that save most, note why the others are not used.

    Coupons used go into `working.coupon_ids`. Answers how many of the `at_most_coupons` are gone:
    a coupon that is used always takes none of them.
    """
    if not offers:
        return 0
    units = Units(working.places)
    entrants = entrants_of(working, offers, units)
    always = _always(entrants, units.free)
    chosen = _choose(entrants, always, at_most_coupons)
    steps = [*always.steps, *chosen.steps]
    for step in steps:
        _use(working, step)
    used = {step.entrant.rule_id for step in steps}
    for one in entrants:
        if one.rule_id not in used:
            reason = _why_unused(one, always, chosen, at_most_coupons=at_most_coupons)
            working.refuse(one.offer.label, Refusal(reason))
    return chosen.coupons


def _always(entrants: Iterable[Entrant], free: Sequence[int]) -> Chosen:
    """These displace nothing and are displaced by nothing, but by each other where units lack."""
    always = [Step(one, one.plan) for one in entrants if one.combination is Combination.ALWAYS]
    return _in_turn(always, free, at_most_coupons=len(always), by_group=False)


def _choose(entrants: Sequence[Entrant], before: Chosen, at_most_coupons: int) -> Chosen:
    """The ordinary offers in turn, or the one that stands alone and saves more than they do."""
    allowed = [
        Step(one, one.plan)
        for one in entrants
        if one.combination is not Combination.ALWAYS and (at_most_coupons or not one.is_coupon)
    ]
    in_play = _still_in_play(allowed, before.free, changed=before.mask)
    alone = [step for step in in_play if _stands_alone(step.entrant)]
    together = [step for step in in_play if not _stands_alone(step.entrant)]
    trials = [
        _in_turn(steps, before.free, at_most_coupons=at_most_coupons, by_group=True)
        for steps in (together, *([step] for step in alone))
    ]
    return min(trials, key=_trial_rank)


def _stands_alone(entrant: Entrant) -> bool:
    return entrant.combination is Combination.ALONE_IN_STAGE


def _trial_rank(chosen: Chosen) -> tuple[int, int, list[tuple[int, RuleId]]]:
    """Most saved, then fewest rules used, then priority and id."""
    turns = sorted(
        (step.entrant.offer.rule.priority, step.entrant.rule_id) for step in chosen.steps
    )
    return (-chosen.saving_fen, len(chosen.steps), turns)


def _in_turn(
    in_play: Sequence[Step], free: Sequence[int], *, at_most_coupons: int, by_group: bool
) -> Chosen:
    """Use the best, then the best on what it left, until no offer saves anything more."""
    left = list(free)
    steps: list[Step] = []
    coupons = 0
    while in_play:
        best = min(in_play, key=_rank)
        steps.append(best)
        coupons += best.entrant.is_coupon
        for line, units, _ in best.plan.parts:
            left[line] -= units
        group = best.entrant.group if by_group else ""
        rest = [
            step
            for step in in_play
            if step is not best
            and not (group and step.entrant.group == group)
            and not (coupons >= at_most_coupons and step.entrant.is_coupon)
        ]
        in_play = _still_in_play(rest, left, changed=best.plan.mask)
    return Chosen(steps, left)


def _rank(step: Step) -> tuple[int, int, str]:
    return (-step.plan.saving_fen, step.entrant.offer.rule.priority, step.entrant.rule_id)


def _still_in_play(steps: Iterable[Step], free: Sequence[int], *, changed: int) -> list[Step]:
    """The offers that still save something; only those on changed lines are planned anew."""
    kept = []
    for step in steps:
        if not step.entrant.shape.mask & changed:
            kept.append(step)
            continue
        again = plan_of(step.entrant.offer, step.entrant.shape, free)
        if not isinstance(again, Refusal):
            kept.append(Step(step.entrant, again))
    return kept


def _use(working: Working, step: Step) -> None:
    """Lines whose units are used up without getting cheaper carry no share."""
    offer, steps_plan = step.entrant.offer, step.plan
    taken = []
    for line, units, saving_fen in steps_plan.parts:
        place = working.places[line]
        if saving_fen:
            taken.append(Taken(place, saving_fen, units))
        else:
            place.free_units -= units
    working.use(offer.label, Saving(steps_plan.saving_fen, taken, steps_plan.times))
    working.points_barred |= not offer.rule.points_allowed
    if offer.coupon_id is not None:
        working.coupon_ids.append(offer.coupon_id)


def _why_unused(one: Entrant, always: Chosen, chosen: Chosen, *, at_most_coupons: int) -> Reason:
    """Why an offer that would save something by itself is not used."""
    if _refused_on(one, always.free):
        return Reason.UNITS_USED_UP
    if one.is_coupon and not at_most_coupons:
        return Reason.COUPON_LIMIT_REACHED
    used = [step.entrant for step in chosen.steps]
    if _stands_alone(one) or any(map(_stands_alone, used)):
        return Reason.OUTWEIGHED
    if one.group and one.group in {other.group for other in used}:
        return Reason.OUTWEIGHED
    return Reason.UNITS_USED_UP if _refused_on(one, chosen.free) else Reason.COUPON_LIMIT_REACHED


def _refused_on(one: Entrant, free: Sequence[int]) -> bool:
    return isinstance(plan_of(one.offer, one.shape, free), Refusal)
