"""A row that can be tapped: an icon, a title, a line below it, and something at the end."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QStyle,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)

from pos_client.widgets import tokens
from pos_client.widgets.buttons import IconLabel
from pos_client.widgets.faces import RowText
from pos_client.widgets.layout import (
    across,
    down,
    fill,
    label,
    paragraph,
    restyle,
    right,
    show_or_hide,
)
from pos_client.widgets.look import Look

# No list of rows on a sheet is longer; longer ones are tables or the cart.
MOST_ROWS: Final = 40
_ROW: Final = 56
_FLAT_ROW: Final = 32


class Row(QAbstractButton):
    def __init__(self, look: Look, name: str, *, flat: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("flat", flat)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(look.px(_FLAT_ROW if flat else _ROW))
        self._icon = IconLabel(look, "info", tone="ink_muted")
        self._title = paragraph("body" if flat else "item")
        self._detail = paragraph("caption", tone="muted")
        self._note = right(label("body"))
        self._end_icon = IconLabel(look, "x", tone="ink_muted")
        self._shown: RowText | None = None
        texts = down(self._title, self._detail, gap=0)
        box = across(
            self._icon, texts, self._note, self._end_icon, gap=look.px(tokens.SPACE_MEDIUM)
        )
        box.setStretch(1, 1)
        side = look.px(tokens.SPACE_SMALL if flat else tokens.SPACE)
        top = look.px(tokens.SPACE_HAIR if flat else tokens.SPACE_SMALL)
        box.setContentsMargins(side, top, side, top)
        self.setLayout(box)
        for part in (self._icon, self._title, self._detail, self._note, self._end_icon):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_text(self, text: RowText) -> None:
        self.setChecked(text.chosen)
        if text == self._shown:
            return
        self._shown = text
        self.setEnabled(text.enabled)
        self._title.setText(text.title)
        show_or_hide(self._detail, text.detail)
        show_or_hide(self._note, text.note)
        restyle(self._title, "tone", "" if text.enabled else "muted")
        restyle(self._note, "tone", text.tone)
        _show_icon(self._icon, text.icon, text.tone)
        _show_icon(self._end_icon, text.end_icon, "muted")

    def text(self) -> str:
        """All of the row's words, for those who read the screen by ear, and for tests."""
        return " ".join(part for part in (*self._words(), self._note.text()) if part)

    def nextCheckState(self) -> None:
        """The state alone decides whether a row is chosen; a click only tells the presenter."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        state = QStyle.StateFlag
        option.state |= state.State_On if self.isChecked() else state.State_Off
        if self.isDown():
            option.state |= state.State_Sunken
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.end()

    def _words(self) -> tuple[str, str]:
        return self._title.text(), self._detail.text()


_TOKEN_OF_TONE: Final = {"muted": "ink_muted"}


def _show_icon(part: IconLabel, name: str, tone: str) -> None:
    part.setVisible(bool(name))
    if name:
        part.show_icon(name, tone=_TOKEN_OF_TONE.get(tone, tone))


class RowList(QWidget):
    """Rows below each other, made once and used again; `<name>-0`, `<name>-1` … in order.

    Rows that nobody can press are flat: no border, less height.
    """

    def __init__(
        self, look: Look, name: str, on_press: Callable[[int], None] | None = None
    ) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._on_press = on_press
        self._rows: list[Row] = []
        self._box = QVBoxLayout()
        fill(self._box, gap=look.px(tokens.SPACE_SMALL) if on_press else 0)
        self.setLayout(self._box)

    def show_rows(self, texts: Sequence[RowText]) -> None:
        for place, text in enumerate(texts[:MOST_ROWS]):
            if place == len(self._rows):
                self._add()
            self._rows[place].show_text(text)
            self._rows[place].show()
        for row in self._rows[len(texts) :]:
            row.hide()

    def _add(self) -> None:
        place = len(self._rows)
        row = Row(self._look, f"{self._name}-{place}", flat=self._on_press is None)
        if self._on_press is not None:
            tell = self._on_press
            row.clicked.connect(lambda: tell(place))
        else:
            row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._rows.append(row)
        self._box.addWidget(row)
