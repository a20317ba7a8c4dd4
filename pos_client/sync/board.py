"""What is known of the connection, for screens to read at any time from any thread."""

import threading
from collections.abc import Callable

import msgspec

from domain.errors import ErrorCode, TillfoldError
from pos_client.time_and_chance import Clock


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """`online` is None before the first attempt. `since_ms` is when it became what it is."""

    online: bool | None = None
    since_ms: int = 0
    error: ErrorCode | None = None
    error_values: dict[str, str | int] = {}
    received: int = 0
    expected: int = 0


class SyncBoard:
    """Holds one Contact and tells when it changed, on the thread that changed it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._contact = Contact(since_ms=clock.now_ms())
        self.on_changed: Callable[[], None] = lambda: None

    @property
    def contact(self) -> Contact:
        with self._lock:
            return self._contact

    def progress(self, received: int, expected: int) -> None:
        self._replace(
            lambda held: msgspec.structs.replace(held, received=received, expected=expected)
        )

    def succeeded(self) -> None:
        now_ms = self._clock.now_ms()
        self._replace(
            lambda held: Contact(online=True, since_ms=held.since_ms if held.online else now_ms)
        )

    def failed(self, error: TillfoldError) -> None:
        now_ms = self._clock.now_ms()
        self._replace(
            lambda held: Contact(
                online=False,
                since_ms=held.since_ms if held.online is False else now_ms,
                error=error.code,
                error_values=error.values,
            )
        )

    def _replace(self, change: Callable[[Contact], Contact]) -> None:
        with self._lock:
            before, self._contact = self._contact, change(self._contact)
            changed = before != self._contact
        if changed:
            self.on_changed()
