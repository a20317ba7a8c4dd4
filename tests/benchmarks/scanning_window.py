"""The till's window under a scanner that types, driven key by key."""

import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from domain.identifiers import StaffId
from domain.rights import DEFAULT_ROLES, STORE_MANAGER, rights_of
from hardware.scanners.wedge import WedgeSettings
from pos_client.bootstrap.scanner import WedgeScanner
from pos_client.bootstrap.warming import settle
from pos_client.screens.desk import Desk
from pos_client.screens.window import Window
from pos_client.use_cases.answers import SignedIn
from pos_client.widgets.cart_list import CartList
from pos_client.widgets.look import Look
from tests.builders.till import Till
from tests.pos_client.screens.conftest import Inline, desk_of


class Drawn(QObject):
    """How often the cart was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.times += event.type() is QEvent.Type.Paint
        return False


class ScanningWindow:
    def __init__(self, till: Till, staff: StaffId, settings: WedgeSettings) -> None:
        self._application = QApplication.instance() or QApplication(["till"])
        QApplication.setStyle("Fusion")
        desk: Desk = desk_of(till, Inline())
        desk.home = till.machinery.counter.home()
        self._window = Window(desk, Look())
        self._window.resize(1366, 768)
        self._window.show()
        signed_in = SignedIn(
            staff_id=staff,
            name="王芳",
            role=STORE_MANAGER,
            rights=rights_of(STORE_MANAGER, DEFAULT_ROLES),
        )
        self._window.till.begin_session(signed_in)
        self._scanner = WedgeScanner(self._window.windowHandle(), self._window.on_scan, settings)
        self._drawn = Drawn()
        cart = self._window.findChild(CartList, "cart")
        assert cart is not None
        self._cart = cart
        cart.viewport().installEventFilter(self._drawn)
        self._now_ms = 1_000
        self.cpu_ms = 0.0
        QApplication.processEvents()
        settle()

    def type_code(self, code: str, *, gap_ms: int) -> None:
        """All keys of a code but its end."""
        self._now_ms += 1_000
        for sign in code:
            self._now_ms += gap_ms
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                self._send(kind, Qt.Key(ord(sign.upper())), sign)
        self._now_ms += gap_ms

    def end_code(self) -> None:
        """Enter, until the cart has been drawn with one more line."""
        lines, drawn, began_s = self._lines(), self._drawn.times, time.thread_time()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            self._send(kind, Qt.Key.Key_Return, "\r")
        while self._drawn.times == drawn:
            QApplication.processEvents()
        self.cpu_ms = (time.thread_time() - began_s) * 1000
        assert self._lines() == lines + 1

    def _lines(self) -> int:
        return self._cart.model().rowCount()

    def next_order(self) -> None:
        self._window.till.sell.start_next()
        QApplication.processEvents()

    def close(self) -> None:
        self._window.close()

    def _send(self, kind: QEvent.Type, key: Qt.Key, text: str) -> None:
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(self._now_ms)
        QCoreApplication.sendEvent(self._window.windowHandle(), event)
