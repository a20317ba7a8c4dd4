"""The worked order of docs/pricing.md, figure by figure, in whatever order it was scanned."""

from itertools import permutations

import pytest

from domain.money import allocate
from domain.orders import Stage
from domain.pricing.basket import Basket
from domain.pricing.earnings import with_earnings
from domain.pricing.price import price
from domain.pricing.result import PricedOrder
from tests.domain.pricing.orders import by_dish, renumbered, turned_round
from tests.domain.pricing.worked_order import BASKET, BONUS_FEN, LINES, QUESTION

SCANS = list(permutations(range(len(LINES))))
DISHES = ("fish", "juice", "rice", "beer")

# By dish: the share of the stage, and what it was measured on.
SHARES = {
    Stage.PRICE_REPLACEMENT: {"rice": (200, 600)},
    Stage.ITEM_OFFER: {"juice": (1250, 3750)},
    Stage.TIER_DISCOUNT: {"fish": (444, 8888), "juice": (125, 2500)},
    Stage.ORDER_OFFER: {"fish": (1129, 8444), "juice": (318, 2375), "rice": (53, 400)},
    Stage.COUPON: {"fish": (602, 7315), "juice": (169, 2057), "rice": (29, 347)},
    Stage.POINTS: {"fish": (376, 6713), "juice": (106, 1888), "rice": (18, 318)},
    Stage.ROUNDING: {"fish": (5, 6337), "juice": (2, 1782), "beer": (2, 3000)},
}
SAVINGS = {
    Stage.PRICE_REPLACEMENT: 200,
    Stage.ITEM_OFFER: 1250,
    Stage.TIER_DISCOUNT: 569,
    Stage.ORDER_OFFER: 1500,
    Stage.COUPON: 800,
    Stage.POINTS: 500,
    Stage.ROUNDING: 9,
}


def paid(order: PricedOrder, basket: Basket = BASKET) -> PricedOrder:
    return with_earnings(order, basket, QUESTION, bonus_fen=BONUS_FEN)


def test_list_prices_nets_fee_and_total() -> None:
    order = price(BASKET, QUESTION)
    assert [line.list_fen for line in order.lines] == [8888, 3750, 600, 3000]
    assert [line.net_fen for line in order.lines] == [6332, 1780, 300, 2998]
    assert [(fee.list_fen, fee.amount_fen) for fee in order.fees] == [(200, 200)]
    assert (order.list_fen, order.total_fen, order.due_fen) == (16238, 11610, 11610)
    assert order.saving_fen == sum(SAVINGS.values())
    assert order.unused_rules == ()


def test_the_shares_of_each_stage_and_what_they_were_measured_on() -> None:
    order = price(BASKET, QUESTION)
    found: dict[Stage, dict[str, tuple[int, int]]] = {}
    for share in order.shares:
        shares = found.setdefault(share.stage, {})
        shares[DISHES[share.line - 1]] = (share.saving_fen, share.base_fen)
    assert found == SHARES
    assert {rule.stage: rule.saving_fen for rule in order.used_rules} == SAVINGS
    assert [rule.stage for rule in order.used_rules] == list(SAVINGS)


@pytest.mark.parametrize(
    ("stage", "left_fen"),
    [
        (Stage.PRICE_REPLACEMENT, 16038),
        (Stage.ITEM_OFFER, 14788),
        (Stage.TIER_DISCOUNT, 14219),
        (Stage.ORDER_OFFER, 12719),
        (Stage.COUPON, 11919),
        (Stage.POINTS, 11419),
        (Stage.ROUNDING, 11410),
    ],
)
def test_what_each_stage_leaves_of_the_dishes(stage: Stage, left_fen: int) -> None:
    order = price(BASKET, QUESTION)
    so_far = list(SAVINGS)[: list(SAVINGS).index(stage) + 1]
    taken = sum(share.saving_fen for share in order.shares if share.stage in so_far)
    assert order.list_fen - taken == left_fen


def test_the_free_juice_uses_up_all_three() -> None:
    order = price(BASKET, QUESTION)
    (share,) = [share for share in order.shares if share.stage is Stage.ITEM_OFFER]
    assert share.units == 3


def test_points_taken_possible_and_spent_by_line() -> None:
    order = price(BASKET, QUESTION)
    assert (order.points_redeemed, order.points_possible) == (500, 1200)
    spent = {DISHES[one.line - 1]: one.points_redeemed for one in order.loyalty}
    assert spent == {"fish": 376, "juice": 106, "rice": 18, "beer": 0}


def test_bonus_money_is_shared_over_lines_and_fee_and_earns_nothing() -> None:
    nets = [line.net_fen for line in price(BASKET, QUESTION).lines]
    assert allocate(BONUS_FEN, [*nets, 200]) == (546, 153, 26, 258, 17)
    # 10,427 fen earn 156.4: rounded down once, and shared.
    order = paid(price(BASKET, QUESTION))
    assert order.points_earned == 156
    earned = {DISHES[one.line - 1]: one.points_earned for one in order.loyalty}
    assert earned == {"fish": 87, "juice": 24, "rice": 4, "beer": 41}


def test_without_bonus_money_all_dishes_earn() -> None:
    """11,410 fen at one and a half points a yuan; the fee earns nothing."""
    order = price(BASKET, QUESTION)
    assert order.points_earned == 171
    assert sum(one.points_earned for one in order.loyalty) == 171


def test_prices_without_a_rate_hold_no_tax() -> None:
    assert not price(BASKET, QUESTION).taxes


@pytest.mark.parametrize("scan", SCANS, ids=lambda scan: "".join(str(place + 1) for place in scan))
def test_scanned_in_any_order_every_dish_costs_the_same(scan: tuple[int, ...]) -> None:
    basket = renumbered(BASKET, scan)
    first, other = price(BASKET, QUESTION), price(basket, QUESTION)
    assert by_dish(other) == by_dish(first)
    assert by_dish(paid(other, basket)) == by_dish(paid(first))


def test_with_rules_and_coupons_the_other_way_round_it_is_the_same_order() -> None:
    assert by_dish(price(*turned_round(BASKET, QUESTION))) == by_dish(price(BASKET, QUESTION))
