"""Boxes and labels in the few forms that the screens use."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pos_client.widgets.look import Look

Piece = QWidget | QLayout | int | None


def fill(
    box: QBoxLayout, *pieces: Piece, gap: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QBoxLayout:
    """Put pieces into a box: a widget, a layout, a fixed space in px, or None for what is left."""
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for piece in pieces:
        if piece is None:
            box.addStretch(1)
        elif isinstance(piece, int):
            box.addSpacing(piece)
        elif isinstance(piece, QLayout):
            box.addLayout(piece)
        else:
            box.addWidget(piece)
    return box


def across(*pieces: Piece, gap: int = 0, margin: int = 0) -> QHBoxLayout:
    box = QHBoxLayout()
    fill(box, *pieces, gap=gap, margins=(margin, margin, margin, margin))
    return box


def down(*pieces: Piece, gap: int = 0, margin: int = 0) -> QVBoxLayout:
    box = QVBoxLayout()
    fill(box, *pieces, gap=gap, margins=(margin, margin, margin, margin))
    return box


def frame(ground: str, content: QLayout | None = None, *, name: str = "") -> QFrame:
    """A surface of the style sheet: page, bar, card, well, member, panel or clear."""
    made = QFrame()
    made.setProperty("ground", ground)
    made.setObjectName(name)
    if content is not None:
        made.setLayout(content)
    return made


def label(size: str = "body", *, tone: str = "", strong: bool = False, name: str = "") -> QLabel:
    made = QLabel()
    made.setProperty("type_size", size)
    made.setProperty("tone", tone)
    made.setProperty("strong", strong)
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def paragraph(size: str = "body", *, tone: str = "", name: str = "") -> QLabel:
    """A label that breaks its lines."""
    made = label(size, tone=tone, name=name)
    made.setWordWrap(True)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def right(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def centred(made: QLabel) -> QLabel:
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def show_or_hide(words: QLabel, text: str) -> None:
    """An empty text takes the label away with the room it had."""
    words.setText(text)
    words.setVisible(bool(text))


def divider(look: Look) -> QFrame:
    line = frame("line")
    line.setFixedHeight(max(1, look.px(1)))
    return line


def scrolling(content: QWidget) -> QScrollArea:
    """A vertical scroll area without a frame that takes no focus."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.setProperty("ground", "clear")
    area.setWidget(content)
    return area


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
