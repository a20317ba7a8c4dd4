"""From the facts of the pay sheet to its state; pure."""

import msgspec

from domain.orders import Tender, TenderKind
from domain.wording import Wording
from pos_client.screens.desk import Desk, plain_amount, yuan
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.pay.cash import amount_typed, quick_cash
from pos_client.screens.pay.state import AfterSale, CashKey, PayState
from pos_client.use_cases.answers import ClosedSale
from pos_client.widgets.faces import RowText


class PayFacts(msgspec.Struct, frozen=True, kw_only=True):
    entry: str
    tenders: tuple[Tender, ...]
    busy: bool
    closed: ClosedSale | None


def draw_pay(facts: PayFacts, desk: Desk, order: OrderInHand) -> PayState:
    wording, priced = desk.wording, order.priced
    paid_fen = sum(tender.amount_fen for tender in facts.tenders)
    left_fen = max(0, priced.total_fen - paid_fen)
    typed_fen = amount_typed(facts.entry)
    change_fen = sum(tender.change_fen for tender in facts.tenders) + max(0, typed_fen - left_fen)
    return PayState(
        due=yuan(priced.total_fen),
        saving=_saving(wording, priced.saving_fen),
        entry=f"¥{facts.entry}" if facts.entry else "",
        left=yuan(max(0, left_fen - typed_fen)),
        change=yuan(change_fen) if change_fen else "",
        tenders=tuple(_tender_row(wording, tender) for tender in facts.tenders),
        cash_keys=_cash_keys(wording, left_fen),
        used=_used_rows(order),
        unused=_unused_rows(wording, order),
        confirm=_confirm(wording, facts, left_fen=left_fen, typed_fen=typed_fen),
        can_confirm=not facts.busy,
        busy=facts.busy,
        closed=_after_sale(wording, facts.closed) if facts.closed else None,
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


def _used_rows(order: OrderInHand) -> tuple[RowText, ...]:
    return tuple(
        RowText(title=rule.name, note=plain_amount(-rule.saving_fen), icon="check", tone="positive")
        for rule in order.priced.used_rules
    )


def _unused_rows(wording: Wording, order: OrderInHand) -> tuple[RowText, ...]:
    return tuple(
        RowText(
            title=rule.name,
            detail=wording.reason(rule.reason, missing=plain_amount(rule.missing_fen)),
            icon="info",
        )
        for rule in order.priced.unused_rules
    )


def _confirm(wording: Wording, facts: PayFacts, *, left_fen: int, typed_fen: int) -> str:
    if facts.busy:
        return wording.text("pay.closing")
    if not left_fen:
        return wording.text("pay.finish")
    if typed_fen and typed_fen < left_fen:
        return wording.text("pay.part_in_cash", amount=yuan(typed_fen))
    return wording.text("pay.all_in_cash", amount=yuan(typed_fen or left_fen))


def _after_sale(wording: Wording, closed: ClosedSale) -> AfterSale:
    sale = closed.sale
    points = balance = ""
    if closed.points_balance is not None:
        points = wording.text("pay.points_earned", points=f"{sale.points_earned:,}")
        balance = wording.text("pay.points_balance", points=f"{closed.points_balance:,}")
    return AfterSale(
        change=yuan(closed.change_fen),
        paid=wording.text("pay.paid", amount=yuan(sale.total_fen)),
        points=points,
        balance=balance,
        number=wording.text("pay.receipt", number=sale.receipt_number),
    )
