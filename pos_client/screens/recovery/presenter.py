"""A till that could not start: what is wrong and the ways out."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from domain.errors import TillfoldError
from domain.wording import Wording


class RecoveryAction(StrEnum):
    REBUILD = "rebuild"
    SET_ASIDE = "set_aside"
    QUIT = "quit"


class RecoveryChoice(msgspec.Struct, frozen=True, kw_only=True):
    action: RecoveryAction
    title: str
    explanation: str


class RecoveryState(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    text: str
    code: str
    choices: tuple[RecoveryChoice, ...]
    busy: bool


class RecoveryPresenter:
    """Works without a till behind it; bootstrap carries out what is chosen."""

    def __init__(
        self,
        wording: Wording,
        error: TillfoldError,
        actions: tuple[RecoveryAction, ...],
        on_choose: Callable[[RecoveryAction], None],
    ) -> None:
        self.wording = wording
        self._error = error
        self._actions = actions
        self._on_choose = on_choose
        self._busy = False
        self._on_change: Callable[[RecoveryState], None] | None = None

    @property
    def state(self) -> RecoveryState:
        return RecoveryState(
            title=self.wording.text("recovery.title"),
            text=self.wording.error(self._error.code, self._error.values),
            code=self.wording.text("recovery.code", code=self._error.code),
            choices=tuple(
                RecoveryChoice(
                    action=action,
                    title=self.wording.text(f"recovery_action.{action}"),
                    explanation=self.wording.text(f"recovery_explanation.{action}"),
                )
                for action in self._actions
            ),
            busy=self._busy,
        )

    def listen(self, on_change: Callable[[RecoveryState], None]) -> None:
        self._on_change = on_change
        on_change(self.state)

    def choose(self, action: RecoveryAction) -> None:
        """Carried out once; a second tap while it runs does nothing."""
        if self._busy:
            return
        self._busy = action is not RecoveryAction.QUIT
        self._tell()
        self._on_choose(action)

    def fail(self, error: TillfoldError) -> None:
        """The way out did not work either."""
        self._error, self._busy = error, False
        self._tell()

    def _tell(self) -> None:
        if self._on_change is not None:
            self._on_change(self.state)
