"""Processes to be hurt: forked, so that a start costs no second, and heard while they live."""

import os
import select
import signal
import struct
from collections.abc import Callable
from typing import Final, NoReturn

_PATIENCE_S: Final = 60.0
_NUMBER: Final = struct.Struct(">Q")


class Child:
    """`be` runs in the child with a function that tells a number. Not for threads: it forks."""

    def __init__(self, be: Callable[[Callable[[int], None]], NoReturn]) -> None:
        self._hear, speak = os.pipe()
        self._heard = b""
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._hear)
            try:
                be(lambda number: _tell(speak, number))
            finally:
                os._exit(1)
        os.close(speak)

    def wait_for_number(self) -> None:
        """Until it has told one, or ended."""
        select.select([self._hear], [], [], _PATIENCE_S)

    def wait_for_end(self) -> bool:
        """Until it has ended, whatever it tells before; whether it did in time."""
        os.set_blocking(self._hear, True)
        while select.select([self._hear], [], [], _PATIENCE_S)[0]:
            said = os.read(self._hear, 1 << 16)
            if not said:
                return True
            self._heard += said
        return False

    def last_number(self) -> int | None:
        """What it told last, without waiting."""
        os.set_blocking(self._hear, False)
        try:
            while said := os.read(self._hear, 1 << 16):
                self._heard += said
        except BlockingIOError:
            pass
        whole = len(self._heard) // _NUMBER.size
        return (
            int(_NUMBER.unpack_from(self._heard, (whole - 1) * _NUMBER.size)[0]) if whole else None
        )

    def kill(self) -> int | None:
        """kill -9; what it told last before it died."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        told = self.last_number()
        os.close(self._hear)
        return told


def _tell(speak: int, number: int) -> None:
    os.write(speak, _NUMBER.pack(number))
