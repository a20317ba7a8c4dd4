"""Signing in by PIN."""

from collections.abc import Callable
from typing import Final

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.pins import PIN_DIGITS
from domain.wording import Language
from pos_client.screens.desk import Desk, Presenter
from pos_client.use_cases.answers import SignedIn

_MS: Final = 1000


class SignInState(msgspec.Struct, frozen=True, kw_only=True):
    """`filled` digits are in; `message` tells what went wrong, empty while nothing did."""

    brand: str
    store: str
    till: str
    clock: str
    day: str
    prompt: str
    filled: int
    message: str
    enabled: bool
    language: Language


class SignInPresenter(Presenter[SignInState]):
    def __init__(self, desk: Desk, on_signed_in: Callable[[SignedIn], None]) -> None:
        super().__init__(desk)
        self._on_signed_in = on_signed_in
        self._digits = ""
        self._error: TillfoldError | None = None
        self._fault: TillfoldError | None = None
        self._locked_until_ms = 0
        self._busy = False

    def press(self, key: str) -> None:
        if not self._open():
            return
        if key == "backspace":
            self._digits = self._digits[:-1]
        elif key.isdigit():
            self._error = None
            self._digits = (self._digits + key)[:PIN_DIGITS]
        if len(self._digits) == PIN_DIGITS:
            self._submit()
        self.redraw()

    def escape(self) -> None:
        self._digits = ""
        self.redraw()

    def tick(self) -> None:
        """Once a second: the clock and the lock-out go on."""
        if self._error is not None and self._error.code is ErrorCode.PIN_LOCKED:
            self._error = self._error if self._locked() else None
        self.redraw()

    def show_fault(self, fault: TillfoldError | None) -> None:
        """Why the till cannot go on behind the sign-in; None once it can."""
        self._fault = fault
        self.redraw()

    def _submit(self) -> None:
        pin, self._digits, self._busy = self._digits, "", True
        counter = self.desk.counter
        self.desk.background.run(lambda: counter.sign_in(pin), self._accepted, self._refused)

    def _accepted(self, signed_in: SignedIn) -> None:
        self._busy, self._error = False, None
        self.redraw()
        self._on_signed_in(signed_in)

    def _refused(self, error: TillfoldError) -> None:
        self._busy, self._error = False, error
        if error.code is ErrorCode.PIN_LOCKED:
            self._locked_until_ms = self.desk.now_ms() + int(error.values.get("seconds", 0)) * _MS
        self.redraw()

    def _locked(self) -> bool:
        return self.desk.now_ms() < self._locked_until_ms

    def _open(self) -> bool:
        return self._staffed() and not self._busy and not self._locked()

    def _staffed(self) -> bool:
        return self.desk.home is not None and self.desk.home.staffed

    def _message(self) -> str:
        if self._fault is not None:
            return self.wording.error(self._fault.code, self._fault.values)
        if self.desk.home is not None and not self.desk.home.staffed:
            return self.wording.text("sign_in.no_staff")
        if self._error is None:
            return ""
        left_ms = self._locked_until_ms - self.desk.now_ms()
        if self._error.code is ErrorCode.PIN_LOCKED:
            return self.wording.error(self._error.code, {"seconds": -(-left_ms // _MS)})
        return self.wording.error(self._error.code, self._error.values)

    def _draw(self) -> SignInState:
        home, now_ms = self.desk.home, self.desk.now_ms()
        return SignInState(
            brand=home.brand_name if home else "",
            store=home.store_name if home else "",
            till=home.label if home else "",
            clock=self.desk.clock(now_ms),
            day=self.desk.long_day(now_ms),
            prompt=self.wording.text("sign_in.prompt"),
            filled=PIN_DIGITS if self._busy else len(self._digits),
            message=self._message(),
            enabled=self._open(),
            language=self.desk.language,
        )
