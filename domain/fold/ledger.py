"""Points ledger lines: what a sale adds to and takes from its member's balance."""

import msgspec

from domain.identifiers import MemberId, SaleId
from domain.loyalty.activity import record
from domain.loyalty.expiry import Expiry
from domain.loyalty.months import month_of_text
from domain.loyalty.points_account import credit, debit
from domain.loyalty.state import LoyaltyState
from domain.orders import Sale
from domain.reasons import LedgerReason


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of points; the balance is the sum of `points` over all lines of a member.

    With the entry it came from, `position` names the line for ever.
    """

    position: int
    member_id: MemberId
    points: int
    reason: LedgerReason
    sale_id: SaleId


def points_lines(sale: Sale) -> tuple[LedgerLine, ...]:
    if sale.member_id is None:
        return ()
    movements = (
        (-sale.points_redeemed, LedgerReason.REDEEMED),
        (sale.points_earned, LedgerReason.EARNED),
    )
    return tuple(
        LedgerLine(
            position=position,
            member_id=sale.member_id,
            points=points,
            reason=reason,
            sale_id=sale.sale_id,
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
