"""What a sale receipt says. How it is laid out on paper is the printer's business."""

from typing import Final

from domain.money import format_fen
from domain.orders import Sale, SaleLine, Tender
from domain.wording import Wording
from hardware.receipt import (
    Align,
    Block,
    Cut,
    Document,
    ItemLine,
    QrCode,
    Rule,
    Size,
    TextLine,
    TwoColumns,
)
from pos_client.storage.identity import Identity
from pos_client.use_cases.store_time import local_time

ORDER_CODE_PREFIX: Final = "O-"


def sale_receipt(
    sale: Sale,
    identity: Identity,
    *,
    wording: Wording,
    now_ms: int,
    points_balance: int | None,
) -> Document:
    """Shop head, items with every saving named under its line, totals, tenders, points, QR."""
    blocks: list[Block] = [
        TextLine(identity.brand_name, align=Align.CENTRE, size=Size.DOUBLE, bold=True),
        TextLine(identity.store_name, align=Align.CENTRE),
        Rule("="),
        TwoColumns(wording.text("receipt.number"), sale.receipt_number),
        TwoColumns(
            wording.text("receipt.time"),
            f"{local_time(now_ms, identity.time_zone):%Y-%m-%d %H:%M}",
        ),
        Rule(),
    ]
    for line in sale.lines:
        blocks += _line(line, sale)
    blocks += [Rule(), *_totals(sale, wording), Rule()]
    for tender in sale.tenders:
        blocks += _tender(tender, wording)
    if points_balance is not None:
        blocks += [Rule(), *_points(sale, points_balance, wording)]
    blocks += [
        Rule("="),
        TextLine(wording.text("receipt.thanks"), align=Align.CENTRE),
        QrCode(ORDER_CODE_PREFIX + sale.receipt_number),
        TextLine(wording.text("receipt.refund_code"), align=Align.CENTRE),
        Cut(),
    ]
    return Document(tuple(blocks))


def _line(line: SaleLine, sale: Sale) -> list[Block]:
    names = {rule.rule_id: rule.name for rule in sale.used_rules}
    blocks: list[Block] = [ItemLine(str(line.quantity), line.name, format_fen(line.list_fen))]
    blocks += [
        TwoColumns(names[share.rule_id], format_fen(-share.saving_fen), indent=4)
        for share in sale.shares
        if share.line == line.number
    ]
    return blocks


def _totals(sale: Sale, wording: Wording) -> list[Block]:
    blocks: list[Block] = [TwoColumns(wording.text("receipt.list"), format_fen(sale.list_fen))]
    blocks += [
        TwoColumns(rule.name, format_fen(-rule.saving_fen), indent=2) for rule in sale.used_rules
    ]
    blocks.append(
        TwoColumns(
            wording.text("receipt.total"),
            f"¥{format_fen(sale.total_fen)}",
            size=Size.DOUBLE,
            bold=True,
        )
    )
    return blocks


def _tender(tender: Tender, wording: Wording) -> list[Block]:
    blocks: list[Block] = [
        TwoColumns(wording.text(f"tender.{tender.kind}"), format_fen(tender.received_fen))
    ]
    if tender.change_fen:
        blocks.append(
            TwoColumns(wording.text("receipt.change"), format_fen(tender.change_fen), bold=True)
        )
    return blocks


def _points(sale: Sale, balance: int, wording: Wording) -> list[Block]:
    blocks: list[Block] = []
    if sale.points_redeemed:
        blocks.append(TwoColumns(wording.text("receipt.redeemed"), f"-{sale.points_redeemed}"))
    blocks.append(TwoColumns(wording.text("receipt.earned"), f"+{sale.points_earned}"))
    blocks.append(TwoColumns(wording.text("receipt.balance"), f"{balance:,}"))
    return blocks
