"""All the chance of a run: generators that a seed and a purpose make, independent of each other.

Dropping one event of a plan leaves the chance of the others as it was, so a plan can be shrunk.
"""

# Only here, and always with a seed: the same seed is the same run.
import hashlib
from random import Random  # noqa: TID251


class Chance(Random):
    """A generator for one purpose of one seed."""

    def __init__(self, *purpose: object) -> None:
        digest = hashlib.sha256("/".join(map(str, purpose)).encode()).digest()
        super().__init__(int.from_bytes(digest[:8], "big"))

    def happens(self, of_a_hundred: float) -> bool:
        return self.random() * 100 < of_a_hundred


class SeededBytes:
    """The entropy that programs are given. Its state is counted, so that no two draws are alike."""

    def __init__(self, *purpose: object) -> None:
        self._name = "/".join(map(str, purpose))
        self._drawn = 0

    def bytes(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(f"{self._name} {self._drawn}".encode()).digest(count)
