"""A document as the bytes of one print job for one printer model.

The whole job is one buffer, sent at once. It sets every style it relies on, so it does not matter
what the job before left behind. Cash drawer pulses are never part of a job: a job waits while paper
is out, and a drawer must not open when it comes back at night.
"""

from collections.abc import Iterator
from itertools import groupby

from hardware.escpos.encoding import Glyph, is_encodable
from hardware.escpos.layout import LaidOut, Line, lay_out
from hardware.escpos.library import initialise, native_qr, picture
from hardware.escpos.model import PrinterModel, StatusWay
from hardware.escpos.raster import LineArtist, draw_qr, qr_module_dots
from hardware.receipt import Cut, Document, QrCode, Size

CHINESE_ON, CHINESE_OFF = b"\x1c&", b"\x1c."
NO_EXTRA_SPACE = b"\x1cS\x00\x00\x1b \x00"  # FS S 0 0 and ESC SP 0; else columns drift
STATUS_PUSH_OFF = b"\x1da\x00"  # GS a 0: unread pushed bytes would cut off the job at the close
LINE_FEED = b"\n"
BOLD_ON, BOLD_OFF = b"\x1bE\x01", b"\x1bE\x00"
SIZE_CODES = {Size.NORMAL: b"\x1d!\x00", Size.TALL: b"\x1d!\x01", Size.DOUBLE: b"\x1d!\x11"}
FEED_AFTER_LARGE = b"\x1bJ\x0a"  # dots; large letters fill their line, with no space below
FEED_AFTER_QR = b"\x1bJ\x18"  # a reader needs white around the code
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"
FEED_AND_CUT = b"\x1dVB\x00"  # GS V 66 0: feed to the knife, partial cut
FEED_TO_TEAR_BAR = b"\x1bd\x04"


def encode_job(document: Document, model: PrinterModel, *, artist: LineArtist | None) -> bytes:
    """The finished job.

    Args:
        document: what to print.
        model: the printer it will be sent to.
        artist: draws lines with characters that the printer lacks (rare names, emoji). Without
            one, each such character is printed as a box or a question mark of the same width.
    """
    laid_out = lay_out(document, cells=model.cells)
    return _prelude(model) + b"".join(_block(laid, model, artist) for laid in laid_out)


def _prelude(model: PrinterModel) -> bytes:
    push_off = STATUS_PUSH_OFF if model.status is not StatusWay.NONE else b""
    return initialise() + push_off + NO_EXTRA_SPACE + CHINESE_OFF


def _block(laid: LaidOut, model: PrinterModel, artist: LineArtist | None) -> bytes:
    match laid:
        case QrCode():
            return _qr(laid, model)
        case Cut():
            return FEED_AND_CUT if model.has_cut else FEED_TO_TEAR_BAR
        case Line() if artist and not is_encodable(laid.glyphs):
            drawn = artist.draw(laid, dots=model.dots, line_dots=model.line_dots)
            return picture(drawn) + _space_below(laid)
        case Line():
            return _text(laid)


def _qr(code: QrCode, model: PrinterModel) -> bytes:
    if not model.has_native_qr:
        return picture(draw_qr(code, dots=model.dots)) + FEED_AFTER_QR
    dots = qr_module_dots(code, dots=model.dots)
    return CENTRE + native_qr(code.content, module_dots=dots) + FEED_AFTER_QR + LEFT


def _text(line: Line) -> bytes:
    styled = line.bold or line.size is not Size.NORMAL
    before = (BOLD_ON if line.bold else b"") + SIZE_CODES[line.size] if styled else b""
    after = SIZE_CODES[Size.NORMAL] + BOLD_OFF if styled else b""
    text = b" " * line.indent + before + b"".join(_runs(line)) + after
    return text + LINE_FEED + _space_below(line)


def _space_below(line: Line) -> bytes:
    return b"" if line.size is Size.NORMAL else FEED_AFTER_LARGE


def _runs(line: Line) -> Iterator[bytes]:
    """Chinese mode around two-byte characters only, so that no digit is read as half of one."""
    for wide, run in groupby(map(_printable, line.glyphs), key=lambda code: len(code) > 1):
        codes = b"".join(run)
        yield CHINESE_ON + codes + CHINESE_OFF if wide else codes


def _printable(glyph: Glyph) -> bytes:
    if glyph.code:
        return glyph.code
    return "□".encode("gbk") if glyph.cells > 1 else b"?"
