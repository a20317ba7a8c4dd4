"""Refused rows as a file that a person mends and imports again."""

import csv
import errno
import io
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.imports import Cell, RefusedRow
from domain.wording import Language, Wording

# What makes a spreadsheet program run a text as a formula (OWASP ASVS 1.2.10, CWE-1236), with
# the full-width forms that some of them take for the same.
_RISKY_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_HEADINGS: Final = {
    Language.CHINESE: ("原行号", "拒绝原因"),
    Language.ENGLISH: ("Original row", "Why refused"),
}
# As many digits as a spreadsheet keeps.
_PLAIN_NUMBER: Final = re.compile(r"-?[0-9]{1,15}|-?(?=.{3,16}$)[0-9]+\.[0-9]+")
_XLSX: Final = ".xlsx"
_CSV: Final = ".csv"
# A cell holds 32,767 characters, with the apostrophe; XML 1.0 knows no control characters.
_LARGEST_TEXT: Final = 32_766
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Value = str | int | float


def write_refused_rows(
    path: Path, header: Sequence[str], refused: Sequence[RefusedRow], *, wording: Wording
) -> Path:
    """Save refused rows with their old row number and the reason; the file that was written.

    XLSX where the name ends so, else CSV in UTF-8 with a byte order mark, with ".csv" added where
    it is missing. Texts that a program could run get an apostrophe in front, which an import takes
    off again. The file takes its name only when it is complete.

    Raises:
        TillfoldError: `file_unwritable` or `disk_full`.
    """
    target = path if path.suffix.lower() in {_CSV, _XLSX} else path.with_name(path.name + _CSV)
    table = list(_table(header, refused, wording))
    content = _as_xlsx(table) if target.suffix.lower() == _XLSX else _as_csv(table)
    try:
        _replace(target, content)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise TillfoldError(ErrorCode.DISK_FULL if full else ErrorCode.FILE_UNWRITABLE) from error
    return target


def guarded(text: str) -> str:
    """The text as a cell can hold it, with an apostrophe in front where a program could run it."""
    encodable = text.encode("utf-8", errors="replace").decode()
    plain = _NOT_IN_XML.sub("", encodable)[:_LARGEST_TEXT]
    return f"'{plain}" if plain.startswith(_RISKY_BEGINNINGS) else plain


def _table(
    header: Sequence[str], refused: Sequence[RefusedRow], wording: Wording
) -> Iterator[list[Value]]:
    width = max([len(header), *(len(row.cells) for row in refused)])
    row_heading, reason_heading = _HEADINGS[wording.language]
    padding = [""] * (width - len(header))
    yield [row_heading, *map(guarded, header), *padding, reason_heading]
    for row in refused:
        padding = [""] * (width - len(row.cells))
        reason = guarded(wording.error(row.code, row.values))
        yield [row.row_number, *map(_value, row.cells), *padding, reason]


def _value(cell: Cell) -> Value:
    """A number as a number, so that it can be reckoned with; everything else as guarded text."""
    if cell.is_number and _PLAIN_NUMBER.fullmatch(cell.text):
        return float(cell.text) if "." in cell.text else int(cell.text)
    return guarded(cell.text)


def _as_csv(table: Sequence[list[Value]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8-sig")


def _as_xlsx(table: Sequence[list[Value]]) -> bytes:
    # A tenth of a second that the start of the till need not pay.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in table:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                # openpyxl would make a formula of a text that begins with "=".
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _replace(target: Path, content: bytes) -> None:
    """Write beside the target and rename: a crash leaves the old file or the new one."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".partial")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
