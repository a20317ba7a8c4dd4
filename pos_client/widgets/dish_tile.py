"""One dish in the grid: a fixed cell on the calm tint of its category."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from pos_client.widgets import tokens
from pos_client.widgets.faces import DishFace
from pos_client.widgets.look import Look
from pos_client.widgets.tokens import Tint

_HEIGHT: Final = 96
_EDGE: Final = 4


class DishTile(QAbstractButton):
    """Named `dish-<item id>`."""

    def __init__(self, look: Look, on_press: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._face: DishFace | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(look.px(_HEIGHT))
        self.clicked.connect(self._pressed)
        self._on_press = on_press

    def put_away(self) -> None:
        """Not shown, and not found under the name of a dish, until it has a face again."""
        self._face = None
        self.setObjectName("")
        self.hide()

    def show_face(self, face: DishFace) -> None:
        if face == self._face:
            return
        self._face = face
        self.setObjectName(f"dish-{face.item_id}")
        self.setText(face.name)
        self.setAccessibleName(f"{face.name} {face.price} {face.sold_out}")
        self.setEnabled(not face.sold_out)
        self.update()

    def _pressed(self) -> None:
        if self._face is not None:
            self._on_press(self._face.item_id)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(150), self._look.px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._face is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, self._tint(self._face))
        self._paint_words(painter, self._face)
        if self._face.count:
            self._paint_count(painter, self._face.count)
        painter.end()

    def _tint(self, face: DishFace) -> Tint:
        tints = self._look.colours.tints
        return tints[face.tint % len(tints)]

    def _paint_ground(self, painter: QPainter, tint: Tint) -> None:
        colours, radius = self._look.colours, self._look.px(tokens.RADIUS_CARD)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        ground, edge = tint.ground, tint.edge
        if not self.isEnabled():
            ground, edge = colours.surface_sunken, colours.line
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(edge))
        painter.drawRoundedRect(box, radius, radius)
        painter.setClipRect(box.adjusted(self._look.px(_EDGE), 0, 0, 0))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, radius, radius)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = colours.accent if self.isDown() else colours.line
        painter.setPen(QPen(QColor(outline), 2 if self.isDown() else 1))
        painter.drawRoundedRect(box, radius, radius)

    def _paint_words(self, painter: QPainter, face: DishFace) -> None:
        look, colours = self._look, self._look.colours
        inside = self.rect().adjusted(look.px(16), look.px(10), -look.px(12), -look.px(10))
        ink = QColor(colours.ink if self.isEnabled() else colours.ink_muted)
        painter.setPen(ink)
        painter.setFont(look.font(tokens.TYPE_ITEM, bold=True))
        room = inside.adjusted(0, 0, -look.px(24) if face.count else 0, -look.px(22))
        _draw_name(painter, room, face.name)
        painter.setFont(look.font(tokens.TYPE_BODY))
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(inside, bottom | Qt.AlignmentFlag.AlignLeft, face.price)
        if face.sold_out:
            painter.setFont(look.font(tokens.TYPE_BODY, bold=True))
            painter.drawText(inside, bottom | Qt.AlignmentFlag.AlignRight, face.sold_out)

    def _paint_count(self, painter: QPainter, count: int) -> None:
        look, colours = self._look, self._look.colours
        painter.setFont(look.font(tokens.TYPE_BODY, bold=True))
        text = str(count)
        height = look.px(24)
        width = max(height, QFontMetrics(painter.font()).horizontalAdvance(text) + look.px(12))
        place = QRect(self.width() - width - look.px(8), look.px(8), width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(QRectF(place), height >> 1, height >> 1)
        painter.setPen(QColor(colours.ink_on_accent))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _draw_name(painter: QPainter, room: QRect, name: str) -> None:
    """Up to two lines; what does not fit ends in an ellipsis."""
    metrics = QFontMetrics(painter.font())
    wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
    text = name
    while len(text) > 1 and metrics.boundingRect(room, wrap, text).height() > 2 * metrics.height():
        text = text.removesuffix("…")[:-1] + "…"
    painter.drawText(room, wrap, text)
