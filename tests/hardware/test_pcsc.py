"""Cards through a real PC/SC service with a virtual reader, stopped and started under the loop."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from hardware.cards.numbers import card_of_uid, is_random_uid
from hardware.cards.pcsc import PcscReaders, PcscSettings, try_pcsc
from hardware.cards.taps import CardChanges, CardSeen, CardTap, CardUnreadable
from hardware.emulators.vpcd_card import VirtualCard
from hardware.ports import DeviceReason, DeviceState, DeviceStatus
from hardware.supervisor import Supervisor
from hardware.timing import monotonic_ms
from tests.hardware.private_pcscd import (
    PORT,
    READER,
    PrivatePcscd,
    private_pcscd,
    skip_without_pcscd,
)

WAIT_S = 15.0
UID = bytes.fromhex("04A224B1C23D80")


class Desk:
    """The loop under its supervisor, and what the till hears of both."""

    def __init__(self, service: PrivatePcscd) -> None:
        self.service = service
        self.taps: Queue[CardTap] = Queue()
        self.told: Queue[DeviceStatus] = Queue()
        self.supervisor = Supervisor(
            "nfc",
            PcscReaders(PcscSettings(reader=READER), self.taps.put, clock=monotonic_ms),
            clock=monotonic_ms,
            chance=lambda: 0,
            on_changed=lambda condition: self.told.put(condition.status),
        )

    def wait_for(self, state: DeviceState) -> DeviceStatus:
        while (status := self.told.get(timeout=WAIT_S)).state is not state:
            pass
        return status

    def tap(self, uid: bytes | None) -> CardTap:
        card = VirtualCard(PORT, uid)
        card.insert()
        try:
            return self.taps.get(timeout=WAIT_S)
        finally:
            card.remove()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    skip_without_pcscd()
    with private_pcscd(tmp_path) as service:
        made = Desk(service)
        yield made
        made.supervisor.stop()


def test_cards_are_read_and_the_loop_outlives_the_service(desk: Desk) -> None:
    """One test for all: starting the service costs most of it."""
    assert try_pcsc(PcscSettings()).reason is DeviceReason.NO_SERVICE
    desk.service.start()
    assert try_pcsc(PcscSettings(reader="nowhere")).reason is DeviceReason.NOT_FOUND
    assert try_pcsc(PcscSettings(reader=READER)) == DeviceStatus(DeviceState.READY)
    desk.supervisor.start()
    desk.wait_for(DeviceState.READY)
    assert desk.tap(UID) == CardSeen("uid-04A224B1C23D80")
    for _ in range(2):
        desk.service.stop()
        assert desk.wait_for(DeviceState.LOST).reason is DeviceReason.NO_SERVICE
        desk.service.start()
        desk.supervisor.hint()
        desk.wait_for(DeviceState.READY)
    assert desk.tap(bytes.fromhex("DEADBEEF")) == CardSeen("uid-DEADBEEF")
    with pytest.raises(Empty):
        desk.taps.get_nowait()


def test_a_phone_and_a_card_without_a_number_are_told_apart(desk: Desk) -> None:
    desk.service.start()
    desk.supervisor.start()
    desk.wait_for(DeviceState.READY)
    assert desk.tap(bytes.fromhex("08112233")) == CardChanges()
    assert desk.tap(None) == CardUnreadable()


def test_a_number_has_one_form() -> None:
    assert card_of_uid(bytes.fromhex("04a224b1c23d80")) == "uid-04A224B1C23D80"
    assert is_random_uid(bytes.fromhex("08AABBCC"))
    assert not is_random_uid(bytes.fromhex("08AABBCCDDEEFF"))
