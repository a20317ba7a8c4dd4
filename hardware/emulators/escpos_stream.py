"""The byte stream of an ESC/POS printer cut into commands (Epson ESC/POS reference)."""

from collections.abc import Callable, Iterator

import msgspec

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
FIRST_TEXT_BYTE = 0x20
MAX_COMMAND_BYTES = 4_000_000  # a picture longer than any paper; beyond it the stream is noise


class Command(msgspec.Struct, frozen=True):
    """One command: its name (`ESC a`, `GS ( k`, `text`, `LF`) and the bytes after it."""

    name: str
    arguments: bytes = b""


# Name of the lead byte, then letter -> (how many argument bytes follow).
_FIXED: dict[int, tuple[str, dict[int, int]]] = {
    ESC: (
        "ESC",
        {ord(letter): 1 for letter in " !-23ER{Mtad%=GJVe"}
        | {ord("@"): 0, ord("2"): 0, ord("p"): 3, ord("B"): 2, ord("$"): 2, ord("\\"): 2},
    ),
    FS: ("FS", {ord("&"): 0, ord("."): 0, ord("S"): 2, ord("!"): 1, ord("-"): 1, ord("W"): 1}),
    GS: (
        "GS",
        {ord(letter): 1 for letter in "!BarIHfwhb/"} | {ord("L"): 2, ord("W"): 2, ord("P"): 2},
    ),
    DLE: ("DLE", {0x04: 1, 0x05: 1, 0x14: 3}),
}
_REAL_TIME_NAMES = {0x04: "EOT", 0x05: "ENQ", 0x14: "DC4"}
_PLAIN = {0x0A: "LF", 0x0D: "CR", 0x09: "HT", 0x0C: "FF", 0x18: "CAN"}


class CommandStream:
    """Collects received bytes and gives out each command once it is whole."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, received: bytes) -> Iterator[Command]:
        self._pending += received
        while (cut := _first(self._pending)) is not None:
            command, length = cut
            self._pending = self._pending[length:]
            yield command


def _first(data: bytes) -> tuple[Command, int] | None:
    """The first command and its length; None while it is not complete."""
    if not data:
        return None
    lead = data[0]
    if lead >= FIRST_TEXT_BYTE:
        return _text(data)
    if lead not in _FIXED:
        return Command(_PLAIN.get(lead, "unknown"), data[:1]), 1
    if len(data) == 1:
        return None
    return _lettered(data)


def _text(data: bytes) -> tuple[Command, int]:
    end = next((at for at, byte in enumerate(data) if byte < FIRST_TEXT_BYTE), len(data))
    return Command("text", data[:end]), end


def _lettered(data: bytes) -> tuple[Command, int] | None:
    lead, letter = data[0], data[1]
    measure = _MEASURED.get(bytes([lead, letter]))
    family, counts = _FIXED[lead]
    count = counts.get(letter, 0) if measure is None else measure(data)
    known = letter in counts or measure is not None
    if not known or (count is not None and count > MAX_COMMAND_BYTES):
        return Command("unknown", data[:2]), 2
    if count is None or len(data) < 2 + count:
        return None
    shown = _REAL_TIME_NAMES[letter] if lead == DLE else chr(letter)
    return Command(f"{family} {shown}", data[2 : 2 + count]), 2 + count


def _parenthesis(data: bytes) -> int | None:
    return 3 + data[3] + 256 * data[4] if len(data) > 4 else None  # noqa: PLR2004


def _raster(data: bytes) -> int | None:
    if len(data) < 8:  # noqa: PLR2004 - GS v 0 m xL xH yL yH
        return None
    return 6 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7])


def _columns(data: bytes) -> int | None:
    if len(data) < 5:  # noqa: PLR2004 - ESC * m nL nH
        return None
    bytes_a_column = 3 if data[2] in {32, 33} else 1
    return 3 + (data[3] + 256 * data[4]) * bytes_a_column


def _cut(data: bytes) -> int | None:
    if len(data) < 3:  # noqa: PLR2004 - GS V m, and n for the feeding forms
        return None
    return 2 if data[2] in {65, 66, 97, 98, 103, 104} else 1


_MEASURED: dict[bytes, Callable[[bytes], int | None]] = {
    b"\x1d(": _parenthesis,
    b"\x1b(": _parenthesis,
    b"\x1dv": _raster,
    b"\x1b*": _columns,
    b"\x1dV": _cut,
}
