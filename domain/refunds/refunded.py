"""What all refunds of one order together gave back: sums, so that any order of arrival agrees."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from operator import add
from typing import Final, NamedTuple, TypeVar

import msgspec

from domain.identifiers import CouponId, RuleId
from domain.orders import FEES, Sale
from domain.refunds.refund import Refund

Key = TypeVar("Key")
Row = TypeVar("Row", bound=tuple[int, ...])


class LineSums(NamedTuple):
    """Of one line: units, money and points so far."""

    line: int
    units: int = 0
    amount_fen: int = 0
    points_taken: int = 0
    growth_taken: int = 0
    points_given: int = 0


class TenderSums(NamedTuple):
    place: int
    amount_fen: int = 0
    bonus_fen: int = 0


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """Sorted rows by line (0: all fees) and by place of the tender; what was charged by rule.

    `coupons` came back, sorted; `points_open` were left to a person.
    """

    lines: tuple[LineSums, ...] = ()
    tip_fen: int = 0
    tenders: tuple[TenderSums, ...] = ()
    charges: dict[RuleId, int] = {}
    points_open: int = 0
    coupons: tuple[CouponId, ...] = ()

    def line(self, number: int) -> LineSums:
        return _row_of(self.lines, number) or LineSums(number)

    def tender(self, place: int) -> TenderSums:
        return _row_of(self.tenders, place) or TenderSums(place)


NOT_REFUNDED: Final = Refunded()


def add_refund(so_far: Refunded, refund: Refund) -> Refunded:
    """The sums with one more refund."""
    lines = [
        LineSums(
            line.line,
            line.units,
            line.amount_fen,
            line.points_taken,
            line.growth_taken,
            line.points_given,
        )
        for line in refund.lines
    ]
    tenders = [
        TenderSums(tender.place, tender.amount_fen, tender.bonus_fen) for tender in refund.tenders
    ]
    charged = {charge.rule_id: charge.amount_fen for charge in refund.charges}
    return Refunded(
        lines=tuple(LineSums(*row) for row in _summed(so_far.lines, lines)),
        tip_fen=so_far.tip_fen + refund.tip_fen,
        tenders=tuple(TenderSums(*row) for row in _summed(so_far.tenders, tenders)),
        charges=_added(so_far.charges, charged),
        points_open=so_far.points_open + refund.points_open,
        coupons=tuple(sorted({*so_far.coupons, *(back.coupon_id for back in refund.coupons)})),
    )


def _row_of(rows: Sequence[Row], key: int) -> Row | None:
    place = bisect_left(rows, (key,))
    return rows[place] if place < len(rows) and rows[place][0] == key else None


def _summed(rows: Iterable[Row], more: Iterable[Row]) -> list[tuple[int, ...]]:
    """The rows with their sums, sorted; the first number of a row is its key."""
    sums: dict[int, tuple[int, ...]] = {row[0]: tuple(row) for row in rows}
    for row in more:
        held = sums.get(row[0])
        added = tuple(row) if held is None else tuple(map(add, held, row))
        sums[row[0]] = (row[0], *added[1:])
    return sorted(sums.values())


def _added(sums: Mapping[Key, int], more: Mapping[Key, int]) -> dict[Key, int]:
    return {key: sums.get(key, 0) + more.get(key, 0) for key in {*sums, *more}}


def over_refunded_fen(sale: Sale, refunded: Refunded) -> int | None:
    """What was paid back beyond the order, over all its refunds; None: nothing is beyond it.

    It may be 0: a unit that cost nothing came back twice.
    """
    sold = {line.number: (line.quantity, line.net_fen) for line in sale.lines}
    sold[FEES] = (1, sale.fees_fen)
    over_fen = max(0, refunded.tip_fen - sale.tip_fen)
    over = over_fen > 0
    for sums in refunded.lines:
        quantity, net_fen = sold.get(sums.line, (0, 0))
        over = over or sums.units > quantity or sums.amount_fen > net_fen
        over_fen += max(0, sums.amount_fen - net_fen)
    return over_fen if over else None
