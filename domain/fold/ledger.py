"""Points ledger lines: what a sale adds to and takes from its member's balance."""

import msgspec

from domain.identifiers import MemberId, SaleId
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


def points_change(sale: Sale) -> int:
    return sum(line.points for line in points_lines(sale))
