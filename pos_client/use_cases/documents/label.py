"""A label for a cup or a box: one dish, whose order, which of how many."""

import msgspec

from hardware.receipt import Block, Cut, Document, Size, TextLine, TwoColumns
from pos_client.use_cases.documents.parts import Paper


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """`place` of `count` pieces of the order."""

    order_number: str
    dish: str
    place: int
    count: int
    options: tuple[str, ...] = ()
    order_type: str = "takeaway"
    note: str = ""


def label(value: Label, paper: Paper) -> Document:
    blocks: list[Block] = [
        TwoColumns(value.order_number, f"{value.place}/{value.count}", size=Size.TALL, bold=True),
        TextLine(value.dish, size=Size.DOUBLE, bold=True),
    ]
    if value.options:
        blocks.append(TextLine(" · ".join(value.options)))
    if value.note:
        blocks.append(TextLine(value.note))
    eaten = paper.text(f"order_type.{value.order_type}")
    blocks += [TwoColumns(eaten, paper.clock), Cut()]
    return Document(tuple(blocks))
