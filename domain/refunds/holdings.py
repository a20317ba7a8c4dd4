"""What a sale holds line by line, and what so many units of it are worth."""

import msgspec

from domain.money import allocate, part_of
from domain.orders import FEES, LineLoyalty, Sale, Stage
from domain.refunds.refund import RefundedLine
from domain.refunds.refunded import Refunded


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the sale, or all its fees as line 0 and one unit."""

    line: int
    quantity: int
    net_fen: int
    points_earned: int = 0
    growth_earned: int = 0
    points_redeemed: int = 0

    def left(self, refunded: Refunded) -> int:
        return max(0, self.quantity - refunded.line(self.line).units)


def holdings_of(sale: Sale) -> dict[int, Holding]:
    """The lines of a sale by their number, and its fees where it has any."""
    loyalty = {line.line: line for line in _loyalty_of(sale)}
    sold = [(line.number, line.quantity, line.net_fen) for line in sale.lines]
    if sale.fees_fen or FEES in loyalty:
        sold.append((FEES, 1, sale.fees_fen))
    return {
        number: _holding(number, quantity, net_fen, loyalty=loyalty.get(number))
        for number, quantity, net_fen in sold
    }


def _holding(number: int, quantity: int, net_fen: int, *, loyalty: LineLoyalty | None) -> Holding:
    if loyalty is None:
        return Holding(line=number, quantity=quantity, net_fen=net_fen)
    return Holding(
        line=number,
        quantity=quantity,
        net_fen=net_fen,
        points_earned=loyalty.points_earned,
        growth_earned=loyalty.growth_earned,
        points_redeemed=loyalty.points_redeemed,
    )


def _loyalty_of(sale: Sale) -> tuple[LineLoyalty, ...]:
    """Points by line. Sales of the first release hold them for the order alone: they follow.

    There the total earned, shared by nets, and points paid where the stage of points saved.
    """
    if sale.loyalty or not (sale.points_earned or sale.points_redeemed):
        return sale.loyalty
    paid_fen = dict.fromkeys((line.number for line in sale.lines), 0)
    for share in sale.shares:
        if share.stage is Stage.POINTS:
            paid_fen[share.line] += share.saving_fen
    earned = _spread(sale, sale.points_earned, [line.net_fen for line in sale.lines])
    redeemed = _spread(sale, sale.points_redeemed, [paid_fen[line.number] for line in sale.lines])
    return tuple(
        LineLoyalty(line=line.number, points_earned=one, points_redeemed=other)
        for line, one, other in zip(sale.lines, earned, redeemed, strict=True)
    )


def _spread(sale: Sale, points: int, weights: list[int]) -> tuple[int, ...]:
    return allocate(points, weights if any(weights) else [line.quantity for line in sale.lines])


def refunded_line(holding: Holding, refunded: Refunded, units: int) -> RefundedLine:
    """So many more units of a line, at most those left: the whole so far less what came back.

    Where tills apart from each other gave back more than that, nothing comes back.
    """
    so_far = refunded.line(holding.line)
    after = so_far.units + units

    def now(amount: int, before: int) -> int:
        return max(0, part_of(amount, after, holding.quantity) - before)

    return RefundedLine(
        line=holding.line,
        units=units,
        amount_fen=now(holding.net_fen, so_far.amount_fen),
        points_taken=now(holding.points_earned, so_far.points_taken),
        growth_taken=now(holding.growth_earned, so_far.growth_taken),
        points_given=now(holding.points_redeemed, so_far.points_given),
    )
