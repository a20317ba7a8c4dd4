"""Virtual time: one queue of what is to happen, and clocks that tell it right or wrong."""

import heapq
from collections.abc import Callable
from typing import Final

from tests.simulation.reached import Violation

START_MS: Final = 1_795_300_000_000  # 2026-11-21 in the evening, in UTC
SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS


class World:
    """What is due next happens next; of things due at one moment, what was asked first."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.steps = 0
        self.most_steps = 1_000_000
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._asked = 0

    def at(self, when_ms: int, work: Callable[[], None]) -> None:
        self._asked += 1
        heapq.heappush(self._due, (max(when_ms, self.now_ms), self._asked, work))

    def after(self, delay_ms: int, work: Callable[[], None]) -> None:
        self.at(self.now_ms + delay_ms, work)

    def run_until(self, end_ms: int, after_each: Callable[[], None]) -> None:
        """Do everything that is due up to then.

        Raises:
            Violation: it takes more steps than any run that comes to rest.
        """
        while self._due and self._due[0][0] <= end_ms:
            self.now_ms, _, work = heapq.heappop(self._due)
            self.steps += 1
            if self.steps > self.most_steps:
                raise Violation(
                    f"no rest after {self.steps} steps: something goes round in circles"
                )
            work()
            after_each()
        self.now_ms = end_ms


class TillClock:
    """A machine's clocks: its wall clock is off, drifts and is set; its steady one only drifts."""

    def __init__(self, world: World, *, off_ms: int = 0) -> None:
        self._world = world
        self._drift_ppm = 0
        self._at_ms = world.now_ms
        self._wall_ms = world.now_ms + off_ms
        self._steady_ms = 0

    def now_ms(self) -> int:
        return max(0, self._wall_ms + self._passed_ms())

    def elapsed_ms(self) -> int:
        return self._steady_ms + self._passed_ms()

    def reboot(self) -> None:
        """The steady clock begins anew."""
        self._settle()
        self._steady_ms = 0

    def drift(self, ppm: int) -> None:
        self._settle()
        self._drift_ppm = ppm

    def set_by(self, by_ms: int) -> None:
        self._wall_ms += by_ms

    def _settle(self) -> None:
        passed_ms = self._passed_ms()
        self._wall_ms += passed_ms
        self._steady_ms += passed_ms
        self._at_ms = self._world.now_ms

    def _passed_ms(self) -> int:
        passed_ms = self._world.now_ms - self._at_ms
        return passed_ms + passed_ms * self._drift_ppm // 1_000_000
