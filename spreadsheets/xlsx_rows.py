"""XLSX through openpyxl, formulas as formulas: what they came to last is never trusted."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from domain.errors import ErrorCode, TillfoldError
from domain.imports import BLANK_CELL, LARGEST_SHEET_ROWS, Cell

LARGEST_UNPACKED_BYTES: Final = 64 * 1024 * 1024
LARGEST_PARTS: Final = 1_000
LARGEST_COLUMNS: Final = 64
# What a worksheet can hold (ECMA-376); a row number beyond it is a broken or hostile file.
_LARGEST_ROW_NUMBER: Final = 1_048_576
# A double holds 15 decimal digits; 38.800000000000004 was typed as 38.8.
_DIGITS_KEPT: Final = 15


def xlsx_rows(content: bytes) -> Iterator[tuple[Cell, ...]]:
    """All rows of the first sheet that is not hidden, in order, blank ones too.

    Raises:
        TillfoldError: `file_too_large` where it would unpack to too much.
        Exception: whatever a broken file makes openpyxl stumble over.
    """
    _check_unpacked_size(content)
    # A tenth of a second that the start of the till need not pay.
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = next(each for each in workbook.worksheets if each.sheet_state == "visible")
        blank_row: object = None
        for row in sheet.iter_rows(
            min_row=1, max_row=_LARGEST_ROW_NUMBER, min_col=1, max_col=LARGEST_COLUMNS
        ):
            # openpyxl fills a gap with one and the same row, up to a million times over.
            cells = () if row is blank_row else _without_blank_end(row)
            if not cells:
                blank_row = row
            yield cells
    finally:
        workbook.close()


def _check_unpacked_size(content: bytes) -> None:
    """A small archive may unpack to gigabytes. Python reads no part beyond its stated size."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    too_large = sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES
    if too_large or len(parts) > LARGEST_PARTS:
        raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=LARGEST_SHEET_ROWS)


def _without_blank_end(row: tuple[Any, ...]) -> tuple[Cell, ...]:
    cells = [_cell(cell.value, cell.data_type) for cell in row]
    while cells and cells[-1] == BLANK_CELL:
        cells.pop()
    return tuple(cells)


def _cell(value: object, data_type: str) -> Cell:
    if value is None:
        return BLANK_CELL
    if data_type == "f":
        return Cell(_formula_text(value), is_formula=True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(_number_text(value), is_number=True)
    if isinstance(value, datetime):
        return Cell(_moment_text(value))
    return Cell(str(value))


def _moment_text(value: datetime) -> str:
    """A day as an ISO date; the hour is only written where there is one."""
    at_midnight = value.time() == datetime.min.time()
    return value.date().isoformat() if at_midnight else value.isoformat(sep=" ")


def _formula_text(value: object) -> str:
    """Array formulas carry their text in a field; a data table has none."""
    return str(getattr(value, "text", None) or (value if isinstance(value, str) else "="))


def _number_text(value: float) -> str:
    """Whole numbers with all their digits; what the file itself has lost shows as an exponent."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 10**_DIGITS_KEPT):
        return str(int(value))
    return f"{value:.{_DIGITS_KEPT}g}"
