"""A serial scanner, or stripe reader, on a pseudo-terminal, behind a name that stays the same.

Unplugging closes the terminal, as a USB device that is pulled out does; plugging in makes another
one behind the same name. Linux and macOS only.
"""

import os
import pty
import tty
from contextlib import suppress
from pathlib import Path


class SerialScannerOnPty:
    """`name` is the path that a driver opens; it exists while the device is plugged in."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self._ours = self._theirs = -1

    def plug_in(self) -> None:
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.name.symlink_to(os.ttyname(self._theirs))

    def unplug(self) -> None:
        self.name.unlink(missing_ok=True)
        for descriptor in (self._ours, self._theirs):
            with suppress(OSError):
                os.close(descriptor)
        self._ours = self._theirs = -1

    def scan(self, text: str, *, end: bytes = b"\r") -> None:
        self.send(text.encode() + end)

    def send(self, data: bytes) -> None:
        """These bytes as they are: half a code, another encoding, noise."""
        os.write(self._ours, data)
