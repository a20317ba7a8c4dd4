"""Backups: making one, and what is said of one that was brought back."""

from argparse import Namespace
from importlib.metadata import version
from pathlib import Path

from domain.wording import Wording
from sync_server.operations.result import Desk, Result
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.restore import Restored

_PACKAGE = "tillfold"


def make_backup(desk: Desk, arguments: Namespace) -> Result:
    target = Path(arguments.folder)
    key_file = desk.key_file if arguments.with_key else None
    manifest = back_up(desk.context, target, release=version(_PACKAGE), key_file=key_file)
    lines = [
        desk.wording.text("backup.brand", name=brand.name, id=brand.brand_id, entries=brand.entries)
        for brand in manifest.brands
    ]
    rows = sum(table.rows for table in manifest.tables)
    lines.append(desk.wording.text("done.backup", rows=rows, folder=str(target)))
    if key_file is None:
        lines.append(desk.wording.text("backup.without_key"))
    return Result(values=manifest, lines=tuple(lines))


def restored_result(restored: Restored, wording: Wording) -> Result:
    lines = [
        wording.text("restore.brand", name=brand.name, id=brand.brand_id, entries=brand.entries)
        for brand in restored.manifest.brands
    ]
    lines.append(wording.text("done.restore", revision=restored.revision))
    values = {"revision": restored.revision, "histories": restored.histories}
    return Result(values=values, lines=tuple(lines))
