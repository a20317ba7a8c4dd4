"""Receipts of an emulated printer as pictures, with the look of thermal paper."""

import io
import os
from pathlib import Path

import qrcode
from PIL import Image, ImageDraw, ImageFont, ImageOps

from hardware.emulators.escpos_paper import (
    CELL_DOTS,
    GLYPH_DOTS,
    Ending,
    FeedRow,
    Mark,
    PictureRow,
    QrRow,
    Receipt,
    Row,
    Style,
    TextRow,
)
from hardware.fonts import load_cell_font

PAPER = (252, 251, 247)
INK = (38, 37, 40)
SIDE_DOTS = 32  # 80 mm paper is 640 dots wide, of which 576 can be printed
TOP_DOTS = 40
TOOTH_DOTS = 8
BASELINE_DOTS = 21
DESCENT_DOTS = 4  # tails of g and y reach into the space between lines
WHITE, BLACK = 255, 0
_QR_LEVELS = (
    qrcode.constants.ERROR_CORRECT_L,
    qrcode.constants.ERROR_CORRECT_M,
    qrcode.constants.ERROR_CORRECT_Q,
    qrcode.constants.ERROR_CORRECT_H,
)


class ReceiptPainter:
    """Paints with one font file; `bold` may be None.

    Raises:
        OSError: a file is no font.
    """

    def __init__(self, regular: Path, bold: Path | None = None) -> None:
        files = {False: regular, True: bold or regular}
        self._fonts = {
            (is_bold, size): load_cell_font(path, GLYPH_DOTS * size)
            for is_bold, path in files.items()
            for size in range(1, 9)
        }

    def paint(self, receipt: Receipt) -> Image.Image:
        """The receipt on its paper, with transparency outside the torn or cut edge."""
        strips = [self._strip(row, receipt.dots) for row in receipt.rows]
        height = sum(strip.height for strip in strips)
        ink = Image.new("L", (receipt.dots + 2 * SIDE_DOTS, height + 2 * TOP_DOTS), WHITE)
        y = TOP_DOTS
        for strip in strips:
            ink.paste(strip, (SIDE_DOTS, y))
            y += strip.height
        paper = ImageOps.colorize(ink, black=INK, white=PAPER)
        paper.putalpha(_outline(paper.size, torn=receipt.ending is Ending.TORN))
        return paper

    def _strip(self, row: Row, dots: int) -> Image.Image:
        match row:
            case TextRow():
                return self._text(row, dots)
            case QrRow():
                return _placed(_qr(row), row.align, dots)
            case PictureRow():
                return _placed(_picture(row), row.align, dots)
            case FeedRow():
                return Image.new("L", (dots, row.dots), WHITE)

    def _text(self, row: TextRow, dots: int) -> Image.Image:
        strip = Image.new("L", (dots, row.height_dots), WHITE)
        tallest = max((mark.style.height for mark in row.marks), default=1) * GLYPH_DOTS
        x = (dots - row.dots) * row.align // 2
        for mark in row.marks:
            glyph = self._glyph(mark)
            top = tallest - mark.style.height * GLYPH_DOTS  # all stand on one base line
            strip.paste(glyph, (x, top))
            x += mark.dots
        return strip

    def _glyph(self, mark: Mark) -> Image.Image:
        style: Style = mark.style
        size = max(style.width, style.height)
        font: ImageFont.FreeTypeFont = self._fonts[style.bold, size]
        height = GLYPH_DOTS + DESCENT_DOTS
        drawn = Image.new("L", (mark.cells * CELL_DOTS * size, height * size), WHITE)
        place = (drawn.width // 2, BASELINE_DOTS * size)
        ImageDraw.Draw(drawn).text(place, mark.character, fill=BLACK, font=font, anchor="ms")
        shown = drawn.resize((mark.cells * CELL_DOTS * style.width, height * style.height))
        return ImageOps.invert(shown) if style.inverse else shown


def write_whole(path: Path, content: bytes) -> None:
    """Put a file into place in one step, so that whoever watches the folder sees it whole."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)  # noqa: PTH105 - Path.replace is the same call, said less plainly


def png_bytes(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _placed(drawn: Image.Image, align: int, dots: int) -> Image.Image:
    strip = Image.new("L", (dots, drawn.height), WHITE)
    strip.paste(drawn, ((dots - drawn.width) * align // 2, 0))
    return strip


def _picture(row: PictureRow) -> Image.Image:
    size = (row.width_bytes * 8, row.rows)
    return ImageOps.invert(Image.frombytes("1", size, row.bits).convert("L"))


def _qr(row: QrRow) -> Image.Image:
    code = qrcode.QRCode(box_size=row.module_dots, border=1, error_correction=_QR_LEVELS[row.level])
    code.add_data(row.content)
    code.make(fit=True)
    image: Image.Image = code.make_image().get_image().convert("L")
    return image


def _outline(size: tuple[int, int], *, torn: bool) -> Image.Image:
    """The paper's shape: a toothed edge at the bar it was torn off at, else a straight one."""
    width, height = size
    mask = Image.new("L", size, WHITE)
    pen = ImageDraw.Draw(mask)
    for x in range(0, width, TOOTH_DOTS) if torn else ():
        middle = x + TOOTH_DOTS // 2
        pen.polygon([(x, height), (middle, height - TOOTH_DOTS), (x + TOOTH_DOTS, height)], BLACK)
    return mask
