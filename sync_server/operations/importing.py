"""Members from a file: how far it is, what was refused and why."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from domain.imports import RefusedRow
from domain.wording import Wording
from spreadsheets.writing import write_refused_rows
from sync_server.operations.result import OPERATOR, Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.member_import import Watch, import_members

_ROWS_SHOWN: Final = 20


def bring_members(desk: Desk, arguments: Namespace) -> Result:
    """Some rows refused is no success: the rest of them is still to be done."""
    brand = brands.only_brand(desk.context, arguments.brand)
    watch = Watch(
        on_read=lambda rows: desk.tell(desk.wording.text("import.read", rows=rows)),
        on_written=lambda rows: desk.tell(desk.wording.text("import.written", rows=rows)),
    )
    done = import_members(desk.context, brand.brand_id, Path(arguments.file), watch, actor=OPERATOR)
    if arguments.refused and done.refused:
        write_refused_rows(
            Path(arguments.refused), done.headings, done.refused, wording=desk.wording
        )
    lines = [_line(desk.wording, row) for row in done.refused[:_ROWS_SHOWN]]
    if len(done.refused) > _ROWS_SHOWN:
        lines.append(desk.wording.text("import.more", rows=len(done.refused) - _ROWS_SHOWN))
    lines.append(
        desk.wording.text("done.import", accepted=done.accepted, refused=len(done.refused))
    )
    values = {
        "accepted": done.accepted,
        "refused": [{"row": row.row_number, "code": row.code} for row in done.refused],
    }
    return Result(values=values, lines=tuple(lines), succeeded=not done.refused)


def _line(wording: Wording, row: RefusedRow) -> str:
    """No cell of the row: what people are called and their phones do not belong on a terminal."""
    return wording.text(
        "import.refused", row=row.row_number, reason=wording.error(row.code, row.values)
    )
