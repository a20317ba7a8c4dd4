"""Points ledger lines: what a fact adds to and takes from its member's balance."""

from collections.abc import Iterable
from typing import Final

import msgspec

from domain.facts import Fact, SaleClosed
from domain.identifiers import MemberId, SaleId
from domain.loyalty.activity import record
from domain.loyalty.expiry import Expiry
from domain.loyalty.facts import LoyaltyFact, lines_of
from domain.loyalty.lines import post_all
from domain.loyalty.points_account import credit, debit
from domain.loyalty.state import LoyaltyState
from domain.months import month_of, month_of_text
from domain.orders import Sale
from domain.reasons import LedgerReason
from domain.refunds.facts import RefundMade
from domain.refunds.points import points_lines_of
from domain.refunds.refund import Refund
from domain.stored_value.facts import ToppedUp

NO_SALE: Final = SaleId("")


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of points; the balance is the sum of `points` over all lines of a member.

    With the entry it came from, `position` names the line for ever. `sale_id` is empty where no
    order was behind it.
    """

    position: int
    member_id: MemberId
    points: int
    reason: LedgerReason
    sale_id: SaleId


def ledger_lines(fact: Fact) -> tuple[LedgerLine, ...]:
    """The lines of a fact; none where it moves no points."""
    match fact:
        case SaleClosed(sale=sale):
            return points_lines(sale)
        case RefundMade(refund=refund):
            return points_lines_of_refund(refund)
        case ToppedUp(member_id=member_id) if member_id is not None:
            return _ledger_lines(member_id, NO_SALE, [(fact.points, LedgerReason.GRANTED)])
        case _ if isinstance(fact, LoyaltyFact):
            moved = [(line.change, line.reason) for line in lines_of(fact)]
            return _ledger_lines(fact.member_id, NO_SALE, moved)
        case _:
            return ()


def points_lines(sale: Sale) -> tuple[LedgerLine, ...]:
    if sale.member_id is None:
        return ()
    movements = (
        (-sale.points_redeemed, LedgerReason.REDEEMED),
        (sale.points_earned, LedgerReason.EARNED),
    )
    return _ledger_lines(sale.member_id, sale.sale_id, movements)


def points_lines_of_refund(refund: Refund) -> tuple[LedgerLine, ...]:
    if refund.member_id is None:
        return ()
    movements = (
        (refund.points_given, LedgerReason.RETURNED),
        (-refund.points_taken, LedgerReason.REVERSED),
    )
    return _ledger_lines(refund.member_id, refund.sale_id, movements)


def _ledger_lines(
    member_id: MemberId, sale_id: SaleId, movements: Iterable[tuple[int, LedgerReason]]
) -> tuple[LedgerLine, ...]:
    return tuple(
        LedgerLine(
            position=position,
            member_id=member_id,
            points=points,
            reason=reason,
            sale_id=sale_id,
        )
        for position, (points, reason) in enumerate(movements, start=1)
        if points
    )


def record_sale(loyalty: LoyaltyState, sale: Sale) -> LoyaltyState:
    """A sale in its member's loyalty: points spent and earned, money spent, a visit."""
    month = month_of_text(sale.business_day)
    points = debit(loyalty.points, sale.points_redeemed, month=month)
    expiry = Expiry(sale.points_expiry)
    return msgspec.structs.replace(
        loyalty,
        points=credit(points, sale.points_earned, month=month, expiry=expiry),
        activity=record(
            loyalty.activity,
            month,
            spend_fen=sale.total_fen,
            visits=1,
            growth=sale.growth_earned,
        ),
    )


def record_refund(loyalty: LoyaltyState, refund: Refund) -> LoyaltyState:
    """A refund in its member's loyalty, all of it in the month of the sale.

    The refund that takes the last unit of an order takes its visit back.
    """
    return msgspec.structs.replace(
        loyalty,
        points=post_all(loyalty.points, points_lines_of(refund)),
        activity=record(
            loyalty.activity,
            month_of_text(refund.sale_day),
            spend_fen=-refund.spent_fen,
            visits=-int(refund.whole),
            growth=-refund.growth_taken,
        ),
    )


def record_top_up(loyalty: LoyaltyState, fact: ToppedUp) -> LoyaltyState:
    """The points that a top-up brings; neither a visit nor money spent."""
    month = month_of(fact.business_day)
    points = credit(loyalty.points, fact.points, month=month, expiry=Expiry(fact.points_expiry))
    return msgspec.structs.replace(loyalty, points=points)
