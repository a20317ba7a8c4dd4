"""Books and the proof that everything adds up."""

from argparse import Namespace

from domain.money import format_fen
from domain.wording import Wording
from sync_server.operations.result import Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.books import TerminalBooks, read_books


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
