"""The keyboard-wedge scanner at the window: bursts of keys become scans, typing stays typing."""

from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow

from hardware.scanners.wedge import (
    Action,
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
from pos_client.settings import KeyboardScannerSettings

_TERMINATORS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_ENDS: Final = frozenset({"\r", "\n", "\r\n"})
_MODIFIERS: Final = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control})
_CONTROL: Final = Qt.KeyboardModifier.ControlModifier
_COMMAND_KEYS: Final = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_FIRST_PRINTABLE: Final = " "
_CTRL: Final = "Ctrl+"


class WedgeKeys(msgspec.Struct, frozen=True):
    """The keys that this scanner sends before and behind a code; None: none of its own."""

    prefix: QKeyCombination | None = None
    suffix: QKeyCombination | None = None


class WedgeScanner(QObject):
    """An event filter for the QWindow alone: widgets would see each key two or three times.

    Times come from the window system, so a busy Qt thread does not bend the gaps. `on_broken` hears
    of a scan that began with its prefix and did not end.
    """

    def __init__(
        self,
        window: QWindow,
        on_scan: Callable[[str], None],
        settings: WedgeSettings,
        keys: WedgeKeys | None = None,
        *,
        on_broken: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._on_scan = on_scan
        self._on_broken = on_broken
        self._keys = keys or WedgeKeys()
        self._filter = WedgeFilter(settings)
        self._held: deque[QKeyEvent] = deque()
        self._replaying = False
        self._seen_ms = 0
        self._asked = False
        self._gap = QTimer(self)
        self._gap.setSingleShot(True)
        self._gap.timeout.connect(self._gap_over)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is not self._window or self._replaying or not isinstance(event, QKeyEvent):
            return False
        if event.type() not in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}:
            return False
        self._seen_ms = event.timestamp()
        stopped = self._carry_out(self._filter.feed(self._key_of(event)), event)
        self._wait()
        return stopped

    def _wait(self) -> None:
        left_ms = self._filter.left_ms(self._seen_ms)
        self._asked = False
        if left_ms is None:
            self._gap.stop()
        else:
            self._gap.start(left_ms + 1)

    def _gap_over(self) -> None:
        """Keys may wait behind a thread that was busy: they are let in once before it counts."""
        if not self._asked:
            self._asked = True
            self._gap.start(0)
            return
        left_ms = self._filter.left_ms(self._seen_ms) or 0
        self._carry_out(self._filter.flush(self._seen_ms + left_ms), None)

    def _carry_out(self, actions: tuple[Action, ...], event: QKeyEvent | None) -> bool:
        """Answers whether the event at hand goes no further."""
        stopped = False
        for action in actions:
            match action:
                case Hold() if event is not None:
                    self._held.append(event.clone())
                    stopped = True
                case Replay(count=count):
                    self._replay(count)
                case Scanned(text=text):
                    self._held.clear()
                    self._on_scan(text)
                case Broken():
                    self._held.clear()
                    self._on_broken()
                case Swallow():
                    stopped = True
                case Deliver():
                    stopped = False
        return stopped

    def _replay(self, count: int) -> None:
        self._replaying = True
        try:
            for _ in range(count):
                QCoreApplication.sendEvent(self._window, self._held.popleft())
        finally:
            self._replaying = False

    def _key_of(self, event: QKeyEvent) -> Key:
        pressed = event.type() is QEvent.Type.KeyPress
        code = event.nativeScanCode() or int(event.key())
        return Key(event.timestamp(), self._kind_of(event), event.text(), pressed, code)

    def _kind_of(self, event: QKeyEvent) -> KeyKind:
        if event.isAutoRepeat():
            return KeyKind.OTHER
        return self._own_key(event) or _usual_kind(event)

    def _own_key(self, event: QKeyEvent) -> KeyKind | None:
        said = event.keyCombination()
        if said == self._keys.prefix:
            return KeyKind.PREFIX
        return KeyKind.SUFFIX if said == self._keys.suffix else None


def _usual_kind(event: QKeyEvent) -> KeyKind:
    text = event.text()
    if event.key() in _MODIFIERS:
        return KeyKind.MODIFIER
    if event.modifiers() & _COMMAND_KEYS:
        return KeyKind.OTHER
    # Scanners end with Enter, Tab, a line feed, or with Ctrl and J or M.
    if event.key() in _TERMINATORS or text in _ENDS:
        return KeyKind.TERMINATOR
    if event.modifiers() & _CONTROL:
        return KeyKind.CONTROL if _is_control(text) else KeyKind.OTHER
    return KeyKind.CHARACTER if text and text.isprintable() else KeyKind.OTHER


def _is_control(text: str) -> bool:
    return len(text) == 1 and text < _FIRST_PRINTABLE


def wedge_of(settings: KeyboardScannerSettings) -> tuple[WedgeSettings, WedgeKeys]:
    """The settings in the filter's terms."""
    wedge = WedgeSettings(
        gap_ms=settings.gap_ms,
        min_characters=settings.min_characters,
        needs_suffix=bool(settings.prefix and settings.suffix),
        by_timing=settings.by_timing,
    )
    return wedge, WedgeKeys(_key_named(settings.prefix), _key_named(settings.suffix))


def _key_named(name: str) -> QKeyCombination | None:
    """F13, or Ctrl+B; the settings let nothing else through."""
    if not name:
        return None
    key = Qt.Key[f"Key_{name.removeprefix(_CTRL)}"]
    modifier = _CONTROL if name.startswith(_CTRL) else Qt.KeyboardModifier.NoModifier
    return QKeyCombination(modifier, key)
