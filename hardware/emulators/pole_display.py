"""A pole display made of software, on a pseudo terminal: what a guest would read on it.

It shares no code with the driver. Unplugging closes the terminal; plugging in again makes a new
one, so a test names it by a symbolic link that stays.
"""

import os
import re
import select
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

COLUMNS: Final = 20
_COMMAND: Final = re.compile(
    rb"(?P<clear>\x1b@|\x0c)|\x1bQ(?P<row>[AB])(?P<text>[^\r]*)\r|\x1bs(?P<lamp>.)"
    rb"|\x1f\$(?P<place>..)|(?P<sign>[ -~])|(?P<other>\x1b=.|[^\x1b\x1f])",
    re.DOTALL,
)
_WAIT_S: Final = 0.05
_READ_BYTES: Final = 4_096


class Seen(msgspec.Struct, frozen=True):
    """The two lines of a display with letters; `lamp` and `figures` of one with segments."""

    upper: str = " " * COLUMNS
    lower: str = " " * COLUMNS
    lamp: str = ""
    figures: str = ""


class PoleScreen:
    """What stands on the glass after the bytes so far; pure, fed in pieces of any size."""

    def __init__(self, *, segments: bool) -> None:
        self._segments = segments
        self._rest = b""
        self._rows = [" " * COLUMNS, " " * COLUMNS]
        self._lamp = ""
        self._figures = ""
        self._place = (0, 0)

    @property
    def seen(self) -> Seen:
        return Seen(self._rows[0], self._rows[1], self._lamp, self._figures)

    def feed(self, data: bytes) -> None:
        self._rest += data
        while found := _COMMAND.match(self._rest):
            self._rest = self._rest[found.end() :]
            self._obey(found)

    def _obey(self, found: re.Match[bytes]) -> None:
        match found.lastgroup:
            case "clear":
                self._clear()
            case "text":
                self._whole_line(found["row"].decode("ascii"), found["text"].decode("ascii"))
            case "lamp":
                self._lamp = found["lamp"].decode("ascii")
            case "place":
                column, row = found["place"]
                self._place = (row - 1, column - 1)
            case "sign":
                self._write(found["sign"].decode("ascii"))
            case _:
                pass  # which of two devices is meant, and what means nothing

    def _whole_line(self, which: str, text: str) -> None:
        if self._segments:
            self._figures = text
            return
        if len(text) != COLUMNS:
            raise AssertionError(f"a line of {len(text)}")
        self._rows["AB".index(which)] = text

    def _write(self, sign: str) -> None:
        row, column = self._place
        line = self._rows[row]
        self._rows[row] = line[:column] + sign + line[column + 1 :]
        self._place = (row, min(column + 1, COLUMNS - 1))

    def _clear(self) -> None:
        self._rows = [" " * COLUMNS, " " * COLUMNS]
        self._lamp = self._figures = ""
        self._place = (0, 0)


class PoleDisplayEmulator:
    """Start it, open `path` as a serial port, look at `seen`."""

    def __init__(self, path: Path, *, segments: bool = False) -> None:
        self.path = path
        self._segments = segments
        self._screen = PoleScreen(segments=segments)
        self._changed = threading.Condition()
        self._ends: tuple[int, int] | None = None
        self._unplugging = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unplug()

    @property
    def seen(self) -> Seen:
        with self._changed:
            return self._screen.seen

    def wait_for(self, wanted: Seen, *, within_s: float) -> bool:
        """Whether this stands on the glass before the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self._screen.seen == wanted, within_s)

    def plug_in(self) -> None:
        self._screen = PoleScreen(segments=self._segments)
        self._ends = os.openpty()
        self._unplugging.clear()
        self.path.symlink_to(os.ttyname(self._ends[1]))
        self._thread = threading.Thread(target=self._listen, name="pole-emulator", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Also called twice: the second does nothing."""
        if self._ends is None or self._thread is None:
            return
        self.path.unlink()
        self._unplugging.set()
        self._thread.join()
        for end in self._ends:
            os.close(end)
        self._ends = None

    def _listen(self) -> None:
        assert self._ends is not None, "plugged in"
        end = self._ends[0]
        while not self._unplugging.is_set():
            if select.select([end], [], [], _WAIT_S)[0]:
                data = os.read(end, _READ_BYTES)
                with self._changed:
                    self._screen.feed(data)
                    self._changed.notify_all()
