"""What an answer says of a rule beside its amounts: names, how it counts, what a refund needs."""

import msgspec
import pytest

from domain.conditions import Guest, Scope
from domain.fees import FeeRule, StaffDiscount, StaffDiscountKind
from domain.identifiers import ItemId, MemberId, RewardId, RuleId, TierId
from domain.loyalty.benefits import TierDiscount
from domain.loyalty.rewards import DishReward, Reward
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.menu import MenuItem
from domain.offers import (
    NO_LIMITS,
    AmountOff,
    Effect,
    FeeKind,
    Gift,
    Limits,
    NewPrice,
    PercentOff,
    RateStep,
    Rule,
    RuleUses,
    Step,
)
from domain.orders import ChosenOption, SaleLine, Stage, UsedRule
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder, UnusedRule
from domain.reasons import Reason
from domain.rulebook import RuleBook
from tests.domain.pricing.drawn_rules import NOW_MS, a_coupon

TEA = MenuItem(
    item_id=ItemId("tea"), name="茶", category="饮品", unit_price_fen=1_000, tax_basis_points=600
)
LESS = AmountOff(steps=(Step(from_fen=100, saving_fen=10), Step(from_fen=500, saving_fen=20)))


def rule_of(
    effect: Effect, stage: Stage = Stage.ORDER_OFFER, *, limits: Limits = NO_LIMITS
) -> Rule:
    return Rule(rule_id=RuleId("r"), name="满减", stage=stage, effect=effect, limits=limits)


def priced(*rules: Rule, basket: Basket | None = None, **question: object) -> PricedOrder:
    basket = add_item(Basket(), TEA) if basket is None else basket
    book = RuleBook(rules=rules)
    return price(basket, msgspec.structs.replace(Question(book=book), **question))


@pytest.mark.parametrize("limit", ["per_day", "quota", "budget_fen"])
def test_uses_of_a_rule_with_a_limit_beyond_the_order_are_counted(limit: str) -> None:
    (used,) = priced(rule_of(LESS, limits=Limits(**{limit: 1_000}))).used_rules
    assert used.counted


@pytest.mark.parametrize("limits", [NO_LIMITS, Limits(), Limits(per_order=3)])
def test_uses_of_other_rules_are_not(limits: Limits) -> None:
    (used,) = priced(rule_of(LESS, limits=limits)).used_rules
    assert not used.counted


@pytest.mark.parametrize("limit", ["per_member", "per_member_a_day"])
def test_a_limit_of_a_member_counts_too(limit: str) -> None:
    (unused,) = priced(rule_of(LESS, limits=Limits(**{limit: 1}))).unused_rules
    assert unused.reason is Reason.MEMBER_NEEDED


def test_a_rule_with_limits_that_was_never_used_has_all_of_them_left() -> None:
    rule = rule_of(LESS, limits=Limits(quota=1))
    other = {RuleId("another"): RuleUses(total=9)}
    assert [used.rule_id for used in priced(rule, uses=other).used_rules] == ["r"]


@pytest.mark.parametrize(
    ("limits", "counted"),
    [
        ({}, False),
        ({"limit_per_member": 5}, True),
        ({"limit_per_member_a_day": 5}, True),
        ({"quota": 5}, True),
    ],
)
def test_uses_of_a_reward_are_counted_where_it_has_a_limit(
    limits: dict[str, int], *, counted: bool
) -> None:
    reward = Reward(
        reward_id=RewardId("tea"),
        name="茶",
        gives=DishReward(item_id=ItemId("tea")),
        points=100,
    )
    reward = msgspec.structs.replace(reward, **limits)
    guest = Guest(member_id=MemberId("anna"), points_spendable=100, points=100)
    basket = msgspec.structs.replace(add_item(Basket(), TEA), rewards=(RewardId("tea"),))
    book = RuleBook(loyalty=LoyaltyTerms(rewards=(reward,)))
    order = price(basket, Question(book=book, guest=guest))
    (used,) = order.used_rules
    assert (used.rule_id, used.name, used.stage) == ("reward:tea", "茶", Stage.ITEM_OFFER)
    assert used.counted is counted
    assert order.reward_ids == ("tea",)
    assert [(one.line, one.points_redeemed) for one in order.loyalty] == [(1, 100)]


def test_a_used_rule_stands_with_its_name_stage_saving_and_times() -> None:
    (used,) = priced(rule_of(LESS)).used_rules
    assert used == UsedRule(
        rule_id=RuleId("r"), stage=Stage.ORDER_OFFER, name="满减", saving_fen=20, times=1
    )


def test_an_unused_rule_stands_with_its_name_stage_and_what_lacks() -> None:
    dear = AmountOff(steps=(Step(from_fen=1_001, saving_fen=10),))
    (unused,) = priced(rule_of(dear)).unused_rules
    assert unused == UnusedRule(
        rule_id=RuleId("r"),
        stage=Stage.ORDER_OFFER,
        name="满减",
        reason=Reason.THRESHOLD_NOT_MET,
        missing_fen=1,
    )


def test_a_gift_is_marked_as_one() -> None:
    gift = Gift(from_fen=1, gifts=Scope(items=(ItemId("tea"),)))
    (used,) = priced(rule_of(gift), basket=add_item(Basket(), TEA, 2)).used_rules
    assert used.gift
    (share,) = priced(rule_of(gift), basket=add_item(Basket(), TEA, 2)).shares
    assert (share.units, share.saving_fen, share.base_fen) == (1, 1_000, 2_000)


@pytest.mark.parametrize(
    ("effect", "retest_fen"),
    [
        (LESS, 100),
        (PercentOff(steps=(RateStep(from_fen=300, off_basis_points=500),)), 300),
    ],
)
def test_a_rule_to_be_tested_again_keeps_its_lowest_threshold(
    effect: Effect, retest_fen: int
) -> None:
    rule = rule_of(effect)
    (used,) = priced(rule).used_rules
    assert used.retest_fen == 0
    (used,) = priced(msgspec.structs.replace(rule, retest_on_refund=True)).used_rules
    assert used.retest_fen == retest_fen


def test_another_price_has_nothing_to_be_tested_again() -> None:
    rule = rule_of(NewPrice(off_basis_points=500), Stage.PRICE_REPLACEMENT)
    (used,) = priced(msgspec.structs.replace(rule, retest_on_refund=True)).used_rules
    assert used.retest_fen == 0


def test_a_coupon_stands_under_its_own_id_whatever_its_rule_is_called() -> None:
    coupon = a_coupon("c9", rule_of(LESS, Stage.COUPON), (0, NOW_MS))  # type: ignore[arg-type]
    basket = msgspec.structs.replace(add_item(Basket(), TEA), coupons=(coupon,))
    order = priced(basket=basket)
    assert [(used.rule_id, used.name) for used in order.used_rules] == [("c9", "满减")]
    assert [share.rule_id for share in order.shares] == ["c9"]
    assert order.coupon_ids == ("c9",)


def test_a_discount_by_hand_stands_with_its_reason() -> None:
    discount = StaffDiscount(kind=StaffDiscountKind.AMOUNT, value=1, line=1, reason="上菜慢")
    basket = msgspec.structs.replace(add_item(Basket(), TEA), staff_discounts=(discount,))
    (used,) = priced(basket=basket).used_rules
    assert (used.rule_id, used.stage, used.name) == (
        "staff:1:amount",
        Stage.STAFF_DISCOUNT,
        "上菜慢",
    )


def test_a_fee_let_off_by_hand_stands_under_the_fee() -> None:
    fee = FeeRule(
        rule_id=RuleId("pack"),
        name="打包费",
        kind=FeeKind.PACKING,
        amount_fen=200,
        tax_basis_points=600,
    )
    basket = msgspec.structs.replace(
        add_item(Basket(), TEA), waived_fees=frozenset({RuleId("pack")})
    )
    order = price(basket, Question(book=RuleBook(fees=(fee,))))
    (used,) = order.used_rules
    assert (used.rule_id, used.stage, used.name, used.saving_fen) == (
        "pack",
        Stage.STAFF_DISCOUNT,
        "打包费",
        200,
    )
    (line,) = order.fees
    assert (line.rule_id, line.kind, line.name, line.list_fen, line.amount_fen) == (
        "pack",
        "packing",
        "打包费",
        200,
        0,
    )
    assert line.tax_basis_points == 600


def test_lines_stand_as_they_were_scanned_with_all_that_a_receipt_needs() -> None:
    (line,) = priced(rule_of(LESS), basket=add_item(Basket(), TEA, 2)).lines
    assert line == SaleLine(
        number=1,
        item_id=ItemId("tea"),
        name="茶",
        quantity=2,
        unit_price_fen=1_000,
        list_fen=2_000,
        net_fen=1_980,
        category="饮品",
        tax_basis_points=600,
    )


def test_a_weighed_line_keeps_its_weight_and_its_options() -> None:
    crab = msgspec.structs.replace(TEA, by_weight=True)
    cooked = (ChosenOption(name="清蒸", price_fen=50),)
    basket = add_item(Basket(), crab, weight_grams=333, options=cooked)
    (line,) = priced(basket=basket).lines
    assert (line.weight_grams, line.options, line.list_fen) == (333, cooked, 383)


def test_points_and_the_discount_of_a_tier_stand_under_their_names() -> None:
    gold = Tier(
        tier_id=TierId("gold"),
        name="金卡",
        rank=1,
        benefits=(TierDiscount(off_basis_points=1_000),),
    )
    guest = Guest(
        member_id=MemberId("anna"), points_spendable=100, points=100, tier_id=TierId("gold")
    )
    basket = msgspec.structs.replace(add_item(Basket(), TEA), points_wanted=100)
    book = RuleBook(loyalty=LoyaltyTerms(tiers=TierTerms(tiers=(gold,))))
    order = price(basket, Question(book=book, guest=guest))
    assert [(used.rule_id, used.name, used.stage) for used in order.used_rules] == [
        ("tier:gold:1", "金卡", Stage.TIER_DISCOUNT),
        ("points", "积分抵现", Stage.POINTS),
    ]
    assert [share.stage for share in order.shares] == [Stage.TIER_DISCOUNT, Stage.POINTS]


def test_what_an_order_saves_counts_what_came_off_fees() -> None:
    fee = FeeRule(rule_id=RuleId("pack"), name="打包费", kind=FeeKind.PACKING, amount_fen=200)
    order = price(
        add_item(Basket(), TEA), Question(book=RuleBook(rules=(rule_of(LESS),), fees=(fee,)))
    )
    assert (order.saving_fen, order.fees_fen, order.total_fen) == (20, 200, 1_180)
