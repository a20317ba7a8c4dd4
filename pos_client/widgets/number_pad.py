"""The number pad under the cart: always the same keys at the same place."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pos_client.widgets import tokens
from pos_client.widgets.buttons import Button
from pos_client.widgets.look import Look

# Key, what it says or shows, row, column. A name after "icon:" is an icon.
_KEYS: Final = (
    ("7", "7"), ("8", "8"), ("9", "9"), ("times", "icon:x"),
    ("4", "4"), ("5", "5"), ("6", "6"), ("minus", "icon:minus"),
    ("1", "1"), ("2", "2"), ("3", "3"), ("backspace", "icon:delete"),
    ("0", "0"), ("00", "00"), (".", "."), ("enter", "icon:corner-down-left"),
)  # fmt: skip
_COLUMNS: Final = 4
_DIGITS: Final = "0123456789."


class NumberPad(QWidget):
    """Keys are named `pad-7`, `pad-times`, `pad-enter` and so on."""

    def __init__(self, look: Look, on_key: Callable[[str], None]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(tokens.SPACE_SMALL))
        for place, (key, face) in enumerate(_KEYS):
            grid.addWidget(_key(look, key, face, on_key), *divmod(place, _COLUMNS))


def _key(look: Look, key: str, face: str, on_key: Callable[[str], None]) -> Button:
    icon = face.removeprefix("icon:") if face.startswith("icon:") else ""
    button = Button(
        look,
        f"pad-{key}",
        look_name="digit" if key[0] in _DIGITS else "operation",
        icon=icon,
        icon_size=tokens.ICON_LARGE,
    ).tall(tokens.KEY_MM, least=tokens.KEY_LEAST)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setText("" if icon else face)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button.on_press(lambda: on_key(key))
