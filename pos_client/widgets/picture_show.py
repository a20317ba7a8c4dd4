"""Pictures of a folder, one after the other, while nobody is served."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

LARGEST_COUNT: Final = 50
LARGEST_FILE_BYTES: Final = 20 * 1024 * 1024
LARGEST_PIXELS: Final = 50_000_000
ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png"})

Load = Callable[[Callable[[], QImage], Callable[[QImage], None]], None]
_log = logging.getLogger(__name__)


class PictureShow(QWidget):
    """`load` runs the reading of a file elsewhere and brings the picture back to this thread."""

    def __init__(self, folder: Path | None, every_ms: int, load: Load) -> None:
        super().__init__()
        self.setObjectName("pictures")
        self._folder = folder
        self._load = load
        self._place = -1
        self._path: Path | None = None
        self._pixmap: QPixmap | None = None
        self._next = QTimer(self, interval=every_ms)
        self._next.timeout.connect(self.turn)

    @property
    def has_pictures(self) -> bool:
        return self._pixmap is not None

    def begin(self) -> None:
        if not self._next.isActive():
            self._next.start()
            self.turn()

    def rest(self) -> None:
        self._next.stop()

    def turn(self) -> None:
        """On to the next picture; the folder is read again each time, so new ones are seen."""
        pictures = pictures_in(self._folder) if self._folder is not None else ()
        # Without pictures the room is given to what stands beside them.
        self.setVisible(bool(pictures))
        if not pictures:
            self._path = self._pixmap = None
            return
        self._place = (self._place + 1) % len(pictures)
        self._path = pictures[self._place]
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._read()

    def _read(self) -> None:
        path, room = self._path, self.size()
        if path is not None and not room.isEmpty():
            self._load(lambda: read_picture(path, room), self._show)

    def _show(self, image: QImage) -> None:
        self._pixmap = None if image.isNull() else QPixmap.fromImage(image)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._pixmap is None:
            return
        painter = QPainter(self)
        box = self._pixmap.rect()
        box.moveCenter(self.rect().center())
        painter.drawPixmap(box.topLeft(), self._pixmap)
        painter.end()


def pictures_in(folder: Path) -> tuple[Path, ...]:
    """The first 50 pictures by name; an unreadable folder has none."""
    try:
        found = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in ENDINGS and path.stat().st_size <= LARGEST_FILE_BYTES
        ]
    except OSError as error:
        _log.warning("pictures not read", extra={"error": type(error).__name__})
        return ()
    return tuple(sorted(found)[:LARGEST_COUNT])


def read_picture(path: Path, room: QSize) -> QImage:
    """The picture scaled into `room`; a null one where it cannot be read or is far too large."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > LARGEST_PIXELS:
        return QImage()
    reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
