"""Orders as large as a till can build them become sales that every server reads."""

import msgspec
import pytest

from domain.facts import SaleClosed, decode_fact, encode_fact
from domain.fees import FeeRule, Rounding, RoundingMode, RoundingStep
from domain.identifiers import CouponId, ItemId, RuleId
from domain.menu import MenuItem
from domain.money import LARGEST_AMOUNT_FEN
from domain.offers import AmountOff, BuyAndGet, Exchange, FeeKind, Limits, NewPrice, Rule, Step
from domain.orders import LARGEST_QUANTITY, Stage
from domain.pricing.basket import LARGEST_BASKET_LINES, Basket, add_item, lay_coupon
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rulebook import RuleBook
from tests.domain.pricing.drawn_rules import NOW_MS, a_coupon
from tests.domain.pricing.sales import closed

LARGEST_TIMES = 100_000
EVERY_YUAN = AmountOff(steps=(Step(from_fen=100, saving_fen=1),), every=True)


def dish(name: str, price_fen: int) -> MenuItem:
    return MenuItem(item_id=ItemId(name), name=name, category="c", unit_price_fen=price_fen)


def one_dish(price_fen: int) -> Basket:
    return add_item(Basket(), dish("gold_leaf", price_fen))


def many_units(price_fen: int) -> Basket:
    basket = Basket()
    for number in range(LARGEST_BASKET_LINES):
        basket = add_item(basket, dish(f"d{number}", price_fen), LARGEST_QUANTITY)
    return basket


def rule_of(stage: Stage, effect: AmountOff | BuyAndGet | Exchange | NewPrice) -> Rule:
    return Rule(rule_id=RuleId("rule"), name="rule", stage=stage, effect=effect)


def sold(basket: Basket, book: RuleBook) -> PricedOrder:
    """Priced, closed, sent and read."""
    question = Question(book=book)
    order = price(basket, question)
    fact = SaleClosed(sale=closed(order, basket, question))
    assert decode_fact(*encode_fact(fact)) == fact
    return order


def fee(rule_id: str, *, amount_fen: int = 0, rate: int = 0) -> FeeRule:
    return FeeRule(
        rule_id=RuleId(rule_id),
        name=rule_id,
        kind=FeeKind.SERVICE,
        amount_fen=amount_fen,
        rate_basis_points=rate,
    )


def test_an_order_as_large_as_a_bill_costs_that() -> None:
    assert sold(one_dish(LARGEST_AMOUNT_FEN), RuleBook()).total_fen == LARGEST_AMOUNT_FEN


def test_what_comes_off_for_every_yuan_comes_as_often_as_a_sale_can_say() -> None:
    book = RuleBook(rules=(rule_of(Stage.ORDER_OFFER, EVERY_YUAN),))
    (used,) = sold(one_dish(LARGEST_AMOUNT_FEN), book).used_rules
    assert (used.times, used.saving_fen) == (LARGEST_TIMES, LARGEST_TIMES)
    (used,) = sold(one_dish(LARGEST_TIMES * 100 - 1), book).used_rules
    assert used.times == LARGEST_TIMES - 1


def test_limits_above_that_do_not_let_it_come_more_often() -> None:
    rule = rule_of(Stage.ORDER_OFFER, EVERY_YUAN)
    rule = msgspec.structs.replace(rule, limits=Limits(per_order=1_000_000_000))
    (used,) = sold(one_dish(LARGEST_AMOUNT_FEN), RuleBook(rules=(rule,))).used_rules
    assert used.times == LARGEST_TIMES


def test_nor_do_the_limits_of_a_coupon() -> None:
    rule = rule_of(Stage.COUPON, EVERY_YUAN)
    rule = msgspec.structs.replace(rule, limits=Limits(per_order=1_000_000_000))
    coupon = a_coupon(CouponId("c"), rule, (0, NOW_MS))
    basket = lay_coupon(one_dish(LARGEST_AMOUNT_FEN), coupon)
    (used,) = sold(basket, RuleBook()).used_rules
    assert used.times == LARGEST_TIMES


@pytest.mark.parametrize(
    ("stage", "effect"),
    [
        (Stage.PRICE_REPLACEMENT, NewPrice(off_basis_points=10_000)),
        (Stage.ITEM_OFFER, BuyAndGet(buy=1)),
        (Stage.ITEM_OFFER, Exchange(quantity=100)),
    ],
    ids=["new_price", "buy_and_get", "exchange"],
)
def test_as_many_units_as_an_order_holds(stage: Stage, effect: NewPrice | BuyAndGet) -> None:
    order = sold(many_units(100), RuleBook(rules=(rule_of(stage, effect),)))
    assert order.used_rules[0].times <= LARGEST_TIMES
    assert order.total_fen == order.list_fen - order.used_rules[0].saving_fen


def test_fees_and_dishes_together_cost_no_more_than_a_bill_can() -> None:
    book = RuleBook(
        fees=(
            fee("a_rate", rate=10_000),
            fee("b_amount", amount_fen=LARGEST_AMOUNT_FEN),
            fee("c_amount", amount_fen=1),
        )
    )
    order = sold(one_dish(LARGEST_AMOUNT_FEN // 2 - 7), book)
    assert [(one.rule_id, one.amount_fen) for one in order.fees] == [
        ("a_rate", LARGEST_AMOUNT_FEN // 2 - 7),
        ("b_amount", 14),
    ]
    assert order.total_fen == LARGEST_AMOUNT_FEN


def test_rounding_half_up_stays_within_a_bill() -> None:
    rounding = Rounding(step_fen=RoundingStep.YUAN, mode=RoundingMode.HALF_UP)
    order = sold(one_dish(LARGEST_AMOUNT_FEN - 1), RuleBook(rounding=rounding))
    assert order.total_fen == LARGEST_AMOUNT_FEN
    assert [(one.saving_fen, one.stage) for one in order.used_rules] == [(-1, Stage.ROUNDING)]
