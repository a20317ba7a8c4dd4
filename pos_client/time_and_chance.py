"""Where time and entropy come from: a bootstrap makes the system's, tests hand in their own."""

import secrets
import time
from typing import Protocol

from domain.identifiers import ENTROPY_BYTES, new_identifier


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix time of the machine's own clock, which may be wrong."""
        ...

    def elapsed_ms(self) -> int:
        """Milliseconds since some fixed moment; never steps, and counts sleep where it can."""
        ...


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def elapsed_ms(self) -> int:
        # Linux: CLOCK_BOOTTIME goes on while the machine sleeps. Elsewhere monotonic does.
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        if clock is None:
            return time.monotonic_ns() // 1_000_000
        return time.clock_gettime_ns(clock) // 1_000_000


class Entropy(Protocol):
    def bytes(self, count: int) -> bytes: ...


class SystemEntropy:
    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class TrustedTime:
    """The last server time plus what has elapsed since; without one, this machine's clock.

    Before the first contact it begins at the latest time that is stored, or later, and passes at
    least as the steady clock does: setting the machine's clock back gains nothing. After it only
    the server moves it, also back; what never goes back is a stamp (`domain.stamps.tick`).
    """

    def __init__(self, clock: Clock, *, not_before_ms: int = 0) -> None:
        self._clock = clock
        self._least_ahead_ms = max(clock.now_ms(), not_before_ms) - clock.elapsed_ms()
        self._ahead_of_elapsed_ms: int | None = None

    def set_from_server(self, server_time_ms: int) -> None:
        self._ahead_of_elapsed_ms = server_time_ms - self._clock.elapsed_ms()

    def now_ms(self) -> int:
        if self._ahead_of_elapsed_ms is not None:
            return self._ahead_of_elapsed_ms + self._clock.elapsed_ms()
        return max(self._clock.now_ms(), self._least_ahead_ms + self._clock.elapsed_ms())


def make_identifier(now_ms: int, entropy: Entropy) -> str:
    return new_identifier(now_ms, entropy.bytes(ENTROPY_BYTES))
