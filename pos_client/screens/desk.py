"""What every presenter works with, and the form that all presenters have."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final, Generic, TypeVar

from domain.conditions import Moment
from domain.identifiers import StaffId
from domain.money import format_fen
from domain.wording import Language, Wording
from pos_client.screens.flow import Flow, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.ports import Runner
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.answers import Home, SignedIn
from pos_client.use_cases.counter import Counter
from pos_client.use_cases.store_time import moment_in

StateT = TypeVar("StateT")
MINUS: Final = "\u2212"
_MS: Final = 1000


class Desk:
    """One for all presenters of a window: the till behind it, the language, who is signed in.

    `now_ms` is trusted Unix time. `home` is empty until the first screen has read it.
    """

    def __init__(
        self,
        counter: Counter,
        background: Runner,
        *,
        now_ms: Callable[[], int],
        zone: tzinfo,
        language: Language = Language.CHINESE,
    ) -> None:
        self.counter = counter
        self.background = background
        self.now_ms = now_ms
        self.zone = zone
        self.wording: Wording = wording_in(language)
        self.home: Home | None = None
        self.signed_in: SignedIn | None = None

    @property
    def language(self) -> Language:
        return self.wording.language

    @property
    def actor(self) -> StaffId:
        assert self.signed_in is not None, "only asked for behind the sign-in"
        return self.signed_in.staff_id

    @property
    def viewer(self) -> StaffId | None:
        """Who looks at the screen: some see more than others."""
        return self.signed_in.staff_id if self.signed_in else None

    def speak(self, language: Language) -> None:
        self.wording = wording_in(language)

    def store_moment(self) -> Moment:
        """Now, as the store's clock shows it."""
        return moment_in(self.now_ms(), self.zone)

    def clock(self, unix_ms: int) -> str:
        """14:05 in the store's zone."""
        return f"{self._local(unix_ms):%H:%M}"

    def day(self, unix_ms: int) -> str:
        """2026-11-21 in the store's zone."""
        return f"{self._local(unix_ms):%Y-%m-%d}"

    def long_day(self, unix_ms: int) -> str:
        """11月21日 星期六, in the desk's language."""
        local = self._local(unix_ms)
        weekday = self.wording.text(f"weekday.{local.isoweekday()}")
        return self.wording.text(
            "weekday.long_day", month=local.month, day=local.day, weekday=weekday
        )

    def moment(self, unix_ms: int) -> str:
        """The clock for today, else month, day and clock."""
        local, today = self._local(unix_ms), self._local(self.now_ms())
        return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%m-%d %H:%M}"

    def _local(self, unix_ms: int) -> datetime:
        return datetime.fromtimestamp(unix_ms // _MS, self.zone)


def yuan(amount_fen: int) -> str:
    """¥12.50, with a true minus sign where it is negative."""
    sign = MINUS if amount_fen < 0 else ""
    return f"{sign}¥{plain_amount(abs(amount_fen))}"


def plain_amount(amount_fen: int) -> str:
    """1,234.50, with a true minus sign where it is negative."""
    whole, fen = format_fen(abs(amount_fen)).split(".")
    sign = MINUS if amount_fen < 0 else ""
    return f"{sign}{int(whole):,}.{fen}"


class Presenter(ABC, Generic[StateT]):
    """Keeps the facts of a screen and turns them into one frozen state whenever they change."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._listeners: list[Callable[[StateT], None]] = []

    @property
    def wording(self) -> Wording:
        return self.desk.wording

    @property
    def state(self) -> StateT:
        return self._draw()

    def listen(self, on_change: Callable[[StateT], None]) -> None:
        self._listeners.append(on_change)
        on_change(self.state)

    def redraw(self) -> None:
        if self._listeners:
            state = self.state
            for on_change in self._listeners:
                on_change(state)

    @abstractmethod
    def _draw(self) -> StateT:
        """The state that follows from the facts, in the desk's language."""


class SheetPresenter(Presenter[StateT]):
    """A presenter of what lies over the dishes: it may hear keys, and Esc closes it."""

    def __init__(self, desk: Desk, flow: Flow, notices: Notices) -> None:
        super().__init__(desk)
        self.flow = flow
        self.notices = notices

    def begin(self) -> None:
        """The sheet was opened."""
        self.redraw()

    def redraw_while_on(self, sheet: Sheet) -> None:
        """For what changes at every scan: a sheet that is not shown is drawn when it is opened."""
        if self.flow.sheet is sheet:
            self.redraw()

    def press(self, key: str) -> None:
        """A key of the number pad or the keyboard that no field took."""

    def escape(self) -> None:
        self.flow.close_sheet()
