"""Setting up devices: look at what is there, find, choose, try out, keep."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.rights import Right
from hardware.ports import DeviceStatus
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.devices.drawing import (
    DevicesFacts,
    draw_devices,
    is_good_enough,
    kind_words,
)
from pos_client.screens.devices.state import DevicesState
from pos_client.screens.flow import Flow
from pos_client.screens.notices import Notices
from pos_client.use_cases.device_setup import (
    DeviceChoice,
    DeviceExamined,
    DeviceFound,
    DeviceSetUp,
)

T = TypeVar("T")


class DevicesPresenter(SheetPresenter[DevicesState]):
    """Whoever may not change settings sees how the devices are, and changes nothing."""

    def __init__(
        self, desk: Desk, flow: Flow, notices: Notices, set_up: DeviceSetUp | None
    ) -> None:
        super().__init__(desk, flow, notices)
        self._set_up = set_up
        self._facts = DevicesFacts()
        self._cancel = Event()

    def begin(self) -> None:
        self._facts = DevicesFacts()
        self.examine()

    def examine(self) -> None:
        self._do("examining", lambda set_up: set_up.examine(), self._examined)

    def find(self) -> None:
        if self._may_change():
            self._cancel = Event()
            cancelled = self._cancel.is_set
            self._do("finding", lambda set_up: set_up.find(cancelled), self._found)

    def cancel(self) -> None:
        self._cancel.set()

    def choose(self, place: int) -> None:
        """One of those found; what it is goes without saying where it can be one thing only."""
        found = self._facts.found or ()
        if self._facts.busy or place >= len(found):
            return
        chosen = found[place]
        self._note(chosen=chosen, kind=None, variants=(), variant="", tried=None, kept=None)
        if len(chosen.kinds) == 1:
            self.choose_kind(kind_words(chosen.kinds[0], self.wording))

    def choose_kind(self, words: str) -> None:
        chosen = self._facts.chosen
        if self._facts.busy or chosen is None or self._set_up is None:
            return
        kind = next(kind for kind in chosen.kinds if kind_words(kind, self.wording) == words)
        variants = self._set_up.variants(kind)
        variant = variants[0] if variants else ""
        self._note(kind=kind, variants=variants, variant=variant, tried=None, kept=None)

    def choose_variant(self, variant: str) -> None:
        if not self._facts.busy:
            self._note(variant=variant, tried=None, kept=None)

    def try_out(self) -> None:
        choice = self._choice()
        if choice is not None and self._may_change():
            self._do("trying", lambda set_up: set_up.try_out(choice), self._tried)

    def keep(self) -> None:
        """Only what answered: settings that do not work are not kept."""
        choice = self._choice()
        if choice is not None and is_good_enough(self._facts.tried) and self._may_change():
            self._do("keeping", lambda set_up: set_up.keep(choice), lambda _none: self._kept())

    def escape(self) -> None:
        self.cancel()
        super().escape()

    def _choice(self) -> DeviceChoice | None:
        facts = self._facts
        if facts.chosen is None or facts.kind is None:
            return None
        return DeviceChoice(found=facts.chosen, kind=facts.kind, variant=facts.variant)

    def _may_change(self) -> bool:
        signed_in = self.desk.signed_in
        if signed_in is not None and Right.CHANGE_SETTINGS in signed_in.rights:
            return True
        self.notices.error(TillfoldError(ErrorCode.RIGHT_MISSING))
        return False

    def _do(
        self, busy: str, work: Callable[[DeviceSetUp], T], on_done: Callable[[T], None]
    ) -> None:
        set_up = self._set_up
        if self._facts.busy or set_up is None:
            return
        self._note(busy=busy)

        def done(answer: T) -> None:
            self._note(busy="")
            on_done(answer)

        self.desk.background.run_long(lambda: work(set_up), done, self._refused)

    def _examined(self, examined: tuple[DeviceExamined, ...]) -> None:
        self._note(examined=examined)

    def _found(self, found: tuple[DeviceFound, ...]) -> None:
        self._note(found=found, chosen=None, kind=None, variants=(), variant="", tried=None)

    def _tried(self, status: DeviceStatus) -> None:
        self._note(tried=status)

    def _kept(self) -> None:
        self._note(kept=self._facts.kind)
        self.examine()

    def _refused(self, error: TillfoldError) -> None:
        self._note(busy="")
        self.notices.error(error)

    def _note(self, **changes: object) -> None:
        self._facts = msgspec.structs.replace(self._facts, **changes)
        self.redraw()

    def _draw(self) -> DevicesState:
        return draw_devices(self._facts, self.wording)
