"""What kitchen tickets and shop heads need: large and inverse lines, pictures, the buzzer, cuts."""

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.emulators.escpos_engine import PrintEngine
from hardware.emulators.escpos_paper import Ending, PictureRow, TextRow
from hardware.emulators.escpos_stream import CommandStream
from hardware.escpos.commands import encode_job
from hardware.escpos.layout import Line, lay_out
from hardware.escpos.library import picture, without_realtime_bytes
from hardware.escpos.model import BuzzerWay, CutWay
from hardware.escpos.models import EPSON_TM_M30, GENERIC_58MM, GENERIC_80MM, MODELS
from hardware.escpos.preview import preview_image, preview_png, preview_text
from hardware.escpos.raster import LineArtist
from hardware.receipt import (
    Buzzer,
    Cut,
    Document,
    Picture,
    QrCode,
    Size,
    TextLine,
    decode_document,
    encode_document,
)
from tests.hardware.paper import printed
from tests.hardware.samples import restaurant_receipt


def png(width: int, height: int, *, mode: str = "1", colour: int | tuple[int, ...] = 0) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height), colour).save(stream, format="PNG")
    return stream.getvalue()


def black_dots(row: PictureRow) -> int:
    return sum(byte.bit_count() for byte in row.bits)


def test_an_inverse_line_is_white_on_black_and_the_next_is_not() -> None:
    receipt = printed(Document((TextLine("退菜", inverse=True), TextLine("2"))), GENERIC_80MM)
    inverse, normal = receipt.rows
    assert isinstance(inverse, TextRow)
    assert isinstance(normal, TextRow)
    assert {mark.style.inverse for mark in inverse.marks} == {True}
    assert {mark.style.inverse for mark in normal.marks} == {False}


@pytest.mark.parametrize("model", [GENERIC_58MM, GENERIC_80MM])
def test_a_large_table_number_is_three_times_as_high_and_wide(model: object) -> None:
    assert isinstance(model, type(GENERIC_80MM))
    receipt = printed(Document((TextLine("A12 桌", size=Size.TRIPLE),)), model)
    row = receipt.rows[0]
    assert isinstance(row, TextRow)
    assert {(mark.style.width, mark.style.height) for mark in row.marks} == {(3, 3)}
    assert row.dots == 6 * 12 * 3
    assert not receipt.overflowed


def test_an_inverse_line_that_has_to_be_drawn_is_mostly_black(artist: LineArtist) -> None:
    plain = printed(Document((TextLine("𠮷", size=Size.DOUBLE),)), GENERIC_80MM, artist).rows[0]
    inverse = Document((TextLine("𠮷", size=Size.DOUBLE, inverse=True),))
    drawn = printed(inverse, GENERIC_80MM, artist).rows[0]
    assert isinstance(plain, PictureRow)
    assert isinstance(drawn, PictureRow)
    assert black_dots(plain) + black_dots(drawn) == 48 * 48


def test_a_printer_without_chinese_characters_gets_such_lines_as_pictures(
    artist: LineArtist,
) -> None:
    document = Document((TextLine("Table 12"), TextLine("桌 12")))
    rows = printed(document, EPSON_TM_M30, artist).rows
    assert [type(row) for row in rows] == [TextRow, PictureRow]
    assert rows[0].text == "Table 12"


def test_without_a_font_it_still_prints_every_digit() -> None:
    assert printed(Document((TextLine("桌 12 ¥3"),)), EPSON_TM_M30).text == "?? 12 ??3"


def test_a_logo_stands_in_the_middle_and_is_no_wider_than_the_paper() -> None:
    small, wide = printed(
        Document((Picture(png(64, 40)), Picture(png(2_000, 100)))), GENERIC_58MM
    ).rows
    assert isinstance(small, PictureRow)
    assert isinstance(wide, PictureRow)
    assert (small.width_bytes * 8, small.rows) == (384, 40)
    assert small.bits[:48] == bytes(20) + b"\xff" * 8 + bytes(20)
    assert (wide.width_bytes * 8, wide.rows) == (384, 19)


def test_what_is_transparent_in_a_logo_stays_white() -> None:
    clear = Picture(png(64, 40, mode="RGBA", colour=(0, 0, 0, 0)))
    row = printed(Document((clear,)), GENERIC_80MM).rows[0]
    assert isinstance(row, PictureRow)
    assert black_dots(row) == 0


@pytest.mark.parametrize(
    "broken",
    [b"not a picture", png(64, 40)[:40], png(3_000, 2_000), png(30_000, 30_000)],
    ids=len,
)
def test_a_logo_that_cannot_be_read_is_left_out_and_the_receipt_printed(broken: bytes) -> None:
    document = Document((Picture(broken), TextLine("合计 8.00"), Cut()))
    assert printed(document, GENERIC_80MM).text == "合计 8.00"


def test_a_stored_document_brings_its_logo_along() -> None:
    document = Document((Picture(png(8, 8)), Buzzer(), TextLine("x", inverse=True)))
    assert decode_document(encode_document(document)) == document


@pytest.mark.parametrize("way", [BuzzerWay.ESC_B, BuzzerWay.ESC_A, BuzzerWay.NONE])
def test_the_buzzer_sounds_so_often_as_said_where_there_is_one(way: BuzzerWay) -> None:
    model = msgspec.structs.replace(GENERIC_80MM, buzzer=way)
    sounds: list[int] = []
    engine = PrintEngine(dots=576, chinese=True, pulse=lambda: None, beep=sounds.append)
    job = encode_job(Document((Buzzer(times=3), TextLine("x"))), model, artist=None)
    for command in CommandStream().feed(job):
        engine.execute(command)
    engine.tear_off()
    assert sounds == ([] if way is BuzzerWay.NONE else [3])
    assert engine.take_receipts()[0].text == "x"


@pytest.mark.parametrize(
    ("way", "ending"),
    [(CutWay.NONE, Ending.TORN), (CutWay.PARTIAL, Ending.CUT), (CutWay.FULL, Ending.CUT)],
)
def test_paper_is_cut_where_there_is_a_knife(way: CutWay, ending: Ending) -> None:
    model = msgspec.structs.replace(GENERIC_80MM, cut=way)
    assert printed(Document((TextLine("x"), Cut())), model).ending is ending


@given(st.binary(max_size=40))
def test_a_picture_can_be_kept_free_of_real_time_commands(data: bytes) -> None:
    safe = without_realtime_bytes(data)
    assert not any(bytes([0x10, second]) in safe for second in (0x04, 0x05, 0x14))
    changed = sum(before != after for before, after in zip(data, safe, strict=True))
    assert sum((a ^ b).bit_count() for a, b in zip(data, safe, strict=True)) == changed


def test_a_model_that_obeys_commands_in_pictures_is_spared_them() -> None:
    dots = Image.frombytes("1", (16, 10), bytes([0xFF - 0x10, 0xFF - 0x04] * 10))
    assert b"\x10\x04" in picture(dots)
    assert b"\x10\x04" not in picture(dots, avoid_realtime_bytes=True)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_model_of_the_table_prints_a_whole_receipt(model: object, artist: LineArtist) -> None:
    assert isinstance(model, type(GENERIC_80MM))
    assert model.cells * 12 <= model.dots
    assert model.source
    assert set(model.assumed) <= set(type(model).__struct_fields__)
    receipt = printed(restaurant_receipt(), model, artist)
    assert not receipt.overflowed
    assert (receipt.ending is Ending.TORN) == (model.cut is CutWay.NONE)
    for row in receipt.rows:
        if isinstance(row, PictureRow):
            assert row.rows <= model.picture_rows
            assert row.rows % 48


def test_the_preview_is_the_layout_of_the_job(artist: LineArtist) -> None:
    document = Document(
        (Picture(png(8, 8)), Buzzer(), TextLine("桌 8", size=Size.TRIPLE), QrCode("x"), Cut())
    )
    assert preview_text(document, cells=48) == "[picture]\n桌 8\n[QR x]\n"
    picture = preview_image(document, GENERIC_80MM, artist=artist)
    with Image.open(io.BytesIO(preview_png(document, GENERIC_80MM, artist=artist))) as opened:
        assert opened.size == picture.size
    assert all(line.cells <= 48 for line in lay_out(document, cells=48) if isinstance(line, Line))
