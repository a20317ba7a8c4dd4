"""Real spreadsheet files on disk for the tests."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook


def xlsx_file(path: Path, *rows: Sequence[object]) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    workbook.save(path)
    return path


def with_part_replaced(source: Path, target: Path, part: str, content: bytes) -> Path:
    """A copy of an XLSX file in which one part holds something else."""
    copy = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    target.write_bytes(copy.getvalue())
    return target
