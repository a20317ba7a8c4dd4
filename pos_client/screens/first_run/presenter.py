"""The first start: join a brand, or sell without a server."""

from collections.abc import Callable

import msgspec

from domain.errors import ErrorCode, TillfoldError
from pos_client.screens.desk import Desk, Presenter
from pos_client.use_cases.answers import SignedIn


class FirstRunState(msgspec.Struct, frozen=True, kw_only=True):
    """`check_number` is shown once the brand was joined; people compare it at head office."""

    busy: bool
    check_number: str
    join_message: str
    manager_message: str


class FirstRunPresenter(Presenter[FirstRunState]):
    """`on_joined`: read the home again. `on_signed_in`: the first manager is here."""

    def __init__(
        self,
        desk: Desk,
        on_joined: Callable[[], None],
        on_signed_in: Callable[[SignedIn], None],
    ) -> None:
        super().__init__(desk)
        self._on_joined = on_joined
        self._on_signed_in = on_signed_in
        self._busy = False
        self._check_number = ""
        self._join_error: TillfoldError | None = None
        self._manager_error: TillfoldError | None = None
        self._pins_differ = False

    def join(self, server_url: str, code: str) -> None:
        if self._busy:
            return
        self._begin()
        counter, url, wanted = self.desk.counter, server_url.strip(), code.strip()
        self.desk.background.run(
            lambda: counter.join_brand(url, wanted), self._joined, self._join_refused
        )

    def go_on(self) -> None:
        """The check number was compared; the first staff may still be on its way here."""
        self._on_joined()

    def appoint(self, name: str, pin: str, pin_again: str) -> None:
        if self._busy:
            return
        self._begin()
        self._pins_differ = pin != pin_again
        if self._pins_differ:
            self._busy = False
            self.redraw()
            return
        counter = self.desk.counter
        self.desk.background.run(
            lambda: counter.appoint_first_manager(name.strip(), pin),
            self._appointed,
            self._manager_refused,
        )

    def _begin(self) -> None:
        self._busy = True
        self._join_error = self._manager_error = None
        self._pins_differ = False
        self.redraw()

    def _joined(self, check_number: str) -> None:
        self._busy, self._check_number = False, check_number
        self.redraw()

    def _join_refused(self, error: TillfoldError) -> None:
        self._busy, self._join_error = False, error
        self.redraw()

    def _appointed(self, signed_in: SignedIn) -> None:
        self._busy = False
        self.redraw()
        self._on_signed_in(signed_in)

    def _manager_refused(self, error: TillfoldError) -> None:
        self._busy, self._manager_error = False, error
        self.redraw()

    def _join_text(self) -> str:
        error = self._join_error
        if error is None:
            return ""
        if error.code is ErrorCode.SERVER_UNREACHABLE:
            return self.wording.text("first_run.unreachable")
        return self.wording.error(error.code, error.values)

    def _manager_text(self) -> str:
        if self._pins_differ:
            return self.wording.text("first_run.pins_differ")
        error = self._manager_error
        return self.wording.error(error.code, error.values) if error else ""

    def _draw(self) -> FirstRunState:
        return FirstRunState(
            busy=self._busy,
            check_number=self._check_number,
            join_message=self._join_text(),
            manager_message=self._manager_text(),
        )
