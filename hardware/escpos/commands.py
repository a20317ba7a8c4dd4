"""A document as the bytes of one print job for one printer model.

The whole job is one buffer, sent at once. It sets every style it relies on, so it does not matter
what the job before left behind. Cash drawer pulses are never part of a job: a job waits while paper
is out, and a drawer must not open when it comes back at night.
"""

from collections.abc import Iterator
from itertools import groupby

from PIL import Image

from hardware.escpos.encoding import Glyph, is_ascii, is_encodable
from hardware.escpos.layout import LaidOut, Line, lay_out
from hardware.escpos.library import initialise, native_qr, picture
from hardware.escpos.model import BuzzerWay, ChineseText, CutWay, PrinterModel, StatusWay
from hardware.escpos.raster import LineArtist, draw_picture, draw_qr, qr_module_dots
from hardware.receipt import Buzzer, Cut, Document, Picture, QrCode, Size

STATUS_PUSH_OFF = b"\x1da\x00"  # GS a 0: unread pushed bytes would cut off the job at the close
LINE_FEED = b"\n"
FIRST_WIDE_BYTE = 0x81
BOLD_ON, BOLD_OFF = b"\x1bE\x01", b"\x1bE\x00"
INVERSE_ON, INVERSE_OFF = b"\x1dB\x01", b"\x1dB\x00"
SIZE_CODES = {
    Size.NORMAL: b"\x1d!\x00",
    Size.TALL: b"\x1d!\x01",
    Size.DOUBLE: b"\x1d!\x11",
    Size.TRIPLE: b"\x1d!\x22",
}
FEED_AFTER_LARGE = b"\x1bJ\x0a"  # dots; large letters fill their line, with no space below
FEED_AFTER_QR = b"\x1bJ\x18"  # a reader needs white around the code
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"
CUTS = {
    CutWay.NONE: b"\x1bd\x04",  # feed four lines, to the tear bar
    CutWay.PARTIAL: b"\x1dVB\x00",  # GS V 66 0: feed to the knife, then cut
    CutWay.FULL: b"\x1dVA\x00",  # GS V 65 0
}
NO_CHINESE = ChineseText(on=b"", off=b"", spacing=b"\x1b \x00")


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
    # With automatic reports the conversation itself switches them on and off.
    push_off = STATUS_PUSH_OFF if model.status is StatusWay.DLE_EOT else b""
    chinese = model.chinese or NO_CHINESE
    return initialise() + push_off + chinese.spacing + chinese.off


def _block(laid: LaidOut, model: PrinterModel, artist: LineArtist | None) -> bytes:
    match laid:
        case QrCode():
            return _qr(laid, model)
        case Picture():
            drawn = draw_picture(laid, dots=model.dots)
            return _raster(drawn, model) if drawn else b""
        case Buzzer():
            return _buzzer(laid, model)
        case Cut():
            return CUTS[model.cut]
        case Line() if artist and not _has_letters_for(laid, model):
            drawn = artist.draw(laid, dots=model.dots, line_dots=model.line_dots)
            return _raster(drawn, model) + _space_below(laid)
        case Line():
            return _text(laid, model.chinese)


def _has_letters_for(line: Line, model: PrinterModel) -> bool:
    return is_encodable(line.glyphs) if model.chinese else is_ascii(line.glyphs)


def _raster(drawn: Image.Image, model: PrinterModel) -> bytes:
    return picture(drawn, rows=model.picture_rows, avoid_realtime_bytes=model.avoid_realtime_bytes)


def _qr(code: QrCode, model: PrinterModel) -> bytes:
    if not model.has_native_qr:
        return _raster(draw_qr(code, dots=model.dots), model) + FEED_AFTER_QR
    dots = qr_module_dots(code, dots=model.dots)
    return CENTRE + native_qr(code.content, module_dots=dots) + FEED_AFTER_QR + LEFT


def _buzzer(buzzer: Buzzer, model: PrinterModel) -> bytes:
    match model.buzzer:
        case BuzzerWay.ESC_B:
            return b"\x1bB" + bytes([buzzer.times, buzzer.tenths])
        case BuzzerWay.ESC_A:
            sounds = bytes([buzzer.times, buzzer.tenths, buzzer.tenths])
            return b"\x1b(A\x05\x00\x61\x64" + sounds  # function 97: times, on, off
        case BuzzerWay.NONE:
            return b""


def _text(line: Line, chinese: ChineseText | None) -> bytes:
    before, after = _style(line)
    text = b"".join(_runs(line, chinese or NO_CHINESE))
    return b" " * line.indent + before + text + after + LINE_FEED + _space_below(line)


def _style(line: Line) -> tuple[bytes, bytes]:
    """What sets the style of a line, and what ends it."""
    before, after = b"", b""
    if line.bold or line.size is not Size.NORMAL:
        before = (BOLD_ON if line.bold else b"") + SIZE_CODES[line.size]
        after = SIZE_CODES[Size.NORMAL] + BOLD_OFF
    if line.inverse:
        return before + INVERSE_ON, INVERSE_OFF + after
    return before, after


def _space_below(line: Line) -> bytes:
    return b"" if line.size is Size.NORMAL else FEED_AFTER_LARGE


def _runs(line: Line, chinese: ChineseText) -> Iterator[bytes]:
    """Chinese mode around two-byte characters only, so that no digit is read as half of one."""
    codes = (_printable(glyph, wide_known=bool(chinese.on)) for glyph in line.glyphs)
    for wide, run in groupby(codes, key=lambda code: max(code) >= FIRST_WIDE_BYTE):
        text = b"".join(run)
        yield chinese.on + text + chinese.off if wide else text


def _printable(glyph: Glyph, *, wide_known: bool) -> bytes:
    if glyph.code and (wide_known or len(glyph.code) == 1):
        return glyph.code
    return "□".encode("gbk") if glyph.cells > 1 and wide_known else b"?" * glyph.cells
