"""Item offers (S2) one after the other: the best, then the best on the units that it left."""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from domain.identifiers import RuleId
from domain.pricing.entrants import Entrant
from domain.pricing.unit_plans import UnitPlan, plan


class Step(NamedTuple):
    """An offer that is used, and what it does."""

    entrant: Entrant
    plan: UnitPlan


class Chosen(NamedTuple):
    """The offers that are used in turn, and the units that they leave free."""

    steps: list[Step]
    free: Sequence[int]

    @property
    def saving_fen(self) -> int:
        return sum(step.plan.saving_fen for step in self.steps)

    @property
    def coupons(self) -> int:
        return sum(step.entrant.is_coupon for step in self.steps)


class _Waiting(NamedTuple):
    """An offer that may still be used: the largest saving first, ties by priority, then id.

    Without a plan the saving is a bound of what it could be.
    """

    less_saving_fen: int
    turn: tuple[int, RuleId]
    number: int
    entrant: Entrant
    plan: UnitPlan | None = None


def in_turn(
    entrants: Iterable[Entrant], free: Sequence[int], *, at_most_coupons: int, by_group: bool
) -> Chosen:
    """Use the best, then the best on what it left, until no offer saves anything more.

    An offer is planned only when the most that it could save is the largest of all.
    """
    left = list(free)
    steps: list[Step] = []
    groups: set[str] = set()
    coupons = 0
    waiting = [_Waiting(-one.most_fen, one.turn, n, one) for n, one in enumerate(entrants)]
    heapify(waiting)
    while waiting:
        first = heappop(waiting)
        one = first.entrant
        if one.group in groups or (one.is_coupon and coupons >= at_most_coupons):
            continue
        if first.plan is None:
            _plan_again(waiting, first, left)
            continue
        steps.append(Step(one, first.plan))
        coupons += one.is_coupon
        if by_group and one.group:
            groups.add(one.group)
        for line, units in first.plan.used.items():
            left[line] -= units
        waiting = [_after(other, first.plan.mask) for other in waiting]
        heapify(waiting)
    return Chosen(steps, left)


def _plan_again(waiting: list[_Waiting], one: _Waiting, left: Sequence[int]) -> None:
    """Put the offer back with what it really saves; it is out where it saves nothing any more."""
    entrant = one.entrant
    made = plan(entrant.shape, left, entrant.bounds)
    if made.times:
        heappush(waiting, one._replace(less_saving_fen=-made.saving_fen, plan=made))


def _after(one: _Waiting, used_mask: int) -> _Waiting:
    """The offer after units were used up on those lines.

    What it would have saved before is the most that it could save now. Not so with a budget, which
    cheaper units may fill better: there the first bound stands.
    """
    if one.plan is None or not one.entrant.shape.mask & used_mask:
        return one
    if one.entrant.bounds.budget_left_fen is None:
        return one._replace(plan=None)
    return one._replace(less_saving_fen=-one.entrant.most_fen, plan=None)
