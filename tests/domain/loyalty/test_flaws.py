import re

import msgspec
import pytest

from domain.conditions import Scope
from domain.identifiers import ItemId, RewardId, RuleId, TierId
from domain.loyalty.benefits import BirthdayGift, MonthlyCoupon
from domain.loyalty.earning_terms import EarningRule, EarningTerms, Measure, Multiplier
from domain.loyalty.flaws import LoyaltyFlaw, flaws_of
from domain.loyalty.rewards import DishReward, Reward
from domain.loyalty.terms import DEFAULT_LOYALTY, LoyaltyTerms
from domain.loyalty.tiers import Thresholds, Tier, TierTerms
from domain.texts.loyalty import LOYALTY_FLAW_TEXTS
from domain.wording import Language, shared_texts

TEA = MonthlyCoupon(benefit_id="tea", template_id="tea", name="茶")


def rule(name: str = "r", **settings: object) -> EarningRule:
    return msgspec.structs.replace(EarningRule(rule_id=RuleId(name), name=name), **settings)


def multiplied(rate: int) -> EarningRule:
    multiplier = Multiplier(name="m", rate_basis_points=rate)
    return rule(multipliers=(Multiplier(name="one", rate_basis_points=10_000), multiplier))


def earning(*rules: EarningRule, cap: int = 20_000) -> LoyaltyTerms:
    return LoyaltyTerms(earning=EarningTerms(rules=rules, multiplier_cap_basis_points=cap))


def tier(name: str, rank: int, **settings: object) -> Tier:
    return msgspec.structs.replace(Tier(tier_id=TierId(name), name=name, rank=rank), **settings)


def asked(name: str, rank: int, **thresholds: int) -> Tier:
    return tier(name, rank, thresholds=msgspec.structs.replace(Thresholds(), **thresholds))


def tiers(*ladder: Tier) -> LoyaltyTerms:
    return LoyaltyTerms(tiers=TierTerms(tiers=ladder))


def reward(name: str = "w", **settings: object) -> Reward:
    gives = DishReward(item_id=ItemId("d"))
    plain = Reward(reward_id=RewardId(name), name=name, gives=gives, points=10)
    return msgspec.structs.replace(plain, **settings)


def rewards(*catalogue: Reward) -> LoyaltyTerms:
    return LoyaltyTerms(rewards=catalogue)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (earning(rule(), rule(), rule()), ["rule_twice r"]),
        (
            earning(rule(measure=Measure.TOP_UP, scope=Scope(items=(ItemId("d"),)))),
            ["top_up_with_scope r"],
        ),
        (earning(multiplied(20_001)), ["multiplier_above_cap r"]),
        (tiers(tier("a", 0), tier("a", 1)), ["tier_twice a"]),
        (tiers(tier("a", 1), tier("b", 1), tier("c", 2)), ["rank_twice a", "rank_twice b"]),
        (
            tiers(asked("b", 2, visits=9, spend_fen=9), asked("a", 1, spend_fen=10)),
            ["threshold_below_lower_tier b"],
        ),
        (
            tiers(asked("a", 1, growth=9), asked("b", 2, visits=1), asked("c", 3, growth=8)),
            ["threshold_below_lower_tier c"],
        ),
        (
            tiers(tier("a", 1, by_hand_only=True, thresholds=Thresholds(visits=1))),
            ["by_hand_with_thresholds a"],
        ),
        (tiers(tier("a", 1, by_hand_only=True, kept_for_life=True)), ["by_hand_for_life a"]),
        (
            tiers(tier("a", 1, benefits=(TEA, BirthdayGift(benefit_id="tea", name="茶")))),
            ["benefit_twice tea"],
        ),
        (rewards(reward("w"), reward("v"), reward("w")), ["reward_twice w"]),
        (rewards(reward(points=0)), ["reward_free w"]),
    ],
)
def test_terms_that_contradict_themselves_are_found(
    terms: LoyaltyTerms, expected: list[str]
) -> None:
    assert [f"{found.flaw} {found.subject}" for found in flaws_of(terms)] == expected


@pytest.mark.parametrize(
    "terms",
    [
        DEFAULT_LOYALTY,
        earning(rule(), rule("s")),
        earning(multiplied(20_000)),
        earning(rule(measure=Measure.TOP_UP), rule("s", scope=Scope(items=(ItemId("d"),)))),
        tiers(asked("a", 1, spend_fen=10), asked("b", 2, spend_fen=10)),
        tiers(asked("a", 1, spend_fen=10), asked("b", 2, visits=1)),
        tiers(tier("a", 1, benefits=(TEA,)), tier("b", 2, benefits=(TEA,), by_hand_only=True)),
        tiers(tier("a", 1, kept_for_life=True)),
        rewards(reward(points=0, cash_fen=1), reward("v")),
    ],
)
def test_sound_terms_have_no_flaw(terms: LoyaltyTerms) -> None:
    assert flaws_of(terms) == ()


def test_every_flaw_has_a_text_in_both_languages() -> None:
    assert set(LOYALTY_FLAW_TEXTS) == set(LoyaltyFlaw)
    for code, (chinese, english) in LOYALTY_FLAW_TEXTS.items():
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert english.isascii()
        assert shared_texts(Language.CHINESE)[f"loyalty_flaw.{code}"] == chinese
        assert shared_texts(Language.ENGLISH)[f"loyalty_flaw.{code}"] == english
