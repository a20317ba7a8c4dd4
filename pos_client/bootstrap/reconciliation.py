"""The command that compares a provider's statement with the till's books."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.money import format_fen
from domain.orders import TenderKind
from domain.wording import Wording
from hardware.payments.port import ProviderName
from hardware.payments.statements import (
    LARGEST_STATEMENT_BYTES,
    MOST_LINES,
    Statement,
    StatementError,
    read_statement,
)
from pos_client.bootstrap.machinery import TillMachinery
from pos_client.storage.store import Store
from pos_client.use_cases.own_payments import own_payments
from pos_client.use_cases.reconciling import WRONG, Compared, Finding, Reconciliation, reconcile

PROVIDERS: Final = {"wechat": ProviderName.WECHAT_PAY, "alipay": ProviderName.ALIPAY}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the command says; `unread` lines of the statement could not be read."""

    provider: str
    day: str
    here_fen: int
    there_fen: int
    counts: dict[str, int]
    findings: tuple[Compared, ...]
    unread: int


def reconciled(machinery: TillMachinery, file: Path, provider: str, day: date) -> Report:
    """Compare the statement of `day` with what this till booked.

    Raises:
        TillfoldError: `file_unreadable`, `file_too_large`.
    """
    name = PROVIDERS[provider]
    statement = _statement(name, file)
    kind = TenderKind(name.value)
    found: Reconciliation = machinery.storage.run(partial(_compare, statement, kind, day))
    wrong = [one for one in found.compared if one.finding in WRONG]
    return Report(
        provider=provider,
        day=day.isoformat(),
        here_fen=found.here_fen,
        there_fen=found.there_fen,
        counts={finding.value: found.count(finding) for finding in Finding},
        findings=tuple(wrong),
        unread=statement.unread,
    )


def lines_of(report: Report, wording: Wording) -> list[str]:
    lines = [
        wording.text(
            "reconcile.sums",
            day=report.day,
            here=format_fen(report.here_fen),
            there=format_fen(report.there_fen),
        )
    ]
    lines += [
        wording.text(f"reconcile.{name}", count=count)
        for name, count in report.counts.items()
        if count
    ]
    if report.unread:
        lines.append(wording.text("reconcile.unread", count=report.unread))
    return lines + [_line(one, wording) for one in report.findings]


def _line(one: Compared, wording: Wording) -> str:
    return wording.text(
        "reconcile.line",
        finding=wording.text(f"reconcile.one_{one.finding}"),
        number=one.payment_id,
        here=format_fen(one.here_fen),
        there=format_fen(one.there_fen),
        receipt=one.receipt_number or "—",
        reference=one.reference or "—",
    )


def _compare(statement: Statement, kind: TenderKind, day: date, store: Store) -> Reconciliation:
    own = own_payments(store, kind, day)
    return reconcile(statement.lines, own, store.identity.terminal)


def _statement(name: ProviderName, file: Path) -> Statement:
    try:
        with file.open("rb") as opened:
            return read_statement(name, opened.read(LARGEST_STATEMENT_BYTES + 1))
    except OSError as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
    except StatementError as error:
        if error.code == "too_large":
            raise TillfoldError(ErrorCode.FILE_TOO_LARGE, rows=MOST_LINES) from error
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
