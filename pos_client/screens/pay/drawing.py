"""From the facts of the pay sheet to its state; pure."""

from typing import Final

import msgspec

from domain.orders import Sale, Stage, Tender, TenderKind
from domain.pricing.result import UnusedRule
from domain.reasons import Reason
from domain.wording import Wording
from pos_client.screens.desk import Desk, plain_amount, yuan
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.cash import amount_typed, quick_cash
from pos_client.screens.pay.state import AfterSale, CashKey, CodeState, PayState
from pos_client.use_cases.answers import ClosedSale
from pos_client.use_cases.breakdown import Part, PartKind, parts_of, saved_fen
from pos_client.widgets.faces import RowText

_STAGES: Final = tuple(Stage)
# Coupons and points were laid on the order by somebody.
_ASKED_FOR: Final = frozenset({Stage.COUPON, Stage.POINTS})
# Rules of other places, times and guests are nobody's business at this counter now.
_NOT_HERE_AND_NOW: Final = frozenset(
    {
        Reason.OTHER_STORE,
        Reason.OTHER_CHANNEL,
        Reason.OTHER_ORDER_TYPE,
        Reason.OTHER_WEEKDAY,
        Reason.OUTSIDE_HOURS,
        Reason.NOT_YET_VALID,
        Reason.EXPIRED,
        Reason.OTHER_TIER,
        Reason.TAG_MISSING,
        Reason.NOT_FIRST_ORDER,
        Reason.NOT_BIRTHDAY,
        Reason.NO_ITEM,
        Reason.NO_FEE,
        Reason.NOT_CHEAPER,
    }
)


class PayFacts(msgspec.Struct, frozen=True, kw_only=True):
    entry: str
    tenders: tuple[Tender, ...]
    busy: bool
    closed: ClosedSale | None
    takes_codes: bool = False
    code: CodeState | None = None


def draw_pay(facts: PayFacts, desk: Desk, order: OrderInHand) -> PayState:
    wording, priced = desk.wording, order.priced
    paid_fen = sum(tender.amount_fen for tender in facts.tenders)
    left_fen = max(0, priced.due_fen - paid_fen)
    typed_fen = amount_typed(facts.entry)
    change_fen = sum(tender.change_fen for tender in facts.tenders) + max(0, typed_fen - left_fen)
    return PayState(
        due=yuan(priced.due_fen),
        saving=_saving(wording, saved_fen(priced)),
        entry=f"¥{facts.entry}" if facts.entry else "",
        left=yuan(max(0, left_fen - typed_fen)),
        change=yuan(change_fen) if change_fen else "",
        tenders=tuple(_tender_row(wording, tender) for tender in facts.tenders),
        cash_keys=_cash_keys(wording, left_fen),
        sums=_sum_rows(wording, order),
        unused=_unused_rows(wording, order),
        confirm=_confirm(wording, facts, left_fen=left_fen, typed_fen=typed_fen),
        can_confirm=not facts.busy,
        busy=facts.busy,
        closed=_after_sale(wording, facts.closed) if facts.closed else None,
        code=facts.code,
        takes_codes=facts.takes_codes,
        card_taken=any(tender.kind is TenderKind.RECORDED_CARD for tender in facts.tenders),
    )


def _saving(wording: Wording, saving_fen: int) -> str:
    return wording.text("pay.saved", amount=yuan(saving_fen)) if saving_fen else ""


def _tender_row(wording: Wording, tender: Tender) -> RowText:
    detail = ""
    if tender.change_fen:
        detail = wording.text(
            "pay.received_change",
            received=yuan(tender.received_fen),
            change=yuan(tender.change_fen),
        )
    return RowText(
        title=wording.text(f"tender.{tender.kind}"),
        detail=detail,
        note=plain_amount(tender.amount_fen),
        icon="banknote" if tender.kind is TenderKind.CASH else "credit-card",
        end_icon="x",
    )


def _cash_keys(wording: Wording, left_fen: int) -> tuple[CashKey, ...]:
    return tuple(
        CashKey(
            name="exact" if place == 0 else str(amount_fen),
            received_fen=amount_fen,
            text=wording.text("pay.exact", amount=yuan(amount_fen))
            if place == 0
            else yuan(amount_fen).removesuffix(".00"),
        )
        for place, amount_fen in enumerate(quick_cash(left_fen))
    )


def _sum_rows(wording: Wording, order: OrderInHand) -> tuple[RowText, ...]:
    """How the amount due adds up; nothing where it is the plain list amount."""
    parts = parts_of(order.priced)
    if not parts:
        return ()
    whole = RowText(title=wording.text("sum.list"), note=plain_amount(order.priced.list_fen))
    return (whole, *(_part_row(wording, part) for part in parts))


def _part_row(wording: Wording, part: Part) -> RowText:
    saves = part.kind is PartKind.SAVING
    return RowText(
        title=part.name or wording.text("sum.tip"),
        note=plain_amount(part.amount_fen),
        icon="check" if saves else "plus",
        tone="positive" if saves else "muted",
    )


def _unused_rows(wording: Wording, order: OrderInHand) -> tuple[RowText, ...]:
    """By stage: what the guest asked for, and what the order could still come to."""
    told = [rule for rule in order.priced.unused_rules if _is_told(rule)]
    return tuple(
        RowText(
            title=rule.name,
            detail=wording.reason(
                rule.reason, missing=plain_amount(rule.missing_fen), quantity=rule.missing_units
            ),
            icon="info",
        )
        for rule in sorted(told, key=lambda rule: _STAGES.index(rule.stage))
    )


def _is_told(rule: UnusedRule) -> bool:
    return rule.stage in _ASKED_FOR or rule.reason not in _NOT_HERE_AND_NOW


def _confirm(wording: Wording, facts: PayFacts, *, left_fen: int, typed_fen: int) -> str:
    if facts.busy:
        return wording.text("pay.closing")
    if not left_fen:
        return wording.text("pay.finish")
    if typed_fen and typed_fen < left_fen:
        return wording.text("pay.part_in_cash", amount=yuan(typed_fen))
    return wording.text("pay.all_in_cash", amount=yuan(typed_fen or left_fen))


def _took_cash(sale: Sale) -> bool:
    return any(tender.kind is TenderKind.CASH for tender in sale.tenders)


def _after_sale(wording: Wording, closed: ClosedSale) -> AfterSale:
    sale = closed.sale
    points = balance = ""
    if closed.points_balance is not None:
        points = wording.text("pay.points_earned", points=f"{sale.points_earned:,}")
        balance = wording.text("pay.points_balance", points=f"{closed.points_balance:,}")
    return AfterSale(
        change=yuan(closed.change_fen) if _took_cash(sale) else "",
        paid=wording.text("pay.paid", amount=yuan(sale.total_fen + sale.tip_fen)),
        points=points,
        balance=balance,
        number=wording.text("pay.receipt", number=sale.receipt_number),
    )
