"""The wedge filter at a real window: offscreen with recorded timings, and with keys of X."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos_client.bootstrap.scanner import WedgeScanner, wedge_of
from pos_client.screens.flow import Page, Sheet
from pos_client.screens.window import Window
from pos_client.settings import KeyboardScannerSettings
from pos_client.widgets.fields import Field
from pos_client.widgets.look import Look
from tests.hardware.test_wedge import recordings
from tests.harness.process import Program
from tests.pos_client.screens.conftest import Shop

Key, Modifier = Qt.Key, Qt.KeyboardModifier
_NAMED = {
    "Enter": (Key.Key_Return, "\r"),
    "Tab": (Key.Key_Tab, "\t"),
    "Shift": (Key.Key_Shift, ""),
    "F13": (Key.Key_F13, ""),
    "F14": (Key.Key_F14, ""),
}
LATER_MS = 60_000
DEADLINE_S = 20


class Typed:
    """A window under the filter; events have the times of a recording and come all at once."""

    def __init__(self, widget: QWidget, settings: KeyboardScannerSettings) -> None:
        self.scans: list[str] = []
        self.broken = 0
        self._handle = widget.windowHandle()
        self._now_ms = 0
        wedge, keys = wedge_of(settings)
        self.scanner = WedgeScanner(
            self._handle, self.scans.append, wedge, keys, on_broken=self._note_broken
        )

    def play(self, recording: dict[str, Any]) -> None:
        start = self._now_ms + LATER_MS
        for at, way, name in recording["events"]:
            self.send(start + at, name, down=way == "d")
        # A key that nobody hears ends what may be held back.
        self.send(self._now_ms + LATER_MS, "F20", down=True)

    def send(self, at: int, name: str, *, down: bool) -> None:
        code, text = _NAMED.get(name, (Key.Key_F20, ""))
        if len(name) == 1:
            code, text = Key(ord(name.upper())), name
        kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
        event = QKeyEvent(kind, code, Modifier.NoModifier, text)
        event.setTimestamp(at)
        self._now_ms = max(self._now_ms, at)
        QCoreApplication.sendEvent(self._handle, event)

    def _note_broken(self) -> None:
        self.broken += 1


@pytest.fixture
def window(shop: Shop, qtbot: QtBot) -> Window:
    made = Window(shop.desk, Look())
    qtbot.addWidget(made)
    made.show()
    made.till.flow.go(Page.SELL)
    return made


@pytest.fixture
def field(qtbot: QtBot) -> Field:
    made = Field(Look(), "code")
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    return made


def test_people_type_into_a_field_what_they_meant(field: Field) -> None:
    typed = Typed(field, KeyboardScannerSettings())
    for recording in recordings("typists.jsonl"):
        field.clear()
        typed.play(recording)
        assert field.text() == recording["text"], recording["who"]
    assert typed.scans == []


def test_no_key_of_a_scan_reaches_a_field(field: Field) -> None:
    marked = KeyboardScannerSettings(prefix="F13", suffix="F14")
    for prefix, settings in ((False, KeyboardScannerSettings()), (True, marked)):
        typed = Typed(field, settings)
        field.setText("138")
        for recording in recordings("scanners.jsonl"):
            if recording["who"].startswith("prefix") is prefix:
                typed.play(recording)
                assert typed.scans[-1:] == [recording["text"]], recording["who"]
                assert field.text() == "138", recording["who"]
        field.windowHandle().removeEventFilter(typed.scanner)


def test_digits_of_a_scan_are_no_quantity_and_press_no_key(window: Window) -> None:
    window.setFocus()
    typed = Typed(window, KeyboardScannerSettings())
    for recording in recordings("scanners.jsonl"):
        if not recording["who"].startswith("prefix"):
            typed.play(recording)
    assert window.till.sell.state.totals.entry == ""
    assert window.till.flow.sheet is Sheet.NONE


def test_a_scan_cut_short_is_told(window: Window) -> None:
    typed = Typed(window, KeyboardScannerSettings(prefix="Ctrl+B", suffix="F14"))
    event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_B, Modifier.ControlModifier, "\x02")
    event.setTimestamp(1_000)
    QCoreApplication.sendEvent(window.windowHandle(), event)
    typed.send(1_010, "6", down=True)
    typed.send(9_000, "F20", down=True)
    assert (typed.scans, typed.broken) == ([], 1)


def test_a_scan_without_an_end_is_told_when_its_time_is_over(window: Window, qtbot: QtBot) -> None:
    typed = Typed(window, KeyboardScannerSettings())
    for place, digit in enumerate("6901234567892"):
        for down in (True, False):
            typed.send(1_000 + place * 4, digit, down=down)
    qtbot.waitUntil(lambda: typed.scans == ["6901234567892"], timeout=5_000)


def test_only_text_fields_take_input_methods(window: Window) -> None:
    """What cannot have the focus is never asked."""
    enabled = Qt.WidgetAttribute.WA_InputMethodEnabled
    takes = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.testAttribute(enabled) and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]
    assert takes
    assert [widget.objectName() for widget in takes if not isinstance(widget, Field)] == []
    assert not window.testAttribute(enabled)


# Real keys.


class XServer:
    """Xvfb, a window on it, and xdotool for the keys."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        stack.callback(server.wait)
        stack.callback(server.terminate)
        assert server.stdout
        stack.callback(server.stdout.close)
        self._environment = {
            "DISPLAY": f":{server.stdout.readline().strip()}",
            "QT_QPA_PLATFORM": "xcb",
        }
        self.log = folder / "window.log"
        self.window = Program(
            "tests.harness.wedge_window", [], log=self.log, environment=self._environment
        )
        stack.callback(self.window.stop)
        self.scans: list[str] = []
        self._id = str(self.answer("id"))
        self.xdotool("windowfocus", self._id)
        wait_for(lambda: self.ask("focus field", "active") is True)

    def xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self._environment, check=True)

    def answer(self, wanted: str) -> object:
        """The next answer that has this value; scans on the way are kept."""
        while True:
            said = json.loads(self.window.line())
            if "scan" in said:
                self.scans.append(said["scan"])
            if wanted in said:
                return said[wanted]

    def ask(self, line: str, wanted: str) -> object:
        self.window.say(line)
        return self.answer(wanted)


@pytest.fixture
def x_server(tmp_path: Path) -> Iterator[XServer]:
    if sys.platform != "linux" or not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("apt-get install xvfb xdotool, and this test types with real key events")
    with ExitStack() as stack:
        yield XServer(tmp_path, stack)


@pytest.mark.processes
def test_real_keys_of_an_x_server(x_server: XServer) -> None:
    """One test for all: starting the server and the window costs most of it."""
    x_server.ask("focus field", "text")
    code = "C-aB3dEFgh9"
    for delay in ("0", "6", "12", "24"):
        x_server.xdotool("type", "--delay", delay, f"{code}\n")
        assert x_server.answer("scan") == code
    assert x_server.ask("focus field", "text") == ""
    x_server.xdotool("type", "--delay", "90", "Wang 138")
    wait_for(lambda: x_server.ask("focus field", "text") == "Wang 138")
    # A code that ends with Enter presses no key that has the focus.
    x_server.ask("focus pay", "text")
    x_server.xdotool("type", "--delay", "5", "https://m.example/T?7\n")
    assert x_server.answer("scan") == "https://m.example/T?7"
    assert x_server.ask("focus pay", "presses") == 0
    x_server.xdotool("key", "space")
    wait_for(lambda: x_server.ask("focus pay", "presses") == 1)
    # A busy window bends no gaps: the times are those of the X server.
    x_server.ask("busy 400", "busy")
    x_server.xdotool("type", "--delay", "10", "6901234567892\n")
    assert x_server.answer("scan") == "6901234567892"
    assert x_server.ask("focus field", "text") == "Wang 138"
    assert len(x_server.scans) == 6


def wait_for(condition: Callable[[], bool]) -> None:
    """Each question goes through the window's event loop, so this does not turn idly."""
    give_up = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
