"""A hand at the till: the real program, with taps and keys that come over standard input.

One JSON object a line in, one out. The till is the one that `pos-client run` opens; the hand only
presses what a person could press, looks at what a person could read, and takes pictures.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from domain.errors import TillfoldError
from pos_client.bootstrap.face import Face
from pos_client.bootstrap.lock import only_one_till
from pos_client.bootstrap.logs import set_up_logs
from pos_client.settings import read_settings
from tests.harness.books import till_books

LOOK_AGAIN_MS = 20
PATIENCE_MS = 20_000
# Often enough to measure, seldom enough not to keep the till from its work.
LOOK_CLOSELY_S = 0.004
SCAN_GAP_MS = 4


class Hand(QObject):
    """Carries out one command after the other on the Qt thread."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face
        self._commands: dict[str, Callable[[dict[str, Any]], object]] = {
            "click": self._click,
            "type": self._type,
            "key": self._key,
            "scan": self._scan,
            "text": self._text,
            "sees": lambda command: bool(self._seen(command["name"])),
            "picture": lambda command: _keep_picture(self._window(), command),
            "guest-picture": lambda command: _keep_picture(self._guest(), command),
            "books": lambda _: till_books(self._face.machinery),
            "sync": lambda _: self._face.machinery.sync_now(),
            "status": self._status,
            "coupon": self._knows_coupon,
            "enrol": self._enrol,
            "names": lambda _: sorted(w.objectName() for w in self._all() if w.objectName()),
        }

    def take(self, line: str) -> None:
        command = json.loads(line)
        if command["do"] == "wait":
            self._wait(command, PATIENCE_MS)
        elif command["do"] == "await-member":
            threading.Thread(target=self._await_member, args=(command,)).start()
        elif command["do"] == "quit":
            answer({"ok": True})
            QApplication.quit()
        else:
            self._do(command)

    def _do(self, command: dict[str, Any]) -> None:
        try:
            answer({"ok": True, "result": self._commands[command["do"]](command)})
        except LookupError as error:
            answer({"ok": False, "error": repr(error)})

    def _wait(self, command: dict[str, Any], left_ms: int) -> None:
        """Until a thing can be seen and used, and shows a text; looked at again and again."""
        found = [widget for widget in self._seen(command["name"]) if widget.isEnabled()]
        wanted = command.get("text", "")
        if any(wanted in _text_of(widget) for widget in found):
            answer({"ok": True})
        elif left_ms <= 0:
            shown = [_text_of(widget) for widget in found]
            answer({"ok": False, "error": f"{command['name']} shows {shown}, not {wanted!r}"})
        else:
            QTimer.singleShot(
                LOOK_AGAIN_MS, self, lambda: self._wait(command, left_ms - LOOK_AGAIN_MS)
            )

    def _click(self, command: dict[str, Any]) -> None:
        widget = self._find(command["name"])
        where = QPoint(widget.width() // 2, widget.height() // 2)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where)

    def _type(self, command: dict[str, Any]) -> None:
        widget = self._find(command["name"])
        widget.setFocus()
        if isinstance(widget, QLineEdit):
            widget.clear()
            # A Chinese name comes from the input method as a whole, not key by key.
            widget.insert(command["text"])
        else:
            QTest.keyClicks(widget, command["text"])

    def _key(self, command: dict[str, Any]) -> None:
        key = QKeySequence.fromString(command["key"])[0].key()  # type: ignore[index]
        target = QApplication.focusWidget() or self._window()
        QTest.keyClick(target, key)

    def _scan(self, command: dict[str, Any]) -> None:
        """Keys as a keyboard-wedge scanner types them: at the window, a few milliseconds apart."""
        handle = self._window().windowHandle()
        for place, sign in enumerate([*command["text"], "\r"]):
            key = Qt.Key.Key_Return if sign == "\r" else Qt.Key(ord(sign.upper()))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, sign)
                event.setTimestamp(1_000_000 + place * SCAN_GAP_MS)
                QApplication.sendEvent(handle, event)

    def _text(self, command: dict[str, Any]) -> str:
        return _text_of(self._find(command["name"]))

    def _status(self, _command: dict[str, Any]) -> dict[str, Any]:
        status = self._face.machinery.counter.status()
        return {
            "connection": status.sync.connection.value,
            "waiting": status.sync.waiting,
            "cases": [case.case_id for case in status.cases],
            "printing": sum(p.waiting + p.in_doubt for p in status.printers),
        }

    def _knows_coupon(self, command: dict[str, Any]) -> bool:
        try:
            self._face.machinery.counter.find_coupon(command["code"])
        except TillfoldError:
            return False
        return True

    def _enrol(self, command: dict[str, Any]) -> None:
        window = self._face.window
        assert window is not None
        actor = window.till.desk.actor
        self._face.machinery.counter.enrol_member(
            actor, phone=command["phone"], name="测试", birthday=""
        )

    def _await_member(self, command: dict[str, Any]) -> None:
        counter, give_up = self._face.machinery.counter, time.monotonic() + PATIENCE_MS / 1000
        while not counter.find_members(command["text"]):
            if time.monotonic() > give_up:
                answer({"ok": False, "error": "no such member came"})
                return
            time.sleep(LOOK_CLOSELY_S)
        answer({"ok": True})

    def _find(self, name: str) -> QWidget:
        found = self._seen(name)
        if not found:
            raise LookupError(name)
        return found[0]

    def _seen(self, name: str) -> list[QWidget]:
        return [w for w in self._all() if w.objectName() == name and w.isVisible()]

    def _window(self) -> QWidget:
        shown = [w for w in self._all() if w.isWindow() and w.isVisible()]
        if not shown:
            raise LookupError("window")
        return shown[0]

    def _guest(self) -> QWidget:
        guest = self._face.guest
        if guest is None or guest.view is None or not guest.view.isVisible():
            raise LookupError("guest")
        return guest.view

    def _all(self) -> list[QWidget]:
        """Those in the cashier's reach: the guest's screen shows some under the same names."""
        guest = self._face.guest.view if self._face.guest is not None else None
        return [w for w in QApplication.allWidgets() if w.window() is not guest]


class Ear(QObject):
    """Reads commands on a thread of its own and hands each to the Qt thread."""

    def __init__(self, hand: Hand, face: Face) -> None:
        super().__init__()
        self._hand = hand
        self._face = face
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._face.background.call(partial(self._hand.take, line))


def _keep_picture(widget: QWidget, command: dict[str, Any]) -> None:
    path = Path(command["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(path)):
        raise LookupError(str(path))


def _text_of(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        return widget.text()
    told = widget.property("shown")
    return told if isinstance(told, str) else ""


def answer(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def main() -> int:
    settings = read_settings(Path(sys.argv[1]))
    set_up_logs(settings.log_level, settings.data_path)
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    signal.signal(signal.SIGTERM, lambda _signal, _frame: application.quit())
    with only_one_till(settings.data_path):
        face = Face(settings)
        face.open()
        hand = Hand(face)
        ear = Ear(hand, face)
        answer({"ready": True})
        code = application.exec()
        face.close()
        del ear
    return code


if __name__ == "__main__":
    sys.exit(main())
