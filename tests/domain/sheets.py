"""Sheets for the import tests."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.imports import Cell, ImportReading, Sheet, SheetRow
from domain.imports_members import MemberRow, read_member_rows
from domain.imports_menu import MenuRow, read_menu_rows

TODAY: Final = date(2026, 11, 21)


def sheet_of(header: Sequence[str], *rows: Sequence[str | Cell]) -> Sheet:
    return Sheet(
        tuple(header),
        tuple(
            SheetRow(
                number, tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)
            )
            for number, cells in enumerate(rows, start=2)
        ),
    )


def read_members(*rows: Sequence[str | Cell]) -> ImportReading[MemberRow]:
    sheet = sheet_of(("手机号", "姓名", "生日"), *rows)
    return read_member_rows(sheet, frozenset(), today=TODAY)


def read_menu(*rows: Sequence[str | Cell]) -> ImportReading[MenuRow]:
    return read_menu_rows(sheet_of(("编号", "菜名", "分类", "价格", "售罄"), *rows))
