"""Buttons: with icons that follow the look, and the choice between a few."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton

from pos_client.widgets import tokens
from pos_client.widgets.look import Look


class Button(QPushButton):
    """A push button that a click never gives the focus, so that the keyboard stays with the till.

    `look_name` is the form in the style sheet: primary, plain, chip, digit, tender, pin …
    """

    def __init__(
        self, look: Look, name: str, *, look_name: str = "", icon: str = "", icon_size: int = 0
    ) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self._icon_size = icon_size or tokens.ICON
        self._tone = ""
        self.setObjectName(name)
        self.setProperty("look", look_name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(look.mm(tokens.TARGET_MM, least=tokens.TARGET_LEAST))
        self._place_icon()

    def setText(self, text: str) -> None:
        """Words beside an icon keep their distance from it."""
        super().setText(text)
        self._place_icon()

    def on_press(self, action: Callable[[], None]) -> "Button":
        self.clicked.connect(lambda *_checked: action())
        return self

    def tall(self, millimetres: int, *, least: int) -> "Button":
        self.setFixedHeight(self._look.mm(millimetres, least=least))
        return self

    def square(self) -> "Button":
        side = self._look.mm(tokens.TARGET_MM, least=tokens.TARGET_LEAST)
        self.setFixedSize(side, side)
        return self

    def show_icon(self, name: str, *, tone: str = "") -> None:
        """`tone` is the name of a token; without one the icon has the colour of the text."""
        if (name, tone) != (self._icon, self._tone):
            self._icon, self._tone = name, tone
            self._place_icon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.EnabledChange}:
            self._place_icon()

    def _place_icon(self) -> None:
        if not self._icon:
            return
        gap = tokens.SPACE_SMALL if self.text() else 0
        pixmap = self._look.pixmap(self._icon, self._icon_colour(), self._icon_size, gap=gap)
        self.setIconSize(pixmap.deviceIndependentSize().toSize())
        self.setIcon(QIcon(pixmap))

    def _icon_colour(self) -> str:
        colours = self._look.colours
        if not self.isEnabled():
            return colours.ink_muted
        if self._tone:
            return str(getattr(colours, self._tone))
        if self.property("look") == "primary":
            return colours.ink_on_accent
        return colours.member if self.property("look") == "member" else colours.ink


class Chip(Button):
    """As wide as its words are in bold, which they are while it is down."""

    def sizeHint(self) -> QSize:
        plain = super().sizeHint()
        bold = QFont(self.font())
        bold.setBold(True)
        words = self.text()
        wider = QFontMetrics(bold).horizontalAdvance(words)
        wider -= self.fontMetrics().horizontalAdvance(words)
        return QSize(plain.width() + max(0, wider), plain.height())


def chip(look: Look, name: str) -> Button:
    """One of a few choices; stays down while it is the chosen one."""
    made = Chip(look, name, look_name="chip")
    made.setCheckable(True)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


class IconLabel(QLabel):
    """An icon in the colour of a token, which follows the scheme."""

    def __init__(self, look: Look, icon: str, *, tone: str = "ink", size: int = 0) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self._tone = tone
        self._size = size or tokens.ICON
        self.setFixedSize(look.px(self._size), look.px(self._size))
        self._place()

    def show_icon(self, icon: str, *, tone: str) -> None:
        if (icon, tone) != (self._icon, self._tone):
            self._icon, self._tone = icon, tone
            self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._place()

    def _place(self) -> None:
        colour: str = getattr(self._look.colours, self._tone)
        self.setPixmap(self._look.pixmap(self._icon, colour, self._size))


class ActionKey(QToolButton):
    """A key of the action row: icon above, words and function key below."""

    def __init__(self, look: Look, name: str, icon: str) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(look.px(tokens.ICON), look.px(tokens.ICON)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.mm(tokens.PAY_MM, least=tokens.PAY_LEAST))
        self._place_icon()

    def on_press(self, action: Callable[[], None]) -> "ActionKey":
        self.clicked.connect(lambda *_checked: action())
        return self

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.EnabledChange}:
            self._place_icon()

    def _place_icon(self) -> None:
        colours = self._look.colours
        colour = colours.ink if self.isEnabled() else colours.ink_muted
        self.setIcon(self._look.icon(self._icon, colour))
