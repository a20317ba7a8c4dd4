"""What a campaign of faults found."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec


class Report(msgspec.Struct, kw_only=True):
    """`lost` was acknowledged and is gone, `doubled` counts more than once, `damaged` cannot be
    read any more: of these none may be. `unacknowledged` is there without anybody having been told,
    which is no fault, but shows that faults came in the middle of the work.
    """

    name: str
    seed: int
    faults: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    damaged: int = 0
    unacknowledged: int = 0
    seconds: float = 0.0
    seen: dict[str, int] = {}

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.damaged)

    def note(self, told: int | None, held: int) -> None:
        """A fault, after orders up to `told` were acknowledged; those up to `held` were before."""
        self.faults += 1
        self.acknowledged += (told or held) - held
        self.saw("before the first order" if told is None else "while selling")

    def saw(self, what: str) -> None:
        """Count that something was really reached."""
        self.seen[what] = self.seen.get(what, 0) + 1

    def line(self) -> str:
        seen = ", ".join(f"{name} {count}" for name, count in sorted(self.seen.items()))
        return (
            f"{self.name}: {self.faults} faults, {self.acknowledged} acknowledged, "
            f"{self.lost} lost, {self.doubled} doubled, {self.damaged} damaged, "
            f"{self.unacknowledged} not acknowledged, {self.seconds:.1f} s, seed {self.seed}"
            + (f" ({seen})" if seen else "")
        )


class Campaign(Protocol):
    def __call__(self, folder: Path, *, count: int, seed: int) -> Report: ...


@contextmanager
def timed(report: Report) -> Iterator[Report]:
    began = time.monotonic()
    yield report
    report.seconds = time.monotonic() - began
