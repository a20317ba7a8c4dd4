"""The command line of the till."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from domain.errors import TillfoldError
from domain.price_trial import schema_as_json, try_out
from domain.wording import Language, Wording
from pos_client.bootstrap.commands import (
    Statement,
    doctor,
    join,
    read_input,
    reconcile,
    recover,
    run,
    verify,
)
from pos_client.bootstrap.reconciliation import PROVIDERS
from pos_client.settings import TillSettings, read_settings

DESCRIPTION = """\
The Tillfold till: sells, recognises members, earns and spends points, prints receipts,
with or without the internet.

Without a command it opens the window. A new till asks in the window whether it joins a
brand or begins a shop of its own.
"""
EPILOG = """\
Settings come from a TOML file (--settings, or the file named by TILLFOLD_TILL_SETTINGS, or
till.toml in the user's configuration folder) and from environment variables over it:
TILLFOLD_TILL_LANGUAGE=en, TILLFOLD_TILL_PRINTER__HOST=192.168.1.50 … All are listed in
docs/till.md.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code: 0 done, 1 refused, 2 wrong use or settings.

    Those of `price` stand in `domain.price_trial`.
    """
    options = _parser().parse_args(arguments)
    try:
        settings = read_settings(options.settings)
    except TillfoldError as error:
        return _refused(error, Language.ENGLISH, code=2)
    try:
        return _dispatch(options, settings)
    except TillfoldError as error:
        return _refused(error, settings.language, code=1)


def _dispatch(options: argparse.Namespace, settings: TillSettings) -> int:
    match options.command:
        case "join":
            return join(settings, options.server, options.code)
        case "recover":
            return recover(settings, set_aside=options.set_aside)
        case "verify" | "doctor" | "reconcile":
            return _examine(options, settings)
        case "price":
            return _price(options, settings.language)
        case _:
            return run(settings)


def _examine(options: argparse.Namespace, settings: TillSettings) -> int:
    match options.command:
        case "verify":
            return verify(settings, as_json=options.json)
        case "doctor":
            return doctor(settings, as_json=options.json)
        case _:
            statement = Statement(options.file, options.provider, options.day)
            return reconcile(settings, statement, as_json=options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pos-client",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the settings file (TOML)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="open the window (the default)")
    join_parser = commands.add_parser(
        "join", help="make this new till one of a brand's, with a code from head office"
    )
    join_parser.add_argument("server", help="the server's address, as in https://sync.example.com")
    join_parser.add_argument("code", help="the one-time enrolment code")
    recover_parser = commands.add_parser(
        "recover",
        help="after a damaged or missing database: make it again from the second journal",
    )
    recover_parser.add_argument(
        "--set-aside",
        action="store_true",
        help="instead move the old files aside (nothing is deleted), so that the till is new",
    )
    verify_parser = commands.add_parser(
        "verify", help="check both journals, the server's receipt and all sums of a closed till"
    )
    verify_parser.add_argument("--json", action="store_true", help="print one line of JSON")
    doctor_parser = commands.add_parser(
        "doctor", help="try every device of the settings: how it is, and what to do about it"
    )
    doctor_parser.add_argument("--json", action="store_true", help="print one line of JSON")
    _add_reconcile(commands)
    price_parser = commands.add_parser(
        "price", help="try rules on a cart: check them and explain the price; touches no data"
    )
    wanted = price_parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument(
        "file", nargs="?", metavar="FILE", help="JSON, see docs/price-command.md; - is stdin"
    )
    wanted.add_argument("--schema", action="store_true", help="print the JSON Schema of FILE")
    price_parser.add_argument("--json", action="store_true", help="print one line of JSON")
    price_parser.add_argument("--language", choices=list(Language), help="of the explanation")
    return parser


def _add_reconcile(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "reconcile", help="compare a payment provider's statement of a day with this till's books"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the statement, also packed")
    parser.add_argument("--provider", choices=sorted(PROVIDERS), required=True)
    parser.add_argument(
        "--day", type=date.fromisoformat, required=True, help="of the statement, as 2026-11-28"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def _price(options: argparse.Namespace, language: Language) -> int:
    if options.schema:
        print(schema_as_json())
        return 0
    wording = Wording(Language(options.language or language), {})
    trial = try_out(read_input(options.file), wording)
    print(json.dumps(trial.values) if options.json else "\n".join(trial.lines))
    return int(trial.exit_code)


def _refused(error: TillfoldError, language: Language, *, code: int) -> int:
    text = Wording(language, {}).error(error.code, error.values)
    print(f"{text} [{error.code}]", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
