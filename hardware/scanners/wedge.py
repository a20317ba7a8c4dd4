"""A keyboard-wedge scanner told apart from a person typing.

A wedge scanner types its code like a very fast keyboard. Keys are held back for a moment; if more
follow at once it is a scan, else they are given back in order, so that typing loses and doubles
nothing. The machine is pure: it is fed every key event with the window system's time, and `flush`
once `wait_ms` has passed without any.

What tells them apart:

* the gap from press to press. Releases do not count: whoever types with overlapping keys makes an
  event every 20 ms, and still presses a key only every 50. Modifiers count, because a scanner
  presses Shift between two capitals.
* how long a key is down. No finger is back within `tap_ms`; a burst with such a key comes from a
  machine, so it may be short, and it may stall, as Bluetooth does, for `stall_ms`. Without such a
  key it takes `_HELD_CHARACTERS` to be believed: fingers that roll over the keys press five in a
  tenth of a second.
* a key of its own, where the scanner is set to send one (`PREFIX`): then everything until the
  `SUFFIX`, or Enter, is a scan whatever the gaps.
"""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

_MOST_STALLS: Final = 4
_HELD_CHARACTERS: Final = 10


class KeyKind(StrEnum):
    CHARACTER = "character"  # a key that makes text
    CONTROL = "control"  # with Ctrl, a control character: part of a scan, else a command
    TERMINATOR = "terminator"  # Enter, Return or Tab
    MODIFIER = "modifier"  # Shift or Ctrl alone
    PREFIX = "prefix"  # the key that this scanner sends before a code
    SUFFIX = "suffix"  # the key that it sends behind one
    OTHER = "other"  # arrows, function keys, anything with Alt or Meta, auto-repeat


class WedgeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`gap_ms` is the longest from press to press of a scan without a stall.

    At most one gap in four of a machine's burst may be as long as `stall_ms`. `silence_ms` ends a
    scan that began with a prefix and whose end never came. `needs_suffix`: such a scan counts only
    with its end.
    """

    gap_ms: Annotated[int, msgspec.Meta(ge=5, le=60)] = 35
    stall_ms: Annotated[int, msgspec.Meta(ge=5, le=300)] = 100
    tap_ms: Annotated[int, msgspec.Meta(ge=0, le=25)] = 15
    silence_ms: Annotated[int, msgspec.Meta(ge=50, le=3000)] = 500
    min_characters: Annotated[int, msgspec.Meta(ge=4, le=40)] = 6
    max_characters: Annotated[int, msgspec.Meta(ge=40, le=4096)] = 512
    needs_suffix: bool = False
    by_timing: bool = True


class Key(msgspec.Struct, frozen=True):
    """One key event; `text` is what a press makes, `pressed` is False for a release.

    `code` tells keys apart, so that a release finds its press.
    """

    time_ms: int
    kind: KeyKind
    text: str = ""
    pressed: bool = True
    code: int = 0


class Hold(msgspec.Struct, frozen=True):
    """Keep the event just fed; it is part of what may become a scan."""


class Replay(msgspec.Struct, frozen=True):
    """Deliver the `count` oldest held events now, in their order."""

    count: int


class Deliver(msgspec.Struct, frozen=True):
    """Let the event just fed go on its way."""


class Scanned(msgspec.Struct, frozen=True):
    """A scan ended: drop all held events. `text` may be secret; see `classify`."""

    text: str

    def __repr__(self) -> str:
        """Never the text."""
        return f"Scanned(length={len(self.text)})"


class Broken(msgspec.Struct, frozen=True):
    """A scan began with its prefix and did not end as it must: drop all held events."""


class Swallow(msgspec.Struct, frozen=True):
    """Drop the event just fed: the terminator of a scan, or what belongs to it."""


Action = Hold | Replay | Deliver | Scanned | Broken | Swallow


class _Burst:
    """What is held back now."""

    def __init__(self) -> None:
        self.held = 0
        self.text = ""
        self.marked = False
        self.tapped = False
        self.gaps = 0
        self.stalls = 0
        self.down: dict[int, int] = {}

    @property
    def empty(self) -> bool:
        return not self.held and not self.marked

    def press(self, key: Key, gap_ms: int, *, longest_ms: int) -> None:
        if self.text:
            self.gaps += 1
            self.stalls += gap_ms > longest_ms
        self.text += key.text
        self.down[key.code] = key.time_ms

    def release(self, key: Key, *, tap_ms: int) -> None:
        pressed_ms = self.down.pop(key.code, None)
        if pressed_ms is not None and key.time_ms - pressed_ms <= tap_ms:
            self.tapped = True


class WedgeFilter:
    """Feed it every key event; carry out the actions in the order given."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self._settings = settings or WedgeSettings()
        self._burst = _Burst()
        self._last_ms = 0
        self._ended_ms: int | None = None
        self._swallowed: set[int] = set()

    @property
    def wait_ms(self) -> int:
        """How long after the last press the burst goes on."""
        if self._burst.marked:
            return self._settings.silence_ms
        if self._burst.tapped or self._is_scan:
            return self._settings.stall_ms
        return self._settings.gap_ms

    def left_ms(self, now_ms: int) -> int | None:
        """In how many milliseconds to `flush`; None where nothing is held back."""
        if self._burst.empty:
            return None
        return max(0, self._last_ms + self.wait_ms - now_ms)

    def feed(self, key: Key) -> tuple[Action, ...]:
        """What to do with the held events and with this one."""
        before: tuple[Action, ...] = ()
        if not self._burst.empty and key.time_ms - self._last_ms > self.wait_ms:
            before = self._end_burst()
        actions = before + (self._press(key) if key.pressed else self._release(key))
        if key.pressed or key.kind is KeyKind.MODIFIER:
            self._last_ms = key.time_ms
        return actions

    def flush(self, now_ms: int) -> tuple[Action, ...]:
        """What to do when no event came: a scan without terminator, or keys to give back."""
        if self._burst.empty or now_ms - self._last_ms < self.wait_ms:
            return ()
        return self._end_burst()

    def _press(self, key: Key) -> tuple[Action, ...]:
        self._swallowed.discard(key.code)
        match key.kind:
            case KeyKind.PREFIX:
                return self._begin_marked(key)
            case KeyKind.TERMINATOR | KeyKind.SUFFIX:
                return self._end_key(key)
            case KeyKind.CHARACTER:
                return self._character(key)
            case KeyKind.CONTROL if self._burst.text or self._burst.marked:
                return self._character(key)
            case KeyKind.MODIFIER:
                return self._keep()
            case _:
                return self._other(key)

    def _other(self, key: Key) -> tuple[Action, ...]:
        """Behind a whole scan, as fast as the scan was, it is the end that this scanner sends."""
        if self._burst.marked:
            return self._keep()
        if self._is_scan:
            return self._end_key(key)
        return (*self._give_back(), Deliver())

    def _release(self, key: Key) -> tuple[Action, ...]:
        if key.code in self._swallowed:
            self._swallowed.discard(key.code)
            return (Swallow(),)
        if self._burst.empty:
            return (Deliver(),)  # the release of a key that was given back already
        self._burst.release(key, tap_ms=self._settings.tap_ms)
        return self._keep()

    def _begin_marked(self, key: Key) -> tuple[Action, ...]:
        """A modifier that makes the prefix is held, and goes with the scan."""
        before = self._end_burst() if self._burst.text or self._burst.marked else ()
        self._burst.marked = True
        self._swallowed.add(key.code)
        return (*before, Swallow())

    def _end_key(self, key: Key) -> tuple[Action, ...]:
        follows = self._ended_ms is not None and (
            key.time_ms - self._ended_ms <= self._settings.gap_ms
        )
        burst = self._burst
        if burst.marked and self._settings.needs_suffix and key.kind is KeyKind.TERMINATOR:
            return self._keep()
        if (burst.marked and burst.text) or self._is_scan:
            ended = self._scanned()
        elif burst.marked or (burst.empty and follows):
            ended = ()  # Enter behind the suffix, or the second half of CR and LF
        else:
            return (*self._give_back(), Deliver())
        self._ended_ms = key.time_ms
        self._swallowed.add(key.code)
        return (*ended, Swallow())

    def _character(self, key: Key) -> tuple[Action, ...]:
        gap_ms = key.time_ms - self._last_ms
        self._burst.press(key, gap_ms, longest_ms=self._settings.gap_ms)
        if len(self._burst.text) <= self._settings.max_characters:
            return self._keep()
        if self._burst.marked:
            return (self._broken(), Swallow())
        return (*self._give_back(), Deliver())

    def _keep(self) -> tuple[Action, ...]:
        self._burst.held += 1
        return (Hold(),)

    @property
    def _is_scan(self) -> bool:
        burst, settings = self._burst, self._settings
        least = settings.min_characters
        if not burst.tapped:
            least = max(least, _HELD_CHARACTERS)
        enough = settings.by_timing and len(burst.text) >= least
        return enough and burst.stalls * _MOST_STALLS <= burst.gaps

    def _end_burst(self) -> tuple[Action, ...]:
        if self._burst.marked:
            whole = bool(self._burst.text) and not self._settings.needs_suffix
            return self._scanned() if whole else (self._broken(),)
        return self._scanned() if self._is_scan else self._give_back()

    def _scanned(self) -> tuple[Action, ...]:
        text = self._burst.text
        self._drop()
        return (Scanned(text),)

    def _broken(self) -> Action:
        self._drop()
        return Broken()

    def _drop(self) -> None:
        """Keys that are still down belong to the scan; so do their releases."""
        self._swallowed.update(self._burst.down)
        self._burst = _Burst()

    def _give_back(self) -> tuple[Action, ...]:
        count, self._burst = self._burst.held, _Burst()
        return (Replay(count),) if count else ()
