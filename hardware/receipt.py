"""The printer-neutral document: what a receipt says and how its parts relate.

It knows no paper width, no fonts and no device commands, so one stored document can be printed,
printed again on another printer, or shown. All texts are final: translated, formatted, rounded.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

MAX_BLOCKS = 5_000  # a bound for what is read back, far above the longest bill
MAX_TEXT = 2_000
MAX_QR_LENGTH = 700  # what still reads well at 3 dots a module on 58 mm paper
MAX_PICTURE_BYTES = 60_000  # a logo in two colours takes a tenth of it

Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Png = Annotated[bytes, msgspec.Meta(min_length=8, max_length=MAX_PICTURE_BYTES)]
QrContent = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QR_LENGTH)]


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Size(StrEnum):
    """`tall` is double height; `double` and `triple` are so many times as high and as wide."""

    NORMAL = "normal"
    TALL = "tall"
    DOUBLE = "double"
    TRIPLE = "triple"


class TextLine(msgspec.Struct, frozen=True, tag="text"):
    """One paragraph, wrapped to the paper; `indent` in cells of normal size.

    `inverse` is white on black.
    """

    text: Text
    align: Align = Align.LEFT
    size: Size = Size.NORMAL
    bold: bool = False
    indent: Annotated[int, msgspec.Meta(ge=0, le=16)] = 0
    inverse: bool = False


class TwoColumns(msgspec.Struct, frozen=True, tag="columns"):
    """A label and a figure: `right` never wraps and ends at the edge, `left` wraps beside it."""

    left: Text
    right: Text
    size: Size = Size.NORMAL
    bold: bool = False
    indent: Annotated[int, msgspec.Meta(ge=0, le=16)] = 0


class ItemLine(msgspec.Struct, frozen=True, tag="item"):
    """One line of the bill: quantity, name (wraps with a hanging indent), amount at the edge."""

    quantity: Text
    name: Text
    amount: Text
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper; `mark` is the ASCII character it is made of."""

    mark: Annotated[str, msgspec.Meta(pattern="^[-=*.]$")] = "-"


class Blank(msgspec.Struct, frozen=True, tag="blank"):
    lines: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1


class QrCode(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code in the middle of the paper; `module_dots` is the size of its smallest square."""

    content: QrContent
    module_dots: Annotated[int, msgspec.Meta(ge=3, le=12)] = 6


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """A PNG in the middle of the paper, as wide as it is and never wider than the paper.

    It lies in the document itself, so that a receipt printed again looks as it did. One that
    cannot be read is left out: the receipt matters more than its logo.
    """

    png: Png


class Buzzer(msgspec.Struct, frozen=True, tag="buzzer"):
    """So many sounds of `tenths` of a second, where the printer can; a hint, not a record."""

    times: Annotated[int, msgspec.Meta(ge=1, le=9)] = 2
    tenths: Annotated[int, msgspec.Meta(ge=1, le=9)] = 3


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """End of a sheet: feed to the knife and cut, or feed to the tear bar where there is none."""


Block = TextLine | TwoColumns | ItemLine | Rule | Blank | QrCode | Picture | Buzzer | Cut


class Document(msgspec.Struct, frozen=True):
    """What comes out of the printer as one job."""

    blocks: Annotated[tuple[Block, ...], msgspec.Meta(max_length=MAX_BLOCKS)]
    schema: int = 1


class DocumentInvalidError(ValueError):
    """Stored bytes are not a document of this schema; code `document_invalid`."""

    code = "document_invalid"


def encode_document(document: Document) -> bytes:
    """The document as msgpack, to be stored beside its print job."""
    return msgspec.msgpack.encode(document)


def decode_document(stored: bytes) -> Document:
    """The document from its msgpack form.

    Raises:
        DocumentInvalidError: the bytes hold no document.
    """
    try:
        return msgspec.msgpack.decode(stored, type=Document)
    except msgspec.DecodeError as fault:
        raise DocumentInvalidError(str(fault)) from fault
