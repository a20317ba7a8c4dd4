"""What every import shares: a sheet as text, its columns, and rows accepted or refused one by one.

A spreadsheet or CSV file becomes a `Sheet` at the edge (`spreadsheets`); reading it into
typed rows happens here and in `domain.imports_members` and `domain.imports_menu`. Nothing is
written: what was accepted is for the caller to commit as a whole.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Generic, TypeVar

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.orders import LONGEST_NAME

LARGEST_SHEET_ROWS: Final = 50_000

_APOSTROPHES: Final = "'’‘`"
# Cc and Cf cannot be seen (marks of direction, zero-width joints); Cs cannot be encoded.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_CHINESE: Final = "[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN_CHINESE: Final = re.compile(f"(?<={_CHINESE}) (?={_CHINESE})")
_STORED_AS_FLOAT: Final = re.compile(r"([0-9]+)\.0*")
_HEADING_NOTE: Final = re.compile(r"\(.*?\)|\[.*?\]|[*:_\s.]")


class Cell(msgspec.Struct, frozen=True, gc=False):
    """One cell as text. `is_number` tells that the file holds it as a number, not as text."""

    text: str
    is_formula: bool = False
    is_number: bool = False


BLANK_CELL: Final = Cell("")


class SheetRow(msgspec.Struct, frozen=True):
    """`number` is the row's number in the file, as a spreadsheet program shows it, from 1."""

    number: int
    cells: tuple[Cell, ...]


class Sheet(msgspec.Struct, frozen=True):
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not accepted: its cells untouched, and why, for `Wording.error`."""

    row_number: int
    cells: tuple[Cell, ...]
    code: ErrorCode
    values: dict[str, str | int] = {}


RowT = TypeVar("RowT")


class ImportReading(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """Each row of the sheet is exactly one of these: accepted, refused or blank."""

    accepted: tuple[RowT, ...]
    refused: tuple[RefusedRow, ...]
    blank_count: int = 0


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that an import reads. `headings` are compared without case, spaces and notes."""

    key: StrEnum
    title: str
    headings: frozenset[str]
    required: bool = False


class RowCells:
    """The cells of one row by column."""

    def __init__(self, sheet: Sheet, places: Mapping[StrEnum, int], row: SheetRow) -> None:
        self._header = sheet.header
        self._places = places
        self.row = row

    def text(self, key: StrEnum) -> str:
        """The cleaned text; empty where the column or the cell is not there.

        Raises:
            TillfoldError: `formula_refused`.
        """
        place = self._places.get(key)
        if place is None or place >= len(self.row.cells):
            return ""
        cell = self.row.cells[place]
        text = clean_text(cell.text)
        if cell.is_formula or text.startswith("="):
            raise TillfoldError(ErrorCode.FORMULA_REFUSED, column=clean_text(self._header[place]))
        return text


def clean_text(text: str) -> str:
    """Full-width forms made usual, unseen characters gone, spaces single, no text apostrophe."""
    usual = unicodedata.normalize("NFKC", text)
    seen = "".join(" " if sign.isspace() else sign for sign in usual if _is_seen(sign))
    return " ".join(seen.split()).lstrip(_APOSTROPHES).strip()


def _is_seen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in _UNSEEN


def clean_name(text: str, *, missing: ErrorCode = ErrorCode.NAME_MISSING) -> str:
    """A name or title; spaces between Chinese characters (as in 李　四) are taken out.

    Raises:
        TillfoldError: `missing`, or `name_too_long`.
    """
    name = _BETWEEN_CHINESE.sub("", clean_text(text))
    if not name:
        raise TillfoldError(missing)
    if len(name) > LONGEST_NAME:
        raise TillfoldError(ErrorCode.NAME_TOO_LONG, longest=LONGEST_NAME)
    return name


def whole_number_text(text: str) -> str:
    """13800138000.0, as some programs write a whole number, as 13800138000; others unchanged."""
    whole = _STORED_AS_FLOAT.fullmatch(text)
    return whole[1] if whole else text


def find_columns(sheet: Sheet, columns: Sequence[Column]) -> dict[StrEnum, int]:
    """Where each column stands; of several with a fitting heading the leftmost.

    Raises:
        TillfoldError: `column_missing`.
    """
    places: dict[StrEnum, int] = {}
    plain_headings = [plain_heading(heading) for heading in sheet.header]
    for column in columns:
        fitting = (
            place for place, heading in enumerate(plain_headings) if heading in column.headings
        )
        place = next(fitting, None)
        if place is not None:
            places[column.key] = place
        elif column.required:
            raise TillfoldError(ErrorCode.COLUMN_MISSING, column=column.title)
    return places


def plain_heading(text: str) -> str:
    """phonenumber, for a heading written as "* Phone Number（必填）:" in the file."""
    return _HEADING_NOTE.sub("", clean_text(text)).casefold()


def read_rows(
    sheet: Sheet, columns: Sequence[Column], read_one: Callable[[RowCells], RowT]
) -> ImportReading[RowT]:
    """Read every row with `read_one`, which raises a `TillfoldError` to refuse its row.

    Raises:
        TillfoldError: `column_missing`, `file_empty` or `file_too_large`: about the whole file.
    """
    if not sheet.rows:
        raise TillfoldError(ErrorCode.FILE_EMPTY)
    if len(sheet.rows) > LARGEST_SHEET_ROWS:
        raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=LARGEST_SHEET_ROWS)
    places = find_columns(sheet, columns)
    accepted: list[RowT] = []
    refused: list[RefusedRow] = []
    for row in sheet.rows:
        if is_blank(row):
            continue
        try:
            accepted.append(read_one(RowCells(sheet, places, row)))
        except TillfoldError as error:
            refused.append(_refusal(row, error))
    return ImportReading(
        accepted=tuple(accepted),
        refused=tuple(refused),
        blank_count=len(sheet.rows) - len(accepted) - len(refused),
    )


def is_blank(row: SheetRow) -> bool:
    return all(not cell.is_formula and not clean_text(cell.text) for cell in row.cells)


def _refusal(row: SheetRow, error: TillfoldError) -> RefusedRow:
    return RefusedRow(
        row_number=row.number, cells=row.cells, code=error.code, values=dict(error.values)
    )
