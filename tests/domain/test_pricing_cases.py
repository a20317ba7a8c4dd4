"""The table of carts in pricing_cases.toml."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from domain.conditions import Guest, Scope, moment_at
from domain.configuration import CouponTerms
from domain.identifiers import CouponId, ItemId, MemberId
from domain.menu import MenuItem
from domain.offers import Rule, amount_off
from domain.orders import Stage
from domain.pricing.basket import Basket, add_item, lay_coupon
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder, UnusedRule
from domain.rulebook import RuleBook

TABLE: Final = tomllib.loads(
    Path(__file__).with_name("pricing_cases.toml").read_text(encoding="utf-8")
)
CASES: Final = TABLE["case"]


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    assert len(CASES) >= 25
    assert len({case["claim"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "_", case["claim"]))
def test_a_cart_costs_what_the_table_says(case: dict[str, Any]) -> None:
    order = price(_basket(case), _question(case))
    expected = case["expected"]
    assert order.total_fen == expected["total"]
    assert [line.net_fen for line in order.lines] == expected["nets"]
    assert _used(order) == expected.get("used", {})
    assert {rule.rule_id: _why(rule) for rule in order.unused_rules} == expected.get("unused", {})
    assert order.points_earned == expected.get("earned", 0)
    assert order.points_redeemed == expected.get("redeemed", 0)
    assert set(order.coupon_ids) == set(TABLE["coupons"]) & set(_used(order))


def _used(order: PricedOrder) -> dict[str, int]:
    return {str(rule.rule_id): rule.saving_fen for rule in order.used_rules}


def _why(rule: UnusedRule) -> str:
    return f"{rule.reason} {rule.missing_fen}" if rule.missing_fen else str(rule.reason)


def _basket(case: dict[str, Any]) -> Basket:
    basket = Basket(points_wanted=case.get("points", 0))
    for line in case["lines"]:
        name, _, quantity = line.partition(" x ")
        basket = add_item(basket, _dish(name), int(quantity))
    for coupon in case.get("coupons", []):
        basket = lay_coupon(basket, _coupon(coupon))
    return basket


def _question(case: dict[str, Any]) -> Question:
    guest = None
    if "guest" in case:
        guest = Guest(
            member_id=MemberId("guest"),
            points_spendable=case["guest"],
            points=case.get("balance", case["guest"]),
            offline=case.get("offline", False),
        )
    return Question(
        book=RuleBook(rules=tuple(map(_offer, case.get("offers", [])))),
        moment=moment_at(case.get("now", 0), 0),
        guest=guest,
        redeemed=frozenset(
            CouponId(name) for name, coupon in TABLE["coupons"].items() if coupon.get("redeemed")
        ),
    )


def _dish(name: str) -> MenuItem:
    dish = TABLE["dishes"][name]
    return MenuItem(
        item_id=ItemId(name), name=name, category=dish["category"], unit_price_fen=dish["price"]
    )


def _offer(name: str) -> Rule:
    offer = TABLE["offers"][name]
    return msgspec.structs.replace(
        amount_off(name, name, from_fen=offer["threshold"], saving_fen=offer["saving"]),
        priority=offer.get("priority", 0),
        scope=Scope(excluded_categories=tuple(offer.get("excluded", ()))),
    )


def _coupon(name: str) -> CouponTerms:
    coupon = TABLE["coupons"][name]
    member = coupon.get("member")
    return CouponTerms(
        coupon_id=CouponId(name),
        code=f"CODE-{name}",
        rule=amount_off(
            name,
            name,
            from_fen=coupon["threshold"],
            saving_fen=coupon["saving"],
            stage=Stage.COUPON,
        ),
        valid_from_ms=1000,
        valid_until_ms=2000,
        member_id=MemberId(member) if member else None,
    )
