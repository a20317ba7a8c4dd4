"""The dish grid: fixed cells, as many columns as the width holds."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from pos_client.widgets import tokens
from pos_client.widgets.dish_tile import DishTile
from pos_client.widgets.faces import DishFace
from pos_client.widgets.look import Look

_NARROWEST_TILE: Final = 144


class DishGrid(QWidget):
    """Tiles are made once and used again for whatever is shown."""

    def __init__(self, look: Look, on_press: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._on_press = on_press
        self._tiles: list[DishTile] = []
        self._shown = 0

    def show_dishes(self, faces: Sequence[DishFace]) -> None:
        while len(self._tiles) < len(faces):
            tile = DishTile(self._look, self._on_press)
            tile.setParent(self)
            self._tiles.append(tile)
        for tile, face in zip(self._tiles, faces, strict=False):
            tile.show_face(face)
            tile.show()
        for spare in self._tiles[len(faces) :]:
            spare.put_away()
        if self._shown != len(faces):
            self._shown = len(faces)
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        gap = self._look.px(tokens.SPACE_SMALL)
        columns = max(1, (self.width() + gap) // (self._look.px(_NARROWEST_TILE) + gap))
        reach = self.width() + gap
        height = self._tiles[0].height() if self._tiles else 0
        for place, tile in enumerate(self._tiles[: self._shown]):
            row, column = divmod(place, columns)
            left, right = column * reach // columns, (column + 1) * reach // columns
            tile.setGeometry(left, row * (height + gap), right - left - gap, height)
        rows = -(-self._shown // columns)
        self.setMinimumHeight(max(0, rows * (height + gap) - gap))
