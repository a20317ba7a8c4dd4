"""Effects with thresholds: amounts and rates off, gifts."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from domain.conditions import NO_CONDITIONS
from domain.money import FEN_PER_YUAN, format_fen
from domain.offers import AmountOff, Gift, PercentOff, Rule
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.known import Known
from domain.rulebook_check.scopes import check_scope

# The smallest threshold for every one of which something comes off: an order of 100,000 yuan then
# uses the rule as often as a sale can say (`UsedRule.times`).
SMALLEST_EVERY_FEN: Final = FEN_PER_YUAN


def check_amount_off(effect: AmountOff, where: str) -> Iterator[Flaw]:
    steps = effect.steps
    yield from _not_rising(
        [step.from_fen for step in steps], [step.saving_fen for step in steps], where
    )
    for place, step in enumerate(steps):
        here = f"{where}.steps[{place}].saving_fen"
        if not step.saving_fen:
            yield flaw(RuleFlaw.SAVES_NOTHING, here)
        if 0 < step.from_fen < step.saving_fen:
            yield flaw(
                RuleFlaw.SAVING_ABOVE_THRESHOLD,
                here,
                threshold=format_fen(step.from_fen),
                saving=format_fen(step.saving_fen),
            )
    if effect.every and len(steps) > 1:
        yield flaw(RuleFlaw.EVERY_WITH_STEPS, f"{where}.steps")
    if effect.every and steps[0].from_fen < SMALLEST_EVERY_FEN:
        yield flaw(
            RuleFlaw.EVERY_TOO_SMALL,
            f"{where}.steps[0].from_fen",
            least=format_fen(SMALLEST_EVERY_FEN),
        )


def check_percent_off(effect: PercentOff, where: str) -> Iterator[Flaw]:
    steps = effect.steps
    rates = [step.off_basis_points for step in steps]
    yield from _not_rising([step.from_fen for step in steps], rates, where)
    for place, rate in enumerate(rates):
        if not rate:
            here = f"{where}.steps[{place}].off_basis_points"
            yield flaw(RuleFlaw.SAVES_NOTHING, here)
    if effect.cap_fen == 0:
        yield flaw(RuleFlaw.SAVES_NOTHING, f"{where}.cap_fen")


def check_gift(effect: Gift, rule: Rule, where: str, known: Known) -> Iterator[Flaw]:
    gifts = effect.gifts
    if not gifts.items and not gifts.categories:
        yield flaw(RuleFlaw.GIFT_OPEN, f"{where}.gifts")
    yield from check_scope(gifts, f"{where}.gifts", known)
    if not effect.from_fen and _asks_for_nothing_else(effect, rule, known):
        yield flaw(RuleFlaw.GIFT_FOR_ITSELF, f"{where}.from_fen")


def _asks_for_nothing_else(effect: Gift, rule: Rule, known: Known) -> bool:
    """Whether the gift is its own condition: whatever the rule looks at is one of its gifts.

    A rule that looks at no dish in particular has to ask for something: a day, a member.
    """
    if not rule.scope.items and not rule.scope.categories:
        return rule.conditions == NO_CONDITIONS and not (rule.minimum_fen or rule.minimum_quantity)
    measured = known.dishes(rule.scope)
    if measured is None:
        return rule.scope == effect.gifts
    return all(effect.gifts.holds(dish.item_id, dish.category) for dish in measured)


def _not_rising(thresholds: Sequence[int], savings: Sequence[int], where: str) -> Iterator[Flaw]:
    if any(one >= following for one, following in pairwise(thresholds)):
        yield flaw(RuleFlaw.STEPS_NOT_RISING, f"{where}.steps")
    elif any(one >= following for one, following in pairwise(savings)):
        yield flaw(RuleFlaw.SAVING_NOT_RISING, f"{where}.steps")
