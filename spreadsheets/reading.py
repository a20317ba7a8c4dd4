"""Any file that a person chose, as a sheet or as one coded refusal; never a traceback."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.imports import LARGEST_SHEET_ROWS, Cell, Sheet, SheetRow
from spreadsheets.csv_rows import csv_rows
from spreadsheets.progress import ImportCancelled, Progress
from spreadsheets.xlsx_rows import xlsx_rows

LARGEST_FILE_BYTES: Final = 16 * 1024 * 1024
_ZIP_BEGIN: Final = b"PK\x03\x04"


def read_sheet(
    path: Path,
    *,
    on_progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Sheet:
    """The first row that is not blank is the header; blank rows are left out.

    What the file is, is told by its content, not by its name. Every 200 rows `on_progress` hears
    how many rows are done and `cancelled` is asked whether to stop.

    Raises:
        TillfoldError: `file_unreadable`, `file_too_large` or `file_empty`.
        ImportCancelled: `cancelled` said so.
    """
    content = _content(path)
    progress = Progress(on_progress, cancelled)
    rows = xlsx_rows(content) if content.startswith(_ZIP_BEGIN) else csv_rows(content)
    try:
        return _sheet(rows, progress)
    except (TillfoldError, ImportCancelled):
        raise
    except Exception as error:
        # The readers raise whatever a broken file makes them stumble over: a list would never
        # be complete.
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
    if len(content) > LARGEST_FILE_BYTES:
        raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=LARGEST_SHEET_ROWS)
    if not content.strip():
        raise TillfoldError(ErrorCode.FILE_EMPTY)
    return content


def _sheet(rows: Iterable[tuple[Cell, ...]], progress: Progress) -> Sheet:
    header: tuple[str, ...] | None = None
    kept: list[SheetRow] = []
    for number, cells in enumerate(rows, start=1):
        progress.step()
        if not any(cell.text.strip() or cell.is_formula for cell in cells):
            continue
        if header is None:
            header = tuple(cell.text for cell in cells)
        elif len(kept) == LARGEST_SHEET_ROWS:
            raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=LARGEST_SHEET_ROWS)
        else:
            kept.append(SheetRow(number, cells))
    if header is None or not kept:
        raise TillfoldError(ErrorCode.FILE_EMPTY)
    progress.report()
    return Sheet(header, tuple(kept))
