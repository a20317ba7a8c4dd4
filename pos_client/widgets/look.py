"""The look of one window: colours of a scheme, and sizes in pixels of the screen it stands on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPixmap, QScreen
from PySide6.QtSvg import QSvgRenderer

from pos_client.widgets import tokens
from pos_client.widgets.tokens import SCHEMES, Colours, Scheme

_TENTHS_OF_INCH_MM: Final = 254
_DPI_AT_ONE: Final = 96
# What a screen says of itself is believed only inside these bounds; many say nonsense.
_LEAST_DPI, _MOST_DPI = 60, 300
_ICON_PIXEL_RATIO: Final = 2


class Look:
    """Shared by all widgets of a window, so that a change of scheme reaches each of them."""

    def __init__(self, scheme: Scheme = Scheme.LIGHT, *, dpi: int = _DPI_AT_ONE) -> None:
        self.scheme = scheme
        self.dpi = dpi

    @property
    def colours(self) -> Colours:
        return SCHEMES[self.scheme]

    def px(self, at_96_dpi: int) -> int:
        """Pixels on this screen for pixels at 96 dpi."""
        return (2 * at_96_dpi * self.dpi + _DPI_AT_ONE) // (2 * _DPI_AT_ONE)

    def mm(self, millimetres: int, *, least: int) -> int:
        """Pixels for a length on the glass, never under `least` px at 96 dpi."""
        return max(self.px(least), millimetres * 10 * self.dpi // _TENTHS_OF_INCH_MM)

    def font(self, size: int, *, bold: bool = False) -> QFont:
        """A face of the list with figures of one width."""
        font = QFont(list(tokens.FONT_FAMILIES))
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, colour: str, size: int = tokens.ICON) -> QIcon:
        return QIcon(self.pixmap(name, colour, size))

    def pixmap(self, name: str, colour: str, size: int = tokens.ICON, *, gap: int = 0) -> QPixmap:
        """`gap` is free space at the right, towards the words."""
        return _draw_icon(name, colour, self.px(size), self.px(gap))


def dpi_for(screen: QScreen) -> int:
    """The screen's real dpi, but no more than lets the sell screen fit and no less than 96."""
    told = round(screen.physicalDotsPerInch())
    dpi = told if _LEAST_DPI <= told <= _MOST_DPI else _DPI_AT_ONE
    room = screen.availableGeometry()
    most = min(
        room.width() * _DPI_AT_ONE // tokens.DESIGN_WIDTH,
        room.height() * _DPI_AT_ONE // tokens.DESIGN_HEIGHT,
    )
    return max(_DPI_AT_ONE, min(dpi, most))


@lru_cache(maxsize=256)
def _draw_icon(name: str, colour: str, size: int, gap: int) -> QPixmap:
    drawing = _read_icon(name).replace("currentColor", colour)
    pixmap = QPixmap((size + gap) * _ICON_PIXEL_RATIO, size * _ICON_PIXEL_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    with painting(pixmap) as painter:
        renderer.render(painter, QRectF(0, 0, pixmap.height(), pixmap.height()))
    pixmap.setDevicePixelRatio(_ICON_PIXEL_RATIO)
    return pixmap


@lru_cache(maxsize=64)
def _read_icon(name: str) -> str:
    return (files("pos_client.widgets") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@contextmanager
def painting(device: QPixmap) -> Iterator[QPainter]:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()
