"""The form of every sheet over the dishes: a heading, a key to close it, and the content."""

from collections.abc import Callable

from PySide6.QtWidgets import QLayout, QWidget

from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.layout import across, divider, down, frame, label
from pos_client.widgets.look import Look


class SheetFrame(QWidget):
    """Its key to close it is named `close-<name>`."""

    def __init__(self, look: Look, name: str, on_close: Callable[[], None]) -> None:
        super().__init__()
        self._look = look
        self._title = label("heading", strong=True)
        self._close = Button(look, f"close-{name}", look_name="plain", icon="x").on_press(on_close)
        side = look.px(tokens.SPACE)
        head = across(self._title, None, self._close)
        head.setContentsMargins(side, look.px(tokens.SPACE_SMALL), look.px(tokens.SPACE_SMALL), 0)
        self._box = down(head, gap=look.px(tokens.SPACE_HAIR))
        card = frame("card", self._box)
        self.setLayout(down(card))

    def fill(self, content: QLayout) -> None:
        side = self._look.px(tokens.SPACE)
        content.setContentsMargins(side, self._look.px(tokens.SPACE_HAIR), side, side)
        self._box.addLayout(content, 1)

    def entitle(self, title: str, close: str) -> None:
        self._title.setText(title)
        self._close.setText(close)


def section(look: Look) -> tuple[QWidget, Callable[[str], None]]:
    """A heading with a hairline, and how to give it words."""
    words = label("body", tone="muted", strong=True)
    box = down(words, divider(look), gap=look.px(tokens.SPACE_HAIR))
    holder = QWidget()
    holder.setLayout(box)
    return holder, words.setText
