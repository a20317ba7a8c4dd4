"""Books, cases and the proof that everything adds up."""

from argparse import Namespace
from typing import Final

from domain.money import format_fen
from domain.wording import Language, Wording
from sync_server.database.cases import CaseState
from sync_server.operations.result import Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.books import TerminalBooks, read_books
from sync_server.use_cases.case_reading import ReadableCase, read_cases
from sync_server.use_cases.verification import verify

_MOST_CASES: Final = 1_000


def show_books(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    books = read_books(desk.context, brand.brand_id)
    lines = [_terminal_line(desk.wording, terminal) for terminal in books.terminals]
    lines.append(
        desk.wording.text(
            "books.brand",
            members=books.members,
            points=books.points_total,
            cases=books.open_cases,
        )
    )
    return Result(values=books, lines=tuple(lines))


def _terminal_line(wording: Wording, terminal: TerminalBooks) -> str:
    return wording.text(
        "books.terminal",
        label=terminal.label,
        head=terminal.head_number,
        sales=terminal.sales,
        total=format_fen(terminal.total_fen),
        tenders=" ".join(
            f"{kind} ¥{format_fen(amount_fen)}"
            for kind, amount_fen in sorted(terminal.tenders_fen.items())
        ),
    ).rstrip()


def show_cases(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    state = CaseState.ALL if arguments.all else CaseState.OPEN
    found = read_cases(desk.context, brand.brand_id, state, limit=_MOST_CASES)
    lines = tuple(_case_line(desk.wording, case) for case in found)
    return Result(values=found, lines=lines or (desk.wording.text("cases.none"),))


def _case_line(wording: Wording, case: ReadableCase) -> str:
    text = case.text_zh if wording.language is Language.CHINESE else case.text_en
    sides = "; ".join(f"{side.store_name} {side.label} {side.local_time}" for side in case.sides)
    cost = f" ¥{format_fen(case.cost_fen)}" if case.cost_fen else ""
    return f"{case.case_id}: {text}{cost} [{sides}]"


def verify_books(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    done = verify(desk.context, brand.brand_id)
    lines = [
        desk.wording.text("verify.finding", problem=finding.problem, where=finding.where)
        for finding in done.findings
    ]
    if done.holds:
        lines = [desk.wording.text("verify.holds", entries=done.entries, members=done.members)]
    return Result(values=done, lines=tuple(lines), succeeded=done.holds)
