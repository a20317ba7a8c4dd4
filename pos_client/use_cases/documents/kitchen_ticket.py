"""The ticket of a kitchen station, in large type: what to cook, for which table, what changed."""

from enum import StrEnum

import msgspec

from hardware.receipt import Align, Block, Cut, Document, Rule, Size, TextLine, TwoColumns
from pos_client.use_cases.documents.parts import Paper, centred


class TicketKind(StrEnum):
    """What is new: an order, more of it (加菜), less of it (退菜), or its hurry (催菜)."""

    ORDER = "order"
    ADDED = "added"
    VOIDED = "voided"
    RUSHED = "rushed"


class TicketLine(msgspec.Struct, frozen=True, kw_only=True):
    """`within` is the set meal that a dish belongs to; `weight` as people read it."""

    quantity: int
    name: str
    options: tuple[str, ...] = ()
    weight: str = ""
    within: str = ""
    note: str = ""


class KitchenTicket(msgspec.Struct, frozen=True, kw_only=True):
    """`number` is the ticket's own and stays the same however often it is printed.

    `whole`: it holds the whole order, for the pass, and not what one station cooks.
    """

    number: str
    station: str
    lines: tuple[TicketLine, ...]
    kind: TicketKind = TicketKind.ORDER
    order_type: str = "dine_in"
    table: str = ""
    course: str = ""
    guests: int = 0
    waiter: str = ""
    reason: str = ""
    whole: bool = False


def kitchen_ticket(ticket: KitchenTicket, paper: Paper) -> Document:
    blocks: list[Block] = [*_head(ticket, paper), Rule("=")]
    for line in ticket.lines:
        blocks += _line(line, ticket.kind, paper)
    if ticket.reason:
        blocks.append(_large(paper.text("kitchen.reason", reason=ticket.reason)))
    blocks += [Rule("="), *_foot(ticket, paper), Cut()]
    return Document(tuple(blocks))


def _head(ticket: KitchenTicket, paper: Paper) -> list[Block]:
    blocks: list[Block] = []
    if ticket.kind is not TicketKind.ORDER:
        changed = paper.text(f"kitchen_kind.{ticket.kind}")
        blocks.append(
            TextLine(changed, align=Align.CENTRE, size=Size.TRIPLE, bold=True, inverse=True)
        )
    title = paper.text("kitchen.whole") if ticket.whole else ticket.station
    where = (
        paper.text("kitchen.table", table=ticket.table)
        if ticket.table
        else paper.text(f"order_type.{ticket.order_type}")
    )
    blocks += [centred(title, size=Size.TALL, bold=True), _large(where)]
    if ticket.course:
        blocks.append(_large(paper.text("kitchen.course", course=ticket.course)))
    number = paper.text("kitchen.number")
    return [*blocks, TwoColumns(number, ticket.number, size=Size.TALL, bold=True)]


def _line(line: TicketLine, kind: TicketKind, paper: Paper) -> list[Block]:
    sign = "−" if kind is TicketKind.VOIDED else ""
    blocks: list[Block] = [_large(f"{sign}{line.quantity} × {line.name}")]
    extras = [line.weight, *line.options]
    blocks += [_beside(extra) for extra in extras if extra]
    if line.within:
        blocks.append(_beside(paper.text("kitchen.within", name=line.within)))
    if line.note:
        note = paper.text("kitchen.note", note=line.note)
        blocks.append(TextLine(note, size=Size.TALL, bold=True, indent=4, inverse=True))
    return blocks


def _foot(ticket: KitchenTicket, paper: Paper) -> list[Block]:
    blocks: list[Block] = [TwoColumns(paper.text("receipt.time"), paper.moment, size=Size.TALL)]
    if ticket.guests:
        blocks.append(TwoColumns(paper.text("receipt.guests"), str(ticket.guests)))
    if ticket.waiter:
        blocks.append(TwoColumns(paper.text("kitchen.waiter"), ticket.waiter))
    return blocks


def _large(text: str) -> TextLine:
    return TextLine(text, size=Size.DOUBLE, bold=True)


def _beside(text: str) -> TextLine:
    return TextLine(text, align=Align.LEFT, size=Size.TALL, indent=4)
