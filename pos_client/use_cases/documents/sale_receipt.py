"""The receipt of a sale: every saving by its name, tax, tenders, points, what was spent offline."""

from typing import Final

import msgspec

from domain.allowances.rights import RightKind, UsedRight
from domain.allowances.subjects import SubjectKind
from domain.conditions import OrderType
from domain.effect_wording import percent_text
from domain.money import format_fen
from domain.orders import GRAMS_A_KILOGRAM, Sale, SaleLine, Stage
from hardware.receipt import Block, Cut, Document, ItemLine, Rule, TextLine, TwoColumns
from pos_client.use_cases.breakdown import parts_of
from pos_client.use_cases.documents.parts import (
    ORDER_CODE_PREFIX,
    Paper,
    centred,
    code_with_words,
    figure,
    shop_foot,
    shop_head,
    tender_lines,
    total,
)

# Where a line's name begins: behind the four cells of its quantity and a gap.
_UNDER_NAME: Final = 5
_OFFLINE: Final = (RightKind.ALLOWANCE, RightKind.COURTESY)


class GuestOnReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt may say of a member: never who she is.

    `code` is what a scanner at the counter knows her by; empty: none is printed.
    """

    points_balance: int
    code: str = ""


def sale_receipt(sale: Sale, paper: Paper, guest: GuestOnReceipt | None = None) -> Document:
    """`guest` None: nobody, or a member of whom this till knows no points."""
    blocks: list[Block] = [*shop_head(paper), *_about(sale, paper), Rule()]
    for line in sale.lines:
        blocks += _line(line, sale)
    blocks += [Rule(), *_totals(sale, paper), Rule(), *tender_lines(sale.tenders, paper.wording)]
    if guest is not None:
        blocks += [Rule(), *_points(sale, guest, paper)]
    blocks += [*_spent_offline(sale, paper), Rule("=")]
    blocks.append(centred(paper.text("receipt.thanks")))
    if guest is not None and guest.code:
        blocks += code_with_words(guest.code, paper.text("receipt.member_code"))
    blocks += code_with_words(
        ORDER_CODE_PREFIX + sale.receipt_number, paper.text("receipt.refund_code")
    )
    return Document((*blocks, *shop_foot(paper), Cut()))


def _about(sale: Sale, paper: Paper) -> list[Block]:
    """Number and time; how it is eaten where that is not simply here."""
    blocks: list[Block] = [
        TwoColumns(paper.text("receipt.number"), sale.receipt_number),
        TwoColumns(paper.text("receipt.time"), paper.moment),
    ]
    if sale.order_type != OrderType.DINE_IN:
        eaten = paper.text(f"order_type.{sale.order_type}")
        blocks.append(TwoColumns(paper.text("receipt.order_type"), eaten))
    if sale.guest_count:
        blocks.append(TwoColumns(paper.text("receipt.guests"), str(sale.guest_count)))
    return blocks


def _line(line: SaleLine, sale: Sale) -> list[Block]:
    names = {rule.rule_id: rule.name for rule in sale.used_rules}
    blocks: list[Block] = [ItemLine(str(line.quantity), line.name, format_fen(line.list_fen))]
    if line.weight_grams:
        blocks.append(TextLine(weighed(line), indent=_UNDER_NAME))
    blocks += [
        TextLine(f"{option.name} × {option.quantity}", indent=_UNDER_NAME)
        for option in line.options
    ]
    blocks += [
        figure(names[share.rule_id], -share.saving_fen, indent=_UNDER_NAME)
        for share in sale.shares
        if share.line == line.number and share.stage is not Stage.ROUNDING
    ]
    return blocks


def weighed(line: SaleLine) -> str:
    """Such as 0.350 kg × 68.60."""
    kilograms, grams = divmod(line.weight_grams, GRAMS_A_KILOGRAM)
    return f"{kilograms}.{grams:03d} kg × {format_fen(line.unit_price_fen)}"


def _totals(sale: Sale, paper: Paper) -> list[Block]:
    blocks: list[Block] = [figure(paper.text("receipt.list"), sale.list_fen)]
    blocks += [
        figure(part.name or paper.text("sum.tip"), part.amount_fen, indent=2)
        for part in parts_of(sale)
    ]
    blocks.append(total(paper.text("receipt.total"), sale.total_fen + sale.tip_fen))
    for tax in sale.taxes:
        label = paper.text("receipt.tax", percent=percent_text(tax.tax_basis_points))
        blocks.append(figure(label, tax.tax_fen, indent=2))
    return blocks


def _points(sale: Sale, guest: GuestOnReceipt, paper: Paper) -> list[Block]:
    blocks: list[Block] = []
    if sale.points_redeemed:
        blocks.append(TwoColumns(paper.text("receipt.redeemed"), f"-{sale.points_redeemed}"))
    blocks.append(TwoColumns(paper.text("receipt.earned"), f"+{sale.points_earned}"))
    blocks.append(TwoColumns(paper.text("receipt.balance"), f"{guest.points_balance:,}"))
    return blocks


def _spent_offline(sale: Sale, paper: Paper) -> list[Block]:
    """What was spent without asking the server: the guest sees it on her account only later."""
    spent = [_spent(right, paper) for right in sale.rights if right.kind in _OFFLINE]
    return [Rule(), centred(paper.text("receipt.offline")), *spent] if spent else []


def _spent(right: UsedRight, paper: Paper) -> Block:
    label = paper.text(f"receipt_offline.{right.subject.kind}")
    money = right.subject.kind is SubjectKind.STORED_VALUE
    return TwoColumns(label, format_fen(right.amount) if money else f"{right.amount:,}", indent=2)
