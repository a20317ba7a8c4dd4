"""Cards through PC/SC, by a loop of our own over `smartcard.scard`.

pyscard's `CardMonitor` ends for good when the PC/SC service stops, which Windows does when the last
reader is unplugged. Here every error releases the context and the supervisor begins anew: context,
readers, changes of half a second.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

import msgspec

from hardware.cards.numbers import UID_LENGTHS, card_of_uid, is_random_uid
from hardware.cards.taps import CardChanges, CardSeen, CardTap, CardUnreadable
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.supervisor import DeviceFault
from hardware.timing import MonotonicMs

WAIT_MS: Final = 500
SAME_CARD_MS: Final = 1_000
# PC/SC part 3, 3.2.2.1.3: GET DATA, the UID.
_GET_UID: Final = (0xFF, 0xCA, 0x00, 0x00, 0x00)
_SUCCESS: Final = (0x90, 0x00)
_PLUG_AND_PLAY: Final = "\\\\?PnP?\\Notification"


class PcscSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Readers whose name holds `reader` count; empty: all."""

    reader: str = ""


class PcscReaders:
    """All fitting readers of the machine, for a `Supervisor`; `on_card` is called on its thread."""

    def __init__(
        self, settings: PcscSettings, on_card: Callable[[CardTap], None], *, clock: MonotonicMs
    ) -> None:
        self._settings = settings
        self._on_card = on_card
        self._clock = clock
        self._scard: ModuleType | None = None
        self._context: Any = None
        self._states: dict[str, int] = {}
        self._last: tuple[CardTap | None, int] = (None, 0)

    def open(self) -> None:
        scard = self._scard = _load()
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if result in {scard.SCARD_W_SECURITY_VIOLATION, scard.SCARD_E_NO_ACCESS}:
            raise DeviceFault(DeviceReason.NOT_ALLOWED)
        self._check(result)
        self._context = context
        self._states = {}

    def serve(self) -> DeviceStatus:
        assert self._scard is not None
        readers = self._readers()
        waited_on = {name: self._states.get(name, 0) for name in readers or (_PLUG_AND_PLAY,)}
        result, changed = self._scard.SCardGetStatusChange(
            self._context, WAIT_MS, list(waited_on.items())
        )
        if result == self._scard.SCARD_E_UNKNOWN_READER:
            self._states = {}  # unplugged this moment
        elif result != self._scard.SCARD_E_TIMEOUT:
            self._check(result)
            for name, state, _atr in changed:
                self._note(name, state)
        if not readers:
            return DeviceStatus(DeviceState.LOST, DeviceReason.NOT_FOUND)
        return DeviceStatus(DeviceState.READY)

    def close(self) -> None:
        context, self._context = self._context, None
        if context is not None and self._scard is not None:
            self._scard.SCardReleaseContext(context)

    def _readers(self) -> list[str]:
        assert self._scard is not None
        result, names = self._scard.SCardListReaders(self._context, [])
        if result == self._scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        self._check(result)
        return [name for name in names if self._settings.reader in name]

    def _note(self, reader: str, state: int) -> None:
        """A card that lies on the reader is read once, when it comes."""
        assert self._scard is not None
        if reader == _PLUG_AND_PLAY:
            return
        present, before = self._scard.SCARD_STATE_PRESENT, self._states.get(reader, 0)
        self._states[reader] = state & ~self._scard.SCARD_STATE_CHANGED
        if state & present and not before & present:
            self._tell(self._read(reader))

    def _tell(self, tap: CardTap) -> None:
        """A card that trembles at the edge of the field counts once."""
        now_ms = self._clock()
        last, told_ms = self._last
        self._last = tap, now_ms
        if tap != last or now_ms - told_ms >= SAME_CARD_MS:
            self._on_card(tap)

    def _read(self, reader: str) -> CardTap:
        scard = self._scard
        assert scard is not None
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(
            self._context, reader, scard.SCARD_SHARE_SHARED, protocols
        )
        if result != scard.SCARD_S_SUCCESS:
            return CardUnreadable()
        try:
            result, answer = scard.SCardTransmit(card, protocol, list(_GET_UID))
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        return _tap_of(bytes(answer)) if result == scard.SCARD_S_SUCCESS else CardUnreadable()

    def _check(self, result: int) -> None:
        """Raises DeviceFault where the service does not answer.

        A service that is just ending says much: a communication error, or even that this user may
        not use it. So rights are looked at when the context is made, and not here.
        """
        assert self._scard is not None
        if result != self._scard.SCARD_S_SUCCESS:
            raise DeviceFault(DeviceReason.NO_SERVICE)


def _tap_of(answer: bytes) -> CardTap:
    uid, status = answer[:-2], tuple(answer[-2:])
    if status != _SUCCESS or len(uid) not in UID_LENGTHS:
        return CardUnreadable()
    return CardChanges() if is_random_uid(uid) else CardSeen(card_of_uid(uid))


def _load() -> ModuleType:
    """Raises DeviceFault where the system has no PC/SC."""
    try:
        # Loads a library of the operating system, which a till without such a reader need not have.
        from smartcard import scard
    except ImportError as error:
        raise DeviceFault(DeviceReason.NO_SERVICE) from error
    module: ModuleType = scard
    return module


def pcsc_readers() -> list[str]:
    """The names of all readers that are plugged in; for a settings screen.

    Raises:
        DeviceFault: no service.
    """
    scard = _load()
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        raise DeviceFault(DeviceReason.NO_SERVICE)
    try:
        _, names = scard.SCardListReaders(context, [])
    finally:
        scard.SCardReleaseContext(context)
    return list(names)


def try_pcsc(settings: PcscSettings) -> DeviceStatus:
    """Whether a reader that fits is there; for a settings screen."""
    try:
        names = pcsc_readers()
    except DeviceFault as fault:
        return DeviceStatus(DeviceState.LOST, fault.reason)
    if not any(settings.reader in name for name in names):
        return DeviceStatus(DeviceState.LOST, DeviceReason.NOT_FOUND)
    return DeviceStatus(DeviceState.READY)
