"""Scans told apart from typing, by key timings of people and of scanners."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.wedge import (
    Broken,
    Deliver,
    Hold,
    Key,
    KeyKind,
    Replay,
    Scanned,
    Swallow,
    WedgeFilter,
    WedgeSettings,
)
from tests.hardware.timings import make

EAN = "6901234567892"
Strokes = list[Key]


class Counter:
    """Stands where the window stands: carries out the actions and keeps what came through."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self.filter = WedgeFilter(settings)
        self.delivered: list[Key] = []
        self.held: list[Key] = []
        self.scans: list[str] = []
        self.swallowed: list[Key] = []
        self.broken = 0

    def play(self, events: Iterable[Key]) -> "Counter":
        """All events in their time, with the timer that the window runs between them."""
        now_ms = 0
        for event in events:
            self._time_until(now_ms, event.time_ms)
            now_ms = event.time_ms
            self._carry_out(self.filter.feed(event), event)
        self._time_until(now_ms, now_ms + 60_000)
        return self

    def _time_until(self, now_ms: int, until_ms: int) -> None:
        left_ms = self.filter.left_ms(now_ms)
        if left_ms is not None and now_ms + left_ms < until_ms:
            self._carry_out(self.filter.flush(now_ms + left_ms), None)

    def _carry_out(self, actions: Iterable[object], event: Key | None) -> None:
        for action in actions:
            match action:
                case Hold():
                    assert event
                    self.held.append(event)
                case Replay(count):
                    self.delivered += self.held[:count]
                    del self.held[:count]
                case Deliver():
                    assert event
                    self.delivered.append(event)
                case Scanned(text):
                    self.scans.append(text)
                    self.held.clear()
                case Broken():
                    self.broken += 1
                    self.held.clear()
                case Swallow():
                    assert event
                    self.swallowed.append(event)

    @property
    def typed(self) -> str:
        return "".join(key.text for key in self.delivered if key.pressed)

    @property
    def enters(self) -> int:
        return sum(key.kind is KeyKind.TERMINATOR and key.pressed for key in self.delivered)


def keys(text: str, *, gap_ms: int, hold_ms: int, start_ms: int = 1_000) -> Strokes:
    """Presses `gap_ms` apart, each released after `hold_ms`; capitals come with Shift."""
    events: Strokes = []
    for number, character in enumerate(text):
        at = start_ms + number * gap_ms
        if character == "\n":
            events += [
                Key(at, KeyKind.TERMINATOR, code=13),
                Key(at + hold_ms, KeyKind.TERMINATOR, pressed=False, code=13),
            ]
            continue
        shifted = character.isupper()
        code = ord(character)
        events += [Key(at, KeyKind.MODIFIER, code=1)] if shifted else []
        events.append(Key(at, KeyKind.CHARACTER, character, code=code))
        events.append(Key(at + hold_ms, KeyKind.CHARACTER, character, pressed=False, code=code))
        events += [Key(at + hold_ms, KeyKind.MODIFIER, pressed=False, code=1)] if shifted else []
    return sorted(events, key=lambda key: key.time_ms)


@pytest.mark.parametrize("gap_ms", [0, 5, 12, 25])
@pytest.mark.parametrize("ending", ["\n", ""])
@pytest.mark.parametrize("code", [EAN, "C-aB3dEFgh9", "https://M.example/T?7"])
def test_a_scan_is_taken_whole_and_nothing_reaches_the_window(
    gap_ms: int, ending: str, code: str
) -> None:
    counter = Counter().play(keys(code + ending, gap_ms=gap_ms, hold_ms=gap_ms // 2))
    assert counter.scans == [code]
    assert counter.delivered == []
    assert len(counter.swallowed) == 2 * len(ending)


@pytest.mark.parametrize("hold_ms", [30, 50, 85])
def test_a_typist_at_90_ms_loses_nothing_and_doubles_nothing(hold_ms: int) -> None:
    events = keys("Wang Li 13800138000\n", gap_ms=90, hold_ms=hold_ms)
    counter = Counter().play(events)
    assert counter.typed == "Wang Li 13800138000"
    assert counter.delivered == events
    assert counter.scans == []


def test_enter_after_typing_is_delivered() -> None:
    assert Counter().play(keys("12\n", gap_ms=90, hold_ms=40)).enters == 1
    assert Counter().play(keys("\n", gap_ms=90, hold_ms=40)).enters == 1


def test_a_short_fast_burst_is_typing() -> None:
    counter = Counter().play(keys("1234\n", gap_ms=10, hold_ms=5))
    assert (counter.typed, counter.enters, counter.scans) == ("1234", 1, [])


def test_typing_then_a_scan_then_typing_are_kept_apart() -> None:
    counter = Counter().play(
        keys("ab", gap_ms=90, hold_ms=40)
        + keys(f"{EAN}\n", gap_ms=8, hold_ms=4, start_ms=2_000)
        + keys("cd\n", gap_ms=90, hold_ms=40, start_ms=3_000)
    )
    assert (counter.typed, counter.enters, counter.scans) == ("abcd", 1, [EAN])


def test_two_scans_in_a_row_are_two_scans() -> None:
    counter = Counter().play(
        keys(f"{EAN}\n", gap_ms=2, hold_ms=1)
        + keys(f"{EAN}\n", gap_ms=2, hold_ms=1, start_ms=1_030)
    )
    assert counter.scans == [EAN, EAN]


def test_a_shortcut_gives_back_what_is_held_and_passes() -> None:
    shortcut = Key(1_010, KeyKind.OTHER, "s")
    counter = Counter().play([Key(1_000, KeyKind.CHARACTER, "a"), shortcut])
    assert counter.delivered == [Key(1_000, KeyKind.CHARACTER, "a"), shortcut]


def test_an_endless_burst_is_given_back() -> None:
    counter = Counter().play(keys("7" * 600, gap_ms=1, hold_ms=0))
    assert counter.typed.startswith("7" * 513)


@given(
    st.lists(
        st.builds(
            Key,
            st.integers(0, 200),
            st.sampled_from(KeyKind),
            st.sampled_from("a1"),
            st.booleans(),
            st.integers(1, 3),
        ),
        max_size=60,
    )
)
def test_every_key_is_delivered_once_in_order_or_belongs_to_a_scan(gaps: list[Key]) -> None:
    now = 0
    events = []
    for key in gaps:
        now += key.time_ms
        events.append(Key(now, key.kind, key.text, key.pressed, key.code))
    counter = Counter().play(events)
    kept = iter(events)
    assert all(key in kept for key in counter.delivered)
    assert not counter.held
    if not counter.scans and not counter.broken and not counter.swallowed:
        assert counter.delivered == events


# The recorded set.

_KINDS = {
    "Enter": KeyKind.TERMINATOR,
    "Tab": KeyKind.TERMINATOR,
    "Shift": KeyKind.MODIFIER,
    "F13": KeyKind.PREFIX,
    "F14": KeyKind.SUFFIX,
}
WITH_PREFIX = WedgeSettings(needs_suffix=True)


def recordings(name: str) -> list[dict[str, Any]]:
    lines = (make.FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def events_of(recording: dict[str, Any]) -> Iterator[Key]:
    for at, way, name in recording["events"]:
        kind = _KINDS.get(name, KeyKind.CHARACTER)
        text = name if kind is KeyKind.CHARACTER else ""
        code = sum(ord(sign) << 8 * place for place, sign in enumerate(name))
        yield Key(at, kind, text, way == "d", code)


def test_no_typist_of_the_recorded_set_is_taken_for_a_scanner() -> None:
    for recording in recordings("typists.jsonl"):
        events = list(events_of(recording))
        for settings in (WedgeSettings(), WITH_PREFIX):
            counter = Counter(settings).play(events)
            assert counter.scans == [], recording["who"]
            assert counter.delivered == events, recording["who"]


def test_no_scan_of_the_recorded_set_leaks_a_key() -> None:
    for recording in recordings("scanners.jsonl"):
        marked = recording["who"].startswith("prefix")
        counter = Counter(WITH_PREFIX if marked else None).play(events_of(recording))
        assert counter.scans == [recording["text"]], recording["who"]
        assert counter.delivered == [], recording["who"]


def test_the_recorded_set_is_the_one_that_its_maker_makes() -> None:
    for name, made in (("typists.jsonl", make.typists()), ("scanners.jsonl", make.all_scanners())):
        assert recordings(name) == [json.loads(json.dumps(each)) for each in made]


# Scanners that send keys of their own.


def marked(text: str, *, gap_ms: int, ends: bool = True) -> Strokes:
    inner = keys(text, gap_ms=gap_ms, hold_ms=5, start_ms=1_000 + gap_ms)
    last_ms = inner[-1].time_ms if inner else 1_000
    events = [
        Key(1_000, KeyKind.PREFIX, code=2),
        Key(1_005, KeyKind.PREFIX, pressed=False, code=2),
        *inner,
    ]
    end = [
        Key(last_ms + gap_ms, KeyKind.SUFFIX, code=3),
        Key(last_ms + gap_ms + 5, KeyKind.SUFFIX, pressed=False, code=3),
    ]
    return events + (end if ends else [])


@pytest.mark.parametrize("gap_ms", [0, 30, 200, 450])
def test_between_its_own_keys_gaps_do_not_matter(gap_ms: int) -> None:
    counter = Counter(WITH_PREFIX).play(marked("12", gap_ms=gap_ms))
    assert (counter.scans, counter.delivered) == (["12"], [])


def test_a_scan_whose_end_never_comes_is_dropped_and_told() -> None:
    counter = Counter(WITH_PREFIX).play(marked("6901234", gap_ms=5, ends=False))
    assert (counter.scans, counter.broken, counter.delivered) == ([], 1, [])


def test_without_a_suffix_enter_or_silence_ends_what_a_prefix_began() -> None:
    for ending in ("\n", ""):
        counter = Counter().play(marked("12" + ending, gap_ms=60, ends=False))
        assert (counter.scans, counter.delivered) == (["12"], [])


def test_enter_behind_the_suffix_belongs_to_the_scan() -> None:
    enter = [Key(1_100, KeyKind.TERMINATOR, code=13), Key(1_101, KeyKind.TERMINATOR, "", False, 13)]
    counter = Counter(WITH_PREFIX).play(marked("6901", gap_ms=15) + enter)
    assert (counter.scans, counter.enters) == (["6901"], 0)


def test_the_suffix_key_alone_goes_on_its_way() -> None:
    alone = Key(1_000, KeyKind.SUFFIX, code=3)
    assert Counter(WITH_PREFIX).play([alone]).delivered == [alone]


def test_with_timing_off_only_marked_scans_count() -> None:
    settings = WedgeSettings(by_timing=False)
    typed = keys(f"{EAN}\n", gap_ms=2, hold_ms=1)
    assert Counter(settings).play(typed).delivered == typed
    assert Counter(settings).play(marked("12\n", gap_ms=60, ends=False)).scans == ["12"]


def test_a_separator_of_gs1_inside_a_scan_is_part_of_it() -> None:
    first, last = (
        keys("010950", gap_ms=8, hold_ms=3),
        keys("21AB\n", gap_ms=8, hold_ms=3, start_ms=1_080),
    )
    separator = [
        Key(1_056, KeyKind.MODIFIER, code=4),
        Key(1_064, KeyKind.CONTROL, "\x1d", code=5),
        Key(1_068, KeyKind.CONTROL, "\x1d", pressed=False, code=5),
        Key(1_070, KeyKind.MODIFIER, pressed=False, code=4),
    ]
    counter = Counter().play(first + separator + last)
    assert (counter.scans, counter.delivered) == (["010950\x1d21AB"], [])


def test_a_command_key_alone_is_a_command() -> None:
    command = [Key(1_000, KeyKind.MODIFIER, code=4), Key(1_090, KeyKind.CONTROL, "\x03", code=5)]
    assert Counter().play(command).delivered == command


def test_what_a_filter_says_never_shows_the_code() -> None:
    (scanned,) = WedgeFilter().feed(Key(0, KeyKind.CHARACTER, "1")) and [
        Scanned("134567890123456789")
    ]
    assert "1345" not in repr(scanned)


def test_a_key_behind_a_scan_that_is_as_fast_belongs_to_it() -> None:
    arrow = [Key(1_060, KeyKind.OTHER, code=9), Key(1_063, KeyKind.OTHER, pressed=False, code=9)]
    counter = Counter().play(keys("6901234567892", gap_ms=4, hold_ms=2) + arrow)
    assert (counter.scans, counter.delivered) == (["6901234567892"], [])
