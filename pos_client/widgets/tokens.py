"""Colours, sizes and type of the product: the one place where such literals stand.

Sizes are pixels at 96 dpi or millimetres on the glass; `Look` turns both into pixels of a screen.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Tint(msgspec.Struct, frozen=True):
    """A calm ground for the dishes of one category and the stronger tone beside it."""

    ground: str
    edge: str


class Colours(msgspec.Struct, frozen=True, kw_only=True):
    """`wash` colours are grounds for a bar or a selected row; ink stays readable on all of them."""

    surface: str
    surface_raised: str
    surface_sunken: str
    ink: str
    ink_muted: str
    ink_on_accent: str
    line: str
    line_strong: str
    accent: str
    accent_pressed: str
    accent_wash: str
    positive: str
    positive_wash: str
    warning: str
    warning_wash: str
    danger: str
    danger_wash: str
    member: str
    member_ground: str
    member_line: str
    panel: str
    ink_on_panel: str
    tints: tuple[Tint, ...]


LIGHT: Final = Colours(
    surface="#F6F5F2",
    surface_raised="#FFFFFF",
    surface_sunken="#ECEAE5",
    ink="#1B1D1F",
    ink_muted="#5C6166",
    ink_on_accent="#FFFFFF",
    line="#DAD7D0",
    line_strong="#B9B5AC",
    accent="#0B6E5F",
    accent_pressed="#085347",
    accent_wash="#E3F0ED",
    positive="#2E7D32",
    positive_wash="#E6F2E6",
    warning="#A15C00",
    warning_wash="#FBF0DD",
    danger="#B3261E",
    danger_wash="#FBE9E7",
    member="#7A4B12",
    member_ground="#FBF1E1",
    member_line="#EBD9BC",
    panel="#0B6E5F",
    ink_on_panel="#FFFFFF",
    tints=(
        Tint("#EAF1E6", "#7E9E6C"),
        Tint("#F8EBE3", "#C58A66"),
        Tint("#E6EFF5", "#6D97B4"),
        Tint("#F7F0DC", "#BFA04E"),
        Tint("#F0EAF4", "#9A7FB0"),
        Tint("#E3F1EF", "#5FA199"),
        Tint("#F8E8EA", "#C27F89"),
        Tint("#EEEDE3", "#98947A"),
    ),
)

DARK: Final = Colours(
    surface="#16181A",
    surface_raised="#1F2225",
    surface_sunken="#101213",
    ink="#F1F0EC",
    ink_muted="#A3A9AE",
    ink_on_accent="#0E1113",
    line="#34383C",
    line_strong="#50565B",
    accent="#3FC7AE",
    accent_pressed="#2FA792",
    accent_wash="#173632",
    positive="#81C784",
    positive_wash="#1C2F1E",
    warning="#FFB74D",
    warning_wash="#352814",
    danger="#F28B82",
    danger_wash="#3A1F1D",
    member="#F0C987",
    member_ground="#2C2418",
    member_line="#493B26",
    panel="#122B28",
    ink_on_panel="#D9EFEA",
    tints=(
        Tint("#222B21", "#7E9E6C"),
        Tint("#302620", "#C58A66"),
        Tint("#1F2A32", "#6D97B4"),
        Tint("#2E2A1D", "#BFA04E"),
        Tint("#2A2530", "#9A7FB0"),
        Tint("#1D2C2B", "#5FA199"),
        Tint("#312426", "#C27F89"),
        Tint("#282822", "#98947A"),
    ),
)


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


SCHEMES: Final = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}

# Space, px at 96 dpi; nothing between.
SPACE_HAIR: Final = 4
SPACE_SMALL: Final = 8
SPACE_MEDIUM: Final = 12
SPACE: Final = 16
SPACE_LARGE: Final = 24
SPACE_HUGE: Final = 32
SPACE_GIANT: Final = 48

RADIUS_CARD: Final = 8
RADIUS_BUTTON: Final = 6

# Type, px at 96 dpi; two weights.
TYPE_CAPTION: Final = 13
TYPE_BODY: Final = 15
TYPE_ITEM: Final = 18
TYPE_HEADING: Final = 22
TYPE_TOTAL: Final = 32
TYPE_AMOUNT: Final = 44
TYPE_CLOCK: Final = 96
FONT_FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "Source Han Sans SC",
    "sans-serif",
)

# What a finger needs, mm on the glass, and the least in px at 96 dpi (reference: 44 px).
TARGET_MM: Final = 10
KEY_MM: Final = 12
PAY_MM: Final = 15
TARGET_LEAST: Final = 44
KEY_LEAST: Final = 48
PAY_LEAST: Final = 64

ICON: Final = 20
ICON_LARGE: Final = 24
ICON_GIANT: Final = 64

FLASH_MS: Final = 120
# The screen for which everything was drawn; larger type never makes it overflow a smaller one.
DESIGN_WIDTH: Final = 1024
DESIGN_HEIGHT: Final = 744
