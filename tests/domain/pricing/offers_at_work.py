"""Orders put through the stages of dishes alone, without the rest of pricing."""

from collections.abc import Sequence

from domain.conditions import EVERYTHING, Scope
from domain.identifiers import CouponId, ItemId, RuleId
from domain.menu import MenuItem
from domain.offers import Effect, NewPrice, Rule
from domain.orders import LARGEST_TIMES, Stage
from domain.pricing.basket import Basket, add_item
from domain.pricing.candidates import Offer, label_of
from domain.pricing.item_offers import item_offer_stage
from domain.pricing.price_replacement import price_replacement_stage
from domain.pricing.question import Question
from domain.pricing.state import Working

Dish = tuple[str, int, int]


def basket_of(dishes: Sequence[Dish]) -> Basket:
    """Dishes as (item id, price, quantity); the category is the first letter of the id."""
    basket = Basket()
    for name, price_fen, quantity in dishes:
        item = MenuItem(item_id=ItemId(name), name=name, category=name[0], unit_price_fen=price_fen)
        basket = add_item(basket, item, quantity)
    return basket


def named(*item_ids: str) -> Scope:
    return Scope(items=tuple(ItemId(item_id) for item_id in item_ids))


def rule_of(rule_id: str, effect: Effect, scope: Scope = EVERYTHING, **fields: object) -> Rule:
    stage = Stage.PRICE_REPLACEMENT if isinstance(effect, NewPrice) else Stage.ITEM_OFFER
    words = {"rule_id": RuleId(rule_id), "name": rule_id, "stage": stage, **fields}
    return Rule(effect=effect, scope=scope, **words)  # type: ignore[arg-type]


def offer_of(rule: Rule, *, budget_left_fen: int | None = None) -> Offer:
    times_left = rule.limits.per_order or LARGEST_TIMES
    return Offer(rule, label_of(rule), times_left, budget_left_fen)


def coupon_of(rule: Rule) -> Offer:
    times_left = max(1, rule.limits.per_order)
    return Offer(rule, label_of(rule), times_left, coupon_id=CouponId(rule.rule_id))


def at_new_prices(basket: Basket, offers: Sequence[Offer]) -> Working:
    working = Working(basket, Question())
    price_replacement_stage(working, offers)
    return working


def with_item_offers(
    basket: Basket, offers: Sequence[Offer], *, at_most_coupons: int = 1
) -> Working:
    working = Working(basket, Question())
    item_offer_stage(working, offers, at_most_coupons=at_most_coupons)
    return working


def used(working: Working) -> dict[str, tuple[int, int]]:
    """Of each rule used: its saving and how often."""
    return {str(rule.rule_id): (rule.saving_fen, rule.times) for rule in working.used}


def unused(working: Working) -> dict[str, str]:
    return {str(rule.rule_id): str(rule.reason) for rule in working.unused}
