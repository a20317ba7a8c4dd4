"""Enrolling a member: three fields, Enter goes on to the next and saves at the last."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from domain.orders import LONGEST_NAME
from domain.wording import Wording
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.member.state import EnrolForm
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import across, down, label, paragraph, show_or_hide
from pos_client.widgets.look import Look


class FormPanel(QWidget):
    def __init__(self, look: Look, presenter: MemberPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._title = label("item", strong=True)
        self._words = {name: label("body", tone="muted") for name in ("phone", "name", "birthday")}
        self._fields = {
            name: Field(look, f"enrol-{name}", longest=length)
            for name, length in (("phone", 20), ("name", LONGEST_NAME), ("birthday", 10))
        }
        for name in ("phone", "birthday"):
            self._fields[name].latin()
        order = list(self._fields.values())
        for field, following in pairwise(order):
            field.on_enter(partial(_go_to, following))
        order[-1].on_enter(lambda _text: self._save())
        for field in order:
            field.on_escape(presenter.escape)
        self._message = paragraph("body", tone="danger", name="enrol-message")
        self._save_key = Button(look, "enrol-save", look_name="primary").on_press(self._save)
        self._save_key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        self._cancel = Button(look, "enrol-cancel").on_press(presenter.cancel_enrolment)
        self._cancel.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        gap = look.px(tokens.SPACE_SMALL)
        lines = [down(self._words[name], self._fields[name], gap=gap >> 1) for name in self._words]
        keys = across(self._cancel, self._save_key, gap=gap)
        keys.setStretch(1, 1)
        self.setLayout(
            down(self._title, *lines, self._message, None, keys, gap=look.px(tokens.SPACE_MEDIUM))
        )

    def retext(self, wording: Wording) -> None:
        self._title.setText(wording.text("member.form_title"))
        for name, words in self._words.items():
            words.setText(wording.text(f"member.form_{name}"))
            self._fields[name].setAccessibleName(words.text())
        self._save_key.setText(wording.text("member.form_save"))
        self._cancel.setText(wording.text("member.form_cancel"))

    def draw(self, form: EnrolForm, *, newly_opened: bool) -> None:
        if newly_opened:
            for field in self._fields.values():
                field.clear()
            self._fields["phone"].setText(form.phone)
            first = self._fields["name" if form.phone else "phone"]
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        show_or_hide(self._message, form.message)
        self._save_key.setEnabled(not form.busy)

    def _save(self) -> None:
        texts = {name: field.text() for name, field in self._fields.items()}
        self._presenter.enrol(phone=texts["phone"], name=texts["name"], birthday=texts["birthday"])


def _go_to(field: Field, _text: str) -> None:
    field.setFocus()
