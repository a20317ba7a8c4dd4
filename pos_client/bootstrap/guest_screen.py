"""Places the guest's window on a screen of its own, and hides it while that screen is away.

It never falls onto the cashier's screen: without a second one it is not shown at all. Nobody
closes it alone, and it keeps no program open: it goes with the till's window.
"""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

ANY_OTHER = "other"


class GuestScreen(QObject):
    """`wanted` is the name of a screen, or "other": the first that the till is not on."""

    def __init__(self, window: QWidget, till: QWidget, wanted: str) -> None:
        super().__init__(window)
        self._window = window
        self._till = till
        self._wanted = wanted
        window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        window.installEventFilter(self)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication), "a window has its application"
        application.screenAdded.connect(self._place)
        application.screenRemoved.connect(self._leave)
        self._place()

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Closed alone, it comes back: Qt ends a program only if no window refuses to close."""
        if event.type() is QEvent.Type.Close:
            QTimer.singleShot(0, self._come_back)
        return False

    def _come_back(self) -> None:
        if self._till.isVisible():
            self._place()

    def _place(self, _screen: QScreen | None = None) -> None:
        screen = choose_screen(QGuiApplication.screens(), self._till.screen(), self._wanted)
        if screen is None:
            self._window.hide()
            return
        self._window.setScreen(screen)
        self._window.setGeometry(screen.geometry())
        self._window.showFullScreen()

    def _leave(self, gone: QScreen) -> None:
        if self._window.screen() is gone:
            self._window.hide()
        self._place()


def choose_screen(screens: list[QScreen], till: QScreen, wanted: str) -> QScreen | None:
    """By name, since order and numbers of screens change with each plug; never the till's own."""
    others = [screen for screen in screens if screen is not till]
    if wanted == ANY_OTHER:
        return others[0] if others else None
    return next((screen for screen in others if screen.name() == wanted), None)
