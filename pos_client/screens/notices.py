"""The notice bar: at most one notice, one key to confirm it."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from domain.errors import TillfoldError
from domain.wording import Wording


class NoticeForm(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    DONE = "done"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    form: NoticeForm
    text: str


class Notices:
    """Holds what was said as a function of the wording, so that it follows a change of language."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._said: tuple[NoticeForm, Callable[[Wording], str]] | None = None

    def error(self, error: TillfoldError) -> None:
        self._say(NoticeForm.ERROR, lambda wording: wording.error(error.code, error.values))

    def warn(self, text: Callable[[Wording], str]) -> None:
        self._say(NoticeForm.WARNING, text)

    def done(self, text: Callable[[Wording], str]) -> None:
        self._say(NoticeForm.DONE, text)

    def dismiss(self) -> bool:
        """Take the notice away; whether there was one."""
        if self._said is None:
            return False
        self._said = None
        self._on_change()
        return True

    def fade(self) -> None:
        """Good news needs no confirmation: the next action takes it away."""
        if self._said is not None and self._said[0] is NoticeForm.DONE:
            self.dismiss()

    def shown(self, wording: Wording) -> Notice | None:
        if self._said is None:
            return None
        form, text = self._said
        return Notice(form=form, text=text(wording))

    def _say(self, form: NoticeForm, text: Callable[[Wording], str]) -> None:
        self._said = (form, text)
        self._on_change()
