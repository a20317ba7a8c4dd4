"""A window with a field, a key and the wedge filter, for real key events of an X server.

Says what it is asked for over standard output, one JSON value a line: `id`, then for each line that
comes in (`text`, `focus NAME`, `busy MILLISECONDS`) an answer. Scans are said as they come.
"""

import json
import sys
import threading
import time

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pos_client.bootstrap.scanner import WedgeScanner, wedge_of
from pos_client.settings import KeyboardScannerSettings


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Asked(QObject):
    line = Signal(str)


class WedgeWindow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.presses = 0
        self.parts = {"field": QLineEdit(), "pay": QPushButton("pay")}
        self.parts["pay"].clicked.connect(self._pressed)  # type: ignore[attr-defined]
        box = QVBoxLayout(self)
        for part in self.parts.values():
            box.addWidget(part)

    def answer(self, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        if word == "busy":
            say(busy=rest)
            time.sleep(int(rest) / 1000)
            return
        if word == "focus":
            self.parts[rest].setFocus()
        field = self.parts["field"]
        assert isinstance(field, QLineEdit)
        say(text=field.text(), presses=self.presses, active=self.isActiveWindow())

    def _pressed(self) -> None:
        self.presses += 1


def main() -> None:
    application = QApplication(sys.argv)
    window = WedgeWindow()
    window.show()
    wedge, keys = wedge_of(KeyboardScannerSettings())
    WedgeScanner(window.windowHandle(), lambda text: say(scan=text), wedge, keys)
    asked = Asked()
    asked.line.connect(window.answer)

    def listen() -> None:
        for line in sys.stdin:
            asked.line.emit(line)

    threading.Thread(target=listen, daemon=True).start()
    say(id=int(window.winId()))
    application.exec()


if __name__ == "__main__":
    main()
