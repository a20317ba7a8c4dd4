"""What is said in a document and what stands on paper, with the emulator as the second decoder."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.emulators.escpos_paper import PictureRow, TextRow
from hardware.escpos.encoding import glyphs, is_encodable
from hardware.escpos.layout import Line, lay_out
from hardware.escpos.model import PrinterModel
from hardware.escpos.models import BASIC_80MM, GENERIC_58MM, GENERIC_80MM, MODELS
from hardware.escpos.preview import cell_width, preview_image, preview_text
from hardware.escpos.raster import LineArtist
from hardware.receipt import (
    Align,
    Block,
    Cut,
    Document,
    ItemLine,
    QrCode,
    Size,
    TextLine,
    TwoColumns,
)
from tests.hardware.paper import printed
from tests.hardware.samples import ORDER_URL, restaurant_receipt

CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)  # all of them are in GBK
SYMBOLS = st.sampled_from("×—…·①°“”★√№℃éЯ￥¥€–㎡镕喆囍龘")
NEVER_IN_GBK = st.sampled_from("𠮷㙟😀👨‍👩‍👧❤️ก้\u0301\u202e\x07\x9d\ud800")
LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
ANY_TEXT = st.text(st.one_of(LATIN, CHINESE, SYMBOLS, NEVER_IN_GBK, st.characters()), max_size=80)
PRINTABLE_TEXT = st.text(st.one_of(LATIN, CHINESE, SYMBOLS), max_size=80)
SIZES = st.sampled_from(Size)
INDENTS = st.integers(0, 16)


def blocks(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Block]:
    return st.one_of(
        st.builds(
            TextLine, texts, st.sampled_from(Align), SIZES, st.booleans(), INDENTS, st.booleans()
        ),
        st.builds(TwoColumns, texts, texts, SIZES, st.booleans(), INDENTS),
        st.builds(ItemLine, texts, texts, texts),
    )


def visible(text: str) -> str:
    """The characters that must be on paper, as the printer shows them, without spaces."""
    return re.sub(r"\s", "", "".join(glyph.text for glyph in glyphs(text)))


@given(st.lists(blocks(ANY_TEXT), max_size=3), st.sampled_from([24, 32, 42, 48]))
def test_no_line_is_wider_than_the_paper(parts: list[Block], cells: int) -> None:
    for line in lay_out(Document(tuple(parts)), cells=cells):
        assert isinstance(line, Line)
        assert line.cells <= cells


@given(blocks(PRINTABLE_TEXT), st.sampled_from([GENERIC_58MM, GENERIC_80MM]))
def test_paper_shows_every_character_once_and_in_the_lines_of_the_layout(
    block: Block, model: PrinterModel
) -> None:
    document = Document((block, TextLine("end")))
    receipt = printed(document, model)
    assert not receipt.overflowed
    assert receipt.text == preview_text(document, cells=model.cells)
    said = block.text if isinstance(block, TextLine) else ""
    if isinstance(block, TextLine):
        assert visible(receipt.text) == visible(said) + "end"
    else:
        parts = [block.left, block.right] if isinstance(block, TwoColumns) else []
        parts += [block.quantity, block.name, block.amount] if isinstance(block, ItemLine) else []
        assert sorted(visible(receipt.text)) == sorted(visible("".join(parts)) + "end")


@given(ANY_TEXT)
def test_digits_and_gbk_characters_survive_beside_characters_without_a_code(text: str) -> None:
    shown = visible(printed(Document((TextLine(text), TextLine("end"))), GENERIC_80MM).text)
    kept = [glyph.text for glyph in glyphs(text) if glyph.code and not glyph.text.isspace()]
    assert [each for each in shown if each not in "□?"] == [
        *(each for each in kept if each not in "□?"),
        *"end",
    ]


@given(ANY_TEXT)
def test_four_byte_codes_never_leave(text: str) -> None:
    assert all(len(glyph.code) <= 2 for glyph in glyphs(text))


@pytest.mark.parametrize(
    ("text", "cells"),
    [("¥2.00", 6), ("Total: ¥40.00", 14), ("×—…·①°", 12), ("é", 2), ("cafe\u0301", 5), ("€5", 4)],
)
def test_the_width_of_a_character_is_the_length_of_its_code(text: str, cells: int) -> None:
    assert cell_width(text) == cells
    assert is_encodable(glyphs(text))


@pytest.mark.parametrize("text", ["¥2.00 凉拌𠮷", "Total: ¥40.00", "￥40.00"])
def test_an_amount_with_its_currency_sign_is_read_back_unharmed(text: str) -> None:
    shown = printed(Document((TwoColumns("合计", text),)), GENERIC_80MM).text
    assert shown.endswith(text.replace("¥", "￥").replace("𠮷", "□"))


def test_a_line_with_a_rare_name_is_drawn_and_the_others_stay_text(artist: LineArtist) -> None:
    document = Document(
        (TextLine("会员 𠮷田"), TextLine("积分 12"), TextLine("😀", size=Size.DOUBLE))
    )
    receipt = printed(document, GENERIC_80MM, artist)
    assert [type(row) for row in receipt.rows[::2][:2]] == [PictureRow, PictureRow]
    assert receipt.rows[1].text == "积分 12"
    picture = receipt.rows[0]
    assert isinstance(picture, PictureRow)
    assert (picture.width_bytes, picture.rows) == (72, 34)
    assert any(picture.bits)


def test_picture_heights_avoid_what_cheap_printers_cannot_read(artist: LineArtist) -> None:
    document = Document((QrCode("x" * 200), TextLine("𠮷", size=Size.DOUBLE)))
    for row in printed(document, BASIC_80MM, artist).rows:
        if isinstance(row, PictureRow):
            assert row.rows <= 255
            assert row.rows % 48


@pytest.mark.parametrize("model", [GENERIC_58MM, GENERIC_80MM])
@given(content=st.text(min_size=1, max_size=120).filter(lambda text: text.isprintable()))
def test_the_code_on_paper_says_what_the_document_says(model: PrinterModel, content: str) -> None:
    assert printed(Document((QrCode(content),)), model).qr_contents == (content,)


def test_a_long_code_is_made_smaller_until_it_fits() -> None:
    receipt = printed(Document((QrCode("x" * 300, module_dots=12),)), GENERIC_58MM)
    assert [row.module_dots for row in receipt.rows if hasattr(row, "module_dots")] == [4]


def test_amounts_of_a_bill_stand_in_one_column() -> None:
    for model in MODELS.values():
        lines = preview_text(restaurant_receipt(), cells=model.cells).splitlines()
        amounts = [line for line in lines if re.search(r"-?\d+\.\d\d$", line)]
        assert {cell_width(line) for line in amounts} <= {model.cells, model.cells // 2}
        assert len(amounts) == 15


def test_a_wrapped_name_hangs_under_itself() -> None:
    document = Document((ItemLine("1", "招牌剁椒鱼头（大份，双色剁椒，配手工面两份）", "128.00"),))
    assert preview_text(document, cells=32).splitlines() == [
        "1    招牌剁椒鱼头（大     128.00",
        "     份，双色剁椒，配",
        "     手工面两份）",
    ]


def test_the_preview_is_as_wide_as_the_paper_and_has_ink(artist: LineArtist) -> None:
    picture = preview_image(restaurant_receipt(), GENERIC_58MM, artist=artist)
    assert picture.width == GENERIC_58MM.dots
    assert picture.getextrema() == (0, 255)


def test_double_size_reaches_the_paper() -> None:
    receipt = printed(
        Document((TextLine("合计 8", size=Size.DOUBLE, bold=True), Cut())), GENERIC_80MM
    )
    row = receipt.rows[0]
    assert isinstance(row, TextRow)
    assert {(mark.style.width, mark.style.height, mark.style.bold) for mark in row.marks} == {
        (2, 2, True)
    }


def test_the_sample_receipt_carries_its_code() -> None:
    assert printed(restaurant_receipt(), GENERIC_80MM).qr_contents == (ORDER_URL,)
