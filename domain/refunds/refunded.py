"""What all refunds of one order together gave back: sums, so that any order of arrival agrees."""

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from domain.identifiers import CouponId, RuleId
from domain.orders import Sale
from domain.refunds.refund import FEES, Refund

Key = TypeVar("Key")


class LineSums(msgspec.Struct, frozen=True, array_like=True):
    """Of one line: units, money and points so far."""

    units: int = 0
    amount_fen: int = 0
    points_taken: int = 0
    growth_taken: int = 0
    points_given: int = 0

    def plus(self, other: "LineSums") -> "LineSums":
        return LineSums(
            self.units + other.units,
            self.amount_fen + other.amount_fen,
            self.points_taken + other.points_taken,
            self.growth_taken + other.growth_taken,
            self.points_given + other.points_given,
        )


class TenderSums(msgspec.Struct, frozen=True, array_like=True):
    amount_fen: int = 0
    bonus_fen: int = 0


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """By line (0: all fees), by place of the tender, by rule that was charged.

    `coupons` came back, sorted; `points_open` were left to a person.
    """

    lines: dict[int, LineSums] = {}
    tip_fen: int = 0
    tenders: dict[int, TenderSums] = {}
    charges: dict[RuleId, int] = {}
    points_open: int = 0
    coupons: tuple[CouponId, ...] = ()

    def line(self, number: int) -> LineSums:
        return self.lines.get(number, NO_SUMS)

    def tender(self, place: int) -> TenderSums:
        return self.tenders.get(place, NO_TENDER_SUMS)


NO_SUMS: Final = LineSums()
NO_TENDER_SUMS: Final = TenderSums()
NOT_REFUNDED: Final = Refunded()


def add_refund(so_far: Refunded, refund: Refund) -> Refunded:
    """The sums with one more refund."""
    lines, tenders = dict(so_far.lines), dict(so_far.tenders)
    for line in refund.lines:
        lines[line.line] = so_far.line(line.line).plus(
            LineSums(
                line.units,
                line.amount_fen,
                line.points_taken,
                line.growth_taken,
                line.points_given,
            )
        )
    for tender in refund.tenders:
        held = so_far.tender(tender.place)
        tenders[tender.place] = TenderSums(
            held.amount_fen + tender.amount_fen, held.bonus_fen + tender.bonus_fen
        )
    charged = {charge.rule_id: charge.amount_fen for charge in refund.charges}
    return Refunded(
        lines=lines,
        tip_fen=so_far.tip_fen + refund.tip_fen,
        tenders=tenders,
        charges=_added(so_far.charges, charged),
        points_open=so_far.points_open + refund.points_open,
        coupons=tuple(sorted({*so_far.coupons, *(back.coupon_id for back in refund.coupons)})),
    )


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
    for number, sums in refunded.lines.items():
        quantity, net_fen = sold.get(number, (0, 0))
        over = over or sums.units > quantity or sums.amount_fen > net_fen
        over_fen += max(0, sums.amount_fen - net_fen)
    return over_fen if over else None
