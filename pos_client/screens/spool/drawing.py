"""From the queue to the state of its sheet; pure."""

from typing import Final

import msgspec

from domain.rights import Right
from pos_client.screens.desk import Desk
from pos_client.screens.spool.state import SpoolState
from pos_client.screens.status.drawing import printer_row
from pos_client.storage.spool import JobState
from pos_client.use_cases.answers import PrintPreview, PrintQueue, QueuedPrint
from pos_client.widgets.faces import RowText

_LOOKS: Final = {
    JobState.QUEUED: ("printer", "muted"),
    JobState.SENDING: ("printer", "muted"),
    JobState.SENT: ("printer", "muted"),
    JobState.DONE: ("check", "positive"),
    JobState.FAILED: ("circle-alert", "danger"),
    JobState.IN_DOUBT: ("triangle-alert", "warning"),
    JobState.CANCELLED: ("x", "muted"),
    JobState.EXPIRED: ("triangle-alert", "warning"),
}
_ASKING: Final = frozenset({JobState.IN_DOUBT, JobState.FAILED, JobState.EXPIRED})
_CANCELLABLE: Final = _ASKING | {JobState.QUEUED}
_AGAIN: Final = _ASKING | {JobState.CANCELLED}
_EMPTY: Final = PrintQueue(printers=(), open=(), finished=())
NO_PREVIEW: Final = PrintPreview(png=None, text="")


class SpoolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the presenter knows; `chosen` is the number of a job, 0 for none."""

    queue: PrintQueue = _EMPTY
    chosen: int = 0
    preview: PrintPreview = NO_PREVIEW
    busy: bool = False


def chosen_job(facts: SpoolFacts) -> QueuedPrint | None:
    jobs = (*facts.queue.open, *facts.queue.finished)
    return next((job for job in jobs if job.job_id == facts.chosen), None)


def target_names(facts: SpoolFacts) -> tuple[tuple[str, str], ...]:
    """The printers that the chosen job can be sent to: what people call them, and their keys."""
    job = chosen_job(facts)
    if job is None or job.state not in _CANCELLABLE:
        return ()
    here = [printer for printer in facts.queue.printers if printer.reason != "gone"]
    return tuple((printer.name, printer.key) for printer in here if printer.key != job.printer)


def draw_spool(facts: SpoolFacts, desk: Desk) -> SpoolState:
    job = chosen_job(facts)
    state = job.state if job is not None and not facts.busy else None
    can_copy = desk.signed_in is not None and Right.REPRINT in desk.signed_in.rights
    queue = facts.queue
    return SpoolState(
        printers=tuple(printer_row(desk, printer, with_jobs=False) for printer in queue.printers),
        open=tuple(_row(desk, each, facts) for each in queue.open),
        finished=tuple(_row(desk, each, facts) for each in queue.finished),
        nothing_open="" if queue.open else desk.wording.text("spool.nothing_open"),
        question=_question(desk, job) if job is not None else "",
        preview=facts.preview.png,
        preview_text="" if facts.preview.png else facts.preview.text,
        targets=() if facts.busy else tuple(name for name, _ in target_names(facts)),
        can_confirm=state is JobState.IN_DOUBT,
        can_print=state in _AGAIN,
        can_copy=state is JobState.DONE and can_copy,
        can_cancel=state in _CANCELLABLE,
        busy=facts.busy,
    )


def _row(desk: Desk, job: QueuedPrint, facts: SpoolFacts) -> RowText:
    icon, tone = _LOOKS[job.state]
    wording = desk.wording
    details = [desk.moment(job.created_ms), _printer_name(facts, job.printer)]
    if job.station:
        station = _printer_name(facts, job.station)
        details.append(wording.text("spool.for_station", station=station))
    if job.copied_by:
        details.append(wording.text("print_mark.copied_by", name=job.copied_by))
    return RowText(
        title=_title(desk, job),
        detail=" · ".join(details),
        note=wording.text(f"job_state.{job.state}"),
        icon=icon,
        tone=tone,
        chosen=job.job_id == facts.chosen,
    )


def _title(desk: Desk, job: QueuedPrint) -> str:
    title = desk.wording.text(f"job_kind.{job.kind}", number=job.title)
    if job.copy_number > 1:
        copy = desk.wording.text("print_mark.copy", count=job.copy_number - 1)
        return f"{title} · {copy}"
    return title


def _question(desk: Desk, job: QueuedPrint) -> str:
    """One sentence on what is known, and what to do."""
    wording, title = desk.wording, _title(desk, job)
    match job.state:
        case JobState.IN_DOUBT:
            why = wording.text(f"device.{job.doubt_reason}") if job.doubt_reason else ""
            return wording.text("spool.came_out", what=title, why=why)
        case JobState.EXPIRED:
            return wording.text("spool.expired", what=title)
        case JobState.QUEUED if job.reason:
            return wording.text(f"device.{job.reason}")
        case JobState.FAILED:
            return wording.text(f"device.{job.reason}")
        case _:
            return ""


def _printer_name(facts: SpoolFacts, key: str) -> str:
    named = (printer.name for printer in facts.queue.printers if printer.key == key)
    return next(named, key)
