"""The bytes of pole displays; no port is opened here.

Sources: CD5220 user manual, 7.2 (ESC Q A and ESC Q B take a whole line of 20, CLR leaves that
mode); Epson DM-D reference (ESC =, US $); the command set that Chinese LED8 guest displays share
(ESC s lights a lamp, ESC Q A takes figures). The last is known from descriptions of users alone.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from hardware.displays.content import PoleContent, PoleLabel, one_line

LED8_DIGITS: Final = 8

_INITIALISE: Final = b"\x1b@"
_CLEAR: Final = b"\x0c"
_SELECT_DISPLAY: Final = b"\x1b=\x02"
_SELECT_PRINTER: Final = b"\x1b=\x01"
_UPPER: Final = b"\x1bQA"
_LOWER: Final = b"\x1bQB"
_END_OF_LINE: Final = b"\r"
_LAMPS: Final = {
    PoleLabel.NONE: b"\x1bs0",
    PoleLabel.UNIT_PRICE: b"\x1bs1",
    PoleLabel.TOTAL: b"\x1bs2",
    PoleLabel.RECEIVED: b"\x1bs3",
    PoleLabel.CHANGE: b"\x1bs4",
}


class PoleKind(StrEnum):
    """The languages that displays speak.

    `cd5220`: two lines of 20, most of those sold in China. `escpos`: Epson DM-D and alike, also
    behind a printer. `led8`: eight figures and four lamps.
    """

    CD5220 = "cd5220"
    ESCPOS = "escpos"
    LED8 = "led8"


def opening(kind: PoleKind) -> bytes:
    """What brings the display into a known state."""
    match kind:
        case PoleKind.ESCPOS:
            return _SELECT_DISPLAY + _INITIALISE + _CLEAR + _SELECT_PRINTER
        case PoleKind.CD5220 | PoleKind.LED8:
            return _INITIALISE + _CLEAR


def shown(kind: PoleKind, content: PoleContent) -> bytes:
    """The whole of what is shown; it replaces what was shown before."""
    return _ENCODERS[kind](content)


def _cd5220(content: PoleContent) -> bytes:
    upper, lower = _two_lines(content)
    return _UPPER + upper + _END_OF_LINE + _LOWER + lower + _END_OF_LINE


def _escpos(content: PoleContent) -> bytes:
    upper, lower = _two_lines(content)
    return _SELECT_DISPLAY + _at(1) + upper + _at(2) + lower + _SELECT_PRINTER


def _at(row: int) -> bytes:
    """`US $ x y`: to the first column of a row."""
    return b"\x1f$\x01" + bytes([row])


def _led8(content: PoleContent) -> bytes:
    if not content.amount:
        return _CLEAR + _LAMPS[PoleLabel.NONE]
    return _LAMPS[content.label] + _UPPER + _figures(content.amount) + _END_OF_LINE


def _figures(amount: str) -> bytes:
    """At most eight digits; the point lies between two of them and takes no place."""
    places = len(amount.replace(".", ""))
    return amount.encode("ascii") if places <= LED8_DIGITS else b"-" * LED8_DIGITS


def _two_lines(content: PoleContent) -> tuple[bytes, bytes]:
    upper, lower = one_line(content.upper, ""), one_line(content.lower, content.amount)
    return upper.encode("ascii"), lower.encode("ascii")


_ENCODERS: Final[dict[PoleKind, Callable[[PoleContent], bytes]]] = {
    PoleKind.CD5220: _cd5220,
    PoleKind.ESCPOS: _escpos,
    PoleKind.LED8: _led8,
}
