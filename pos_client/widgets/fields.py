"""Text fields. Enter and Esc belong to the field while it has the focus."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from pos_client.widgets import tokens
from pos_client.widgets.look import Look

_CONFIRM: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class Field(QLineEdit):
    """`on_settled` hears the text once typing has paused; `on_enter` hears it at once."""

    def __init__(self, look: Look, name: str, *, longest: int = 80, search: bool = False) -> None:
        self._lens: QAction | None = None
        super().__init__()
        self._look = look
        self.setObjectName(name)
        self.setMaxLength(longest)
        self.setMinimumHeight(look.mm(tokens.TARGET_MM, least=tokens.TARGET_LEAST))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._enter: Callable[[str], None] | None = None
        self._escape: Callable[[], None] | None = None
        self._pause: QTimer | None = None
        if search:
            self.setProperty("look", "search")
            self._lens = QAction(self)
            self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
            self._place_icon()

    def on_edit(self, action: Callable[[str], None]) -> "Field":
        self.textEdited.connect(action)
        return self

    def on_settled(self, action: Callable[[str], None], *, after_ms: int) -> "Field":
        pause = QTimer(self, singleShot=True, interval=after_ms)
        pause.timeout.connect(lambda: action(self.text()))
        self.textEdited.connect(lambda _text: pause.start())
        self._pause = pause
        return self

    def on_enter(self, action: Callable[[str], None]) -> "Field":
        self._enter = action
        return self

    def on_escape(self, action: Callable[[], None]) -> "Field":
        self._escape = action
        return self

    def latin(self) -> "Field":
        """For codes and numbers: an input method begins with plain letters."""
        hints = Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText
        self.setInputMethodHints(hints)
        return self

    def show_text(self, text: str) -> None:
        """Set the text if it is another one, so that the cursor stays where a person types."""
        if text != self.text():
            self.setText(text)

    def press(self, key: str) -> None:
        """A key of the number pad on the screen."""
        if key == "backspace":
            self.backspace()
        elif key == "enter":
            self._confirm()
        elif key.isdigit() or key == ".":
            self.insert(key)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._place_icon()

    def _place_icon(self) -> None:
        if self._lens is not None:
            self._lens.setIcon(self._look.icon("search", self._look.colours.ink_muted))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _CONFIRM:
            self._confirm()
        elif event.key() == Qt.Key.Key_Escape and self._escape is not None:
            self._escape()
        else:
            super().keyPressEvent(event)

    def _confirm(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        if self._enter is not None:
            self._enter(self.text())
