"""What is wrong with loyalty terms, in Chinese and English."""

from typing import Final

from domain.loyalty.flaws import LoyaltyFlaw

LOYALTY_FLAW_TEXTS: Final[dict[LoyaltyFlaw, tuple[str, str]]] = {
    LoyaltyFlaw.RULE_TWICE: ("积分规则编号重复", "Two earning rules have this id"),
    LoyaltyFlaw.TOP_UP_WITH_SCOPE: (
        "充值积分规则不能限定菜品",
        "A rule for top-ups cannot name dishes",
    ),
    LoyaltyFlaw.MULTIPLIER_ABOVE_CAP: (
        "积分倍率超过总上限",
        "A multiplier is above the cap for all together",
    ),
    LoyaltyFlaw.TIER_TWICE: ("等级编号重复", "Two tiers have this id"),
    LoyaltyFlaw.RANK_TWICE: ("等级高低重复", "Another tier has the same rank"),
    LoyaltyFlaw.THRESHOLD_BELOW_LOWER_TIER: (
        "门槛低于更低的等级",
        "It asks for less than a lower tier does",
    ),
    LoyaltyFlaw.BY_HAND_WITH_THRESHOLDS: (
        "仅限手动授予的等级不能设门槛",
        "A tier given by hand alone cannot have thresholds",
    ),
    LoyaltyFlaw.BY_HAND_FOR_LIFE: (
        "仅限手动授予的等级不能设为终身，请在授予时不设截止日期",
        "A tier given by hand alone is not kept for life; give it without a last day instead",
    ),
    LoyaltyFlaw.BENEFIT_TWICE: ("同一等级内权益编号重复", "Two benefits of one tier have this id"),
    LoyaltyFlaw.REWARD_TWICE: ("兑换编号重复", "Two rewards have this id"),
    LoyaltyFlaw.REWARD_FREE: (
        "兑换既不要积分也不要现金",
        "The reward costs neither points nor cash",
    ),
}
