"""One style sheet and palette made from the tokens."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from pos_client.widgets import tokens
from pos_client.widgets.look import Look


def dress(window: QWidget, look: Look) -> None:
    """Give a window and all in it the look; also after the scheme changed."""
    window.setPalette(palette(look))
    window.setFont(look.font(tokens.TYPE_BODY))
    window.setStyleSheet(style_sheet(look))


def palette(look: Look) -> QPalette:
    colours = look.colours
    roles = {
        QPalette.ColorRole.Window: colours.surface,
        QPalette.ColorRole.WindowText: colours.ink,
        QPalette.ColorRole.Base: colours.surface_raised,
        QPalette.ColorRole.AlternateBase: colours.surface,
        QPalette.ColorRole.Text: colours.ink,
        QPalette.ColorRole.Button: colours.surface_raised,
        QPalette.ColorRole.ButtonText: colours.ink,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.ink_on_accent,
        QPalette.ColorRole.PlaceholderText: colours.ink_muted,
        QPalette.ColorRole.ToolTipBase: colours.ink,
        QPalette.ColorRole.ToolTipText: colours.surface_raised,
    }
    made = QPalette()
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    return made


def style_sheet(look: Look) -> str:
    return "\n".join(
        (_grounds(look), _type(look), _buttons(look), _keys(look), _fields(look), _lists(look))
    )


def _grounds(look: Look) -> str:
    c, px = look.colours, look.px
    card = px(tokens.RADIUS_CARD)
    families = ", ".join(f'"{family}"' for family in tokens.FONT_FAMILIES)
    return f"""
QWidget {{ color: {c.ink}; font-family: {families}; }}
QMainWindow, QDialog, QWidget[ground="page"] {{ background: {c.surface}; }}
QFrame[ground="bar"] {{ background: {c.surface_raised}; border: none;
    border-bottom: 1px solid {c.line}; }}
QFrame[ground="card"] {{ background: {c.surface_raised}; border: 1px solid {c.line};
    border-radius: {card}px; }}
QFrame[ground="well"] {{ background: {c.surface_sunken}; border: none; border-radius: {card}px; }}
QFrame[ground="panel"] {{ background: {c.panel}; border: none; }}
QFrame[ground="member"] {{ background: {c.member_ground}; border: 1px solid {c.member_line};
    border-radius: {card}px; }}
QFrame[ground="line"] {{ background: {c.line}; border: none; }}
QFrame[ground="error"] {{ background: {c.danger_wash}; border: 1px solid {c.danger};
    border-radius: {card}px; }}
QFrame[ground="warning"] {{ background: {c.warning_wash}; border: 1px solid {c.warning};
    border-radius: {card}px; }}
QFrame[ground="done"] {{ background: {c.positive_wash}; border: 1px solid {c.positive};
    border-radius: {card}px; }}
QScrollArea, QScrollArea > QWidget > QWidget[ground="clear"] {{ background: transparent;
    border: none; }}
"""


def _type(look: Look) -> str:
    c, px = look.colours, look.px
    sizes = {
        "caption": tokens.TYPE_CAPTION,
        "body": tokens.TYPE_BODY,
        "item": tokens.TYPE_ITEM,
        "heading": tokens.TYPE_HEADING,
        "total": tokens.TYPE_TOTAL,
        "amount": tokens.TYPE_AMOUNT,
        "clock": tokens.TYPE_CLOCK,
    }
    tones = {
        "muted": c.ink_muted,
        "accent": c.accent,
        "on_panel": c.ink_on_panel,
        "positive": c.positive,
        "warning": c.warning,
        "danger": c.danger,
        "member": c.member,
    }
    rules = [
        f'QLabel[type_size="{name}"] {{ font-size: {px(size)}px; }}' for name, size in sizes.items()
    ]
    rules += [f'QLabel[tone="{name}"] {{ color: {value}; }}' for name, value in tones.items()]
    rules.append('QLabel[strong="true"] { font-weight: bold; }')
    rules.append("QLabel { background: transparent; border: none; }")
    return "\n".join(rules)


def _buttons(look: Look) -> str:
    c, px = look.colours, look.px
    return f"""
QPushButton {{ background: {c.surface_raised}; border: 1px solid {c.line}; color: {c.ink};
    border-radius: {px(tokens.RADIUS_BUTTON)}px; padding: 0 {px(tokens.SPACE_MEDIUM)}px;
    font-size: {px(tokens.TYPE_BODY)}px; outline: none; }}
QPushButton:pressed {{ background: {c.surface_sunken}; border-color: {c.line_strong}; }}
QPushButton:disabled {{ color: {c.ink_muted}; background: {c.surface_sunken};
    border-color: {c.line}; }}
QPushButton:focus {{ border: 2px solid {c.accent}; }}
QPushButton:checked {{ background: {c.accent_wash}; border-color: {c.accent}; color: {c.accent};
    font-weight: bold; }}
QPushButton[look="primary"] {{ background: {c.accent}; border-color: {c.accent};
    color: {c.ink_on_accent}; font-size: {px(tokens.TYPE_ITEM)}px; font-weight: bold; }}
QPushButton[look="primary"]:pressed {{ background: {c.accent_pressed};
    border-color: {c.accent_pressed}; }}
QPushButton[look="primary"]:disabled {{ background: {c.surface_sunken}; border-color: {c.line};
    color: {c.ink_muted}; }}
QPushButton[look="primary"]:focus {{ border: 2px solid {c.ink}; }}
QPushButton[look="plain"] {{ background: transparent; border-color: transparent; }}
QPushButton[look="plain"]:pressed {{ background: {c.surface_sunken}; }}
QPushButton[look="plain"]:focus {{ border: 2px solid {c.accent}; }}
QPushButton[look="member"] {{ background: transparent; border-color: {c.member_line};
    color: {c.member}; }}
QPushButton[look="error"] {{ background: {c.danger}; border-color: {c.danger};
    color: {c.surface_raised}; font-weight: bold; }}
QToolButton {{ background: {c.surface_raised}; border: 1px solid {c.line}; color: {c.ink};
    border-radius: {px(tokens.RADIUS_BUTTON)}px; padding: {px(tokens.SPACE_SMALL)}px 0;
    font-size: {px(tokens.TYPE_BODY)}px; }}
QToolButton:pressed {{ background: {c.surface_sunken}; border-color: {c.line_strong}; }}
QToolButton:disabled {{ color: {c.ink_muted}; background: {c.surface_sunken}; }}
QToolButton:focus {{ border: 2px solid {c.accent}; }}
QLineEdit > QToolButton {{ background: transparent; border: none; padding: 0; }}
QPushButton[look="notice"] {{ background: transparent; border-color: {c.line_strong}; }}
"""


def _keys(look: Look) -> str:
    c, px = look.colours, look.px
    return f"""
QPushButton[look="pay"] {{ background: {c.accent}; border-color: {c.accent};
    color: {c.ink_on_accent}; font-size: {px(tokens.TYPE_HEADING)}px; font-weight: bold; }}
QPushButton[look="pay"]:pressed {{ background: {c.accent_pressed}; }}
QPushButton[look="pay"]:disabled {{ background: {c.surface_sunken}; border-color: {c.line};
    color: {c.ink_muted}; }}
QPushButton[look="pay"]:focus {{ border: 2px solid {c.ink}; }}
QPushButton[look="digit"] {{ font-size: {px(tokens.TYPE_HEADING)}px; padding: 0; }}
QPushButton[look="operation"] {{ font-size: {px(tokens.TYPE_HEADING)}px; padding: 0;
    background: {c.surface_sunken}; }}
QPushButton[look="digit"]:pressed, QPushButton[look="operation"]:pressed {{
    background: {c.accent_wash}; border-color: {c.accent}; }}
QPushButton[look="chip"] {{ border-radius: {px(tokens.TARGET_LEAST) // 2}px;
    padding: 0 {px(tokens.SPACE)}px; }}
QPushButton[look="chip"]:checked {{ background: {c.ink}; border-color: {c.ink};
    color: {c.surface_raised}; }}
QPushButton[look="tender"] {{ font-size: {px(tokens.TYPE_ITEM)}px; font-weight: bold; }}
QPushButton[look="pin"] {{ font-size: {px(tokens.TYPE_HEADING)}px; padding: 0;
    border-radius: {px(tokens.RADIUS_CARD)}px; }}
QPushButton[look="pin"]:pressed {{ background: {c.accent_wash}; border-color: {c.accent}; }}
"""


def _fields(look: Look) -> str:
    c, px = look.colours, look.px
    return f"""
QLineEdit {{ background: {c.surface_raised}; border: 1px solid {c.line_strong}; color: {c.ink};
    border-radius: {px(tokens.RADIUS_BUTTON)}px; padding: 0 {px(tokens.SPACE_MEDIUM)}px;
    font-size: {px(tokens.TYPE_ITEM)}px; selection-background-color: {c.accent};
    selection-color: {c.ink_on_accent}; placeholder-text-color: {c.ink_muted}; }}
QLineEdit[look="search"] {{ background: {c.surface}; border-color: {c.line};
    font-size: {px(tokens.TYPE_BODY)}px; }}
QLineEdit:focus {{ border: 2px solid {c.accent}; }}
QProgressBar {{ background: {c.surface_sunken}; border: none; border-radius: {px(4)}px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: {px(4)}px; }}
"""


def _lists(look: Look) -> str:
    c, px = look.colours, look.px
    wide, round_ = px(tokens.SPACE_SMALL), px(tokens.SPACE_HAIR)
    return f"""
QListView, QTableView {{ background: transparent; border: none; outline: none;
    font-size: {px(tokens.TYPE_BODY)}px; gridline-color: {c.line}; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: {c.surface_sunken}; color: {c.ink_muted}; border: none;
    padding: {px(tokens.SPACE_SMALL)}px; font-size: {px(tokens.TYPE_CAPTION)}px; }}
Row {{ background: {c.surface_raised}; border: 1px solid {c.line};
    border-radius: {px(tokens.RADIUS_CARD)}px; }}
Row:checked {{ background: {c.accent_wash}; border-color: {c.accent}; }}
Row:pressed {{ background: {c.surface_sunken}; }}
Row[flat="true"] {{ background: transparent; border: none; }}
Row:focus {{ border: 2px solid {c.accent}; }}
QScrollBar:vertical {{ background: transparent; width: {wide}px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {c.line_strong}; min-height: {px(48)}px;
    border-radius: {round_}px; }}
QScrollBar:horizontal {{ background: transparent; height: {wide}px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {c.line_strong}; min-width: {px(48)}px;
    border-radius: {round_}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; border: none; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
