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
    """`action` is a second key, beside the one that confirms; empty: there is none."""

    form: NoticeForm
    text: str
    action: str = ""


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    form: NoticeForm
    text: Callable[[Wording], str]
    action: Callable[[Wording], str] = lambda _wording: ""
    act: Callable[[], None] = lambda: None


class Notices:
    """Holds what was said as a function of the wording, so that it follows a change of language."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._said: _Said | None = None

    @property
    def is_shown(self) -> bool:
        return self._said is not None

    def error(self, error: TillfoldError) -> None:
        self._say(NoticeForm.ERROR, lambda wording: wording.error(error.code, error.values))

    def warn(self, text: Callable[[Wording], str]) -> None:
        self._say(NoticeForm.WARNING, text)

    def done(self, text: Callable[[Wording], str]) -> None:
        self._say(NoticeForm.DONE, text)

    def offer(
        self,
        text: Callable[[Wording], str],
        action: Callable[[Wording], str],
        act: Callable[[], None],
    ) -> None:
        """A warning with a key that leads to where something can be done about it."""
        said = _Said(form=NoticeForm.WARNING, text=text, action=action, act=act)
        self._said = said
        self._on_change()

    def act(self) -> None:
        """The second key of the notice that is shown."""
        said = self._said
        if said is not None and self.dismiss():
            said.act()

    def dismiss(self) -> bool:
        """Take the notice away; whether there was one."""
        if self._said is None:
            return False
        self._said = None
        self._on_change()
        return True

    def fade(self) -> None:
        """Good news needs no confirmation: the next action takes it away."""
        if self._said is not None and self._said.form is NoticeForm.DONE:
            self.dismiss()

    def shown(self, wording: Wording) -> Notice | None:
        if self._said is None:
            return None
        said = self._said
        return Notice(form=said.form, text=said.text(wording), action=said.action(wording))

    def _say(self, form: NoticeForm, text: Callable[[Wording], str]) -> None:
        self._said = _Said(form=form, text=text)
        self._on_change()
