"""Makes `typists.jsonl` and `scanners.jsonl`: key timings of people and of scanners.

No person and no scanner was recorded. The gaps are those that are documented, drawn with a fixed
seed so that anybody gets the same files; docs/hardware.md names them. Run again with
`python -m tests.hardware.timings.make`.

A line is one recording: `who`, the `text` that was meant, how it `ends`, and `events`:
milliseconds, "d" or "u" for down and up, the key. Keys of more than one letter are named.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
Event = tuple[int, str, str]
Recording = dict[str, Any]
START_MS = 5_000


class Chance:
    """Whole numbers that look drawn and are the same in every run."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def between(self, low: int, high: int) -> int:
        self._count += 1
        digest = hashlib.sha256(f"{self._seed} {self._count}".encode()).digest()
        return low + int.from_bytes(digest[:4]) % (high - low + 1)

    def one_in(self, count: int) -> bool:
        return self.between(1, count) == 1


def strokes(
    text: str, gap: Callable[[int], int], hold: Callable[[], int], *, ends: tuple[str, ...] = ()
) -> list[Event]:
    """Presses `gap` apart, each let go after `hold`; Shift is down around capitals and signs."""
    at, events = START_MS, []
    for place, key in enumerate([*text, *ends]):
        at += gap(place) if place else 0
        shifted = len(key) == 1 and (key.isupper() or key in ':?_~"+')
        if shifted:
            events.append((at, "d", "Shift"))
        events.append((at, "d", key))
        up = at + hold()
        events.append((up, "u", key))
        if shifted:
            events.append((up, "u", "Shift"))
    return sorted(events, key=lambda event: event[0])


def typist(
    who: str, text: str, low: int, high: int, hold: tuple[int, int], *, rolls: bool
) -> Recording:
    """With `rolls`, two or three fingers now and then come down 8 to 34 ms apart."""
    chance = Chance(who + text)
    rolling = 0

    def gap(_place: int) -> int:
        nonlocal rolling
        if rolls and not rolling and chance.one_in(5):
            rolling = chance.between(1, 2)
        if rolling:
            rolling -= 1
            return chance.between(8, 34)
        return chance.between(low, high)

    events = strokes(text, gap, lambda: chance.between(*hold), ends=("Enter",))
    return {"who": who, "text": text, "ends": ["Enter"], "events": events}


TYPED = (
    "wang li 13800138000",
    "no coriander, less salt",
    "1280",
    "13912345678",
    "the quick brown fox jumps over it",
)


def typists() -> Iterator[Recording]:
    for text in TYPED:
        yield typist("fast typist, 40 to 70 ms", text, 40, 70, (60, 120), rolls=False)
        yield typist("fast typist who rolls, 45 to 90 ms", text, 45, 90, (70, 130), rolls=True)
        yield typist("fast typist, short touch, 40 to 80 ms", text, 40, 80, (28, 45), rolls=False)
        yield typist("cashier, 70 to 120 ms", text, 70, 120, (60, 110), rolls=True)
        yield typist("cashier on the number pad, 55 to 110 ms", text, 55, 110, (40, 80), rolls=True)
        yield typist("slow and heavy, 180 to 420 ms", text, 180, 420, (90, 200), rolls=False)
    chance = Chance("on-screen keyboard")
    keys = strokes("13800138000", lambda _: chance.between(140, 300), lambda: 0, ends=("Enter",))
    yield {"who": "on-screen keyboard", "text": "13800138000", "ends": ["Enter"], "events": keys}
    hand = strokes("asdf", lambda _: chance.between(0, 6), lambda: chance.between(60, 90))
    yield {"who": "a hand put down on the keys", "text": "asdf", "ends": [], "events": hand}


CODES = (
    "6901234567892",
    "C-aB3dEFgh9",
    "O-D0712-0086",
    "134567890123456789",
    "CS-" + "ABCDEFGH234567JKLMNP" * 3,
    "https://m.example/T?7",
)
ENDINGS = (("Enter",), ("Enter", "Enter"), ("Tab",), ())


def scanner(
    who: str, text: str, gap: Callable[[int], int], hold: int, ends: tuple[str, ...]
) -> Recording:
    events = strokes(text, gap, lambda: hold, ends=ends)
    return {"who": who, "text": text, "ends": list(ends), "events": events}


def constant(gap: int) -> Callable[[int], int]:
    return lambda _place: gap


def by_cable() -> Iterator[Recording]:
    for number, code in enumerate(CODES):
        for gap in (0, 1, 2, 5, 8, 10, 12, 16, 20, 25):
            ends = ENDINGS[(number + gap) % len(ENDINGS)]
            yield scanner(f"cable, {gap} ms", code, constant(gap), gap // 2, ends)
    # Released late, as some firmware does: the next key is down before the last one is up.
    yield scanner("cable, 20 ms, keys overlap", CODES[0], lambda _: 20, 30, ("Enter",))


def by_bluetooth() -> Iterator[Recording]:
    """Reports leave in packets: some keys at once, then nothing until the next connection event."""
    for number, code in enumerate(CODES):
        for interval in (11, 15, 30):
            chance = Chance(f"{code} {interval}")
            left = [chance.between(1, 3)]

            def gap(
                _place: int, chance: Chance = chance, left: list[int] = left, i: int = interval
            ) -> int:
                left[0] -= 1
                if left[0] > 0:
                    return 0
                left[0] = chance.between(1, 3)
                # One packet in nine is sent again, or waits for the radio.
                return i * chance.between(2, 3) if chance.one_in(9) else i

            ends = ENDINGS[number % len(ENDINGS)]
            yield scanner(f"Bluetooth, every {interval} ms", code, gap, 0, ends)


def with_keys_of_its_own() -> Iterator[Recording]:
    """Set to send F13 before a code and F14 behind it: gaps do not matter any more."""
    for code in (*CODES, "12"):
        chance = Chance(f"prefix {code}")
        gaps = [chance.between(0, 280) for _ in range(len(code) + 3)]
        keys = strokes("", lambda _: 0, lambda: 0)
        at = START_MS
        for gap, key in zip(gaps, ["F13", *code, "F14"], strict=False):
            at += gap
            shifted = len(key) == 1 and (key.isupper() or key in ":?")
            keys += [(at, "d", "Shift")] if shifted else []
            keys += [(at, "d", key), (at + 60, "u", key)]
            keys += [(at + 60, "u", "Shift")] if shifted else []
        keys.sort(key=lambda event: event[0])
        yield {"who": "prefix and suffix", "text": code, "ends": ["F14"], "events": keys}


def write(name: str, recordings: Iterator[Recording]) -> None:
    lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in recordings]
    (FOLDER / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def all_scanners() -> Iterator[Recording]:
    yield from by_cable()
    yield from by_bluetooth()
    yield from with_keys_of_its_own()


if __name__ == "__main__":
    write("typists.jsonl", typists())
    write("scanners.jsonl", all_scanners())
