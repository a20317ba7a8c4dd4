"""What a priced order earns and what was redeemed on it, by line: the loyalty side of an order."""

from collections import defaultdict

import msgspec

from domain.identifiers import RuleId
from domain.loyalty.earned import NOTHING_EARNED, Earned, PaidLine, Purchase
from domain.loyalty.earning import earn
from domain.loyalty.earning_terms import LARGEST_EARNING
from domain.money import allocate
from domain.orders import LineLoyalty, Stage
from domain.pricing.basket import Basket
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.pricing.state import place_order


def with_earnings(
    order: PricedOrder,
    basket: Basket,
    question: Question,
    *,
    bonus_fen: int = 0,
    reward_points: tuple[tuple[int, int], ...] = (),
) -> PricedOrder:
    """The order with its points and growth value, `bonus_fen` of it being paid with bonus money.

    `reward_points` are the points that rewards took, by line; an order that was priced before
    knows them already.
    """
    redeemed = _redeemed(order, reward_points)
    earned = _earned(order, basket, question, bonus_fen)
    by_line = {line.line: line for line in earned.lines}
    lines = sorted({*redeemed, *by_line})
    loyalty = tuple(
        LineLoyalty(
            line=line,
            points_earned=by_line[line].points if line in by_line else 0,
            growth_earned=by_line[line].growth if line in by_line else 0,
            points_redeemed=redeemed.get(line, 0),
        )
        for line in lines
    )
    return msgspec.structs.replace(
        order,
        points_earned=earned.points,
        growth_earned=earned.growth,
        earned=earned,
        loyalty=loyalty,
    )


def _earned(order: PricedOrder, basket: Basket, question: Question, bonus_fen: int) -> Earned:
    guest = question.guest
    if guest is None:
        return NOTHING_EARNED
    terms = question.book.loyalty
    tier = terms.tiers.tier(guest.tier_id)
    paid_fen = points_paid_fen(order)
    purchase = Purchase(
        lines=tuple(
            PaidLine(
                number=line.number,
                item_id=line.item_id,
                category=line.category,
                quantity=line.quantity,
                net_fen=line.net_fen,
                points_paid_fen=paid_fen.get(line.number, 0),
            )
            for line in sorted(order.lines, key=place_order)
        ),
        fees_fen=tuple(fee.amount_fen for fee in order.fees),
        bonus_fen=bonus_fen,
    )
    return earn(
        terms.earning,
        purchase,
        question.setting(basket),
        tier=tier.multiplier if tier else None,
        earned_today=question.earned_today,
    )


def earned_by_limited_rules(
    order: PricedOrder, question: Question
) -> tuple[tuple[RuleId, int], ...]:
    """What rules with a limit a day gave: it is counted beyond this order."""
    limited = {
        rule.rule_id
        for rule in question.book.loyalty.earning.rules
        if rule.at_most_a_day < LARGEST_EARNING
    }
    return tuple(
        (rule.rule_id, rule.points)
        for rule in order.earned.rules
        if rule.rule_id in limited and rule.points
    )


def points_paid_fen(order: PricedOrder) -> dict[int, int]:
    """By line: what points as money (S6) took off it."""
    paid: dict[int, int] = defaultdict(int)
    for share in order.shares:
        if share.stage is Stage.POINTS:
            paid[share.line] += share.saving_fen
    return paid


def _redeemed(order: PricedOrder, reward_points: tuple[tuple[int, int], ...]) -> dict[int, int]:
    """Points spent by line: as money in proportion to what they took off, rewards on their own."""
    if order.loyalty:
        return {one.line: one.points_redeemed for one in order.loyalty if one.points_redeemed}
    redeemed: dict[int, int] = defaultdict(int)
    for line, points in reward_points:
        redeemed[line] += points
    paid_fen = points_paid_fen(order)
    as_money = order.points_redeemed - sum(redeemed.values())
    for line, points in zip(paid_fen, allocate(as_money, list(paid_fen.values())), strict=True):
        redeemed[line] += points
    return {line: points for line, points in redeemed.items() if points}
