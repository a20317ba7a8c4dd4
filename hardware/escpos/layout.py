"""A document laid out in cells; a line sent as text and one drawn as a picture stand alike."""

from collections.abc import Iterable, Iterator

import msgspec

from hardware.escpos.encoding import Glyph, glyphs
from hardware.receipt import (
    Align,
    Blank,
    Block,
    Buzzer,
    Cut,
    Document,
    ItemLine,
    Picture,
    QrCode,
    Rule,
    Size,
    TextLine,
    TwoColumns,
)

QUANTITY_CELLS = 5
AMOUNT_CELLS = 9
GAP_CELLS = 1
NARROWEST_NAME_CELLS = 8  # with less room beside it, a figure goes to a line of its own
MIN_PAPER_CELLS = 24

Glyphs = tuple[Glyph, ...]

_SPACE = glyphs(" ")[0]
_NEVER_FIRST = frozenset("，。、；：！？）】》」』％,.;:!?)]}%")
_NEVER_LAST = frozenset("（【《「『([{￥$")
_WIDE_CELLS = 2


class Line(msgspec.Struct, frozen=True):
    """One printed line: `indent` cells of normal size, then glyphs of `size`.

    The whole is never wider than the paper it was laid out for.
    """

    glyphs: Glyphs = ()
    size: Size = Size.NORMAL
    bold: bool = False
    indent: int = 0
    inverse: bool = False

    @property
    def text(self) -> str:
        return " " * self.indent + "".join(glyph.text for glyph in self.glyphs)

    @property
    def cells(self) -> int:
        """The width on paper, in cells of normal size."""
        return self.indent + _width(self.glyphs) * cells_of(self.size)


LaidOut = Line | QrCode | Picture | Buzzer | Cut

_SCALES = {Size.NORMAL: (1, 1), Size.TALL: (1, 2), Size.DOUBLE: (2, 2), Size.TRIPLE: (3, 3)}


def cells_of(size: Size) -> int:
    """How many times as wide as normal this size is."""
    return _SCALES[size][0]


def height_of(size: Size) -> int:
    """How many times as high as normal this size is."""
    return _SCALES[size][1]


def lay_out(document: Document, *, cells: int) -> tuple[LaidOut, ...]:
    """The document on paper that is `cells` cells of normal size wide, at least 24."""
    if cells < MIN_PAPER_CELLS:
        raise ValueError(f"paper of {cells} cells; at least {MIN_PAPER_CELLS} are needed")
    return tuple(laid for block in document.blocks for laid in _block(block, cells))


def _block(block: Block, cells: int) -> Iterator[LaidOut]:
    match block:
        case TextLine():
            yield from _text_line(block, cells)
        case TwoColumns():
            yield from _two_columns(block, cells)
        case ItemLine():
            yield from _item(block, cells)
        case Rule():
            yield Line(glyphs(block.mark * cells))
        case Blank():
            yield from (Line() for _ in range(block.lines))
        case QrCode() | Picture() | Buzzer() | Cut():
            yield block


def _text_line(block: TextLine, cells: int) -> Iterator[Line]:
    scale = cells_of(block.size)
    room = cells - block.indent
    for line in _wrap(glyphs(block.text), room // scale):
        free = room - _width(line) * scale
        before = {Align.LEFT: 0, Align.CENTRE: free // 2, Align.RIGHT: free}[block.align]
        yield Line(line, block.size, block.bold, block.indent + before, block.inverse)


def _two_columns(block: TwoColumns, cells: int) -> Iterator[Line]:
    room = (cells - block.indent) // cells_of(block.size)
    for line in _beside(glyphs(block.left), glyphs(block.right), room=room):
        yield Line(line, block.size, block.bold, block.indent)


def _item(block: ItemLine, cells: int) -> Iterator[Line]:
    quantity = (*_padded(glyphs(block.quantity), QUANTITY_CELLS - GAP_CELLS), _SPACE)
    hanging = _width(quantity)
    if hanging > cells // 3:
        yield from _two_columns(
            TwoColumns(f"{block.quantity} {block.name}", block.amount, bold=block.bold), cells
        )
        return
    columns = _beside(
        glyphs(block.name),
        glyphs(block.amount),
        room=cells - hanging,
        figure_cells=AMOUNT_CELLS,
    )
    for number, line in enumerate(columns):
        if number == 0:
            yield Line(quantity + line, bold=block.bold)
        else:
            yield Line(line, bold=block.bold, indent=hanging)


def _beside(left: Glyphs, right: Glyphs, *, room: int, figure_cells: int = 0) -> Iterator[Glyphs]:
    """Lines of `room` cells: `right` ends the first one, `left` wraps beside it."""
    beside = room - max(_width(right), figure_cells) - GAP_CELLS
    if beside < min(NARROWEST_NAME_CELLS, _width(left)):
        if left:
            yield from _wrap(left, room)
        yield from (_pushed_right(line, room) for line in _wrap(right, room))
        return
    first, *rest = _wrap(left, max(beside, _WIDE_CELLS))
    yield first + _pushed_right(right, room - _width(first))
    yield from rest


def _padded(line: Glyphs, cells: int) -> Glyphs:
    return line + (_SPACE,) * (cells - _width(line))


def _pushed_right(line: Glyphs, cells: int) -> Glyphs:
    return (_SPACE,) * (cells - _width(line)) + line


def _width(line: Iterable[Glyph]) -> int:
    return sum(glyph.cells for glyph in line)


def _wrap(line: Glyphs, cells: int) -> list[Glyphs]:
    """`line` in pieces of at most `cells` cells; at least one piece, maybe empty."""
    pieces: list[Glyphs] = []
    rest = line
    while _width(rest) > cells:
        fitting = _fitting(rest, cells)
        end = _break_before(rest, fitting)
        pieces.append(_without_spaces_at_end(rest[:end]))
        rest = _without_spaces_at_start(rest[end:])
    pieces.append(rest)
    return pieces


def _fitting(line: Glyphs, cells: int) -> int:
    taken = 0
    for count, glyph in enumerate(line):
        taken += glyph.cells
        if taken > cells:
            return count
    return len(line)


def _break_before(line: Glyphs, fitting: int) -> int:
    """Where the next line starts: the last good place in the second half, else where it is full."""
    for end in range(fitting, max(fitting // 2, 1) - 1, -1):
        if _may_break(line[end - 1], line[end]):
            return end
    return fitting


def _may_break(before: Glyph, after: Glyph) -> bool:
    if after.text in _NEVER_FIRST or before.text in _NEVER_LAST:
        return False
    if before.text.isdigit() and after != _SPACE:
        return False  # a number stays with its measure word
    return _SPACE in {before, after} or _WIDE_CELLS in {before.cells, after.cells}


def _without_spaces_at_end(line: Glyphs) -> Glyphs:
    end = len(line)
    while end and line[end - 1] == _SPACE:
        end -= 1
    return line[:end]


def _without_spaces_at_start(line: Glyphs) -> Glyphs:
    start = 0
    while start < len(line) and line[start] == _SPACE:
        start += 1
    return line[start:]
