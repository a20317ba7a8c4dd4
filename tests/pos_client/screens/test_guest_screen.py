"""Where the guest's window stands, on a machine with two screens, one, and one that goes away."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pos_client.bootstrap.guest_screen import GuestScreen

application = QApplication([])
till, guest = QWidget(), QWidget()
till.show()
place = GuestScreen(guest, till, sys.argv[1])
print(guest.isVisible() and guest.screen().name() != till.screen().name(), guest.screen().name())
place._leave(guest.screen())
print(guest.isVisible())
guest.show()
guest.close()
application.processEvents()
print(guest.isVisible())
QTimer.singleShot(0, till.close if sys.argv[2] == "closed" else application.quit)
print(application.exec())
"""


def placed(tmp_path: Path, screens: tuple[str, ...], wanted: str, end: str = "closed") -> list[str]:
    """`end`: the till's window is closed, or the program is asked to quit."""
    described = [
        {"name": name, "x": 1024 * place, "y": 0, "width": 1024, "height": 768}
        for place, name in enumerate(screens)
    ]
    path = tmp_path / "screens.json"
    path.write_text(json.dumps({"screens": described}))
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={path}"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, wanted, end],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stdout.split()


def test_it_stands_on_the_screen_that_was_named(tmp_path: Path) -> None:
    assert placed(tmp_path, ("HDMI-1", "HDMI-2"), "HDMI-2")[:2] == ["True", "HDMI-2"]


def test_without_a_name_it_takes_the_screen_that_the_till_is_not_on(tmp_path: Path) -> None:
    assert placed(tmp_path, ("HDMI-1", "HDMI-2"), "other")[0] == "True"


def test_it_never_falls_onto_the_cashiers_screen(tmp_path: Path) -> None:
    for wanted in ("other", "HDMI-2", "HDMI-1"):
        assert placed(tmp_path, ("HDMI-1",), wanted)[0] == "False"


@pytest.mark.parametrize("end", ["closed", "quit"])
def test_closed_alone_it_comes_back_and_it_ends_with_the_till(tmp_path: Path, end: str) -> None:
    assert placed(tmp_path, ("HDMI-1", "HDMI-2"), "other", end)[-2:] == ["True", "0"]
