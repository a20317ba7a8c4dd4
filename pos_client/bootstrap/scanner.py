"""The keyboard-wedge scanner at the window: bursts of keys become scans, typing stays typing."""

from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow

from hardware.scanners.wedge import (
    Action,
    Deliver,
    Hold,
    Key,
    KeyKind,
    Replay,
    Scanned,
    Swallow,
    WedgeFilter,
    WedgeSettings,
)

_TERMINATORS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_COMMAND_KEYS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class WedgeScanner(QObject):
    """An event filter for the QWindow alone: widgets would see each key two or three times.

    Times come from the window system, so a busy Qt thread does not bend the gaps.
    """

    def __init__(
        self, window: QWindow, on_scan: Callable[[str], None], settings: WedgeSettings
    ) -> None:
        super().__init__(window)
        self._window = window
        self._on_scan = on_scan
        self._filter = WedgeFilter(settings)
        self._held: deque[QKeyEvent] = deque()
        self._replaying = False
        self._last_ms = 0
        self._gap = QTimer(self)
        self._gap.setSingleShot(True)
        self._gap.setInterval(settings.gap_ms + 1)
        self._gap.timeout.connect(self._gap_over)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is not self._window or self._replaying or not isinstance(event, QKeyEvent):
            return False
        if event.type() not in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}:
            return False
        self._last_ms = event.timestamp()
        actions = self._filter.feed(_key_of(event))
        self._gap.start()
        return self._carry_out(actions, event)

    def _gap_over(self) -> None:
        self._carry_out(self._filter.flush(self._last_ms + self._gap.interval()), None)

    def _carry_out(self, actions: tuple[Action, ...], event: QKeyEvent | None) -> bool:
        """Answers whether the event at hand goes no further."""
        stopped = False
        for action in actions:
            match action:
                case Hold() if event is not None:
                    self._held.append(event.clone())
                    stopped = True
                case Replay(count=count):
                    self._replay(count)
                case Scanned(text=text):
                    self._held.clear()
                    self._on_scan(text)
                case Swallow():
                    stopped = True
                case Deliver():
                    stopped = False
        return stopped

    def _replay(self, count: int) -> None:
        self._replaying = True
        try:
            for _ in range(count):
                QCoreApplication.sendEvent(self._window, self._held.popleft())
        finally:
            self._replaying = False


def _key_of(event: QKeyEvent) -> Key:
    pressed = event.type() is QEvent.Type.KeyPress
    return Key(event.timestamp(), _kind_of(event), event.text(), pressed)


def _kind_of(event: QKeyEvent) -> KeyKind:
    if event.modifiers() & _COMMAND_KEYS or event.isAutoRepeat():
        return KeyKind.OTHER
    if event.key() == Qt.Key.Key_Shift:
        return KeyKind.SHIFT
    if event.key() in _TERMINATORS:
        return KeyKind.TERMINATOR
    text = event.text()
    return KeyKind.CHARACTER if text and text.isprintable() else KeyKind.OTHER
