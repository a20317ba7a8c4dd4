"""The report of a shift: X while it runs, Z when it is closed.

No use case keeps shifts yet, so the values stand here, in the form in which one will hand them in.
"""

from enum import StrEnum

import msgspec

from domain.orders import TenderKind
from hardware.receipt import Block, Cut, Document, Rule, TwoColumns
from pos_client.use_cases.documents.parts import Paper, centred, figure, shop_head, total
from pos_client.use_cases.store_time import local_time


class ShiftReportKind(StrEnum):
    X = "x"
    Z = "z"


class TenderTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What came in and went out by one means of payment."""

    kind: TenderKind
    taken_fen: int
    returned_fen: int = 0


class ShiftReport(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of one shift. `closed_ms` and `counted_cash_fen` are None while it runs.

    Cash: the float, and what came in, less what went out, is `expected_cash_fen`.
    """

    number: str
    cashier: str
    opened_ms: int
    sales: int
    list_fen: int
    saved_fen: int
    net_fen: int
    tenders: tuple[TenderTotal, ...]
    float_fen: int
    expected_cash_fen: int
    tip_fen: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    top_ups: int = 0
    topped_up_fen: int = 0
    paid_in_fen: int = 0
    paid_out_fen: int = 0
    points_earned: int = 0
    points_redeemed: int = 0
    drawer_openings: int = 0
    closed_ms: int | None = None
    counted_cash_fen: int | None = None

    @property
    def kind(self) -> ShiftReportKind:
        return ShiftReportKind.X if self.closed_ms is None else ShiftReportKind.Z


def shift_report(report: ShiftReport, paper: Paper) -> Document:
    blocks: list[Block] = [
        *shop_head(paper, paper.text(f"shift_report.title_{report.kind}")),
        *_about(report, paper),
        Rule(),
        *_turnover(report, paper),
        Rule(),
        *_tenders(report, paper),
        Rule(),
        *_cash(report, paper),
        Rule(),
        *_counts(report, paper),
        Rule("="),
    ]
    if report.kind is ShiftReportKind.X:
        blocks.append(centred(paper.text("shift_report.goes_on")))
    return Document((*blocks, Cut()))


def _about(report: ShiftReport, paper: Paper) -> list[Block]:
    blocks: list[Block] = [
        TwoColumns(paper.text("shift_report.number"), report.number),
        TwoColumns(paper.text("shift_report.cashier"), report.cashier),
        TwoColumns(paper.text("shift_report.opened"), _moment(report.opened_ms, paper)),
    ]
    if report.closed_ms is not None:
        closed = _moment(report.closed_ms, paper)
        blocks.append(TwoColumns(paper.text("shift_report.closed"), closed))
    return [*blocks, TwoColumns(paper.text("shift_report.printed"), paper.moment)]


def _turnover(report: ShiftReport, paper: Paper) -> list[Block]:
    return [
        figure(paper.text("shift_report.list"), report.list_fen),
        figure(paper.text("shift_report.saved"), -report.saved_fen),
        total(paper.text("shift_report.net"), report.net_fen),
        figure(paper.text("sum.tip"), report.tip_fen),
        figure(paper.text("shift_report.refunded", count=report.refunds), -report.refunded_fen),
        figure(paper.text("shift_report.topped_up", count=report.top_ups), report.topped_up_fen),
    ]


def _tenders(report: ShiftReport, paper: Paper) -> list[Block]:
    blocks: list[Block] = []
    for tender in report.tenders:
        blocks.append(figure(paper.text(f"tender.{tender.kind}"), tender.taken_fen))
        if tender.returned_fen:
            returned = paper.text("shift_report.returned")
            blocks.append(figure(returned, -tender.returned_fen, indent=2))
    return blocks


def _cash(report: ShiftReport, paper: Paper) -> list[Block]:
    blocks: list[Block] = [
        figure(paper.text("shift_report.float"), report.float_fen),
        figure(paper.text("shift_report.paid_in"), report.paid_in_fen),
        figure(paper.text("shift_report.paid_out"), -report.paid_out_fen),
        figure(paper.text("shift_report.expected"), report.expected_cash_fen),
    ]
    if report.counted_cash_fen is not None:
        difference_fen = report.counted_cash_fen - report.expected_cash_fen
        blocks.append(figure(paper.text("shift_report.counted"), report.counted_cash_fen))
        blocks.append(total(paper.text("shift_report.difference"), difference_fen))
    return blocks


def _counts(report: ShiftReport, paper: Paper) -> list[Block]:
    counts = (
        ("sales", report.sales),
        ("points_earned", report.points_earned),
        ("points_redeemed", report.points_redeemed),
        ("drawer_openings", report.drawer_openings),
    )
    return [TwoColumns(paper.text(f"shift_report.{name}"), f"{count:,}") for name, count in counts]


def _moment(unix_ms: int, paper: Paper) -> str:
    return f"{local_time(unix_ms, paper.identity.time_zone):%Y-%m-%d %H:%M}"
