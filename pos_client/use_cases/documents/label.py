"""Labels for cups and boxes: one dish each, whose order, which of how many."""

from collections.abc import Sequence

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


def labels(values: Sequence[Label], paper: Paper) -> Document:
    """Each one ends where its paper is cut."""
    return Document(tuple(block for value in values for block in _label(value, paper)))


def _label(value: Label, paper: Paper) -> list[Block]:
    blocks: list[Block] = [
        TwoColumns(value.order_number, f"{value.place}/{value.count}", size=Size.TALL, bold=True),
        TextLine(value.dish, size=Size.DOUBLE, bold=True),
    ]
    if value.options:
        blocks.append(TextLine(" · ".join(value.options)))
    if value.note:
        blocks.append(TextLine(value.note))
    eaten = paper.text(f"order_type.{value.order_type}")
    return [*blocks, TwoColumns(eaten, paper.clock), Cut()]
