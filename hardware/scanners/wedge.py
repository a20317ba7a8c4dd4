"""A keyboard-wedge scanner told apart from a person typing, by the gaps between keys.

A wedge scanner types its code like a very fast keyboard. Keys are held back for a moment; if more
follow at once it is a scan, else they are given back in order, so that typing loses and doubles
nothing. The machine is pure: it is fed every key event with the window system's time, and `flush`
when a timer of `gap_ms`, restarted at every event, runs out.

Rules learnt from real scanners: the gap counts from every event, releases and Shift among them;
Enter or Tab is swallowed only at the end of a burst; Ctrl, Alt, Meta and auto-repeat end a burst.
"""

from enum import StrEnum

import msgspec


class KeyKind(StrEnum):
    CHARACTER = "character"  # a key that makes text
    TERMINATOR = "terminator"  # Enter, Return or Tab
    SHIFT = "shift"
    OTHER = "other"  # arrows, function keys, anything with Ctrl, Alt or Meta, auto-repeat


class WedgeSettings(msgspec.Struct, frozen=True):
    """Limits of a scan: `gap_ms` between two of its events, at least `min_characters` of text."""

    gap_ms: int = 35
    min_characters: int = 6
    max_characters: int = 512


class Key(msgspec.Struct, frozen=True):
    """One key event; `text` is what a press makes, `pressed` is False for a release."""

    time_ms: int
    kind: KeyKind
    text: str = ""
    pressed: bool = True


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


class Swallow(msgspec.Struct, frozen=True):
    """Drop the event just fed: the terminator of a scan, or what follows it."""


Action = Hold | Replay | Deliver | Scanned | Swallow


class WedgeFilter:
    """Feed it every key event; carry out the actions in the order given."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self._settings = settings or WedgeSettings()
        self._held = 0
        self._text = ""
        self._last_ms: int | None = None
        self._swallowing_release = False

    def feed(self, key: Key) -> tuple[Action, ...]:
        """What to do with the held events and with this one."""
        before = self._release_late(key.time_ms)
        self._last_ms = key.time_ms
        match key.kind:
            case KeyKind.TERMINATOR:
                return before + self._terminator(key)
            case KeyKind.CHARACTER:
                return before + self._character(key)
            case KeyKind.SHIFT:
                return before + self._keep()
            case KeyKind.OTHER:
                return (*before, *self._give_back(), Deliver())

    def flush(self, now_ms: int) -> tuple[Action, ...]:
        """What to do when no event came: a scan without terminator, or keys to give back."""
        if self._last_ms is None or now_ms - self._last_ms < self._settings.gap_ms:
            return ()
        return self._end_burst()

    def _release_late(self, now_ms: int) -> tuple[Action, ...]:
        late = self._last_ms is not None and now_ms - self._last_ms > self._settings.gap_ms
        return self._end_burst() if late else ()

    def _terminator(self, key: Key) -> tuple[Action, ...]:
        if not key.pressed and self._swallowing_release:
            self._swallowing_release = False
            return (Swallow(),)
        self._swallowing_release = key.pressed and self._is_scan
        if self._swallowing_release:
            return (*self._end_burst(), Swallow())
        return (*self._give_back(), Deliver())

    def _character(self, key: Key) -> tuple[Action, ...]:
        if not key.pressed and not self._held:
            return (Deliver(),)  # the release of a key that was given back already
        if key.pressed:
            self._text += key.text
        if len(self._text) > self._settings.max_characters:
            return (*self._give_back(), Deliver())
        return self._keep()

    def _keep(self) -> tuple[Action, ...]:
        self._held += 1
        return (Hold(),)

    @property
    def _is_scan(self) -> bool:
        return len(self._text) >= self._settings.min_characters

    def _end_burst(self) -> tuple[Action, ...]:
        if not self._is_scan:
            return self._give_back()
        scanned = Scanned(self._text)
        self._held, self._text = 0, ""
        return (scanned,)

    def _give_back(self) -> tuple[Action, ...]:
        count, self._held, self._text = self._held, 0, ""
        return (Replay(count),) if count else ()
