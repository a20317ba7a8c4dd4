"""What is shown when the till could not start; a window of its own."""

from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from pos_client.screens.recovery.presenter import (
    RecoveryAction,
    RecoveryPresenter,
    RecoveryState,
)
from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel
from pos_client.widgets.layout import across, down, frame, label, paragraph
from pos_client.widgets.look import Look
from pos_client.widgets.theme import dress

_WIDTH: Final = 560


class RecoveryView(QWidget):
    """Its keys are named `recover-rebuild`, `recover-set_aside`, `recover-quit`."""

    def __init__(self, look: Look, presenter: RecoveryPresenter) -> None:
        super().__init__()
        self._look = look
        self._presenter = presenter
        self._title = label("total", strong=True)
        self._text = paragraph("item", name="recovery-text")
        self._code = label("body", tone="muted", name="recovery-code")
        self._working = label("body", tone="muted")
        self._working.setText(presenter.wording.text("recovery.working"))
        self._keys: dict[RecoveryAction, Button] = {}
        state = presenter.state
        parts: list[QWidget] = []
        for choice in state.choices:
            key = self._key(choice.action, first=not self._keys)
            key.setText(choice.title)
            explanation = paragraph("body", tone="muted")
            explanation.setText(choice.explanation)
            parts += [key, explanation]
        icon = IconLabel(look, "triangle-alert", tone="warning", size=tokens.SPACE_GIANT)
        box = down(
            icon, self._title, self._text, self._code, look.px(tokens.SPACE), *parts,
            self._working,
            gap=look.px(tokens.SPACE_SMALL), margin=look.px(tokens.SPACE_HUGE),
        )  # fmt: skip
        card = frame("card", box)
        card.setFixedWidth(look.px(_WIDTH))
        self.setProperty("ground", "page")
        self.setLayout(down(None, across(None, card, None), None, margin=look.px(tokens.SPACE)))
        self.setWindowTitle(presenter.wording.text("window.title"))
        dress(self, look)
        presenter.listen(self.draw)

    def draw(self, state: RecoveryState) -> None:
        self._title.setText(state.title)
        self._text.setText(state.text)
        self._code.setText(state.code)
        self._working.setVisible(state.busy)
        for key in self._keys.values():
            key.setEnabled(not state.busy)

    def _key(self, action: RecoveryAction, *, first: bool) -> Button:
        look_name = "primary" if first and action is not RecoveryAction.QUIT else ""
        key = Button(self._look, f"recover-{action}", look_name=look_name)
        key.tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
        key.on_press(partial(self._presenter.choose, action))
        self._keys[action] = key
        return key
