"""Scanners and card readers that do not type: one thread for each, opened again when lost."""

from collections.abc import Callable
from typing import Final

from hardware.cards.pcsc import PcscReaders, PcscSettings
from hardware.cards.taps import CardTap
from hardware.scanners.serial_scanner import SerialScanner
from hardware.serial_ports import SerialPortSettings
from hardware.supervisor import DeviceCondition, Supervisor
from hardware.timing import monotonic_ms
from pos_client.settings import TillSettings
from pos_client.time_and_chance import Entropy

SCANNER: Final = "scanner"
CARD_READER: Final = "card_reader"
STRIPE_READER: Final = "stripe_reader"
_CHANCES: Final = 1_000


class InputDevices:
    """`on_text` hears what was scanned or swiped, `on_card` a card on a reader: from any thread.

    `on_changed` hears that a device came or went.
    """

    def __init__(
        self,
        settings: TillSettings,
        *,
        entropy: Entropy,
        on_text: Callable[[str], None],
        on_card: Callable[[CardTap], None],
        on_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._entropy = entropy
        self._on_text = on_text
        self._on_card = on_card
        self._on_changed = on_changed
        self._supervisors = self._make(settings)

    def start(self) -> None:
        for supervisor in self._supervisors:
            supervisor.start()

    def stop(self) -> None:
        for supervisor in self._supervisors:
            supervisor.stop()

    def hint(self) -> None:
        """Something was plugged in: what is lost is tried at once."""
        for supervisor in self._supervisors:
            supervisor.hint()

    def conditions(self) -> dict[str, DeviceCondition]:
        """By the device's name; only what the settings name."""
        return {supervisor.name: supervisor.condition for supervisor in self._supervisors}

    def _make(self, settings: TillSettings) -> list[Supervisor]:
        made = []
        if settings.scanner.serial.port:
            made.append(self._serial(SCANNER, settings.scanner.serial))
        if settings.card_reader.serial.port:
            made.append(self._serial(STRIPE_READER, settings.card_reader.serial))
        if settings.card_reader.nfc:
            pcsc = PcscSettings(reader=settings.card_reader.reader)
            readers = PcscReaders(pcsc, self._on_card, clock=monotonic_ms)
            made.append(self._supervise(CARD_READER, readers))
        return made

    def _serial(self, name: str, port: SerialPortSettings) -> Supervisor:
        return self._supervise(name, SerialScanner(port, self._on_text, clock=monotonic_ms))

    def _supervise(self, name: str, device: SerialScanner | PcscReaders) -> Supervisor:
        return Supervisor(
            name,
            device,
            clock=monotonic_ms,
            chance=self._chance,
            on_changed=lambda _condition: self._on_changed(),
        )

    def _chance(self) -> int:
        return int.from_bytes(self._entropy.bytes(4)) % _CHANCES
