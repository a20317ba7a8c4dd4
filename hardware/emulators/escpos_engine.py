"""The printing part of an emulated printer: commands in, rows of paper out."""

from collections.abc import Callable
from typing import ClassVar

import msgspec

from hardware.emulators.escpos_paper import (
    CELL_DOTS,
    Ending,
    FeedRow,
    Mark,
    PictureRow,
    QrRow,
    Receipt,
    Row,
    Style,
    TextRow,
)
from hardware.emulators.escpos_stream import Command

LINE_DOTS = 34  # 1/6 inch at 203 dots an inch
CUT_FEED_DOTS = 60
FIRST_LEAD_BYTE = 0x81
ASCII_END = 0x80
CHINESE_PAGE, WESTERN_PAGE = "gbk", "cp437"


class PrintEngine:
    """Executes commands one after the other.

    Args:
        dots: printable width.
        chinese: whether it powers on in Chinese mode, as models for the Chinese market do.
        pulse: told when a queued command opens the drawer.
        beep: told when a queued command sounds the buzzer, and how often.
    """

    def __init__(
        self,
        *,
        dots: int,
        chinese: bool,
        pulse: Callable[[], None],
        beep: Callable[[int], None] = lambda _times: None,
    ) -> None:
        self._finished: list[Receipt] = []
        self._count = 0
        self._dots = dots
        self._chinese_at_start = chinese
        self._pulse = pulse
        self._beep = beep
        self._rows: list[Row] = []
        self._qr = {"content": b"", "module": b"\x03", "level": b"0"}
        self._reset()

    def execute(self, command: Command) -> None:
        """Carry out one command; unknown ones are passed over."""
        handler = self._HANDLERS.get(command.name)
        if handler:
            handler(self, command.arguments)

    def take_receipts(self) -> list[Receipt]:
        """The receipts finished since this was last asked."""
        finished, self._finished = self._finished, []
        return finished

    def tear_off(self) -> None:
        """End the receipt without a cut, if anything is on it."""
        self._end_line(only_if_marked=True)
        self._finish(Ending.TORN)

    def _reset(self, _arguments: bytes = b"") -> None:
        self._marks: list[Mark] = []
        self._lead = b""
        self._style = Style()
        self._align = 0
        self._line_dots = LINE_DOTS
        self._chinese = self._chinese_at_start
        self._extra_dots = {1: 0, 2: 0}

    def _text(self, data: bytes) -> None:
        for byte in data:
            code = self._lead + bytes([byte])
            if self._chinese and not self._lead and byte >= FIRST_LEAD_BYTE:
                self._lead = code
                continue
            self._lead = b""
            self._add(code)

    def _add(self, code: bytes) -> None:
        page = CHINESE_PAGE if len(code) > 1 or code[0] < ASCII_END else WESTERN_PAGE
        cells = len(code)
        extra_dots = self._extra_dots[cells]
        mark = Mark(code.decode(page, errors="replace"), cells, self._style, extra_dots)
        if sum(each.dots for each in self._marks) + cells * CELL_DOTS * mark.style.width > (
            self._dots
        ):
            self._end_line(overflowed=True)
        self._marks.append(mark)

    def _line_feed(self, _arguments: bytes) -> None:
        self._end_line()

    def _end_line(self, *, overflowed: bool = False, only_if_marked: bool = False) -> None:
        if only_if_marked and not self._marks:
            return
        self._rows.append(TextRow(tuple(self._marks), self._align, self._line_dots, overflowed))
        self._marks = []
        self._lead = b""

    def _feed_lines(self, arguments: bytes) -> None:
        self._end_line(only_if_marked=True)
        self._rows.append(FeedRow(arguments[0] * self._line_dots))

    def _feed_dots(self, arguments: bytes) -> None:
        self._end_line(only_if_marked=True)
        self._rows.append(FeedRow(arguments[0]))

    def _size(self, arguments: bytes) -> None:
        width, height = (arguments[0] >> 4 & 7) + 1, (arguments[0] & 7) + 1
        self._style = msgspec.structs.replace(self._style, width=width, height=height)

    def _print_mode(self, arguments: bytes) -> None:
        value = arguments[0]
        inverse = self._style.inverse
        self._style = Style(1 + (value >> 5 & 1), 1 + (value >> 4 & 1), bool(value & 8), inverse)

    def _bold(self, arguments: bytes) -> None:
        self._style = msgspec.structs.replace(self._style, bold=bool(arguments[0] & 1))

    def _inverse(self, arguments: bytes) -> None:
        self._style = msgspec.structs.replace(self._style, inverse=bool(arguments[0] & 1))

    def _set_align(self, arguments: bytes) -> None:
        self._align = arguments[0] & 3

    def _chinese_on(self, _arguments: bytes) -> None:
        self._chinese = True

    def _chinese_off(self, _arguments: bytes) -> None:
        self._chinese = False

    def _western_space(self, arguments: bytes) -> None:
        self._extra_dots[1] = arguments[0]

    def _chinese_space(self, arguments: bytes) -> None:
        self._extra_dots[2] = arguments[0] + arguments[1]

    def _line_spacing(self, arguments: bytes) -> None:
        self._line_dots = arguments[0] if arguments else LINE_DOTS

    def _default_spacing(self, _arguments: bytes) -> None:
        self._line_dots = LINE_DOTS

    def _symbol(self, arguments: bytes) -> None:
        """`GS ( k pL pH cn fn ...` for QR codes (cn 49)."""
        kind, function, rest = arguments[0:1] + arguments[3:4], arguments[4:5], arguments[5:]
        if kind != b"k1":
            return
        match function[0]:
            case 67:
                self._qr["module"] = rest[:1]
            case 69:
                self._qr["level"] = rest[:1]
            case 80:
                self._qr["content"] = rest[1:]
            case 81 if self._qr["content"]:
                level = self._qr["level"][0] & 3
                module = self._qr["module"][0]
                self._rows.append(QrRow(self._qr["content"], module, level, self._align))
            case _:
                pass  # the other functions print nothing

    def _raster(self, arguments: bytes) -> None:
        width_bytes = arguments[2] + 256 * arguments[3]
        rows = arguments[4] + 256 * arguments[5]
        self._rows.append(PictureRow(width_bytes, rows, arguments[6:], self._align))

    def _cut(self, arguments: bytes) -> None:
        self._end_line(only_if_marked=True)
        self._rows.append(FeedRow(CUT_FEED_DOTS + sum(arguments[1:])))
        self._finish(Ending.CUT)

    def _finish(self, ending: Ending) -> None:
        if self._rows:
            self._count += 1
            self._finished.append(Receipt(self._count, self._dots, tuple(self._rows), ending))
        self._rows = []

    def _sound(self, arguments: bytes) -> None:
        self._beep(arguments[0])

    def _sound_pattern(self, arguments: bytes) -> None:
        """`ESC ( A pL pH fn n c t ...`: c is how often."""
        if arguments[:1] == b"A" and len(arguments) > 5:  # noqa: PLR2004
            self._beep(arguments[5])

    def _queued_pulse(self, _arguments: bytes) -> None:
        self._pulse()

    _HANDLERS: ClassVar[dict[str, Callable[["PrintEngine", bytes], None]]] = {
        "text": _text,
        "LF": _line_feed,
        "ESC @": _reset,
        "ESC !": _print_mode,
        "ESC B": _sound,
        "ESC (": _sound_pattern,
        "ESC E": _bold,
        "ESC a": _set_align,
        "ESC d": _feed_lines,
        "ESC J": _feed_dots,
        "ESC 2": _default_spacing,
        "ESC 3": _line_spacing,
        "ESC  ": _western_space,
        "ESC p": _queued_pulse,
        "FS &": _chinese_on,
        "FS .": _chinese_off,
        "FS S": _chinese_space,
        "GS !": _size,
        "GS B": _inverse,
        "GS (": _symbol,
        "GS v": _raster,
        "GS V": _cut,
    }
