"""The worked order in docs/pricing.md is what the code answers."""

from domain.conditions import Conditions, Guest, OrderType, Scope, moment_at
from domain.configuration import CouponTerms, PointsRule
from domain.fees import FeeRule, Rounding
from domain.identifiers import CouponId, ItemId, MemberId, RuleId, TierId
from domain.loyalty.benefits import PointsMultiplier
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.money import allocate
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
from domain.pricing.earnings import with_earnings
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rulebook import RuleBook
from tests.architecture.tree import rows, section

DISHES = (
    ("fish", "热菜", 8888, 1),
    ("juice", "饮品", 1250, 3),
    ("rice", "主食", 300, 2),
    ("beer", "酒水", 1500, 2),
)
GOLD = TierId("gold")
NO_BEER = Scope(excluded_categories=("酒水",))
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


def worked_order() -> PricedOrder:
    """Priced, and then paid with some bonus money."""
    lines = tuple(
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
    basket = Basket(
        lines=lines, coupons=(COUPON,), points_wanted=550, order_type=OrderType.TAKEAWAY
    )
    guest = Guest(member_id=MemberId("guest"), points_spendable=1_240, tier_id=GOLD)
    question = Question(book=BOOK, moment=moment_at(1, 0), guest=guest)
    return with_earnings(price(basket, question), basket, question, bonus_fen=BONUS_FEN)


def savings(order: PricedOrder, stage: Stage) -> list[int]:
    """What a stage took off each line, and off the order; negative, as in the table."""
    shares = {share.line: -share.saving_fen for share in order.shares if share.stage is stage}
    each = [shares.get(line.number, 0) for line in order.lines]
    return [*each, sum(each)]


def test_the_worked_order_is_priced_as_documented() -> None:
    order = worked_order()
    nets = [line.net_fen for line in order.lines]
    bonus = allocate(BONUS_FEN, [*nets, order.fees_fen])[:-1]
    earned = {line.line: line.points_earned for line in order.loyalty}
    stages = (
        Stage.PRICE_REPLACEMENT,
        Stage.ITEM_OFFER,
        Stage.TIER_DISCOUNT,
        Stage.ORDER_OFFER,
        Stage.COUPON,
        Stage.POINTS,
        Stage.ROUNDING,
    )
    expected = {
        "`S0`": [*(line.list_fen for line in order.lines), order.list_fen],
        **{f"`{stage}`": savings(order, stage) for stage in stages},
        "net": [*nets, sum(nets)],
        "bonus money": [*bonus, sum(bonus)],
        "points earned": [*(earned[line.number] for line in order.lines), order.points_earned],
    }
    _, *written = rows(section("docs/pricing.md", "## A worked order"))
    assert {row[0]: [int(cell) for cell in row[1:]] for row in written} == expected
    assert (order.fees_fen, order.total_fen) == (200, 11_610)
