"""A window that shows the receipts of one emulated printer, the newest first."""

import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

LOOK_EVERY_MS = 300
WIDTH = 420


class Paper(QScrollArea):
    def __init__(self, directory: Path, title: str) -> None:
        super().__init__()
        self._directory = directory
        self._shown: Path | None = None
        self._label = QLabel(title)
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setWidget(self._label)
        self.setWidgetResizable(True)
        self.setWindowTitle(title)
        self.resize(WIDTH + 40, 720)
        # Beside the till where the screen is wide enough, at its edge where it is not.
        room = self.screen().availableGeometry()
        self.move(room.right() - self.width(), room.top())
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        newest = max(self._directory.glob("receipt-*.png"), default=None)
        if newest is None or newest == self._shown:
            return
        picture = QPixmap(str(newest))
        if not picture.isNull():
            self._shown = newest
            self._label.setPixmap(
                picture.scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
            )


def main() -> int:
    application = QApplication(sys.argv[:1])
    paper = Paper(Path(sys.argv[1]), sys.argv[2])
    paper.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
