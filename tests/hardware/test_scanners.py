"""Scans told apart from typing, by recorded timings; and what a scanned text is."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.classify import ScanKind, classify
from hardware.scanners.wedge import (
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

EAN = "6901234567892"
Strokes = list[Key]


class Counter:
    """Stands where the window stands: carries out the actions and keeps what came through."""

    def __init__(self) -> None:
        self.filter = WedgeFilter()
        self.delivered: list[Key] = []
        self.held: list[Key] = []
        self.scans: list[str] = []
        self.swallowed: list[Key] = []

    def play(self, events: Iterable[Key]) -> "Counter":
        gap_ms = WedgeSettings().gap_ms
        last_ms = 0
        for event in events:
            if event.time_ms - last_ms >= gap_ms:
                self._carry_out(self.filter.flush(last_ms + gap_ms), None)
            self._carry_out(self.filter.feed(event), event)
            last_ms = event.time_ms
        self._carry_out(self.filter.flush(last_ms + gap_ms), None)
        return self

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
                Key(at, KeyKind.TERMINATOR),
                Key(at + hold_ms, KeyKind.TERMINATOR, pressed=False),
            ]
            continue
        shifted = character.isupper()
        events += [Key(at, KeyKind.SHIFT)] if shifted else []
        events.append(Key(at, KeyKind.CHARACTER, character))
        events.append(Key(at + hold_ms, KeyKind.CHARACTER, character, pressed=False))
        events += [Key(at + hold_ms, KeyKind.SHIFT, pressed=False)] if shifted else []
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
            Key, st.integers(0, 200), st.sampled_from(KeyKind), st.sampled_from("a1"), st.booleans()
        ),
        max_size=60,
    )
)
def test_every_key_is_delivered_once_in_order_or_belongs_to_a_scan(gaps: list[Key]) -> None:
    now = 0
    events = []
    for key in gaps:
        now += key.time_ms
        events.append(Key(now, key.kind, key.text, key.pressed))
    counter = Counter().play(events)
    kept = iter(events)
    assert all(key in kept for key in counter.delivered)
    assert not counter.held
    if not counter.scans and not counter.swallowed:
        assert counter.delivered == events


@pytest.mark.parametrize(
    ("scanned", "kind", "text"),
    [
        ("13800138000", ScanKind.MEMBER_PHONE, "13800138000"),
        ("+8613800138000", ScanKind.MEMBER_PHONE, "13800138000"),
        ("M-7Q2X9K", ScanKind.MEMBER_CARD, "M-7Q2X9K"),
        ("C-aB3dEFgh9", ScanKind.COUPON, "C-aB3dEFgh9"),
        ("]Q1C-aB3dEFgh9\r", ScanKind.COUPON, "C-aB3dEFgh9"),
        ("O-D0712-0086", ScanKind.ORDER, "O-D0712-0086"),
        ("]E06901234567892", ScanKind.EAN, EAN),
        ("036000291452", ScanKind.EAN, "036000291452"),
        ("6901234567890", ScanKind.UNKNOWN, "6901234567890"),
        ("134567890123456789", ScanKind.WECHAT_PAYMENT, "134567890123456789"),
        ("164567890123456789", ScanKind.UNKNOWN, "164567890123456789"),
        ("2812345678901234", ScanKind.ALIPAY_PAYMENT, "2812345678901234"),
        ("301234567890123456789012", ScanKind.ALIPAY_PAYMENT, "301234567890123456789012"),
        ("https://example.com", ScanKind.UNKNOWN, "https://example.com"),
        ("", ScanKind.UNKNOWN, ""),
        ("C-", ScanKind.UNKNOWN, "C-"),
    ],
)
def test_a_scanned_text_is_what_its_form_says(scanned: str, kind: ScanKind, text: str) -> None:
    scan = classify(scanned)
    assert (scan.kind, scan.text) == (kind, text)


def test_payment_codes_are_secret_and_no_scan_shows_its_text() -> None:
    payment = classify("134567890123456789")
    assert payment.secret
    assert not classify(EAN).secret
    assert "1345" not in f"{payment} {payment!r}"
    assert "138" not in repr(classify("13800138000"))


@given(st.text())
def test_no_scanned_text_is_an_error(scanned: str) -> None:
    assert len(classify(scanned).text) <= len(scanned)
