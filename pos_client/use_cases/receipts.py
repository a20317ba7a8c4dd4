"""What a sale receipt says. How it is laid out on paper is the printer's business."""

from typing import Final

from domain.conditions import OrderType
from domain.effect_wording import percent_text
from domain.money import format_fen
from domain.orders import GRAMS_A_KILOGRAM, Sale, SaleLine, Stage, Tender
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
from pos_client.use_cases.breakdown import parts_of
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
        *_how_it_is_eaten(sale, wording),
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


def _how_it_is_eaten(sale: Sale, wording: Wording) -> list[Block]:
    """Said where it is not simply eaten here."""
    blocks: list[Block] = []
    if sale.order_type != OrderType.DINE_IN:
        eaten = wording.text(f"order_type.{sale.order_type}")
        blocks.append(TwoColumns(wording.text("receipt.order_type"), eaten))
    if sale.guest_count:
        blocks.append(TwoColumns(wording.text("receipt.guests"), str(sale.guest_count)))
    return blocks


def _line(line: SaleLine, sale: Sale) -> list[Block]:
    names = {rule.rule_id: rule.name for rule in sale.used_rules}
    blocks: list[Block] = [ItemLine(str(line.quantity), line.name, format_fen(line.list_fen))]
    if line.weight_grams:
        blocks.append(TextLine(_weighed(line), indent=4))
    blocks += [TextLine(f"{option.name} × {option.quantity}", indent=4) for option in line.options]
    blocks += [
        TwoColumns(names[share.rule_id], format_fen(-share.saving_fen), indent=4)
        for share in sale.shares
        if share.line == line.number and share.stage is not Stage.ROUNDING
    ]
    return blocks


def _weighed(line: SaleLine) -> str:
    kilograms, grams = divmod(line.weight_grams, GRAMS_A_KILOGRAM)
    return f"{kilograms}.{grams:03d} kg × {format_fen(line.unit_price_fen)}"


def _totals(sale: Sale, wording: Wording) -> list[Block]:
    blocks: list[Block] = [TwoColumns(wording.text("receipt.list"), format_fen(sale.list_fen))]
    blocks += [
        TwoColumns(part.name or wording.text("sum.tip"), format_fen(part.amount_fen), indent=2)
        for part in parts_of(sale)
    ]
    blocks.append(
        TwoColumns(
            wording.text("receipt.total"),
            f"¥{format_fen(sale.total_fen + sale.tip_fen)}",
            size=Size.DOUBLE,
            bold=True,
        )
    )
    blocks += [
        TwoColumns(
            wording.text("receipt.tax", percent=percent_text(tax.tax_basis_points)),
            format_fen(tax.tax_fen),
            indent=2,
        )
        for tax in sale.taxes
    ]
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
