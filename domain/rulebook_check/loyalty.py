"""Points, tiers and rewards: what `domain.loyalty` finds, and references to dishes."""

from collections.abc import Iterator

from domain.loyalty.benefits import TierDiscount
from domain.loyalty.earning_terms import EarningRule
from domain.loyalty.flaws import flaws_of
from domain.loyalty.rewards import DishReward, Reward
from domain.loyalty.terms import LoyaltyTerms
from domain.money import format_fen
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.conditions import check_conditions
from domain.rulebook_check.dish_prices import largest_unit_fen
from domain.rulebook_check.known import Known
from domain.rulebook_check.scopes import check_scope


def check_loyalty(terms: LoyaltyTerms, where: str, known: Known) -> Iterator[Flaw]:
    for found in flaws_of(terms):
        here = f"{where}[{found.subject}]"
        yield Flaw(code=found.flaw, where=here, family="loyalty_flaw")
    for place, rule in enumerate(terms.earning.rules):
        yield from _earning(rule, f"{where}.earning.rules[{place}]", known)
    for place, tier in enumerate(terms.tiers.tiers):
        for number, benefit in enumerate(tier.benefits):
            if isinstance(benefit, TierDiscount):
                here = f"{where}.tiers.tiers[{place}].benefits[{number}]"
                yield from check_scope(benefit.scope, f"{here}.scope", known)
    for place, reward in enumerate(terms.rewards):
        yield from _reward(reward, f"{where}.rewards[{place}]", known)


def _earning(rule: EarningRule, where: str, known: Known) -> Iterator[Flaw]:
    yield from check_scope(rule.scope, f"{where}.scope", known)
    yield from check_conditions(rule.conditions, f"{where}.conditions", known)
    for place, multiplier in enumerate(rule.multipliers):
        here = f"{where}.multipliers[{place}].conditions"
        yield from check_conditions(multiplier.conditions, here, known)


def _reward(reward: Reward, where: str, known: Known) -> Iterator[Flaw]:
    yield from check_conditions(reward.conditions, f"{where}.conditions", known)
    gives = reward.gives
    if not isinstance(gives, DishReward) or known.items is None:
        return
    dish = known.items.get(gives.item_id)
    if dish is None:
        yield flaw(RuleFlaw.ITEM_UNKNOWN, f"{where}.gives.item_id", item=gives.item_id)
        return
    largest_fen = largest_unit_fen(dish)
    if largest_fen is not None and reward.cash_fen >= largest_fen:
        yield flaw(
            RuleFlaw.PRICE_NOT_BELOW_LIST,
            f"{where}.cash_fen",
            price=format_fen(reward.cash_fen),
            list=format_fen(largest_fen),
        )
