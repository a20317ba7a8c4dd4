"""CSV as shops have it: UTF-8 or the encoding of a Chinese Excel, comma, semicolon or tab."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.imports import Cell

_DELIMITERS: Final = ",;\t"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def csv_rows(content: bytes) -> Iterator[tuple[Cell, ...]]:
    """All rows in order, blank ones too. A cell that begins with "=" counts as a formula.

    Raises:
        TillfoldError: `file_unreadable` where the bytes are no text.
        csv.Error: a cell without an end.
    """
    text = _decoded(content)
    lines = io.StringIO(text, newline="")
    for row in csv.reader(lines, delimiter=_delimiter(text)):
        yield tuple(Cell(value, is_formula=_is_formula(value)) for value in row)


def _is_formula(value: str) -> bool:
    return value.lstrip().startswith(("=", "＝"))


def _decoded(content: bytes) -> str:
    """UTF-8, else GB18030; UTF-16 where the file says so ("Unicode text" of Excel)."""
    encodings = ("utf-16",) if content.startswith(_UTF16_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TillfoldError(ErrorCode.FILE_UNREADABLE)


def _delimiter(text: str) -> str:
    """The sign that cuts the first written line into most cells."""
    first = next((line for line in text.splitlines() if line.strip(f"{_DELIMITERS} ")), "")
    return max(_DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
