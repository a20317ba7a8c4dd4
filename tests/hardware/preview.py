"""A document as its layout says it will look on paper: as text and as a picture."""

from PIL import Image

from hardware.escpos.encoding import glyphs
from hardware.escpos.layout import LaidOut, Line, lay_out
from hardware.escpos.model import PrinterModel
from hardware.escpos.raster import WHITE, LineArtist, draw_qr
from hardware.receipt import Cut, Document, QrCode

CUT_DOTS = 60


def cell_width(text: str) -> int:
    """How many cells of normal size a line takes."""
    return sum(glyph.cells for glyph in glyphs(text))


def preview_text(document: Document, *, cells: int) -> str:
    """The lines of the layout; a QR code as its content in brackets, a cut as an empty line."""
    return "\n".join(_text(laid) for laid in lay_out(document, cells=cells))


def preview_image(document: Document, model: PrinterModel, *, artist: LineArtist) -> Image.Image:
    """Black on white, as wide as the model prints."""
    strips = [_strip(laid, model, artist) for laid in lay_out(document, cells=model.cells)]
    paper = Image.new("1", (model.dots, sum(strip.height for strip in strips)), WHITE)
    y = 0
    for strip in strips:
        paper.paste(strip, (0, y))
        y += strip.height
    return paper


def _text(laid: LaidOut) -> str:
    match laid:
        case Line():
            return laid.text.rstrip()
        case QrCode():
            return f"[QR {laid.content}]"
        case Cut():
            return ""


def _strip(laid: LaidOut, model: PrinterModel, artist: LineArtist) -> Image.Image:
    match laid:
        case Line():
            return artist.draw(laid, dots=model.dots, line_dots=model.line_dots)
        case QrCode():
            return draw_qr(laid, dots=model.dots)
        case Cut():
            return Image.new("1", (model.dots, CUT_DOTS), WHITE)
