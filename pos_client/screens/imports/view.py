"""The import sheet: draws an ImportsState, forwards what the manager does."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from domain.wording import Wording
from pos_client.screens.imports.presenter import ImportsPresenter
from pos_client.screens.imports.state import ImportKind, ImportOutcome, ImportsState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel, chip
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, down, frame, label, paragraph, show_or_hide
from pos_client.widgets.look import Look
from pos_client.widgets.refused_table import RefusedTable
from pos_client.widgets.sheet import SheetFrame

_ALL_THE_ROOM: Final = 100


class ImportsView(QWidget):
    def __init__(self, look: Look, presenter: ImportsPresenter) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._sheet = SheetFrame(look, "imports", presenter.escape)
        self._kinds = {kind: self._kind_chip(kind) for kind in ImportKind}
        self._explanation = paragraph("body", tone="muted")
        self._path = Field(look, "import-path", longest=1000)
        self._path.on_edit(presenter.choose_file).on_enter(lambda _text: presenter.start())
        self._path.on_escape(presenter.escape)
        self._browse = Button(look, "import-browse", icon="folder-open").on_press(self._choose)
        self._start = Button(look, "import-start", look_name="primary").on_press(presenter.start)
        self._cancel = Button(look, "import-cancel").on_press(presenter.cancel)
        for key in (self._start, self._cancel):
            key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._progress = label("item", name="import-progress")
        self._outcome = OutcomePanel(look, self._save)
        self._file_kinds = ""
        self._sheet.fill(self._content())
        self.setLayout(down(self._sheet))
        presenter.listen(self.draw)

    def begin(self) -> None:
        """The sheet was opened; the keyboard stays with the till."""

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("imports.title"), wording.text("sheet.close"))
        self._kinds[ImportKind.MENU].setText(wording.text("imports.menu"))
        self._kinds[ImportKind.MEMBERS].setText(wording.text("imports.members"))
        self._path.setPlaceholderText(wording.text("imports.placeholder"))
        self._path.setAccessibleName(wording.text("imports.file"))
        self._browse.setText(wording.text("imports.browse"))
        self._start.setText(wording.text("imports.start"))
        self._cancel.setText(wording.text("imports.cancel"))
        self._file_kinds = wording.text("imports.file_kinds")
        self._outcome.retext(wording)

    def draw(self, state: ImportsState) -> None:
        for kind, key in self._kinds.items():
            key.setChecked(kind is state.kind)
            key.setEnabled(not state.running)
        self._explanation.setText(state.explanation)
        self._path.show_text(state.path)
        self._path.setEnabled(not state.running)
        self._browse.setEnabled(not state.running)
        self._start.setEnabled(state.can_start)
        self._cancel.setVisible(state.running)
        self._progress.setText(state.progress)
        self._outcome.draw(state.outcome, state.saved)

    def _content(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        file = across(self._path, self._browse, gap=gap)
        file.setStretch(0, 1)
        run = across(self._start, self._cancel, self._progress, None, gap=gap)
        content = down(
            across(*self._kinds.values(), None, gap=gap), self._explanation, file, run,
            self._outcome,
            gap=self._look.px(tokens.SPACE_MEDIUM),
        )  # fmt: skip
        content.setStretch(4, 1)
        return content

    def _kind_chip(self, kind: ImportKind) -> Button:
        return chip(self._look, f"import-{kind}").on_press(lambda: self._choose_kind(kind))

    def _choose_kind(self, kind: ImportKind) -> None:
        self._presenter.choose_kind(kind)
        self.draw(self._presenter.state)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._browse.text(), "", self._file_kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog, self._presenter.choose_file)

    def _save(self) -> None:
        dialog = QFileDialog(self)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self._presenter.suggested_file())
        self._open(dialog, self._presenter.save_refused)

    def _open(self, dialog: QFileDialog, on_selected: Callable[[str], None]) -> None:
        dialog.fileSelected.connect(on_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class OutcomePanel(QWidget):
    """What was imported and what was not, with the reasons."""

    def __init__(self, look: Look, on_save: Callable[[], None]) -> None:
        super().__init__()
        self._shown: ImportOutcome | None = None
        accepted_icon = IconLabel(look, "circle-check", tone="positive", size=tokens.ICON_LARGE)
        self._accepted = label("item", strong=True, name="import-accepted")
        self._refused_icon = IconLabel(
            look, "triangle-alert", tone="warning", size=tokens.ICON_LARGE
        )
        self._refused = label("item", strong=True, name="import-refused")
        self._table = RefusedTable(look)
        self._save = Button(look, "import-save-refused").on_press(on_save)
        self._saved = paragraph("body", tone="muted", name="import-saved")
        gap = look.px(tokens.SPACE_SMALL)
        head = across(
            accepted_icon, self._accepted, 3 * gap, self._refused_icon, self._refused, None,
            self._save, gap=gap,
        )  # fmt: skip
        self._well = frame("well", down(self._table, margin=gap))
        box = down(head, self._well, self._saved, None, gap=gap)
        box.setStretch(1, _ALL_THE_ROOM)
        self.setLayout(box)

    def retext(self, wording: Wording) -> None:
        self._table.entitle(
            (
                wording.text("imports.row"),
                wording.text("imports.reason"),
                wording.text("imports.cells"),
            )
        )
        self._save.setText(wording.text("imports.save"))

    def draw(self, outcome: ImportOutcome | None, saved: str) -> None:
        self.setVisible(outcome is not None)
        show_or_hide(self._saved, saved)
        if outcome is None or outcome == self._shown:
            return
        self._shown = outcome
        refused = bool(outcome.refused_lines)
        self._accepted.setText(outcome.accepted)
        self._refused.setText(outcome.refused)
        for part in (self._refused_icon, self._refused, self._save, self._well):
            part.setVisible(refused)
        self._table.show_lines(
            [(line.number, line.reason, line.cells) for line in outcome.refused_lines]
        )
