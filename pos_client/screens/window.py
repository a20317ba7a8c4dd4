"""The till's window: pages and sheets, the keyboard, the language, the scheme."""

import unicodedata
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLayout, QStackedWidget, QVBoxLayout, QWidget

from domain.wording import Language
from hardware.cards.taps import CardTap
from pos_client.screens.coupon.view import CouponView
from pos_client.screens.desk import Desk
from pos_client.screens.devices.view import DevicesView
from pos_client.screens.first_run.view import FirstRunView
from pos_client.screens.flow import Page, Sheet
from pos_client.screens.imports.view import ImportsView
from pos_client.screens.member.view import MemberView
from pos_client.screens.pay.view import PayView
from pos_client.screens.sell.view import SellView
from pos_client.screens.sign_in.view import SignInView
from pos_client.screens.spool.view import SpoolView
from pos_client.screens.status.view import StatusView
from pos_client.screens.till import Equipment, Till
from pos_client.widgets.fields import Field
from pos_client.widgets.layout import fill, frame
from pos_client.widgets.look import Look
from pos_client.widgets.theme import dress
from pos_client.widgets.tokens import Scheme

_TICK_MS: Final = 1000
_KEYS: Final = {
    Qt.Key.Key_F2: "F2",
    Qt.Key.Key_F3: "F3",
    Qt.Key.Key_F4: "F4",
    Qt.Key.Key_F8: "F8",
    Qt.Key.Key_F9: "F9",
    Qt.Key.Key_F10: "F10",
    Qt.Key.Key_F12: "F12",
    Qt.Key.Key_Return: "enter",
    Qt.Key.Key_Enter: "enter",
    Qt.Key.Key_Escape: "escape",
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Backspace: "backspace",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Asterisk: "times",
    Qt.Key.Key_Minus: "minus",
    Qt.Key.Key_Period: ".",
}

_REPEATED: Final = frozenset({"up", "down", "backspace"})

SheetView = MemberView | CouponView | PayView | StatusView | SpoolView | ImportsView | DevicesView


class Window(QWidget):
    """`on_language` and `on_scheme` hear what a person chose, to be kept for the next start."""

    def __init__(
        self,
        desk: Desk,
        look: Look,
        *,
        left_handed: bool = False,
        equipment: Equipment | None = None,
        on_language: Callable[[Language], None] = lambda _language: None,
        on_scheme: Callable[[Scheme], None] = lambda _scheme: None,
    ) -> None:
        super().__init__()
        self.setObjectName("till")
        self.setProperty("ground", "page")
        self._look = look
        self._on_language = on_language
        self._on_scheme = on_scheme
        self.till = Till(desk, self._focus_search, equipment=equipment)
        till = self.till
        self._sell = SellView(
            look, till.sell, self._pad_pressed, till.drawer.press, left_handed=left_handed
        )
        self._sign_in = SignInView(
            look, till.sign_in, on_language=self.speak, on_scheme=self._toggle_scheme
        )
        self._first_run = FirstRunView(look, till.first_run)
        self._member = MemberView(look, till.member)
        self._coupon = CouponView(look, till.coupon)
        self._sheets: dict[Sheet, SheetView] = {
            Sheet.MEMBER: self._member,
            Sheet.COUPON: self._coupon,
            Sheet.PAY: PayView(look, till.pay),
            Sheet.STATUS: StatusView(look, till.status),
            Sheet.SPOOL: SpoolView(look, till.spool),
            Sheet.IMPORTS: ImportsView(look, till.imports),
            Sheet.DEVICES: DevicesView(look, till.devices),
        }
        for sheet, view in self._sheets.items():
            self._sell.add_sheet(sheet, view)
        self._pages = {
            Page.WAITING: frame("page"),
            Page.FIRST_RUN: self._first_run,
            Page.SIGN_IN: self._sign_in,
            Page.SELL: self._sell,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        box = QVBoxLayout()
        fill(box, self._stack)
        # No text, however long, may make the window larger than its screen.
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(box)
        self._page = Page.WAITING
        self._sheet = Sheet.NONE
        till.flow.listen(self._show)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(till.tick)
        self._tick.start()
        dress(self, look)
        self._retext()

    def start(self, *, new: bool) -> None:
        """`new`: the till has yet to join a brand or begin a shop of its own."""
        self.till.start(new=new)

    def refresh(self) -> None:
        """Something may have changed behind the screens; call it on the Qt thread."""
        self.till.refresh()

    def on_scan(self, text: str) -> None:
        self.till.scans.scanned(text)

    def on_broken_scan(self) -> None:
        self.till.scans.broken()

    def on_card(self, tap: CardTap) -> None:
        self.till.scans.tapped(tap)

    def speak(self, language: Language) -> None:
        self.till.desk.speak(language)
        self._retext()
        self.till.redraw()
        self._on_language(language)

    def set_scheme(self, scheme: Scheme) -> None:
        self._look.scheme = scheme
        dress(self, self._look)
        self._retext()
        self.till.redraw()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = _KEYS.get(Qt.Key(event.key()), _digit(event.text()))
        if key and event.isAutoRepeat() and key not in _REPEATED:
            # A finger resting on Enter must not pay, confirm and go on to the next guest.
            return
        if key:
            self.till.keyboard.press(key)
        else:
            super().keyPressEvent(event)

    def _pad_pressed(self, key: str) -> None:
        """A key on the screen goes where one of the keyboard would go."""
        focused = QApplication.focusWidget()
        if isinstance(focused, Field) and self.isAncestorOf(focused):
            focused.press(key)
        else:
            self.till.keyboard.press(key)

    def _focus_search(self) -> None:
        self._sell.focus_search()

    def _toggle_scheme(self) -> None:
        dark = self._look.scheme is Scheme.DARK
        self.set_scheme(Scheme.LIGHT if dark else Scheme.DARK)
        self._on_scheme(self._look.scheme)

    def _retext(self) -> None:
        wording = self.till.desk.wording
        self.setWindowTitle(wording.text("window.title"))
        for view in (self._sell, self._sign_in, self._first_run, *self._sheets.values()):
            view.retext(wording)

    def _show(self) -> None:
        flow = self.till.flow
        self._stack.setCurrentWidget(self._pages[flow.page])
        self._sell.show_sheet(flow.sheet)
        if flow.page is not self._page:
            self._page = flow.page
            self.setFocus()
        if flow.sheet is not self._sheet:
            self._sheet = flow.sheet
            self.setFocus()
            if flow.sheet is not Sheet.NONE:
                self.till.sheets[flow.sheet].begin()
                self._sheets[flow.sheet].begin()


def _digit(typed: str) -> str:
    """0 to 9, full-width ones of an input method too; nothing for a ² or any other sign."""
    value = unicodedata.decimal(typed, None) if len(typed) == 1 else None
    return "" if value is None else str(value)
