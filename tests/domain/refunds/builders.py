"""Refunds of closed sales for the tests."""

from collections.abc import Mapping

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import RefundId, StoreId
from domain.orders import Sale
from domain.refunds.facts import RefundMade
from domain.refunds.quote import RefundQuestion, RefundWish, quote_refund
from domain.refunds.refund import Refund, RefundKind
from domain.refunds.refunded import NOT_REFUNDED, Refunded

STORE = StoreId("store-1")


def wish(
    lines: Mapping[int, int],
    *,
    refund_id: str = "r1",
    day: str = "2026-11-21",
    void: bool = False,
    with_fees: bool = False,
    in_cash: bool = False,
    reason: str = "菜凉了",
) -> RefundWish:
    return RefundWish(
        refund_id=RefundId(refund_id),
        business_day=day,
        reason=reason,
        lines=lines,
        kind=RefundKind.VOID if void else RefundKind.REFUND,
        with_fees=with_fees,
        in_cash=in_cash,
    )


def refund_of(
    sale: Sale,
    lines: Mapping[int, int],
    *,
    refund_id: str = "r1",
    refunded: Refunded = NOT_REFUNDED,
) -> Refund:
    question = RefundQuestion(sale=sale, sale_store=STORE, refunded=refunded)
    return quote_refund(question, wish(lines, refund_id=refund_id))


def refund_made(
    sale: Sale,
    lines: Mapping[int, int],
    *,
    refund_id: str = "r1",
    refunded: Refunded = NOT_REFUNDED,
) -> RefundMade:
    return RefundMade(refund=refund_of(sale, lines, refund_id=refund_id, refunded=refunded))


def refusal_of(question: RefundQuestion, asked: RefundWish) -> ErrorCode | None:
    try:
        quote_refund(question, asked)
    except TillfoldError as error:
        return error.code
    return None
