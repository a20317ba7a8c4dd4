"""What is wrong with loyalty terms, so that they are refused when they are configured.

Conditions are looked at where all of a book's are: `domain.rulebook_check.conditions`.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from domain.conditions import EVERYTHING
from domain.loyalty.benefits import BirthdayGift, MonthlyCoupon
from domain.loyalty.earning_terms import EarningTerms, Measure
from domain.loyalty.rewards import Reward
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Thresholds, Tier


class LoyaltyFlaw(StrEnum):
    RULE_TWICE = "rule_twice"
    TOP_UP_WITH_SCOPE = "top_up_with_scope"
    MULTIPLIER_ABOVE_CAP = "multiplier_above_cap"
    TIER_TWICE = "tier_twice"
    RANK_TWICE = "rank_twice"
    THRESHOLD_BELOW_LOWER_TIER = "threshold_below_lower_tier"
    BY_HAND_WITH_THRESHOLDS = "by_hand_with_thresholds"
    BY_HAND_FOR_LIFE = "by_hand_for_life"
    BENEFIT_TWICE = "benefit_twice"
    REWARD_TWICE = "reward_twice"
    REWARD_FREE = "reward_free"


class LoyaltyFlawFound(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` is the id of the rule, tier, benefit or reward."""

    flaw: LoyaltyFlaw
    subject: str


def flaws_of(terms: LoyaltyTerms) -> tuple[LoyaltyFlawFound, ...]:
    """All flaws: of earning, then of tiers, then of rewards; empty: the terms may be used."""
    return (
        *_flaws_of_earning(terms.earning),
        *_flaws_of_tiers(terms.tiers.tiers),
        *_flaws_of_rewards(terms.rewards),
    )


def _found(flaw: LoyaltyFlaw, subjects: Iterable[str]) -> Iterator[LoyaltyFlawFound]:
    return (LoyaltyFlawFound(flaw=flaw, subject=subject) for subject in subjects)


def _twice(names: Iterable[str]) -> tuple[str, ...]:
    """The names that stand more than once, each once."""
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return tuple(name for name, times in counted.items() if times > 1)


def _flaws_of_earning(terms: EarningTerms) -> Iterator[LoyaltyFlawFound]:
    yield from _found(LoyaltyFlaw.RULE_TWICE, _twice(rule.rule_id for rule in terms.rules))
    for rule in terms.rules:
        if rule.measure is Measure.TOP_UP and rule.scope != EVERYTHING:
            yield LoyaltyFlawFound(flaw=LoyaltyFlaw.TOP_UP_WITH_SCOPE, subject=rule.rule_id)
        rates = [multiplier.rate_basis_points for multiplier in rule.multipliers]
        if max(rates, default=0) > terms.multiplier_cap_basis_points:
            yield LoyaltyFlawFound(flaw=LoyaltyFlaw.MULTIPLIER_ABOVE_CAP, subject=rule.rule_id)


def _flaws_of_tiers(tiers: tuple[Tier, ...]) -> Iterator[LoyaltyFlawFound]:
    yield from _found(LoyaltyFlaw.TIER_TWICE, _twice(tier.tier_id for tier in tiers))
    ranks = _twice(str(tier.rank) for tier in tiers)
    yield from _found(
        LoyaltyFlaw.RANK_TWICE, (tier.tier_id for tier in tiers if str(tier.rank) in ranks)
    )
    for tier in tiers:
        if tier.by_hand_only and tier.thresholds != Thresholds():
            yield LoyaltyFlawFound(flaw=LoyaltyFlaw.BY_HAND_WITH_THRESHOLDS, subject=tier.tier_id)
        if tier.by_hand_only and tier.kept_for_life:
            yield LoyaltyFlawFound(flaw=LoyaltyFlaw.BY_HAND_FOR_LIFE, subject=tier.tier_id)
        handed = [
            b.benefit_id for b in tier.benefits if isinstance(b, MonthlyCoupon | BirthdayGift)
        ]
        yield from _found(LoyaltyFlaw.BENEFIT_TWICE, _twice(handed))
    yield from _found(LoyaltyFlaw.THRESHOLD_BELOW_LOWER_TIER, _too_easy(tiers))


def _too_easy(tiers: tuple[Tier, ...]) -> Iterator[str]:
    """Tiers that ask for less than a lower one does, by one measure that both ask for."""
    ladder = sorted((tier for tier in tiers if not tier.by_hand_only), key=lambda tier: tier.rank)
    for place, tier in enumerate(ladder):
        asked = _measures(tier.thresholds)
        if any(
            mine is not None and theirs is not None and mine < theirs
            for lower in ladder[:place]
            for mine, theirs in zip(asked, _measures(lower.thresholds), strict=True)
        ):
            yield tier.tier_id


def _measures(thresholds: Thresholds) -> tuple[int | None, ...]:
    return thresholds.spend_fen, thresholds.visits, thresholds.growth


def _flaws_of_rewards(rewards: tuple[Reward, ...]) -> Iterator[LoyaltyFlawFound]:
    yield from _found(LoyaltyFlaw.REWARD_TWICE, _twice(reward.reward_id for reward in rewards))
    free = (reward.reward_id for reward in rewards if not reward.points and not reward.cash_fen)
    yield from _found(LoyaltyFlaw.REWARD_FREE, free)
