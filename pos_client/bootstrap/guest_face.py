"""What the guest sees: a window on a second screen, a pole display, both, or nothing."""

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QImage

from domain.errors import TillfoldError
from hardware.displays.pole_display import PoleDisplay, PoleSettings
from hardware.displays.protocols import PoleKind
from hardware.supervisor import CHANCE_RANGE, Supervisor
from hardware.timing import monotonic_ms
from pos_client.background import Background
from pos_client.bootstrap.guest_screen import GuestScreen
from pos_client.screens.guest.presenter import GuestPresenter
from pos_client.screens.guest.state import GuestCodes
from pos_client.screens.guest.view import GuestView
from pos_client.screens.window import Window
from pos_client.settings import DisplaySettings, PoleDisplaySettings
from pos_client.time_and_chance import Entropy, SystemEntropy
from pos_client.widgets.look import Look

_CHANCE_BYTES: Final = 4


class GuestFace:
    """Builds what the settings name, and ends it."""

    def __init__(
        self, settings: DisplaySettings, window: Window, look: Look, background: Background
    ) -> None:
        self._background = background
        self.view: GuestView | None = None
        self.presenter: GuestPresenter | None = None
        self.pole: Supervisor | None = None
        if not settings.screen and not settings.pole.port:
            return
        till = window.till
        display = PoleDisplay(pole_settings(settings.pole), clock=monotonic_ms)
        self.presenter = GuestPresenter(
            till.desk,
            till.order,
            till.flow,
            till.pay,
            GuestCodes(enrolment=settings.enrolment_qr, payment=settings.payment_qr),
            on_pole=display.show,
        )
        till.pay.listen(lambda _state: self.redraw())
        if settings.screen:
            self.view = GuestView(
                look, self.presenter, pictures=settings.pictures_path, load=self._load
            )
            GuestScreen(self.view, window, settings.screen)
        if settings.pole.port:
            chance = chance_of(SystemEntropy())
            self.pole = Supervisor("pole display", display, clock=monotonic_ms, chance=chance)
            self.pole.start()

    def redraw(self) -> None:
        if self.presenter is not None:
            self.presenter.redraw()

    def restyle(self) -> None:
        if self.view is not None:
            self.view.restyle()

    def close(self) -> None:
        if self.pole is not None:
            self.pole.stop()
        if self.view is not None:
            self.view.hide()
            self.view.deleteLater()
            self.view = None

    def _load(self, read: Callable[[], QImage], show: Callable[[QImage], None]) -> None:
        self._background.run_long(read, show, _never)


def pole_settings(settings: PoleDisplaySettings) -> PoleSettings:
    return PoleSettings(port=settings.port, kind=PoleKind(settings.kind), baud=settings.baud)


def chance_of(entropy: Entropy) -> Callable[[], int]:
    """A whole number below 1,000, for the pauses of a supervisor."""
    return lambda: int.from_bytes(entropy.bytes(_CHANCE_BYTES), "big") % CHANCE_RANGE


def _never(_error: TillfoldError) -> None:
    """Reading a picture raises none."""
