"""S2, item and bundle offers: each unit of a line is used up by one offer only.

Prose: docs/pricing-items.md. The offer that saves most on the units still free is used as often
as it can be, then the next one on those it left.
"""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from domain.identifiers import RuleId
from domain.offers import Combination
from domain.pricing.candidates import Offer
from domain.pricing.entrants import Entrant, entrants_of
from domain.pricing.state import Refusal, Saving, Taken, Working
from domain.pricing.unit_plans import Plan, Units, plan
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
    def coupons(self) -> int:
        return sum(step.entrant.offer.coupon_id is not None for step in self.steps)


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
    used = {step.entrant.rule_id for step in steps}
    for one in entrants:
        if one.rule_id not in used:
            reason = _why_unused(one, always, chosen, at_most_coupons=at_most_coupons)
            working.refuse(one.offer.label, Refusal(reason))
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


def in_turn(
    entrants: Iterable[Entrant], free: Sequence[int], *, at_most_coupons: int, by_group: bool
) -> Chosen:
    """Use the best, then the best on what it left, until no offer saves anything more.

    An offer is planned only when what it saved at most, or when it was last planned, is the
    largest: with fewer units left it never saves more.
    """
    left = list(free)
    steps: list[Step] = []
    groups: set[str] = set()
    coupons = 0
    waiting = [_Waiting(-one.most_fen, one.turn, n, one) for n, one in enumerate(entrants)]
    heapify(waiting)
    while waiting:
        _, turn, number, one, made, made_at = heappop(waiting)
        if one.group in groups or (one.is_coupon and coupons >= at_most_coupons):
            continue
        if made is None or any(step.plan.mask & one.shape.mask for step in steps[made_at:]):
            again = plan(one.shape, left, one.bounds)
            if again.times:
                saving_fen = again.saving_fen
                heappush(waiting, _Waiting(-saving_fen, turn, number, one, again, len(steps)))
            continue
        steps.append(Step(one, made))
        coupons += one.is_coupon
        if by_group and one.group:
            groups.add(one.group)
        for line, units in made.used.items():
            left[line] -= units
    return Chosen(steps, left)


class _Waiting(NamedTuple):
    """An offer that may still be used: the largest saving first, ties by priority, then id.

    `plan` was made after so many steps.
    """

    less_saving_fen: int
    turn: tuple[int, RuleId]
    number: int
    entrant: Entrant
    plan: Plan | None = None
    made_at: int = 0


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
    working.use(offer.label, Saving(made.saving_fen, taken, made.times))
    working.points_barred |= not offer.rule.points_allowed
    if offer.coupon_id is not None:
        working.coupon_ids.append(offer.coupon_id)


def _why_unused(one: Entrant, always: Chosen, chosen: Chosen, *, at_most_coupons: int) -> Reason:
    """Why an offer that would save something by itself is not used."""
    if one.refused_on(always.free):
        return Reason.UNITS_USED_UP
    if one.is_coupon and not at_most_coupons:
        return Reason.COUPON_LIMIT_REACHED
    used = [step.entrant for step in chosen.steps]
    if _stands_alone(one) or any(map(_stands_alone, used)):
        return Reason.OUTWEIGHED
    if one.group and one.group in {other.group for other in used}:
        return Reason.OUTWEIGHED
    return Reason.UNITS_USED_UP if one.refused_on(chosen.free) else Reason.COUPON_LIMIT_REACHED
