"""A hurried second tap belongs to what the first one hit, not to what has appeared in its place.

The keys of all day lie under one another: a finger that bounced on "pay" would confirm the payment,
and one that bounced on "confirm" would put the change away before anybody has read it.
"""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

_PRESSES: Final = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick})
# A finger is less steady than a mouse.
_DRAG_DISTANCES: Final = 3


class DoubleTaps(QObject):
    """An event filter for the QWindow of `view`; it swallows such taps. Touch comes as mouse."""

    def __init__(self, view: QWidget) -> None:
        window = view.windowHandle()
        super().__init__(window)
        self._view = view
        self._hit: QWidget | None = None
        self._where = QPointF()
        self._when_ms = 0
        self._swallowing = False
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() in _PRESSES:
            hit = self._view.childAt(event.position().toPoint())
            self._swallowing = hit is not self._hit and self._is_second(event)
            if not self._swallowing:
                self._hit, self._where = hit, event.position()
                self._when_ms = event.timestamp()
            return self._swallowing
        return self._swallowing and event.type() is QEvent.Type.MouseButtonRelease

    def _is_second(self, event: QMouseEvent) -> bool:
        style = QApplication.styleHints()
        soon = event.timestamp() - self._when_ms < style.mouseDoubleClickInterval()
        away = event.position() - self._where
        return soon and away.manhattanLength() < _DRAG_DISTANCES * style.startDragDistance()
