"""Lines and QR codes as dots, on the grid of cells of the printer's own characters."""

import io
from functools import lru_cache
from pathlib import Path

import qrcode
from PIL import Image, ImageDraw, ImageFont, ImageOps

from hardware.escpos.encoding import Glyph
from hardware.escpos.layout import Line, cells_of, height_of
from hardware.fonts import load_cell_font
from hardware.receipt import Picture, QrCode

CELL_DOTS = 12
GLYPH_DOTS = 24
BASELINE_DOTS = 21
DRAWN_DOTS = 28  # the glyph and the tails of g and y, which reach into the space below
QR_QUIET_MODULES = 4
QR_SMALLEST_MODULES, QR_STEP_MODULES = 17, 4  # ISO/IEC 18004: 17 + 4 for each version
WHITE, BLACK = 255, 0
MAX_PICTURE_DOTS = 4_000_000  # a PNG of a few bytes can unpack to any size


class LineArtist:
    """Draws lines of text with one font file; `bold` may be the same file.

    Raises:
        OSError: a file is missing or no font.
    """

    def __init__(self, regular: Path, bold: Path | None = None) -> None:
        self._regular = load_cell_font(regular, GLYPH_DOTS)
        self._bold = load_cell_font(bold, GLYPH_DOTS) if bold else self._regular
        self._glyph = lru_cache(maxsize=2048)(_glyph)

    def draw(self, line: Line, *, dots: int, line_dots: int) -> Image.Image:
        """The line as black on white, `dots` wide and at least as high as it needs."""
        tall = height_of(line.size)
        strip = Image.new("1", (dots, max(line_dots, GLYPH_DOTS * tall)), WHITE)
        font = self._bold if line.bold else self._regular
        scale = (cells_of(line.size), tall)
        x = line.indent * CELL_DOTS
        for glyph in line.glyphs:
            width = glyph.cells * CELL_DOTS
            drawn = self._glyph(glyph, font)
            strip.paste(drawn.resize((width * scale[0], DRAWN_DOTS * tall)), (x, 0))
            x += width * scale[0]
        if line.inverse:
            area = (line.indent * CELL_DOTS, 0, x, GLYPH_DOTS * tall)
            strip.paste(ImageOps.invert(strip.crop(area)), area)
        return strip


def draw_picture(picture: Picture, *, dots: int) -> Image.Image | None:
    """The picture in the middle of a strip `dots` wide; None when it cannot be read."""
    return _picture_strip(picture.png, dots)


@lru_cache(maxsize=8)  # the logo of every receipt
def _picture_strip(png: bytes, dots: int) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            if opened.width * opened.height > MAX_PICTURE_DOTS:
                return None
            drawn = _on_white(opened)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # broken files
        return None
    if drawn.width > dots:
        drawn = drawn.resize((dots, max(1, drawn.height * dots // drawn.width)))
    strip = Image.new("L", (dots, drawn.height), WHITE)
    strip.paste(drawn, ((dots - drawn.width) // 2, 0))
    return strip.convert("1")


def _on_white(picture: Image.Image) -> Image.Image:
    layered = picture.convert("RGBA")
    paper = Image.new("RGBA", layered.size, (WHITE, WHITE, WHITE, WHITE))
    return Image.alpha_composite(paper, layered).convert("L")


def draw_qr(code: QrCode, *, dots: int) -> Image.Image:
    """The code in the middle of a strip `dots` wide, its squares smaller when it would not fit."""
    matrix = _qr_matrix(code.content)
    module_dots = _fitting_dots(len(matrix), code.module_dots, dots)
    small = Image.new("1", (len(matrix), len(matrix)), WHITE)
    small.putdata([BLACK if dark else WHITE for row in matrix for dark in row])
    side = len(matrix) * module_dots
    drawn = small.resize((side, side), Image.Resampling.NEAREST)
    strip = Image.new("1", (dots, side + 2 * module_dots), WHITE)
    strip.paste(drawn, ((dots - side) // 2, module_dots))
    return strip


def qr_module_dots(code: QrCode, *, dots: int) -> int:
    """The largest square of the code, up to the one wanted, with which it fits on the paper.

    Only the size of the code is worked out: drawing it to know that takes 5 ms a receipt.
    """
    version = _qr_code(code.content).best_fit()
    return _fitting_dots(QR_SMALLEST_MODULES + QR_STEP_MODULES * version, code.module_dots, dots)


def _fitting_dots(modules: int, wanted: int, dots: int) -> int:
    return max(1, min(wanted, dots // (modules + 2 * QR_QUIET_MODULES)))


def _qr_matrix(content: str) -> list[list[bool]]:
    code = _qr_code(content)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def _qr_code(content: str) -> qrcode.QRCode:
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    # As bytes without splitting into number and letter parts, which is what printers do.
    code.add_data(content.encode(), optimize=0)
    return code


def _glyph(glyph: Glyph, font: ImageFont.FreeTypeFont) -> Image.Image:
    width = glyph.cells * CELL_DOTS
    natural = max(1, round(font.getlength(glyph.text)))
    canvas = Image.new("L", (max(width, natural), DRAWN_DOTS), WHITE)
    x = max(0, (width - natural) // 2)
    ImageDraw.Draw(canvas).text((x, BASELINE_DOTS), glyph.text, fill=BLACK, font=font, anchor="ls")
    if natural > width:
        canvas = canvas.resize((width, DRAWN_DOTS))
    return canvas.point(_black_or_white, mode="1")


def _black_or_white(level: float) -> int:
    return WHITE if level > 140 else BLACK  # noqa: PLR2004 - a little darker than the middle
