"""Chips side by side, going on in the next row where one is full."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button, chip
from pos_client.widgets.look import Look


class ChipFlow(QWidget):
    """Named `<name>-0`, `<name>-1` … in order; `on_choose` hears the words of the chip."""

    def __init__(self, look: Look, name: str, on_choose: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._on_choose = on_choose
        self._chips: list[Button] = []
        self._words: tuple[str, ...] = ()

    def show_chips(self, words: Sequence[str], chosen: str) -> None:
        while len(self._chips) < len(words):
            self._add()
        for made, word in zip(self._chips, words, strict=False):
            made.setText(word.replace("&", "&&"))
            made.setChecked(word == chosen)
            made.show()
        for spare in self._chips[len(words) :]:
            spare.hide()
        if tuple(words) != self._words:
            self._words = tuple(words)
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _add(self) -> None:
        place = len(self._chips)
        made = chip(self._look, f"{self._name}-{place}")
        made.setParent(self)
        made.on_press(lambda: self._choose(place))
        self._chips.append(made)

    def _choose(self, place: int) -> None:
        self._chips[place].setChecked(True)
        self._on_choose(self._words[place])

    def _place(self) -> None:
        gap = self._look.px(tokens.SPACE_SMALL)
        x = y = 0
        height = self._look.mm(tokens.TARGET_MM, least=tokens.TARGET_LEAST)
        for made in self._chips[: len(self._words)]:
            made.ensurePolished()
            width = made.sizeHint().width()
            if x and x + width > self.width():
                x, y = 0, y + height + gap
            made.setGeometry(x, y, width, height)
            x += width + gap
        self.setFixedHeight(y + height)
