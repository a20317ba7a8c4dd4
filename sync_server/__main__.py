"""`sync-server`: read the command line, do one thing, say what came of it."""

import contextlib
import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

from domain.errors import ErrorCode, TillfoldError
from domain.price_trial import schema_as_json, try_out
from domain.rule_flaws import RulesRefusedError
from domain.wording import Language, Wording
from sync_server.bootstrap import (
    build_context,
    found_server,
    migrate_database,
    refuse_unready,
    restore_backup,
)
from sync_server.commands import LONG_RUNNING
from sync_server.examination import examine
from sync_server.logs import configure_logging
from sync_server.operations.command_line import (
    CREATE_BRAND,
    DOCTOR,
    MIGRATE,
    PRICE,
    RESTORE,
    build_parser,
)
from sync_server.operations.doctor import doctor_result
from sync_server.operations.keeping import restored_result
from sync_server.operations.result import Desk, Result
from sync_server.operations.trying import read_input
from sync_server.operations.wording import wording_for
from sync_server.settings import ServerSettings, read_settings
from sync_server.use_cases.diagnosis import Patience

_FAILED: Final = 1
_SETTINGS_WRONG: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (it failed) or 2 (settings or options are wrong).

    Those of `price` stand in `domain.price_trial`.
    """
    wording = wording_for(os.environ)
    parsed = build_parser(wording).parse_args(arguments)
    try:
        if parsed.command == PRICE:
            return _price(parsed, wording)
        settings = read_settings(Path(parsed.settings) if parsed.settings else None)
        configure_logging(settings.log_level)
        if parsed.command in LONG_RUNNING:
            return LONG_RUNNING[parsed.command](settings, parsed, wording)
        return _print(_run(settings, parsed, wording), as_json=hasattr(parsed, "json"))
    except TillfoldError as error:
        print("\n".join(_complaints(error, wording)), file=sys.stderr)
        return _SETTINGS_WRONG if error.code is ErrorCode.SETTINGS_MALFORMED else _FAILED
    except OperationalError:
        # The driver's message may hold the address with its password.
        where = wording.text("where.database")
        code = ErrorCode.SETTINGS_MALFORMED
        print(f"{code}: {wording.error(code, {'where': where})}", file=sys.stderr)
        return _SETTINGS_WRONG


def _complaints(error: TillfoldError, wording: Wording) -> Iterator[str]:
    """The error in a sentence; of refused rules every flaw with its place."""
    values = dict(error.values)
    flaws = error.flaws if isinstance(error, RulesRefusedError) else ()
    if flaws:
        values["flaw"] = wording.flaw(flaws[0])
    yield f"{error.code}: {wording.error(error.code, values)}"
    for flaw in flaws:
        yield f"{flaw.where}: {flaw.code}: {wording.flaw(flaw)}"


def _run(settings: ServerSettings, parsed: Namespace, wording: Wording) -> Result:
    if parsed.command == MIGRATE:
        return _migrate(settings, wording)
    if parsed.command == DOCTOR:
        patience = Patience(till_days=parsed.till_days, backup_days=parsed.backup_days)
        return doctor_result(examine(settings, patience), wording)
    if parsed.command == RESTORE:
        return restored_result(restore_backup(settings, Path(parsed.folder)), wording)
    if parsed.command == CREATE_BRAND:
        found_server(settings)
    context = build_context(settings)
    with contextlib.closing(context.database):
        refuse_unready(context, wording.text("where.migrate"))
        desk = Desk(
            context=context,
            wording=wording,
            key_file=settings.key_path,
            tell=lambda line: print(line, file=sys.stderr),
            ask_secret=getpass.getpass,
        )
        result: Result = parsed.operation(desk, parsed)
        return result


def _migrate(settings: ServerSettings, wording: Wording) -> Result:
    revision = migrate_database(settings)
    line = wording.text("done.migrate", revision=revision)
    return Result(values={"revision": revision}, lines=(line,))


def _price(parsed: Namespace, wording: Wording) -> int:
    if parsed.schema:
        print(schema_as_json())
        return 0
    if parsed.language:
        wording = Wording(Language(parsed.language), {})
    trial = try_out(read_input(parsed.file), wording)
    return _print(
        Result(values=trial.values, lines=trial.lines), as_json=hasattr(parsed, "json")
    ) or int(trial.exit_code)


def _print(result: Result, *, as_json: bool) -> int:
    if as_json:
        print(result.as_json())
    else:
        print("\n".join(result.lines))
    return 0 if result.succeeded else _FAILED


if __name__ == "__main__":
    sys.exit(main())
