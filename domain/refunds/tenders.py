"""Which tender gets what back: passes their uses, all others money by what they still hold."""

from collections.abc import Sequence

import msgspec

from domain.money import allocate, part_of
from domain.orders import Sale, Tender, TenderKind
from domain.refunds.holdings import Holding
from domain.refunds.refund import RefundedLine, RefundTender
from domain.refunds.refunded import Refunded

# What a card machine or an app took can be paid out in cash; stored value and bonus never can.
_CASHABLE = frozenset({TenderKind.RECORDED_CARD, TenderKind.WECHAT_PAY, TenderKind.ALIPAY})


def pass_tenders(
    sale: Sale, holdings: dict[int, Holding], refunded: Refunded, lines: Sequence[RefundedLine]
) -> list[RefundTender]:
    """The uses that go back to passes: the covered units of a line come back before the paid ones.

    Where two passes cover units of one line the first of the tenders covers the first units.
    Together they get no more than comes back of the line.
    """
    back = {line.line: line for line in lines}
    left_fen = {line.line: line.amount_fen for line in lines}
    counted: dict[int, int] = {}
    found = []
    for place, tender in enumerate(sale.tenders, start=1):
        spans = _spans(tender, holdings, counted)
        uses = [
            (back[line], low, high)
            for line, low, high in spans
            if line in back and tender.kind is TenderKind.PASS
        ]
        amount_fen = tender.amount_fen - refunded.tender(place).amount_fen
        used = _used(uses, holdings, refunded, left_fen)
        if used:
            found.append(
                RefundTender(
                    place=place,
                    kind=tender.kind,
                    amount_fen=max(0, min(amount_fen, sum(fen for _, _, fen in used))),
                    account_id=tender.account_id,
                    covered=tuple((line, units) for line, units, _ in used),
                )
            )
    return found


def _spans(
    tender: Tender, holdings: dict[int, Holding], counted: dict[int, int]
) -> list[tuple[int, int, int]]:
    """The units that a pass covers, as (line, from, up to); `counted` goes on."""
    spans = []
    for line, units in tender.covered:
        if line in holdings:
            low = counted.get(line, 0)
            counted[line] = min(low + units, holdings[line].quantity)
            spans.append((line, low, counted[line]))
    return spans


def _used(
    uses: Sequence[tuple[RefundedLine, int, int]],
    holdings: dict[int, Holding],
    refunded: Refunded,
    left_fen: dict[int, int],
) -> list[tuple[int, int, int]]:
    """(line, units, money) that a refund gives back out of the spans; `left_fen` goes down."""
    used = []
    for back, low, high in uses:
        holding, before = holdings[back.line], refunded.line(back.line).units
        first, last = max(low, before), min(high, before + back.units)
        if first < last:
            value_fen = part_of(holding.net_fen, last, holding.quantity) - part_of(
                holding.net_fen, first, holding.quantity
            )
            value_fen = min(value_fen, left_fen[back.line])
            left_fen[back.line] -= value_fen
            used.append((back.line, last - first, value_fen))
    return used


class Purse(msgspec.Struct, frozen=True, kw_only=True):
    """What money tenders still hold; stored value holds principal and bonus apart."""

    tenders: tuple[tuple[int, Tender], ...]
    principals_fen: tuple[int, ...]
    bonuses_fen: tuple[int, ...]

    @property
    def held_fen(self) -> int:
        return sum(self.principals_fen) + sum(self.bonuses_fen)


def purse_of(sale: Sale, refunded: Refunded) -> Purse:
    tenders = tuple(
        (place, tender)
        for place, tender in enumerate(sale.tenders, start=1)
        if tender.kind is not TenderKind.PASS
    )
    held = [refunded.tender(place) for place, _ in tenders]
    return Purse(
        tenders=tenders,
        principals_fen=tuple(
            max(0, tender.amount_fen - tender.bonus_fen - (sums.amount_fen - sums.bonus_fen))
            for (_, tender), sums in zip(tenders, held, strict=True)
        ),
        bonuses_fen=tuple(
            max(0, tender.bonus_fen - sums.bonus_fen)
            for (_, tender), sums in zip(tenders, held, strict=True)
        ),
    )


def money_tenders(purse: Purse, amount_fen: int, *, in_cash: bool) -> list[RefundTender]:
    """The amount, at most what the purse holds, in proportion to what each part of it holds."""
    count = len(purse.tenders)
    shares = allocate(amount_fen, (*purse.principals_fen, *purse.bonuses_fen))
    return [
        RefundTender(
            place=place,
            kind=tender.kind,
            amount_fen=principal_fen + bonus_fen,
            bonus_fen=bonus_fen,
            account_id=tender.account_id,
            in_cash=in_cash and tender.kind in _CASHABLE,
        )
        for (place, tender), principal_fen, bonus_fen in zip(
            purse.tenders, shares[:count], shares[count:], strict=True
        )
        if principal_fen or bonus_fen
    ]
