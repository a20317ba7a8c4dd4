"""What several documents have in common: the shop's head, figures, tenders, codes."""

from collections.abc import Sequence
from typing import Final

import msgspec

from domain.money import format_fen
from domain.orders import Tender
from domain.wording import Wording
from hardware.receipt import Align, Block, QrCode, Rule, Size, TextLine, TwoColumns
from pos_client.storage.identity import Identity
from pos_client.use_cases.store_time import local_time

ORDER_CODE_PREFIX: Final = "O-"
# Of a provider's number: a receipt that is left on the table should not be whole proof.
_HIDDEN_CHARACTERS: Final = 4


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What every document of a till is written with; `head` and `foot` are the shop's own lines."""

    identity: Identity
    wording: Wording
    now_ms: int
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()

    def text(self, key: str, **values: str | int) -> str:
        return self.wording.text(key, **values)

    @property
    def moment(self) -> str:
        return f"{local_time(self.now_ms, self.identity.time_zone):%Y-%m-%d %H:%M}"

    @property
    def clock(self) -> str:
        return f"{local_time(self.now_ms, self.identity.time_zone):%H:%M}"


def shop_head(paper: Paper, title: str = "") -> list[Block]:
    """Brand, store, the shop's own lines, and what kind of paper this is."""
    blocks: list[Block] = [
        centred(paper.identity.brand_name, size=Size.DOUBLE, bold=True),
        centred(paper.identity.store_name),
        *(centred(line) for line in paper.head),
    ]
    if title:
        blocks.append(centred(title, size=Size.TALL, bold=True))
    return [*blocks, Rule("=")]


def shop_foot(paper: Paper) -> list[Block]:
    return [centred(line) for line in paper.foot]


def centred(text: str, *, size: Size = Size.NORMAL, bold: bool = False) -> TextLine:
    return TextLine(text, align=Align.CENTRE, size=size, bold=bold)


def figure(label: str, amount_fen: int, *, indent: int = 0) -> TwoColumns:
    return TwoColumns(label, format_fen(amount_fen), indent=indent)


def total(label: str, amount_fen: int) -> TwoColumns:
    return TwoColumns(label, f"¥{format_fen(amount_fen)}", size=Size.DOUBLE, bold=True)


def tender_lines(tenders: Sequence[Tender], wording: Wording) -> list[Block]:
    """Each means of payment; under it the provider's number, or what was given back in cash."""
    blocks: list[Block] = []
    for tender in tenders:
        blocks.append(figure(wording.text(f"tender.{tender.kind}"), tender.received_fen))
        if tender.reference:
            number = masked_reference(tender.reference)
            blocks.append(TwoColumns(wording.text("receipt.payment"), number, indent=2))
        if tender.change_fen:
            change = format_fen(tender.change_fen)
            blocks.append(TwoColumns(wording.text("receipt.change"), change, bold=True))
    return blocks


def masked_reference(reference: str) -> str:
    """Enough of a provider's number to find the payment; the last characters are hidden."""
    hidden = min(_HIDDEN_CHARACTERS, len(reference) // 2)
    return reference[: len(reference) - hidden] + "*" * hidden


def code_with_words(content: str, words: str) -> list[Block]:
    return [QrCode(content), centred(words)]
