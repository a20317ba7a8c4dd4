"""Time for devices: a running count of milliseconds that never jumps, and deadlines on it."""

import time
from collections.abc import Callable

MonotonicMs = Callable[[], int]


def monotonic_ms() -> int:
    """Milliseconds since some fixed moment; for a bootstrap to hand in."""
    return time.monotonic_ns() // 1_000_000


class Deadline:
    """A moment after which waiting stops."""

    def __init__(self, clock: MonotonicMs, within_ms: int) -> None:
        self._clock = clock
        self._end_ms = clock() + within_ms

    @property
    def left_ms(self) -> int:
        """Milliseconds that remain, never below 0."""
        return max(0, self._end_ms - self._clock())

    @property
    def over(self) -> bool:
        return self.left_ms == 0

    def at_most(self, within_ms: int) -> "Deadline":
        """A deadline for one step: the sooner of this one and `within_ms` from now."""
        return Deadline(self._clock, min(self.left_ms, within_ms))
