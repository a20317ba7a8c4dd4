"""Waiting for the card that a member is to have."""

from PySide6.QtWidgets import QWidget

from domain.wording import Wording
from pos_client.screens.member.presenter import MemberPresenter
from pos_client.screens.member.state import CardWait
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.layout import down, label, paragraph, show_or_hide
from pos_client.widgets.look import Look


class WaitPanel(QWidget):
    def __init__(self, look: Look, presenter: MemberPresenter) -> None:
        super().__init__()
        self._name = label("heading", tone="member", strong=True, name="card-wait-name")
        self._title = paragraph("heading", name="card-wait")
        self._hint = paragraph("body", tone="muted")
        self._message = paragraph("body", tone="danger", name="card-wait-message")
        self._cancel = Button(look, "card-wait-cancel").on_press(presenter.cards.cancel)
        self._cancel.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        gap = look.px(tokens.SPACE_MEDIUM)
        self.setLayout(
            down(self._name, self._title, self._hint, self._message, None, self._cancel, gap=gap)
        )

    def retext(self, wording: Wording) -> None:
        self._title.setText(wording.text("member.card_title"))
        self._hint.setText(wording.text("member.card_hint"))
        self._cancel.setText(wording.text("member.card_cancel"))

    def draw(self, wait: CardWait) -> None:
        self._name.setText(wait.name)
        show_or_hide(self._message, wait.message)
