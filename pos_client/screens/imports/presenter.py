"""Importing a menu or members from a file, with the rows that were refused."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

from domain.errors import ErrorCode, TillfoldError
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow
from pos_client.screens.imports.state import ImportKind, ImportOutcome, ImportsState, RefusedLine
from pos_client.screens.notices import Notices
from pos_client.use_cases.answers import ImportReport


class ImportsPresenter(SheetPresenter[ImportsState]):
    """`on_imported`: the home was changed, read it again."""

    def __init__(
        self, desk: Desk, flow: Flow, notices: Notices, *, on_imported: Callable[[], None]
    ) -> None:
        super().__init__(desk, flow, notices)
        self._on_imported = on_imported
        self._kind = ImportKind.MENU
        self._path = ""
        self._read_rows = 0
        self._cancel: Event | None = None
        self._report: ImportReport | None = None
        self._saved_to = ""

    def choose_kind(self, kind: ImportKind) -> None:
        if self._cancel is None and kind is not self._kind:
            self._kind = kind
            self._report = None
            self._path = self._saved_to = ""
            self.redraw()

    def choose_file(self, path: str) -> None:
        self._path = path
        self.redraw()

    def start(self) -> None:
        if self._cancel is not None or not self._path.strip():
            return
        self._cancel, self._report, self._read_rows, self._saved_to = Event(), None, 0, ""
        self.redraw()
        counter, actor, source = self.desk.counter, self.desk.actor, Path(self._path.strip())
        run = counter.import_menu if self._kind is ImportKind.MENU else counter.import_members
        cancelled = self._cancel.is_set
        self.desk.background.run_long(
            lambda: run(actor, source, on_progress=self._progressed, cancelled=cancelled),
            self._finished,
            self._refused,
        )

    def cancel(self) -> None:
        """What was not yet written is not written."""
        if self._cancel is not None:
            self._cancel.set()

    def save_refused(self, path: str) -> None:
        report = self._report
        if report is None or not path.strip():
            return
        counter, target = self.desk.counter, Path(path.strip())
        self.desk.background.run(
            lambda: counter.save_refused_rows(report, target),
            lambda _none: self._saved(target),
            self.notices.error,
        )

    def suggested_file(self) -> str:
        """Where the refused rows go unless a person says otherwise: beside the file."""
        if self._report is None:
            return ""
        source = self._report.source
        name = self.wording.text("imports.refused_file", name=source.stem)
        return str(source.with_name(f"{name}.csv"))

    def _progressed(self, rows: int) -> None:
        """Called on the worker's thread."""
        self.desk.background.call(lambda: self._show_progress(rows))

    def _show_progress(self, rows: int) -> None:
        self._read_rows = rows
        self.redraw()

    def _finished(self, report: ImportReport) -> None:
        self._cancel, self._report = None, report
        self.redraw()
        self._on_imported()

    def _refused(self, error: TillfoldError) -> None:
        self._cancel = None
        if error.code is ErrorCode.IMPORT_CANCELLED:
            self.notices.warn(lambda wording: wording.error(error.code, error.values))
        else:
            self.notices.error(error)
        self.redraw()

    def _saved(self, target: Path) -> None:
        self._saved_to = str(target)
        self.redraw()

    def _outcome(self) -> ImportOutcome | None:
        report = self._report
        if report is None:
            return None
        text = self.wording.text
        return ImportOutcome(
            accepted=text("imports.accepted", count=f"{report.accepted:,}"),
            refused=text("imports.refused", count=f"{len(report.refused):,}"),
            refused_lines=tuple(
                RefusedLine(
                    str(row.row_number),
                    self.wording.error(row.code, row.values),
                    " | ".join(cell.text for cell in row.cells),
                )
                for row in report.refused
            ),
        )

    def _draw(self) -> ImportsState:
        running = self._cancel is not None
        text = self.wording.text
        return ImportsState(
            kind=self._kind,
            explanation=text(f"imports_explanation.{self._kind}"),
            path=self._path,
            running=running,
            progress=text("imports.progress", count=f"{self._read_rows:,}") if running else "",
            can_start=bool(self._path.strip()) and not running,
            outcome=self._outcome(),
            saved=text("imports.saved", path=self._saved_to) if self._saved_to else "",
        )
