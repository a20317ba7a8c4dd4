"""The print queue: draws a SpoolState, forwards what the cashier does."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from domain.wording import Wording
from pos_client.screens.spool.presenter import SpoolPresenter
from pos_client.screens.spool.state import SpoolState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.chip_flow import ChipFlow
from pos_client.widgets.layout import across, down, frame, label, paragraph, scrolling, show_or_hide
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList
from pos_client.widgets.sheet import SheetFrame, section

_LIST_SHARE: Final = 55
_PAPER_SHARE: Final = 45
# Below the width that words or a picture would like to have: what scrolls fits into its half.
_NARROWEST: Final = 1


class SpoolView(QWidget):
    def __init__(self, look: Look, presenter: SpoolPresenter) -> None:
        super().__init__()
        self._look = look
        self._sheet = SheetFrame(look, "spool", presenter.escape)
        self._printers = RowList(look, "spool-printer")
        self._open_head, self._open_title = section(look)
        self._nothing_open = paragraph("body", tone="muted", name="spool-nothing-open")
        self._open = RowList(look, "spool-open", presenter.choose_open)
        self._finished_head, self._finished_title = section(look)
        self._finished = RowList(look, "spool-finished", presenter.choose_finished)
        self._question = paragraph("body", name="spool-question")
        self._question_frame = frame(
            "warning", down(self._question, margin=look.px(tokens.SPACE_MEDIUM))
        )
        self._paper = Paper(look)
        self._keys = _Keys(look, presenter)
        self._sheet.fill(self._content())
        self.setLayout(down(self._sheet))
        presenter.listen(self.draw)

    def begin(self) -> None:
        """The sheet was opened; the keyboard stays with the till."""

    def retext(self, wording: Wording) -> None:
        self._sheet.entitle(wording.text("spool.title"), wording.text("sheet.close"))
        self._open_title(wording.text("spool.open"))
        self._finished_title(wording.text("spool.finished"))
        self._keys.retext(wording)

    def draw(self, state: SpoolState) -> None:
        self._printers.show_rows(state.printers)
        show_or_hide(self._nothing_open, state.nothing_open)
        self._open.show_rows(state.open)
        self._finished_head.setVisible(bool(state.finished))
        self._finished.show_rows(state.finished)
        self._question_frame.setVisible(bool(state.question))
        self._question.setText(state.question)
        self._paper.draw(state)
        self._keys.draw(state)

    def _content(self) -> QVBoxLayout:
        gap = self._look.px(tokens.SPACE_SMALL)
        lists = QWidget()
        lists.setMinimumWidth(_NARROWEST)
        lists.setLayout(
            down(
                self._printers, gap, self._open_head, self._nothing_open, self._open, gap,
                self._finished_head, self._finished, None,
                gap=gap,
            )
        )  # fmt: skip
        right = QWidget()
        beside = down(self._question_frame, scrolling(self._paper), self._keys.frame, gap=gap)
        beside.setStretch(1, 1)
        right.setLayout(beside)
        halves = across(gap=self._look.px(tokens.SPACE_MEDIUM))
        for part, share in ((scrolling(lists), _LIST_SHARE), (right, _PAPER_SHARE)):
            part.setMinimumWidth(0)
            part.setSizePolicy(part.sizePolicy().Policy.Ignored, part.sizePolicy().Policy.Expanding)
            halves.addWidget(part, share)
        return down(halves)


class Paper(QWidget):
    """What would come out, as wide as there is room."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture = QLabel()
        self._picture.setObjectName("spool-preview")
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._picture.setMinimumWidth(_NARROWEST)
        self._text = label("caption", name="spool-preview-text")
        self._png: bytes | None = None
        self._whole: QPixmap | None = None
        self.setLayout(down(self._picture, self._text, None))

    def draw(self, state: SpoolState) -> None:
        show_or_hide(self._text, state.preview_text)
        if state.preview != self._png:
            self._png = state.preview
            self._whole = _read(state.preview)
            self._fit()
        self._picture.setVisible(self._whole is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole is None:
            self._picture.clear()
            return
        width = min(self.width(), self._whole.width())
        smooth = Qt.TransformationMode.SmoothTransformation
        self._picture.setPixmap(self._whole.scaledToWidth(max(1, width), smooth))


class _Keys:
    """What can be done with the chosen print; only what makes sense is there."""

    def __init__(self, look: Look, presenter: SpoolPresenter) -> None:
        self._came_out = Button(look, "spool-came-out", look_name="primary")
        self._came_out.on_press(presenter.came_out)
        self._again = Button(look, "spool-again").on_press(presenter.print_again)
        self._copy = Button(look, "spool-copy", icon="printer").on_press(presenter.copy)
        self._cancel = Button(look, "spool-cancel").on_press(presenter.cancel)
        for key in (self._came_out, self._again, self._copy, self._cancel):
            key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._send_to = label("body", tone="muted")
        self._targets = ChipFlow(look, "spool-target", presenter.send_to)
        gap = look.px(tokens.SPACE_SMALL)
        self.frame = frame(
            "clear",
            down(
                self._send_to,
                self._targets,
                across(self._came_out, self._again, self._copy, self._cancel, gap=gap),
                gap=gap,
            ),
        )

    def retext(self, wording: Wording) -> None:
        self._came_out.setText(wording.text("status.came_out"))
        self._again.setText(wording.text("status.print_again"))
        self._copy.setText(wording.text("spool.copy"))
        self._cancel.setText(wording.text("spool.cancel"))
        self._send_to.setText(wording.text("spool.send_to"))

    def draw(self, state: SpoolState) -> None:
        self._came_out.setVisible(state.can_confirm)
        self._again.setVisible(state.can_print)
        self._copy.setVisible(state.can_copy)
        self._cancel.setVisible(state.can_cancel)
        self._send_to.setVisible(bool(state.targets))
        self._targets.setVisible(bool(state.targets))
        self._targets.show_chips(state.targets, "")


def _read(png: bytes | None) -> QPixmap | None:
    picture = QPixmap()
    return picture if png is not None and picture.loadFromData(png) else None
