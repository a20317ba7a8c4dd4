"""What an emulated printer has received and not printed yet."""

import time
from collections import deque
from collections.abc import Callable

from hardware.emulators.escpos_stream import Command

SLOW_LINE_S = 0.004
PRINTS_LINES = frozenset({"LF", "GS v"})
MAX_COMMANDS = 200_000


class CommandQueue:
    """Commands in the order they came; `execute` carries one out."""

    def __init__(self, execute: Callable[[Command], None]) -> None:
        self._execute = execute
        self._held: deque[Command] = deque()
        self._busy_until_s = 0.0
        self.byte_count = 0

    def __bool__(self) -> bool:
        return bool(self._held)

    @property
    def overflowed(self) -> bool:
        return len(self._held) > MAX_COMMANDS

    def add(self, command: Command) -> None:
        self._held.append(command)
        self.byte_count += len(command.arguments) + 2

    def clear(self) -> None:
        self._held.clear()
        self.byte_count = 0

    def work(self, *, slow: bool) -> None:
        """Carry out what is there; when slow, a line now and the rest later."""
        while self._held and time.monotonic() >= self._busy_until_s:
            command = self._held.popleft()
            self.byte_count -= len(command.arguments) + 2
            self._execute(command)
            if slow and command.name in PRINTS_LINES:
                self._busy_until_s = time.monotonic() + SLOW_LINE_S

    def next_work_s(self) -> float:
        """How long until there is something to do again."""
        return max(0.0, self._busy_until_s - time.monotonic())
