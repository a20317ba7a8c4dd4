import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.entries import LARGEST_ENTRY_BYTES
from domain.errors import ErrorCode, TillfoldError
from domain.facts import LARGEST_MENU_ITEMS, MenuPublished, decode_fact, encode_fact
from domain.identifiers import ItemId
from domain.imports import Cell
from domain.imports_menu import read_menu_rows
from domain.menu import MenuItem
from tests.domain.sheets import read_menu, sheet_of


def test_a_row_becomes_a_dish() -> None:
    (row,) = read_menu(("D001", " 宫保　鸡丁", "热菜", "￥38.00", "否")).accepted
    assert row.row_number == 2
    assert row.item == MenuItem(
        item_id=ItemId("D001"), name="宫保鸡丁", category="热菜", unit_price_fen=3800
    )


@pytest.mark.parametrize(
    "header",
    [
        ("菜品编号", "菜名", "分类", "价格"),
        ("编号", "名称", "类别", "单价"),
        ("编号", "菜品名称", "菜品分类", "售价（元）"),
        ("item", "dish", "category", "price"),
        ("Item No.", "Name", "Category", "Unit Price"),
    ],
)
def test_headings_are_known_in_chinese_and_english(header: tuple[str, ...]) -> None:
    (row,) = read_menu_rows(sheet_of(header, ("1001.0", "米饭", "主食", "3"))).accepted
    assert (row.item.item_id, row.item.unit_price_fen) == ("1001", 300)


@pytest.mark.parametrize(
    ("text", "price_fen"),
    [
        ("38", 3800),
        ("38.5", 3850),
        ("38.50", 3850),
        ("38.500", 3850),
        ("¥38", 3800),
        ("￥38.00元", 3800),
        ("38 元", 3800),
        ("３８．５０", 3850),
        ("1,288.00", 128800),
        ("0", 0),
    ],
)
def test_a_price_is_read_to_the_fen(text: str, price_fen: int) -> None:
    (row,) = read_menu(("D1", "米饭", "主食", text)).accepted
    assert row.item.unit_price_fen == price_fen


@pytest.mark.parametrize(
    "text", ["", "时价", "-5", "3.999", "12,50", "38/份", "1e3", "nan", "99999999999", "三十"]
)
def test_a_price_that_is_none_is_refused(text: str) -> None:
    (row,) = read_menu(("D1", "米饭", "主食", text)).refused
    assert row.code is ErrorCode.AMOUNT_MALFORMED


@pytest.mark.parametrize(
    ("text", "sold_out"),
    [
        *[(text, True) for text in ("是", "售罄", "沽清", "Y", "yes", "TRUE", "1", "1.0", "√")],
        *[(text, False) for text in ("", "否", "no", "FALSE", "0", "在售", "×")],
    ],
)
def test_sold_out_is_a_yes_or_a_no(text: str, sold_out: bool) -> None:
    (row,) = read_menu(("D1", "米饭", "主食", "3", text)).accepted
    assert row.item.sold_out is sold_out


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("", "米饭", "主食", "3"), ErrorCode.ITEM_NUMBER_MISSING),
        (("D1", "", "主食", "3"), ErrorCode.NAME_MISSING),
        (("D1", "米饭", "", "3"), ErrorCode.CATEGORY_MISSING),
        (("D1", "饭" * 121, "主食", "3"), ErrorCode.NAME_TOO_LONG),
        (("D1", "米饭", "主食", "3", "也许"), ErrorCode.SOLD_OUT_MALFORMED),
        (("D1", "米饭", "主食", Cell("=1+2", is_formula=True)), ErrorCode.FORMULA_REFUSED),
    ],
)
def test_a_row_is_refused_for_what_it_lacks(cells: tuple[str | Cell, ...], code: ErrorCode) -> None:
    assert [row.code for row in read_menu(cells).refused] == [code]


def test_an_item_number_belongs_to_the_first_accepted_row() -> None:
    reading = read_menu(
        ("D1", "米饭", "主食", "时价"), ("D1", "米饭", "主食", "3"), ("Ｄ１", "粥", "主食", "4")
    )
    assert [row.row_number for row in reading.accepted] == [3]
    assert [(row.code, row.values) for row in reading.refused] == [
        (ErrorCode.AMOUNT_MALFORMED, {"text": "时价"}),
        (ErrorCode.ITEM_TWICE_IN_FILE, {"row": 3}),
    ]


def test_a_menu_has_at_most_as_many_dishes_as_a_fact_can_hold() -> None:
    rows = [(f"D{place}", "饭", "主食", "3") for place in range(LARGEST_MENU_ITEMS + 1)]
    with pytest.raises(TillfoldError) as caught:
        read_menu(*rows)
    assert (caught.value.code, caught.value.values) == (ErrorCode.FILE_TOO_LARGE, {"rows": 2000})
    assert len(read_menu(*rows[1:]).accepted) == LARGEST_MENU_ITEMS


def test_a_menu_too_large_for_one_entry_is_refused_with_how_many_dishes_fit() -> None:
    rows = [(f"D{place}", "饭" * 120, "主食", "3") for place in range(LARGEST_MENU_ITEMS)]
    with pytest.raises(TillfoldError) as caught:
        read_menu(*rows)
    fitting = caught.value.values["rows"]
    assert isinstance(fitting, int)
    items = tuple(row.item for row in read_menu(*rows[:fitting]).accepted)
    _, _, body = encode_fact(MenuPublished(version="1", items=items))
    assert 0.9 * LARGEST_ENTRY_BYTES < len(body) < LARGEST_ENTRY_BYTES


CELLS = st.builds(
    Cell,
    st.text(st.characters(codec=None), max_size=150)
    | st.sampled_from(["D1", "米饭", "3.5", "是", ""])
    | st.from_regex(r"[¥￥]?[0-9,]{0,12}\.?[0-9]{0,3}元?", fullmatch=True),
    is_formula=st.just(value=False) | st.booleans(),
)


@given(st.lists(st.lists(CELLS, max_size=6).map(tuple), min_size=1, max_size=10))
def test_every_row_is_accepted_refused_or_blank_and_a_menu_of_them_can_be_published(
    rows: list[tuple[Cell, ...]],
) -> None:
    reading = read_menu(*rows)
    assert len(reading.accepted) + len(reading.refused) + reading.blank_count == len(rows)
    menu = MenuPublished(version="1", items=tuple(row.item for row in reading.accepted))
    assert decode_fact(*encode_fact(menu)) == menu
