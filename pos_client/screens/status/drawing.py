"""From what the till says of itself to the state of the status sheet; pure."""

from collections.abc import Iterator
from typing import Final

from domain.fold.cases import Case, Severity
from domain.origins import Origin
from domain.stamps import milliseconds_of
from pos_client.screens.desk import Desk, yuan
from pos_client.screens.pay.code_drawing import word_of
from pos_client.screens.status.state import NO_PROGRESS, THOUSANDTHS, StatusState
from pos_client.use_cases.answers import (
    Connection,
    PaymentStatus,
    PrinterStatus,
    SyncStatus,
    TillStatus,
)
from pos_client.widgets.faces import RowText

_LOOKS: Final = {
    Connection.STANDALONE: ("store", "muted"),
    Connection.PENDING: ("refresh-cw", "muted"),
    Connection.ONLINE: ("wifi", "positive"),
    Connection.OFFLINE: ("wifi-off", "warning"),
}


def draw_status(status: TillStatus | None, desk: Desk, *, busy: bool) -> StatusState:
    if status is None:
        return StatusState(
            connection=(),
            progress=NO_PROGRESS,
            progress_text="",
            printers=(),
            cases=(),
            payments=(),
            in_doubt="",
            can_sync=False,
            busy=busy,
        )
    sync = status.sync
    return StatusState(
        connection=tuple(_connection_rows(desk, sync)),
        progress=_progress(sync),
        progress_text=_progress_text(desk, sync),
        printers=tuple(printer_row(desk, printer) for printer in status.printers),
        cases=tuple(_case_row(desk, case) for case in status.cases),
        payments=tuple(_payment_row(desk, payment) for payment in status.payments),
        in_doubt=_in_doubt(desk, status),
        can_sync=sync.connection is not Connection.STANDALONE and not busy,
        busy=busy,
    )


def _connection_rows(desk: Desk, sync: SyncStatus) -> Iterator[RowText]:
    wording = desk.wording
    icon, tone = _LOOKS[sync.connection]
    title = wording.text(f"connection_long.{sync.connection}")
    if sync.connection in {Connection.ONLINE, Connection.OFFLINE}:
        title = wording.text("status.since", what=title, clock=desk.moment(sync.since_ms))
    yield RowText(title=title, detail=_contact(desk, sync), icon=icon, tone=tone)
    if sync.error is not None:
        error = wording.error(sync.error, sync.error_values)
        yield RowText(title=error, icon="triangle-alert", tone="warning")
    if sync.waiting:
        waiting = wording.text("status.waiting", count=sync.waiting)
        yield RowText(title=waiting, detail=wording.text("status.waiting_safe"), icon="database")
    if sync.quarantined:
        aside = wording.text("status.quarantined", count=sync.quarantined)
        yield RowText(title=aside, icon="triangle-alert", tone="danger")
    if sync.repaired_rows:
        repaired = wording.text("status.repaired", count=sync.repaired_rows)
        yield RowText(title=repaired, icon="database")


def _contact(desk: Desk, sync: SyncStatus) -> str:
    if sync.connection is Connection.STANDALONE:
        return desk.wording.text("status.standalone")
    if not sync.last_contact_ms:
        return desk.wording.text("status.no_contact")
    return desk.wording.text("status.last_contact", clock=desk.moment(sync.last_contact_ms))


def _progress(sync: SyncStatus) -> int:
    if not sync.expected or sync.received >= sync.expected:
        return NO_PROGRESS
    return sync.received * THOUSANDTHS // sync.expected


def _progress_text(desk: Desk, sync: SyncStatus) -> str:
    if _progress(sync) == NO_PROGRESS:
        return ""
    return desk.wording.text(
        "status.first_sync", received=f"{sync.received:,}", expected=f"{sync.expected:,}"
    )


def printer_row(desk: Desk, printer: PrinterStatus, *, with_jobs: bool = True) -> RowText:
    """`with_jobs`: how many wait and how many want a hand."""
    wording = desk.wording
    detail = " · ".join(_job_counts(desk, printer)) if with_jobs else ""
    if printer.ready:
        note = wording.text("status.printer_ready")
        return RowText(
            title=printer.name, detail=detail, note=note, icon="printer", tone="positive"
        )
    reason = wording.text(f"device.{printer.reason}") if printer.reason else ""
    return RowText(
        title=printer.name,
        detail=" · ".join(part for part in (reason, detail) if part),
        note=wording.text("status.printer_not_ready"),
        icon="printer",
        tone="warning",
    )


def _job_counts(desk: Desk, printer: PrinterStatus) -> Iterator[str]:
    if printer.waiting:
        yield desk.wording.text("status.jobs", count=printer.waiting)
    if printer.in_doubt or printer.stopped:
        asking = printer.in_doubt + printer.stopped
        yield desk.wording.text("status.jobs_asking", count=asking)


def _in_doubt(desk: Desk, status: TillStatus) -> str:
    doubtful = sum(printer.in_doubt for printer in status.printers)
    if not doubtful:
        return ""
    return desk.wording.text("status.in_doubt", number=status.doubtful, count=doubtful)


def _payment_row(desk: Desk, payment: PaymentStatus) -> RowText:
    """A payment without an end: how it stands, since when, and for how much."""
    wording, word = desk.wording, word_of(payment)
    settled = word in {"cancelled", "declined", "returned"}
    return RowText(
        title=wording.text(f"code_pay.{word}"),
        detail=wording.text(
            "code_pay.row",
            kind=wording.text(f"tender.{payment.kind}"),
            when=desk.moment(payment.started_ms),
            # The end is the till's own; what stands before it tells payments apart.
            number=payment.attempt_id[-14:-8],
        ),
        note=yuan(payment.amount_fen),
        icon="info" if settled else "triangle-alert",
        tone="muted" if settled else "warning",
    )


def _case_row(desk: Desk, case: Case) -> RowText:
    review = case.severity is Severity.REVIEW
    return RowText(
        title=desk.wording.text(f"case.{case.kind}"),
        detail=" · ".join(_side(desk, side) for side in case.sides),
        note=_size(desk, case),
        icon="triangle-alert" if review else "info",
        tone="warning" if review else "muted",
    )


def _side(desk: Desk, side: Origin) -> str:
    when = desk.moment(milliseconds_of(side.stamp))
    names = desk.home.store_names if desk.home else {}
    store = names.get(side.store, side.store) or desk.wording.text("status.head_office")
    return desk.wording.text("status.case_side", store=store, when=when)


def _size(desk: Desk, case: Case) -> str:
    if case.cost_fen:
        return yuan(case.cost_fen)
    if case.points:
        return desk.wording.text("member.points", points=f"{case.points:,}")
    return ""
