"""The dots of a PIN: how many digits are in, never which."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pos_client.widgets.look import Look


class PinDots(QWidget):
    """Named `pin-dots`."""

    def __init__(self, look: Look, length: int) -> None:
        super().__init__()
        self.setObjectName("pin-dots")
        self._look = look
        self._length = length
        self._filled = 0
        self.setFixedSize(look.px(36) * length, look.px(32))

    def show_count(self, filled: int) -> None:
        self._filled = filled
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        px, colours = self._look.px, self._look.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(self._length):
            full = place < self._filled
            ring = QColor(colours.accent if full else colours.line_strong)
            painter.setPen(QPen(ring, px(2)))
            painter.setBrush(QColor(colours.accent if full else colours.surface))
            radius = px(8)
            painter.drawEllipse(QPointF(px(36) * place + px(18), px(16)), radius, radius)
        painter.end()
