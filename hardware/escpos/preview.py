"""A document as its layout says it will look on paper, without a printer: as text and as a PNG.

Layout and drawing are the ones that the job is made with, so what is shown is what is printed.
"""

import io

from PIL import Image

from hardware.escpos.encoding import glyphs
from hardware.escpos.layout import LaidOut, Line, lay_out
from hardware.escpos.model import PrinterModel
from hardware.escpos.raster import WHITE, LineArtist, draw_picture, draw_qr
from hardware.receipt import Buzzer, Cut, Document, Picture, QrCode, Size

CUT_DOTS = 60
SPACE_BELOW_LARGE_DOTS = 10


def cell_width(text: str) -> int:
    """How many cells of normal size a line takes."""
    return sum(glyph.cells for glyph in glyphs(text))


def preview_text(document: Document, *, cells: int) -> str:
    """The lines of the layout; a QR code as its content in brackets, a cut as an empty line."""
    shown = (_text(laid) for laid in lay_out(document, cells=cells))
    return "\n".join(text for text in shown if text is not None)


def preview_image(document: Document, model: PrinterModel, *, artist: LineArtist) -> Image.Image:
    """Black on white, as wide as the model prints."""
    strips = [
        strip
        for laid in lay_out(document, cells=model.cells)
        if (strip := _strip(laid, model, artist)) is not None
    ]
    paper = Image.new("1", (model.dots, sum(strip.height for strip in strips)), WHITE)
    y = 0
    for strip in strips:
        paper.paste(strip, (0, y))
        y += strip.height
    return paper


def preview_png(document: Document, model: PrinterModel, *, artist: LineArtist) -> bytes:
    """The picture as a file, to be shown or kept."""
    stream = io.BytesIO()
    preview_image(document, model, artist=artist).save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _text(laid: LaidOut) -> str | None:
    match laid:
        case Line():
            return laid.text.rstrip()
        case QrCode():
            return f"[QR {laid.content}]"
        case Picture():
            return "[picture]"
        case Cut():
            return ""
        case Buzzer():
            return None


def _strip(laid: LaidOut, model: PrinterModel, artist: LineArtist) -> Image.Image | None:
    match laid:
        case Line():
            return _line(laid, model, artist)
        case QrCode():
            return draw_qr(laid, dots=model.dots)
        case Picture():
            return draw_picture(laid, dots=model.dots)
        case Cut():
            return Image.new("1", (model.dots, CUT_DOTS), WHITE)
        case Buzzer():
            return None


def _line(line: Line, model: PrinterModel, artist: LineArtist) -> Image.Image:
    drawn = artist.draw(line, dots=model.dots, line_dots=model.line_dots)
    if line.size is Size.NORMAL:
        return drawn
    spaced = Image.new("1", (model.dots, drawn.height + SPACE_BELOW_LARGE_DOTS), WHITE)
    spaced.paste(drawn, (0, 0))
    return spaced
