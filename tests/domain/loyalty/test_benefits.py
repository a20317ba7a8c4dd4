from datetime import date

import pytest

from domain.conditions import BirthdaySpan, Scope
from domain.identifiers import MemberId, TierId
from domain.loyalty.benefits import (
    Benefit,
    BirthdayGift,
    BothLanguages,
    ExchangeDiscount,
    MonthlyCoupon,
    PointsMultiplier,
    TextBenefit,
    TierDiscount,
    benefit_coupon_id,
    due_benefits,
    off_rewards,
)
from domain.loyalty.earning_terms import TIER_GROUP
from domain.loyalty.tiers import Tier

TEA = MonthlyCoupon(benefit_id="tea", template_id="free-tea", name="免费茶", count=2)
CAKE = BirthdayGift(benefit_id="cake", name="生日蛋糕")
APPLIED: tuple[Benefit, ...] = (
    TierDiscount(off_basis_points=500, scope=Scope()),
    PointsMultiplier(rate_basis_points=15_000),
    ExchangeDiscount(off_basis_points=1_000),
    TextBenefit(text=BothLanguages(zh="免排队", en="No queue")),
)


def keys(
    day: str, *benefits: Benefit, birthday: str = "", claimed: tuple[str, ...] = ()
) -> list[str]:
    due = due_benefits(
        benefits, day=date.fromisoformat(day), birthday=birthday, claimed=frozenset(claimed)
    )
    return [each.key for each in due]


def test_a_monthly_coupon_is_due_once_in_each_month() -> None:
    assert keys("2026-11-01", TEA) == ["tier:2026-11:tea"]
    assert keys("2026-11-30", TEA, claimed=("tier:2026-11:tea",)) == []
    assert keys("2026-12-01", TEA, claimed=("tier:2026-11:tea",)) == ["tier:2026-12:tea"]


def test_what_pricing_and_earning_apply_is_never_handed_out() -> None:
    assert keys("2026-11-22", *APPLIED, birthday="1990-11-22") == []


def test_a_birthday_gift_is_due_once_in_its_time() -> None:
    assert keys("2026-11-01", CAKE, TEA, birthday="1990-11-22") == [
        "birthday:2026:cake",
        "tier:2026-11:tea",
    ]
    assert keys("2026-10-31", CAKE, birthday="1990-11-22") == []
    assert keys("2026-11-22", CAKE, birthday="") == []
    assert keys("2026-11-30", CAKE, birthday="1990-11-22", claimed=("birthday:2026:cake",)) == []


@pytest.mark.parametrize(
    ("day", "birthday", "expected"),
    [
        # The week from Monday, 28 December 2026, to Sunday, 3 January 2027.
        ("2026-12-28", "1990-01-02", ["birthday:2027:cake"]),
        ("2027-01-02", "1990-01-02", ["birthday:2027:cake"]),
        ("2027-01-03", "1990-12-28", ["birthday:2026:cake"]),
        ("2026-12-31", "1990-12-28", ["birthday:2026:cake"]),
        ("2026-12-27", "1990-01-02", []),
        ("2026-11-22", "1990-11-16", ["birthday:2026:cake"]),
        ("2026-11-22", "1990-11-15", []),
    ],
)
def test_the_week_of_a_birthday_belongs_to_the_year_of_the_birthday(
    day: str, birthday: str, expected: list[str]
) -> None:
    gift = BirthdayGift(benefit_id="cake", name="蛋糕", span=BirthdaySpan.WEEK)
    assert keys(day, gift, birthday=birthday) == expected


def test_two_tills_make_the_same_coupon_under_a_key() -> None:
    assert benefit_coupon_id(MemberId("m"), "tier:2026-11:tea", 2) == "m:tier:2026-11:tea:2"


def test_the_discount_on_rewards_is_the_largest_of_the_tier() -> None:
    assert off_rewards(APPLIED) == 1_000
    assert off_rewards([*APPLIED, ExchangeDiscount(off_basis_points=2_000)]) == 2_000
    assert off_rewards([TEA]) == 0


def test_the_multiplier_of_a_tier_is_its_largest_and_carries_its_name() -> None:
    gold = Tier(tier_id=TierId("gold"), name="金卡", rank=2, benefits=APPLIED)
    multiplier = gold.multiplier
    assert multiplier is not None
    assert (multiplier.name, multiplier.rate_basis_points) == ("金卡", 15_000)
    assert multiplier.group == TIER_GROUP
    assert Tier(tier_id=TierId("base"), name="普通", rank=0, benefits=(TEA,)).multiplier is None
