"""Pricing a long basket with many rules of every kind, and refunding a long order."""

from collections.abc import Sequence

from domain.conditions import (
    MINUTES_A_DAY,
    Conditions,
    Guest,
    OrderType,
    Scope,
    TimeWindow,
    Weekday,
    moment_at,
)
from domain.fees import FeeMeasure, FeeRule, Rounding
from domain.identifiers import MemberId, RuleId, TierId
from domain.loyalty.benefits import TierDiscount
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.menu import MenuItem
from domain.offers import (
    AmountOff,
    Bundle,
    BuyAndGet,
    Effect,
    Exchange,
    FeeKind,
    Gift,
    NewPrice,
    Part,
    PercentOff,
    RateStep,
    Rule,
    Step,
)
from domain.orders import Stage
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.rulebook import RuleBook
from tests.benchmarks.measure import Measured, judged, percentile, time_ms
from tests.benchmarks.tills import dishes

RUNS = 300
BUDGET_MS = 10
SMALL_BUDGET_MS = 0.5
NOW_MS = 1_790_000_000_000


def measure() -> list[Measured]:
    return [
        *_measured("price 60 lines with 200 rules", dishes(60), 200, p99_budget_ms=BUDGET_MS),
        *_measured("price 3 lines with 20 rules", dishes(3), 20, median_budget_ms=SMALL_BUDGET_MS),
    ]


def _measured(
    name: str,
    items: tuple[MenuItem, ...],
    rules: int,
    *,
    median_budget_ms: float | None = None,
    p99_budget_ms: float | None = None,
) -> list[Measured]:
    basket = basket_of(items)
    asked = Question(book=mixed_book(items, rules), moment=moment_at(NOW_MS, 480), guest=GUEST)
    order = price(basket, asked)
    assert len({rule.stage for rule in order.used_rules}) > 4, "the rules of the book do not bite"
    times = [time_ms(lambda: price(basket, asked)) for _ in range(RUNS)]
    return [
        judged(f"{name}, median", percentile(times, 0.5), "ms", budget=median_budget_ms),
        judged(f"{name}, p99", percentile(times, 0.99), "ms", budget=p99_budget_ms),
    ]


GUEST = Guest(
    member_id=MemberId("guest"), points=5_000, points_spendable=5_000, tier_id=TierId("gold")
)


def basket_of(items: Sequence[MenuItem]) -> Basket:
    basket = Basket(points_wanted=1_000, order_type=OrderType.TAKEAWAY)
    for place, item in enumerate(items):
        basket = add_item(basket, item, 1 + place % 4)
    return basket


def mixed_book(items: Sequence[MenuItem], rules: int) -> RuleBook:
    """So many rules: every effect in turn, on single dishes, on categories and on all of them.

    Half have conditions; of those half fail.
    """
    gold = Tier(
        tier_id=TierId("gold"),
        name="金卡",
        rank=1,
        benefits=(TierDiscount(off_basis_points=500, scope=Scope(list_price_only=True)),),
    )
    return RuleBook(
        rules=tuple(_rule(number, items) for number in range(rules)),
        fees=(
            FeeRule(
                rule_id=RuleId("packing"),
                name="打包费",
                kind=FeeKind.PACKING,
                amount_fen=50,
                measure=FeeMeasure.UNIT,
            ),
        ),
        rounding=Rounding(),
        loyalty=LoyaltyTerms(tiers=TierTerms(tiers=(gold,))),
    )


def _rule(number: int, items: Sequence[MenuItem]) -> Rule:
    dish = items[number % len(items)]
    other = items[(number * 7 + 1) % len(items)]
    one, two = Scope(items=(dish.item_id,)), Scope(items=(other.item_id,))
    most = Scope(excluded_categories=(dish.category,))
    kinds: list[tuple[Stage, Effect, Scope]] = [
        (Stage.PRICE_REPLACEMENT, NewPrice(prices={dish.item_id: dish.unit_price_fen - 50}), one),
        (Stage.ITEM_OFFER, BuyAndGet(buy=1, off_basis_points=5_000), one),
        (Stage.ITEM_OFFER, BuyAndGet(buy=2), Scope(categories=(dish.category,))),
        (Stage.ITEM_OFFER, Bundle(parts=(Part(scope=one), Part(scope=two)), price_fen=900), one),
        (Stage.ITEM_OFFER, Exchange(price_fen=100 + number), two),
        (Stage.TIER_DISCOUNT, PercentOff(steps=(RateStep(off_basis_points=300),)), most),
        (Stage.ORDER_OFFER, AmountOff(steps=_steps(number)), most),
        (
            Stage.ORDER_OFFER,
            PercentOff(steps=(RateStep(from_fen=9_000, off_basis_points=800),), cap_fen=2_000),
            most,
        ),
        (Stage.ORDER_OFFER, Gift(from_fen=5_000, gifts=one), Scope()),
    ]
    stage, effect, scope = kinds[number % len(kinds)]
    return Rule(
        rule_id=RuleId(f"r{number:03d}"),
        name=f"规则{number}",
        stage=stage,
        effect=effect,
        scope=scope,
        conditions=_conditions(number),
        priority=number % 5,
        group="" if number % 3 else f"g{number % 2}",
    )


def _steps(number: int) -> tuple[Step, ...]:
    return tuple(
        Step(from_fen=at * (1_000 + number), saving_fen=at * 80 + number) for at in (1, 3, 9)
    )


def _conditions(number: int) -> Conditions:
    match number % 4:
        case 0:
            return Conditions(
                weekdays=tuple(Weekday),
                windows=(TimeWindow(start_minute=0, until_minute=MINUTES_A_DAY),),
            )
        case 1:
            return Conditions(tiers=(TierId("silver"),), order_types=(OrderType.TAKEAWAY,))
        case _:
            return Conditions()
