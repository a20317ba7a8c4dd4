"""Looking a member up while typing."""

from typing import Final

from PySide6.QtWidgets import QWidget

from domain.wording import Wording
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.member.state import MemberState
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import down, paragraph, scrolling, show_or_hide
from pos_client.widgets.look import Look
from pos_client.widgets.rows import RowList

_PAUSE_MS: Final = 120


class SearchPanel(QWidget):
    def __init__(self, look: Look, presenter: MemberPresenter) -> None:
        super().__init__()
        self._field = Field(look, "member-search", longest=40)
        self._field.on_settled(presenter.search, after_ms=_PAUSE_MS)
        self._field.on_enter(presenter.search_now).on_escape(presenter.escape)
        self._hint = paragraph("body", tone="muted", name="member-search-hint")
        self._rows = RowList(look, "member-row", presenter.open_found)
        self._new = Button(look, "member-new", icon="user-round-plus")
        self._new.on_press(lambda: self._enrol(presenter))
        self._new.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        rows = QWidget()
        rows.setLayout(down(self._hint, self._rows, None))
        area = scrolling(rows)
        box = down(self._field, area, self._new, gap=look.px(tokens.SPACE_MEDIUM))
        box.setStretch(1, 1)
        self.setLayout(box)

    def begin(self) -> None:
        self._field.setFocus()
        self._field.selectAll()

    def retext(self, wording: Wording) -> None:
        self._field.setPlaceholderText(wording.text("member.search"))
        self._new.setText(wording.text("member.new"))

    def draw(self, state: MemberState) -> None:
        if not state.query and not self._field.hasFocus():
            self._field.clear()
        self._rows.show_rows(state.found)
        show_or_hide(self._hint, state.hint)
        self._new.setEnabled(state.can_enrol)

    def _enrol(self, presenter: MemberPresenter) -> None:
        presenter.start_enrolment(self._field.text())
