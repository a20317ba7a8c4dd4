"""What a till would close."""

from domain.identifiers import SaleId
from domain.orders import Sale, Tender, TenderKind
from domain.pricing.basket import Basket
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder


def closed(order: PricedOrder, basket: Basket, question: Question) -> Sale:
    paid = Tender(kind=TenderKind.CASH, amount_fen=order.due_fen, received_fen=order.due_fen)
    return Sale(
        sale_id=SaleId("s1"),
        receipt_number="A1-1",
        business_day="2026-11-20",
        lines=order.lines,
        shares=order.shares,
        used_rules=order.used_rules,
        list_fen=order.list_fen,
        total_fen=order.total_fen,
        tenders=(paid,),
        member_id=question.guest.member_id if question.guest else None,
        points_earned=order.points_earned,
        points_redeemed=order.points_redeemed,
        coupon_ids=order.coupon_ids,
        order_type=basket.order_type,
        channel=basket.channel,
        guest_count=basket.guest_count,
        fees=order.fees,
        tip_fen=order.tip_fen,
        taxes=order.taxes,
        growth_earned=order.growth_earned,
        loyalty=order.loyalty,
        reward_ids=order.reward_ids,
    )
