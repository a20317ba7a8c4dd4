"""The till with its face: the window over the machinery, from the first start to the last."""

import logging
import signal
import sys
from functools import partial
from types import TracebackType
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Language
from pos_client.background import Background
from pos_client.bootstrap.device_set_up import DeviceDesk
from pos_client.bootstrap.guest_face import GuestFace
from pos_client.bootstrap.machinery import TillMachinery
from pos_client.bootstrap.preferences import PreferenceFile
from pos_client.bootstrap.scanner import WedgeScanner, wedge_of
from pos_client.bootstrap.warming import settle, warm_up
from pos_client.devices.inputs import InputDevices
from pos_client.screens.desk import Desk
from pos_client.screens.double_taps import DoubleTaps
from pos_client.screens.recovery.presenter import RecoveryAction, RecoveryPresenter
from pos_client.screens.recovery.view import RecoveryView
from pos_client.screens.till import Equipment
from pos_client.screens.window import Window
from pos_client.settings import TillSettings
from pos_client.storage.store import Changed
from pos_client.texts.catalogue import wording_in
from pos_client.time_and_chance import SystemClock, SystemEntropy
from pos_client.use_cases.joining import LOCAL_TIME_ZONE
from pos_client.widgets.look import Look, dpi_for
from pos_client.widgets.tokens import Scheme

_log = logging.getLogger(__name__)

# A pull of many pages changes much in little time: the screens read again at most this often.
REFRESH_MS: Final = 60
SMALLEST_WIDTH: Final = 1024
SMALLEST_HEIGHT: Final = 768
USUAL_WIDTH: Final = 1366

_REBUILD: Final = (RecoveryAction.REBUILD, RecoveryAction.SET_ASIDE, RecoveryAction.QUIT)
_SET_ASIDE: Final = (RecoveryAction.SET_ASIDE, RecoveryAction.QUIT)
WAYS_OUT: Final[dict[ErrorCode, tuple[RecoveryAction, ...]]] = {
    ErrorCode.DATABASE_DAMAGED: _REBUILD,
    ErrorCode.DATABASE_MISSING: _REBUILD,
    ErrorCode.DATABASE_KEY_WRONG: _SET_ASIDE,
    ErrorCode.DATABASE_KEY_MISSING: _SET_ASIDE,
    ErrorCode.JOURNAL_DAMAGED: _SET_ASIDE,
}


def run_window(settings: TillSettings) -> int:
    """Open the till's window and work until it is closed; answers Qt's exit code."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Tillfold")
    # Drawn the same everywhere: no desktop's own style leaks in.
    application.setStyle("Fusion")
    face = Face(settings)
    sys.excepthook = _log_fault
    signal.signal(signal.SIGTERM, lambda _signal, _frame: application.quit())
    face.open()
    code = application.exec()
    face.close()
    return code


class Face(QObject):
    """Shows the till's window, or the recovery screen where the till cannot start."""

    def __init__(self, settings: TillSettings) -> None:
        super().__init__()
        self._settings = settings
        self._preferences = PreferenceFile(settings.data_path)
        kept = self._preferences.kept
        language = kept.language or settings.language
        scheme = Scheme(kept.theme or settings.theme)
        self._look = Look(scheme, dpi=dpi_for(QApplication.primaryScreen()))
        self.machinery = TillMachinery(
            settings, wording_in(language), clock=SystemClock(), entropy=SystemEntropy()
        )
        self.background = Background()
        self._desk = Desk(
            self.machinery.counter,
            self.background,
            now_ms=self.machinery.now_ms,
            zone=ZoneInfo(LOCAL_TIME_ZONE),
            language=language,
        )
        self._recovery: tuple[RecoveryView, RecoveryPresenter] | None = None
        self.window: Window | None = None
        self.guest: GuestFace | None = None
        self.inputs: InputDevices | None = None
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._refresh.timeout.connect(self._refresh_now)

    def open(self) -> None:
        """Start the till; what cannot start is shown with its ways out."""
        self.machinery.on_changed = self._changed
        self.machinery.on_attached = self._attached
        if self.machinery.is_new():
            self._show_window(new=True)
            return
        try:
            notice = self.machinery.start()
        except TillfoldError as error:
            self._show_recovery(error)
        else:
            self._show_window(new=False, notice=notice)

    def close(self) -> None:
        """End all threads; what waits is sent and printed after the next start."""
        self._refresh.stop()
        if self.guest is not None:
            self.guest.close()
        if self.inputs is not None:
            self.inputs.stop()
        self.background.close()
        self.machinery.close()

    def _show_window(self, *, new: bool, notice: ErrorCode | None = None) -> None:
        self.window = Window(
            self._desk,
            self._look,
            left_handed=self._settings.left_handed,
            equipment=Equipment(
                labels=self._settings.scanner.labels,
                set_up=DeviceDesk(self._settings, lambda: self._desk.wording),
            ),
            on_language=self._keep_language,
            on_scheme=self._keep_scheme,
        )
        self._show(self.window)
        DoubleTaps(self.window)
        self._listen_to_scanners(self.window)
        self.guest = GuestFace(self._settings.display, self.window, self._look, self.background)
        self.window.start(new=new)
        if notice is not None:
            self.window.till.notices.error(TillfoldError(notice))
        self.background.run_long(warm_up, lambda _none: settle(), _nothing)

    def _listen_to_scanners(self, window: Window) -> None:
        """The keyboard's bursts at the window itself, all else on threads of its own."""
        keyboard = self._settings.scanner.keyboard
        if keyboard.on:
            wedge, keys = wedge_of(keyboard)
            WedgeScanner(
                window.windowHandle(), window.on_scan, wedge, keys, on_broken=window.on_broken_scan
            )
        self.inputs = InputDevices(
            self._settings,
            entropy=SystemEntropy(),
            on_text=lambda text: self.background.call(partial(window.on_scan, text)),
            on_card=lambda tap: self.background.call(partial(window.on_card, tap)),
        )
        self.inputs.start()

    def _show(self, widget: QWidget) -> None:
        widget.setMinimumSize(SMALLEST_WIDTH, SMALLEST_HEIGHT)
        widget.resize(USUAL_WIDTH, SMALLEST_HEIGHT)
        if self._settings.full_screen:
            widget.showFullScreen()
        else:
            widget.show()

    def _show_recovery(self, error: TillfoldError) -> None:
        _log.error("till cannot start", extra={"code": error.code.value})
        actions = WAYS_OUT.get(error.code, (RecoveryAction.QUIT,))
        presenter = RecoveryPresenter(self._desk.wording, error, actions, self._recover)
        view = RecoveryView(self._look, presenter)
        self._recovery = (view, presenter)
        self._show(view)

    def _recover(self, action: RecoveryAction) -> None:
        match action:
            case RecoveryAction.REBUILD:
                self.background.run_long(
                    self.machinery.rebuild,
                    lambda notice: self._recovered(new=False, notice=notice),
                    self._still_broken,
                )
            case RecoveryAction.SET_ASIDE:
                self.background.run_long(
                    self.machinery.set_aside,
                    lambda _none: self._recovered(new=True, notice=None),
                    self._still_broken,
                )
            case RecoveryAction.QUIT:
                QApplication.quit()

    def _recovered(self, *, new: bool, notice: ErrorCode | None) -> None:
        self._show_window(new=new, notice=notice)
        if self._recovery is not None:
            view, _ = self._recovery
            view.close()
            view.deleteLater()
            self._recovery = None

    def _still_broken(self, error: TillfoldError) -> None:
        if self._recovery is not None:
            self._recovery[1].fail(error)

    def _attached(self, time_zone: str) -> None:
        """The store is open: its zone is known from now on. May come from any thread."""
        self._desk.zone = ZoneInfo(time_zone)

    def _changed(self, _changed: Changed) -> None:
        """May come from any thread, and often."""
        self.background.call(self._refresh_soon)

    def _refresh_soon(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _refresh_now(self) -> None:
        if self.window is not None:
            self.window.refresh()

    def _keep_language(self, language: Language) -> None:
        kept = msgspec.structs.replace(self._preferences.kept, language=language)
        self._preferences.keep(kept)
        self.machinery.wording = wording_in(language)
        if self.guest is not None:
            self.guest.redraw()

    def _keep_scheme(self, scheme: Scheme) -> None:
        kept = msgspec.structs.replace(self._preferences.kept, theme=scheme.value)
        self._preferences.keep(kept)
        if self.guest is not None:
            self.guest.restyle()


def _nothing(_result: object) -> None:
    """Warming up has no result that anybody waits for."""


def _log_fault(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    """The last handler: a fault of ours is logged, and the till goes on."""
    _log.critical("fault", exc_info=(kind, fault, trace))
