"""`price(basket, question)`: the one pricing function of till and server."""

from collections.abc import Callable
from typing import Final

from domain.money import FEN_PER_YUAN, allocate
from domain.orders import SaleLine
from domain.pricing.basket import Basket
from domain.pricing.result import PricedOrder
from domain.pricing.stages import Question, coupon_stage, order_offer_stage, points_stage
from domain.pricing.working import Working, start

# S1 to S3 (price replacement, item offers, tier discount) and S7 to S9 take their places here.
STAGES: Final[tuple[Callable[[Working, Question], Working], ...]] = (
    order_offer_stage,
    coupon_stage,
    points_stage,
)


def price(basket: Basket, question: Question) -> PricedOrder:
    """Price a basket. The order in which things were scanned does not matter to any amount."""
    working = start(basket)
    for stage in STAGES:
        working = stage(working, question)
    earned, earned_shares = _points_earned(working, question)
    return PricedOrder(
        lines=_lines(working),
        shares=working.shares,
        used_rules=working.used_rules,
        unused_rules=working.unused_rules,
        list_fen=sum(line.list_fen for line in basket.lines),
        total_fen=working.total_fen,
        points_redeemed=working.points_redeemed,
        points_earned=earned,
        points_earned_shares=earned_shares,
        coupon_ids=working.coupon_ids,
    )


def _lines(working: Working) -> tuple[SaleLine, ...]:
    return tuple(
        SaleLine(
            number=line.number,
            item_id=line.item_id,
            name=line.name,
            quantity=line.quantity,
            unit_price_fen=line.unit_price_fen,
            list_fen=line.list_fen,
            net_fen=working.remaining_fen[line.number],
        )
        for line in working.basket.lines
    )


def _points_earned(working: Working, question: Question) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Points on what the order costs, rounded down once and shared over the lines by their nets."""
    if question.guest is None:
        return 0, ()
    rate = question.rules.points.earned_per_yuan
    earned = working.total_fen * rate // FEN_PER_YUAN
    nets = working.remaining_fen
    shared = allocate(earned, list(nets.values()))
    return earned, tuple(zip(nets, shared, strict=True))
