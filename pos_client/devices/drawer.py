"""The cash drawer: one pulse now, or none. Never queued: what opens later opens at night."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from hardware.ports import CashDrawer, DeviceReason, NotSent, PrintOutcome

_STOP_WAIT_S: Final = 4.0
_log = logging.getLogger(__name__)

OnOutcome = Callable[[PrintOutcome], None]


class DrawerLine:
    """A thread of its own, so that a printer that does not answer keeps nobody waiting.

    While one pulse is under way a second wish is the same moment, and is dropped. Nothing happens
    before `start`, nor where there is no drawer.
    """

    def __init__(self, *, after_cash: bool) -> None:
        self.after_cash = after_cash
        self._drawer: CashDrawer | None = None
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._on_outcome: OnOutcome = _nobody
        self._thread = threading.Thread(target=self._loop, name="drawer", daemon=True)

    @property
    def is_there(self) -> bool:
        return self._drawer is not None

    def start(self, drawer: CashDrawer | None) -> None:
        self._drawer = drawer
        if drawer is not None:
            self._thread.start()

    def open(self, on_outcome: OnOutcome) -> None:
        """May be called from any thread; `on_outcome` is called from the drawer's own."""
        if not self._wanted.is_set():
            self._on_outcome = on_outcome
            self._wanted.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait()
            if not self._stopping.is_set():
                outcome, on_outcome = self._pulse(), self._on_outcome
                self._wanted.clear()
                on_outcome(outcome)

    def _pulse(self) -> PrintOutcome:
        assert self._drawer is not None, "only started with a drawer"
        try:
            return self._drawer.open_drawer()
        except Exception as error:  # noqa: BLE001 - an outcome like others, and logged
            _log.error("drawer failed", extra={"error": type(error).__name__})
            return NotSent(DeviceReason.DEVICE_ERROR)


def _nobody(_outcome: PrintOutcome) -> None:
    """Before the first wish."""
