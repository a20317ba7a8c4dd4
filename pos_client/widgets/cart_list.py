"""The cart: lines with the savings named under them, drawn by one delegate."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pos_client.widgets import tokens
from pos_client.widgets.faces import CartLine
from pos_client.widgets.look import Look

_ROW: Final = 44
_SAVING_ROW: Final = 24
_LIFT: Final = 8
_QUANTITY: Final = 48
_MARK: Final = 4

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_LINE: Final = int(Qt.ItemDataRole.UserRole)


class CartModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[CartLine, ...] = ()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == _LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{line.quantity} {line.name} {line.amount}"
        return None

    def show_lines(self, lines: tuple[CartLine, ...]) -> None:
        """Tell the view only what differs: rows added or taken away at the end, rows changed."""
        before = self.lines
        if len(lines) != len(before) or any(
            new.number != old.number for new, old in zip(lines, before, strict=True)
        ):
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
            return
        self.lines = lines
        for place, (new, old) in enumerate(zip(lines, before, strict=True)):
            if new != old:
                at = self.index(place)
                self.dataChanged.emit(at, at)


class CartDelegate(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.flashing = False

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        line: CartLine = index.data(_LINE)
        height = _ROW + (_SAVING_ROW if line.saving else 0)
        return QSize(0, self._look.px(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: CartLine = index.data(_LINE)
        box: QRect = option.rect
        self._paint_ground(painter, box, line)
        self._paint_line(painter, box, line)
        if line.saving:
            self._paint_saving(painter, box, line)

    def _paint_ground(self, painter: QPainter, box: QRect, line: CartLine) -> None:
        colours, px = self._look.colours, self._look.px
        if line.selected:
            painter.fillRect(box, QColor(colours.surface_sunken))
            painter.fillRect(box.left(), box.top(), px(_MARK), box.height(), QColor(colours.accent))
        if line.flash and self.flashing:
            painter.fillRect(box, QColor(colours.accent_wash))
        painter.fillRect(
            box.left() + px(tokens.SPACE),
            box.bottom(),
            box.width() - px(tokens.SPACE_HUGE),
            1,
            QColor(colours.line),
        )

    def _paint_line(self, painter: QPainter, box: QRect, line: CartLine) -> None:
        look, px = self._look, self._look.px
        row = QRect(box.left(), box.top(), box.width(), px(_ROW))
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(look.colours.ink))
        painter.setFont(look.font(tokens.TYPE_ITEM, bold=True))
        quantity = row.adjusted(px(tokens.SPACE), 0, 0, 0)
        quantity.setWidth(px(_QUANTITY) - px(tokens.SPACE_SMALL))
        painter.drawText(quantity, centre | Qt.AlignmentFlag.AlignLeft, line.quantity)
        painter.setFont(look.font(tokens.TYPE_ITEM))
        inside = row.adjusted(px(tokens.SPACE) + px(_QUANTITY), 0, -px(tokens.SPACE), 0)
        painter.drawText(inside, centre | Qt.AlignmentFlag.AlignRight, line.amount)
        taken = painter.fontMetrics().horizontalAdvance(line.amount) + px(tokens.SPACE_MEDIUM)
        _draw_elided(painter, inside.adjusted(0, 0, -taken, 0), line.name)

    def _paint_saving(self, painter: QPainter, box: QRect, line: CartLine) -> None:
        look, px = self._look, self._look.px
        top = box.top() + px(_ROW) - px(_LIFT)
        inside = QRect(box.left(), top, box.width(), px(_SAVING_ROW))
        inside.adjust(px(tokens.SPACE) + px(_QUANTITY), 0, -px(tokens.SPACE), 0)
        painter.setPen(QColor(look.colours.ink_muted))
        painter.setFont(look.font(tokens.TYPE_BODY))
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, end, line.saving)
        taken = painter.fontMetrics().horizontalAdvance(line.saving) + px(tokens.SPACE_MEDIUM)
        _draw_elided(painter, inside.adjusted(0, 0, -taken, 0), line.saving_names)


def _draw_elided(painter: QPainter, box: QRect, text: str) -> None:
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)


class CartList(QListView):
    """Named `cart`. Scrolls to the line that changed and flashes it once."""

    def __init__(
        self, look: Look, on_select: Callable[[int], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("cart")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cart = CartModel()
        self._delegate = CartDelegate(look)
        self._flashed = 0
        self.setModel(self._cart)
        self.setItemDelegate(self._delegate)
        self.clicked.connect(lambda at: on_select(self._cart.lines[at.row()].number))
        self._end_of_flash = QTimer(self, singleShot=True, interval=tokens.FLASH_MS)
        self._end_of_flash.timeout.connect(self._stop_flash)

    def show_lines(self, lines: tuple[CartLine, ...]) -> None:
        if lines == self._cart.lines:
            return
        self._cart.show_lines(lines)
        self.scheduleDelayedItemsLayout()
        for place, line in enumerate(lines):
            if line.selected:
                self.scrollTo(self._cart.index(place))
            if line.flash > self._flashed:
                self._start_flash(line.flash)

    def _start_flash(self, count: int) -> None:
        self._flashed = count
        self._delegate.flashing = True
        self._end_of_flash.start()

    def _stop_flash(self) -> None:
        self._delegate.flashing = False
        self.viewport().update()
