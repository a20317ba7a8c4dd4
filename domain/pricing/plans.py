"""Ways to price one order that must be tried as a whole before the cheapest is known.

Nearly always there is one. A rule that goes with no other is a plan of its own; coupons for dishes
(S2) compete with coupons for the order (S5) over the number allowed, so each choice of them is one.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Final, NamedTuple

from domain.identifiers import RuleId
from domain.orders import Stage
from domain.pricing.basket import LARGEST_COUPONS
from domain.pricing.candidates import Candidates, Offer
from domain.pricing.result import UnusedRule
from domain.pricing.state import Working
from domain.reasons import Reason

# Rules of the book that may go alone in an order; every coupon may as well.
MOST_ALONE: Final = 20
MOST_COUPON_CHOICES: Final = 32
_LEFT_OUT: Final = (Reason.STANDS_ALONE, Reason.COUPON_LIMIT_REACHED)


class Plan(NamedTuple):
    """`alone` is the one rule used; `dish_coupons` those of S2 that may be used, None for all.

    At most `most_dish_coupons` of them are used, and of the coupons allowed `kept_for_fees` are
    out of reach for S5.
    """

    alone: RuleId | None = None
    dish_coupons: frozenset[RuleId] | None = None
    most_dish_coupons: int = LARGEST_COUPONS
    kept_for_fees: int = 0

    def admits(self, offer: Offer) -> bool:
        rule = offer.rule
        if offer.always:
            return True
        if self.alone is not None:
            return rule.rule_id == self.alone
        return not offer.alone_in_order and not self.passes_over(offer)

    def passes_over(self, offer: Offer) -> bool:
        """Whether this plan leaves a coupon for dishes unused in favour of others."""
        if self.dish_coupons is None or not offer.is_coupon:
            return False
        return offer.rule.stage is Stage.ITEM_OFFER and offer.rule.rule_id not in self.dish_coupons


class Tried(NamedTuple):
    """An order priced by a plan."""

    plan: Plan
    working: Working

    @property
    def stands(self) -> bool:
        """A pricing for a rule that goes alone stands only where that rule is used."""
        alone = self.plan.alone
        return alone is None or any(rule.rule_id == alone for rule in self.working.used)


def name_true_reasons(best: Working, tried: Sequence[Tried]) -> None:
    """A rule that the plan left out, and that would not have been used anyway, says why.

    It was tried in a plan that leaves out all of its kind but itself.
    """
    own: dict[RuleId, UnusedRule] = {}
    for plan, working in tried:
        only = plan.dish_coupons or frozenset() if plan.alone is None else {plan.alone}
        if len(only) == 1:
            own.update((rule.rule_id, rule) for rule in working.unused if rule.rule_id in only)
    best.unused = [
        own.get(rule.rule_id, rule) if rule.reason in _LEFT_OUT else rule for rule in best.unused
    ]


def plans(found: Candidates, coupons_per_order: int) -> list[Plan]:
    """All plans worth pricing, the ordinary one first."""
    alone = sorted(
        (offer for offer in found.all() if offer.alone_in_order),
        key=lambda offer: (offer.rule.priority, offer.rule.rule_id),
    )
    together = _together(found, coupons_per_order)
    most = MOST_ALONE + LARGEST_COUPONS
    return [*together, *(Plan(alone=offer.rule.rule_id) for offer in alone[:most])]


def _together(found: Candidates, coupons_per_order: int) -> list[Plan]:
    """How coupons may be divided between the stages, where they stand in each other's way."""
    coupons = [
        offer
        for offer in found.all()
        if offer.is_coupon and not (offer.always or offer.alone_in_order)
    ]
    stages = Counter(offer.rule.stage for offer in coupons)
    groups = [offer.rule.group for offer in coupons if offer.rule.group]
    room = len(coupons) <= coupons_per_order and len(set(groups)) == len(groups)
    if room and stages[Stage.ITEM_OFFER] in (0, len(coupons)):
        return [Plan()]
    dishes = sorted(offer.rule.rule_id for offer in coupons if offer.rule.stage is Stage.ITEM_OFFER)
    sizes = range(min(len(dishes), coupons_per_order), -1, -1)
    choices = [Plan(dish_coupons=frozenset(one)) for n in sizes for one in combinations(dishes, n)]
    if len(choices) > MOST_COUPON_CHOICES:
        choices = [Plan(most_dish_coupons=size) for size in sizes]
    for_fees = 0 if room else min(stages[Stage.FEE], coupons_per_order)
    return [plan._replace(kept_for_fees=kept) for plan in choices for kept in range(for_fees + 1)]
