"""A menu from a sheet: one row, one dish, in the order of the file."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from domain.entries import LARGEST_ENTRY_BYTES
from domain.errors import ErrorCode, TillfoldError
from domain.facts import LARGEST_MENU_ITEMS
from domain.identifiers import ItemId
from domain.imports import (
    Column,
    ImportReading,
    RowCells,
    Sheet,
    clean_name,
    read_rows,
    whole_number_text,
)
from domain.menu import MenuItem
from domain.money import parse_fen


class MenuRow(msgspec.Struct, frozen=True, kw_only=True):
    row_number: int
    item: MenuItem


class MenuColumn(StrEnum):
    ITEM = "item"
    NAME = "name"
    CATEGORY = "category"
    PRICE = "price"
    SOLD_OUT = "sold_out"


# A menu is one entry: the rest is for its envelope.
_LARGEST_MENU_BYTES: Final = LARGEST_ENTRY_BYTES - 4096

MENU_COLUMNS: Final = (
    Column(
        key=MenuColumn.ITEM,
        title="菜品编号 / item",
        required=True,
        headings=frozenset(
            {
                *("菜品编号", "编号", "菜品编码", "编码", "商品编号", "商品编码", "菜号", "货号"),
                *("item", "itemid", "itemno", "itemnumber", "itemcode", "code", "id", "sku"),
            }
        ),
    ),
    Column(
        key=MenuColumn.NAME,
        title="菜名 / dish",
        required=True,
        headings=frozenset(
            {
                *("菜名", "菜品名称", "菜品", "名称", "品名", "商品名称"),
                *("dish", "dishname", "name", "itemname"),
            }
        ),
    ),
    Column(
        key=MenuColumn.CATEGORY,
        title="分类 / category",
        required=True,
        headings=frozenset(
            {"分类", "类别", "菜品分类", "菜品类别", "类目", "category", "group", "section"}
        ),
    ),
    Column(
        key=MenuColumn.PRICE,
        title="价格 / price",
        required=True,
        headings=frozenset({"价格", "单价", "售价", "零售价", "销售价", "price", "unitprice"}),
    ),
    Column(
        key=MenuColumn.SOLD_OUT,
        title="售罄 / sold out",
        headings=frozenset({"售罄", "是否售罄", "沽清", "估清", "停售", "soldout"}),
    ),
)

_YES: Final = frozenset({"是", "售罄", "沽清", "估清", "停售", "y", "yes", "true", "1", "√", "✓"})
_NO: Final = frozenset({"", "否", "在售", "n", "no", "false", "0", "×", "x", "-"})
_UNIT: Final = re.compile(r" ?元$")
_IDLE_ZEROS: Final = re.compile(r"(\.[0-9]{2})0+$")


def read_menu_rows(sheet: Sheet) -> ImportReading[MenuRow]:
    """Read dishes; an item number is taken by the first row that is accepted with it.

    Raises:
        TillfoldError: `column_missing`, `file_empty` or `file_too_large`: about the whole file.
    """
    reading = read_rows(sheet, MENU_COLUMNS, _MenuRows().read)
    _check_size([row.item for row in reading.accepted])
    return reading


class _MenuRows:
    def __init__(self) -> None:
        self._row_of: dict[ItemId, int] = {}

    def read(self, cells: RowCells) -> MenuRow:
        item_text, name, category, price, sold_out = map(cells.text, MenuColumn)
        item_id = ItemId(
            clean_name(whole_number_text(item_text), missing=ErrorCode.ITEM_NUMBER_MISSING)
        )
        item = MenuItem(
            item_id=item_id,
            name=clean_name(name),
            category=clean_name(category, missing=ErrorCode.CATEGORY_MISSING),
            unit_price_fen=parse_price(price),
            sold_out=parse_sold_out(sold_out),
        )
        if item_id in self._row_of:
            raise TillfoldError(ErrorCode.ITEM_TWICE_IN_FILE, row=self._row_of[item_id])
        self._row_of[item_id] = cells.row.number
        return MenuRow(row_number=cells.row.number, item=item)


def parse_price(text: str) -> int:
    """A price as menus write it: "38", "¥38.00", "38.5元".

    Raises:
        TillfoldError: `amount_malformed`.
    """
    return parse_fen(_IDLE_ZEROS.sub(r"\1", _UNIT.sub("", text)))


def parse_sold_out(text: str) -> bool:
    """A yes or no as people write it; an empty cell is no.

    Raises:
        TillfoldError: `sold_out_malformed`.
    """
    plain = whole_number_text(text.casefold())
    if plain not in _YES | _NO:
        raise TillfoldError(ErrorCode.SOLD_OUT_MALFORMED, text=text[:20])
    return plain in _YES


def _check_size(items: list[MenuItem]) -> None:
    if len(items) > LARGEST_MENU_ITEMS:
        raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=LARGEST_MENU_ITEMS)
    size = 0
    for place, item in enumerate(items):
        size += len(msgspec.msgpack.encode(item))
        if size > _LARGEST_MENU_BYTES:
            raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=place)
