"""What an emulated printer has put on paper: rows of characters, pictures and QR codes."""

from enum import StrEnum

import msgspec

CELL_DOTS = 12
GLYPH_DOTS = 24


class Ending(StrEnum):
    """How a receipt left the printer."""

    CUT = "cut"
    TORN = "torn"  # the client went away without a cut command, or the power did


class Style(msgspec.Struct, frozen=True):
    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False


class Mark(msgspec.Struct, frozen=True):
    """One character on paper; `cells` in normal size, `extra_dots` the space set beside it."""

    character: str
    cells: int
    style: Style
    extra_dots: int = 0

    @property
    def dots(self) -> int:
        return (self.cells * CELL_DOTS + self.extra_dots) * self.style.width


class TextRow(msgspec.Struct, frozen=True):
    """One printed line. `overflowed`: the next row is its rest, which did not fit."""

    marks: tuple[Mark, ...]
    align: int
    feed_dots: int
    overflowed: bool = False

    @property
    def text(self) -> str:
        return "".join(mark.character for mark in self.marks).rstrip()

    @property
    def dots(self) -> int:
        return sum(mark.dots for mark in self.marks)

    @property
    def height_dots(self) -> int:
        tallest = max((mark.style.height for mark in self.marks), default=0)
        return max(self.feed_dots, tallest * GLYPH_DOTS)


class PictureRow(msgspec.Struct, frozen=True):
    """Dots sent by the program: one bit each, rows padded to bytes, 1 is black."""

    width_bytes: int
    rows: int
    bits: bytes
    align: int

    @property
    def text(self) -> str:
        return f"[picture {self.width_bytes * 8}x{self.rows}]"


class QrRow(msgspec.Struct, frozen=True):
    """A code drawn by the printer itself; `level` is 0 to 3 for L, M, Q, H."""

    content: bytes
    module_dots: int
    level: int
    align: int

    @property
    def text(self) -> str:
        return f"[QR {self.content.decode(errors='replace')}]"


class FeedRow(msgspec.Struct, frozen=True):
    dots: int

    @property
    def text(self) -> str:
        return ""


Row = TextRow | PictureRow | QrRow | FeedRow


class Receipt(msgspec.Struct, frozen=True):
    """One piece of paper, numbered from 1 in the order of printing."""

    number: int
    dots: int
    rows: tuple[Row, ...]
    ending: Ending

    @property
    def text(self) -> str:
        """The rows as text, without spaces at their ends."""
        return "\n".join(row.text for row in self.rows if not isinstance(row, FeedRow))

    @property
    def qr_contents(self) -> tuple[str, ...]:
        """What the codes drawn by the printer say."""
        return tuple(row.content.decode() for row in self.rows if isinstance(row, QrRow))

    @property
    def overflowed(self) -> bool:
        """Whether a line was wider than the paper."""
        return any(isinstance(row, TextRow) and row.overflowed for row in self.rows)
