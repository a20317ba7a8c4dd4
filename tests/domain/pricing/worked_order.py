"""The worked order of docs/pricing.md: four dishes that pass through every stage."""

from domain.conditions import Conditions, Guest, OrderType, Scope, moment_at
from domain.configuration import CouponTerms, PointsRule
from domain.fees import FeeRule, Rounding
from domain.identifiers import CouponId, ItemId, MemberId, RuleId, TierId
from domain.loyalty.benefits import PointsMultiplier
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.offers import (
    AmountOff,
    BuyAndGet,
    Effect,
    FeeKind,
    NewPrice,
    PercentOff,
    RateStep,
    Rule,
    Step,
)
from domain.orders import Stage
from domain.pricing.basket import Basket, BasketLine
from domain.pricing.question import Question
from domain.rulebook import RuleBook

DISHES = (
    ("fish", "热菜", 8888, 1),
    ("juice", "饮品", 1250, 3),
    ("rice", "主食", 300, 2),
    ("beer", "酒水", 1500, 2),
)
GOLD = TierId("gold")
NO_BEER = Scope(excluded_categories=("酒水",))
# Of the 60.00 that she pays from her stored value, 10.00 were a present.
BONUS_FEN = 1_000


def rule_of(stage: Stage, effect: Effect, scope: Scope, *, tier: bool = False) -> Rule:
    conditions = Conditions(tiers=(GOLD,)) if tier else Conditions()
    return Rule(
        rule_id=RuleId(stage.name),
        name=stage.name,
        stage=stage,
        effect=effect,
        scope=scope,
        conditions=conditions,
    )


def amount_off(from_fen: int, saving_fen: int) -> AmountOff:
    return AmountOff(steps=(Step(from_fen=from_fen, saving_fen=saving_fen),))


RULES = (
    rule_of(
        Stage.PRICE_REPLACEMENT,
        NewPrice(prices={ItemId("rice"): 200}),
        Scope(items=(ItemId("rice"),)),
        tier=True,
    ),
    rule_of(Stage.ITEM_OFFER, BuyAndGet(buy=2, get=1), Scope(items=(ItemId("juice"),))),
    rule_of(
        Stage.TIER_DISCOUNT,
        PercentOff(steps=(RateStep(off_basis_points=500),)),
        Scope(excluded_categories=("酒水",), list_price_only=True),
        tier=True,
    ),
    rule_of(Stage.ORDER_OFFER, amount_off(10_000, 1_500), NO_BEER),
)
COUPON = CouponTerms(
    coupon_id=CouponId("coupon"),
    code="WORKED",
    rule=rule_of(Stage.COUPON, amount_off(8_000, 800), NO_BEER),
    valid_from_ms=0,
    valid_until_ms=2,
)
PACKING = FeeRule(
    rule_id=RuleId("packing"),
    name="打包费",
    kind=FeeKind.PACKING,
    amount_fen=200,
    conditions=Conditions(order_types=(OrderType.TAKEAWAY,)),
)
TIER = Tier(
    tier_id=GOLD, name="金卡", rank=1, benefits=(PointsMultiplier(rate_basis_points=15_000),)
)
BOOK = RuleBook(
    rules=RULES,
    points=PointsRule(scope=NO_BEER),
    fees=(PACKING,),
    rounding=Rounding(),
    loyalty=LoyaltyTerms(tiers=TierTerms(tiers=(TIER,))),
)


LINES = tuple(
    BasketLine(
        number=number,
        item_id=ItemId(name),
        name=name,
        category=category,
        unit_price_fen=unit_price_fen,
        quantity=quantity,
    )
    for number, (name, category, unit_price_fen, quantity) in enumerate(DISHES, start=1)
)
BASKET = Basket(lines=LINES, coupons=(COUPON,), points_wanted=550, order_type=OrderType.TAKEAWAY)
QUESTION = Question(
    book=BOOK,
    moment=moment_at(1, 0),
    guest=Guest(member_id=MemberId("guest"), points_spendable=1_240, points=1_240, tier_id=GOLD),
)
