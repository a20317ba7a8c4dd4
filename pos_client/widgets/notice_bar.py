"""The bar under the member bar: one sentence, what to do, one key to confirm."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, IconLabel
from pos_client.widgets.layout import fill, frame, paragraph, restyle
from pos_client.widgets.look import Look

_FORMS: Final = {
    "error": ("circle-alert", "danger"),
    "warning": ("triangle-alert", "warning"),
    "done": ("circle-check", "positive"),
}


class NoticeBar:
    """Lies over what is below it, so that nothing moves when it comes and goes.

    Named `notice`, its text `notice-text`, its keys `notice-confirm` and, where something can be
    done at once, `notice-action`.
    """

    def __init__(
        self, look: Look, on_confirm: Callable[[], None], on_action: Callable[[], None]
    ) -> None:
        box = QHBoxLayout()
        self.frame = frame("error", box, name="notice")
        self.frame.setAutoFillBackground(True)
        self._icon = IconLabel(look, "circle-alert", tone="danger", size=tokens.ICON_LARGE)
        self._text = paragraph("body", name="notice-text")
        self._confirm = Button(look, "notice-confirm", look_name="error").on_press(on_confirm)
        self._action = Button(look, "notice-action", look_name="error").on_press(on_action)
        for key in (self._confirm, self._action):
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side, edge = look.px(tokens.SPACE), look.px(tokens.SPACE_HAIR)
        gap = look.px(tokens.SPACE_MEDIUM)
        pieces = (self._icon, self._text, self._action, self._confirm)
        fill(box, *pieces, gap=gap, margins=(side, edge, edge, edge))
        box.setStretch(1, 1)
        self.frame.hide()

    def show_notice(self, form: str, text: str, confirm: str, action: str = "") -> None:
        """An empty text takes the bar away."""
        self.frame.setVisible(bool(text))
        if not text:
            return
        icon, tone = _FORMS[form]
        self._icon.show_icon(icon, tone=tone)
        self._text.setText(text)
        self._confirm.setText(confirm)
        restyle(self.frame, "ground", form)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        for key in (self._confirm, self._action):
            restyle(key, "look", "error" if form == "error" else "notice")
        self.frame.raise_()
