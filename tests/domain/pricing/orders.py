"""The same order entered another way, and what of its answer must not depend on that."""

from collections.abc import Sequence
from typing import Any

import msgspec

from domain.offers import Rule
from domain.pricing.basket import Basket
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder


def renumbered(basket: Basket, places: Sequence[int]) -> Basket:
    """The lines scanned in another order, `places` into the old one; discounts go with them.

    What was given for a line that is not there any more means nothing and stays out.
    """
    lines = [basket.lines[place] for place in places]
    numbers = {line.number: number for number, line in enumerate(lines, start=1)} | {0: 0}
    return msgspec.structs.replace(
        basket,
        lines=tuple(msgspec.structs.replace(line, number=numbers[line.number]) for line in lines),
        staff_discounts=tuple(
            msgspec.structs.replace(discount, line=numbers[discount.line])
            for discount in basket.staff_discounts
            if discount.line in numbers
        ),
    )


def turned_round(basket: Basket, question: Question) -> tuple[Basket, Question]:
    """Lines, coupons, discounts, rules and fees all in the opposite order."""
    turned = renumbered(basket, range(len(basket.lines))[::-1])
    turned = msgspec.structs.replace(
        turned, coupons=turned.coupons[::-1], staff_discounts=turned.staff_discounts[::-1]
    )
    book = question.book
    book = msgspec.structs.replace(book, rules=book.rules[::-1], fees=book.fees[::-1])
    return turned, msgspec.structs.replace(question, book=book)


def by_dish(order: PricedOrder) -> dict[str, Any]:
    """Every amount and every reason, with lines named by what lies on them, not by number."""
    dish_of = {
        line.number: f"{line.item_id} {line.unit_price_fen} {line.weight_grams} {line.options}"
        for line in order.lines
    }

    def name(rule_id: str) -> str:
        """A discount by hand is called by its line."""
        number, _, kind = rule_id.removeprefix("staff:").partition(":")
        return f"staff {dish_of[int(number)]} {kind}" if number.isdigit() else rule_id

    return {
        "lines": sorted(
            (dish_of[line.number], line.list_fen, line.net_fen) for line in order.lines
        ),
        "shares": sorted(
            (dish_of[one.line], name(one.rule_id), one.base_fen, one.saving_fen, one.units)
            for one in order.shares
        ),
        "used": sorted((name(one.rule_id), one.saving_fen, one.times) for one in order.used_rules),
        "unused": sorted(
            (name(one.rule_id), one.reason, one.missing_fen, one.missing_units)
            for one in order.unused_rules
        ),
        "earned": sorted(
            (dish_of.get(one.line, ""), one.points_earned, one.points_redeemed)
            for one in order.loyalty
        ),
        "coupons": set(order.coupon_ids),
        "fees": order.fees,
        "taxes": order.taxes,
        "total": order.total_fen,
        "redeemed": order.points_redeemed,
        "possible": order.points_possible,
    }


def rules_by_id(asked: tuple[Basket, Question]) -> dict[str, Rule]:
    basket, question = asked
    of_book = {str(rule.rule_id): rule for rule in question.book.rules}
    return of_book | {str(terms.coupon_id): terms.rule for terms in basket.coupons}


def used_of(asked: tuple[Basket, Question], order: PricedOrder) -> dict[str, Rule]:
    """The rules of the book and the coupons that were used; those of tiers and rewards are not."""
    known = rules_by_id(asked)
    return {one.rule_id: known[one.rule_id] for one in order.used_rules if one.rule_id in known}
