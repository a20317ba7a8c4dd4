"""Documents as pictures: kept ones, and QR codes read by a reader that is not ours.

The kept pictures were drawn with one font file; with another one they would differ in every letter.
After a wanted change: `python -m tests.hardware.golden`.
"""

import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from hardware.emulators.escpos_drawing import ReceiptPainter
from hardware.escpos.model import PrinterModel
from hardware.escpos.models import BASIC_58MM, BASIC_80MM, GENERIC_58MM, GENERIC_80MM
from hardware.escpos.preview import preview_image, preview_png
from hardware.escpos.raster import LineArtist
from hardware.fonts import FontWeight, find_cjk_font
from hardware.receipt import Document, QrCode, TextLine
from tests.hardware.golden import FOLDER, PICTURES, fonts_are_those_of_the_pictures
from tests.hardware.paper import printed
from tests.hardware.samples import ORDER_URL, restaurant_receipt


@pytest.mark.skipif(
    not fonts_are_those_of_the_pictures(),
    reason="the kept pictures need the Noto Sans CJK files that tests/hardware/golden.py names",
)
@pytest.mark.parametrize("name", PICTURES)
def test_a_document_looks_as_it_did(name: str, artist: LineArtist) -> None:
    document, model = PICTURES[name]
    drawn = preview_image(document(), model, artist=artist)
    with Image.open(FOLDER / f"{name}.png") as kept:
        assert kept.size == drawn.size
        assert ImageChops.difference(kept.convert("L"), drawn.convert("L")).getbbox() is None


@pytest.fixture(scope="module")
def painter() -> ReceiptPainter:
    regular = find_cjk_font()
    assert regular is not None
    return ReceiptPainter(regular, find_cjk_font(FontWeight.BOLD))


def read_codes(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]


@pytest.mark.parametrize("model", [GENERIC_80MM, GENERIC_58MM, BASIC_80MM, BASIC_58MM])
@pytest.mark.parametrize("content", [ORDER_URL, "会员 A1B2C3", "x" * 300])
def test_the_code_on_paper_is_read_by_another_reader(
    model: PrinterModel, content: str, painter: ReceiptPainter
) -> None:
    receipt = printed(Document((TextLine("扫码"), QrCode(content), TextLine("谢谢"))), model)
    assert read_codes(painter.paint(receipt)) == [content]


def test_the_code_of_the_preview_is_read_too(artist: LineArtist, tmp_path: Path) -> None:
    png = preview_png(restaurant_receipt(), GENERIC_80MM, artist=artist)
    with Image.open(io.BytesIO(png)) as picture:
        assert read_codes(picture) == [ORDER_URL]
