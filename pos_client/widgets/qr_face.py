"""A QR code on the screen: whole pixels a module, a quiet zone, black on white in every scheme."""

from typing import Final

import qrcode
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET_MODULES: Final = 4  # ISO/IEC 18004, 5.3.8
LEAST_MODULE_PX: Final = 3
_BLACK, _WHITE = QColor(0, 0, 0), QColor(255, 255, 255)


class QrFace(QWidget):
    """Shows `content` as large as fits; nothing where even the smallest modules would not."""

    def __init__(self, side_px: int, *, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(side_px, side_px)
        self._content = ""
        self._drawn: QImage | None = None

    def show_content(self, content: str) -> None:
        if content != self._content:
            self._content = content
            self._drawn = draw_qr(content) if content else None
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._drawn is None:
            return
        modules = self._drawn.width()
        module_px = self.width() // modules
        if module_px < LEAST_MODULE_PX:
            return
        side = modules * module_px
        corner = (self.width() - side) // 2
        painter = QPainter(self)
        # Without smoothing each module keeps its hard edge.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.fillRect(self.rect(), _WHITE)
        painter.drawImage(QRect(corner, corner, side, side), self._drawn)
        painter.end()


def draw_qr(content: str) -> QImage:
    """One pixel a module, with its quiet zone."""
    code = qrcode.QRCode(border=QUIET_MODULES, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(content)
    matrix = code.get_matrix()
    image = QImage(len(matrix), len(matrix), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                image.setPixelColor(column, row, _BLACK)
    return image
