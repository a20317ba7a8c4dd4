"""The commands and their options."""

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any, Final

from domain.cases.kinds import Decision
from domain.rights import CASHIER
from domain.wording import Language, Wording
from sync_server.operations import (
    cases,
    duplicates,
    importing,
    keeping,
    looking,
    publishing,
    setting_up,
    tills,
    verifying,
)
from sync_server.operations.result import Desk, Result
from sync_server.use_cases.diagnosis import Patience

Operation = Callable[[Desk, Namespace], Result]

# These need no brand yet, or nothing of the server at all: the program itself does them.
CREATE_BRAND: Final = "create-brand"
MIGRATE: Final = "migrate"
RUN: Final = "run"
WORKER: Final = "worker"
BACKUP: Final = "backup"
RESTORE: Final = "restore"
DOCTOR: Final = "doctor"
PRICE: Final = "price"
_OF_NO_BRAND: Final = frozenset(
    {CREATE_BRAND, MIGRATE, RUN, WORKER, RESTORE, BACKUP, DOCTOR, PRICE}
)


def build_parser(wording: Wording) -> ArgumentParser:
    """The parser; `command` names the command, `operation` is what does it where it needs more."""
    parser = ArgumentParser(
        prog="sync-server",
        description=wording.text("help.program"),
        epilog=wording.text("help.first_steps"),
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--settings", metavar="PATH", help=wording.text("help.settings"))
    _add_json(parser, wording)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_program_commands(commands, wording)
    _add_setting_up(commands, wording)
    _add_publishing(commands, wording)
    _add_looking(commands, wording)
    _add_keeping(commands, wording)
    _add_importing(commands, wording)
    return parser


def _add_program_commands(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    brand = _command(commands, wording, CREATE_BRAND, "help.create_brand", setting_up.create_brand)
    brand.add_argument("name", metavar="NAME", help=wording.text("help.create_brand.name"))
    brand.add_argument("--id", default="", help=wording.text("help.create_brand.id"))
    _command(commands, wording, MIGRATE, "help.migrate")
    run = _command(commands, wording, RUN, "help.run")
    run.add_argument("--host", help=wording.text("help.run.host"))
    run.add_argument("--port", type=int, help=wording.text("help.run.port"))
    run.add_argument("--migrate", action="store_true", help=wording.text("help.run.migrate"))
    worker = _command(commands, wording, WORKER, "help.worker")
    worker.add_argument("--once", action="store_true", help=wording.text("help.worker.once"))
    price = _command(commands, wording, PRICE, "help.price")
    wanted = price.add_mutually_exclusive_group(required=True)
    wanted.add_argument("file", nargs="?", metavar="FILE", help=wording.text("help.price.file"))
    wanted.add_argument("--schema", action="store_true", help=wording.text("help.price.schema"))
    price.add_argument("--language", choices=list(Language), help=wording.text("help.language"))


def _add_setting_up(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    store = _command(
        commands, wording, "create-store", "help.create_store", setting_up.create_store
    )
    store.add_argument("id", metavar="ID", help=wording.text("help.store.id"))
    store.add_argument("name", metavar="NAME", help=wording.text("help.store.name"))
    store.add_argument("--time-zone", default="Asia/Shanghai", help=wording.text("help.store.zone"))
    code = _command(
        commands,
        wording,
        "enrol",
        "help.enrol",
        setting_up.issue_enrolment_code,
    )
    code.add_argument("store", metavar="STORE", help=wording.text("help.store.id"))
    code.add_argument("label", metavar="LABEL", help=wording.text("help.enrol.label"))
    _command(commands, wording, "tills", "help.tills", tills.show_tills)
    revoke = _command(commands, wording, "revoke", "help.revoke", tills.revoke_till)
    revoke.add_argument("terminal", metavar="TERMINAL", help=wording.text("help.revoke.terminal"))
    hand_in = _command(commands, wording, "hand-in", "help.hand_in", tills.allow_hand_in)
    hand_in.add_argument("terminal", metavar="TERMINAL", help=wording.text("help.revoke.terminal"))
    hand_in.add_argument("--hours", type=int, default=24, help=wording.text("help.hand_in.hours"))
    keys = _group(commands, wording, "code-key", "help.code_key")
    key = _command(keys, wording, "change", "help.code_key.change", setting_up.change_code_key)
    key.add_argument(
        "--revoke-older", action="store_true", help=wording.text("help.code_key.revoke")
    )
    users = _group(commands, wording, "hq-user", "help.hq_user")
    user = _command(users, wording, "add", "help.hq_user.add", setting_up.add_hq_user)
    user.add_argument("name", metavar="NAME", help=wording.text("help.name"))
    staff = _group(commands, wording, "staff", "help.staff")
    person = _command(staff, wording, "add", "help.staff.add", setting_up.add_staff)
    person.add_argument("store", metavar="STORE", help=wording.text("help.store.id"))
    person.add_argument("name", metavar="NAME", help=wording.text("help.name"))
    person.add_argument(
        "--role",
        metavar="ROLE",
        default=CASHIER,
        help=wording.text("help.staff.role"),
    )
    person.add_argument("--id", default="", help=wording.text("help.staff.id"))
    person.add_argument(
        "--pin-file", default="", metavar="FILE", help=wording.text("help.staff.pin_file")
    )


def _add_publishing(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    publish = _command(commands, wording, "publish", "help.publish", publishing.publish)
    publish.add_argument("file", metavar="FILE", help=wording.text("help.publish.file"))
    coupon = _command(
        commands, wording, "issue-coupon", "help.issue_coupon", publishing.issue_coupon
    )
    text = wording.text
    coupon.add_argument("name", metavar="NAME", help=text("help.name"))
    coupon.add_argument("--threshold", default="0", help=text("help.issue_coupon.threshold"))
    gives = coupon.add_mutually_exclusive_group(required=True)
    gives.add_argument("--saving", default="", help=text("help.issue_coupon.saving"))
    gives.add_argument("--percent", default="", help=text("help.issue_coupon.percent"))
    coupon.add_argument("--cap", default="", help=text("help.issue_coupon.cap"))
    coupon.add_argument("--days", type=int, default=30, help=text("help.issue_coupon.days"))
    coupon.add_argument("--count", type=int, default=1, help=text("help.issue_coupon.count"))
    coupon.add_argument("--member", default="", help=text("help.issue_coupon.member"))
    coupon.add_argument("--code", default="", help=text("help.issue_coupon.code"))


def _add_looking(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    _command(commands, wording, "books", "help.books", looking.show_books)
    _add_cases(commands, wording)
    _add_members(commands, wording)
    _command(commands, wording, "verify", "help.verify", verifying.verify_books)


def _add_cases(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    """`cases` alone lists them; what stands behind it looks at one."""
    listed = _command(commands, wording, "cases", "help.cases", cases.list_cases)
    listed.add_argument("--all", action="store_true", help=wording.text("help.cases.all"))
    listed.add_argument("--losses", action="store_true", help=wording.text("help.cases.losses"))
    actions = listed.add_subparsers(dest="action", metavar="ACTION")
    shown = _command(actions, wording, "show", "help.cases.show", cases.show)
    decided = _command(actions, wording, "decide", "help.cases.decide", cases.decide)
    for one in (shown, decided):
        one.add_argument("id", metavar="ID", help=wording.text("help.cases.id"))
    decided.add_argument(
        "--as",
        dest="decision",
        required=True,
        metavar="DECISION",
        help=wording.text("help.cases.as", decisions=", ".join(Decision)),
    )
    decided.add_argument("--note", default="", help=wording.text("help.cases.note"))
    decided.add_argument("--seen", default="", help=wording.text("help.cases.seen"))


def _add_keeping(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    backup = _command(commands, wording, BACKUP, "help.backup", keeping.make_backup)
    backup.add_argument("folder", metavar="DIR", help=wording.text("help.backup.folder"))
    backup.add_argument("--with-key", action="store_true", help=wording.text("help.backup.key"))
    restore = _command(commands, wording, RESTORE, "help.restore")
    restore.add_argument("folder", metavar="DIR", help=wording.text("help.restore.folder"))
    doctor = _command(commands, wording, DOCTOR, "help.doctor")
    patience = Patience()
    for option, days in (("till", patience.till_days), ("backup", patience.backup_days)):
        text = wording.text(f"help.doctor.{option}_days")
        doctor.add_argument(f"--{option}-days", type=int, default=days, metavar="DAYS", help=text)


def _add_members(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    members = _group(commands, wording, "members", "help.members")
    _command(members, wording, "duplicates", "help.duplicates", duplicates.list_duplicates)
    merge = _command(members, wording, "merge", "help.merge", duplicates.merge)
    part = _command(members, wording, "part", "help.part", duplicates.part)
    apart = _command(members, wording, "keep-apart", "help.keep_apart", duplicates.keep_apart)
    for one in (merge, part, apart):
        one.add_argument("id", metavar="ID", help=wording.text("help.member.id"))
    merge.add_argument("into", metavar="INTO", help=wording.text("help.member.into"))
    apart.add_argument("other", metavar="OTHER", help=wording.text("help.member.other"))


def _add_importing(commands: Any, wording: Wording) -> None:  # noqa: ANN401
    name = "import-members"
    members = _command(commands, wording, name, "help.import", importing.bring_members)
    members.add_argument("file", metavar="FILE", help=wording.text("help.import.file"))
    members.add_argument(
        "--refused", default="", metavar="FILE", help=wording.text("help.import.refused")
    )


def _group(commands: Any, wording: Wording, name: str, key: str) -> Any:  # noqa: ANN401
    text = wording.text(key)
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(dest="action", metavar="ACTION", required=True)


def _command(
    commands: Any,  # noqa: ANN401
    wording: Wording,
    name: str,
    key: str,
    operation: Operation | None = None,
) -> ArgumentParser:
    text = wording.text(key)
    parser: ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(operation=operation)
    if name not in _OF_NO_BRAND:
        parser.add_argument("--brand", default="", metavar="ID", help=wording.text("help.brand"))
    _add_json(parser, wording)
    return parser


def _add_json(parser: ArgumentParser, wording: Wording) -> None:
    """`--json` may stand before or behind the command."""
    parser.add_argument(
        "--json", action="store_true", default=SUPPRESS, help=wording.text("help.json")
    )
