"""The drawer on the printer's socket: the pulse, and the pin that tells whether it is open."""

import time
from enum import StrEnum

from hardware.escpos.link import Link, LinkError
from hardware.escpos.model import DrawerPulse, PulseForm
from hardware.escpos.settings import DrawerSensor
from hardware.escpos.status import DRAWER_PIN, DRAWER_QUERY, AnswerParser, RealTimeAnswer
from hardware.ports import DeviceReason, Done, InDoubt, PrintOutcome, SentUnconfirmed
from hardware.timing import Deadline

PULSES = 3  # with a sensor: tried again while it says closed
SEEN_OPEN_MS = 400  # the drawer springs open well within
PIN_MS = 300
LOOK_AGAIN_S = 0.03
SECOND_PIN = 5
STEP_MS, QUEUED_STEP_MS = 100, 2
LONGEST_BYTE = 255


class DrawerPosition(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"  # no sensor, not learnt, or the printer does not answer


def pulse_command(pulse: DrawerPulse) -> bytes:
    """`DLE DC4` fn 1, which works at once and without paper, or `ESC p`, which waits its turn."""
    pin = 1 if pulse.pin == SECOND_PIN else 0
    if pulse.form is PulseForm.REAL_TIME:
        return bytes([0x10, 0x14, 0x01, pin, pulse.length_ms // STEP_MS])
    length = min(pulse.length_ms // QUEUED_STEP_MS, LONGEST_BYTE)
    return bytes([0x1B, 0x70, pin, length, LONGEST_BYTE])


def read_pin(link: Link, *, deadline: Deadline) -> bool | None:
    """Whether the drawer pin is high; None when the printer does not say.

    Raises:
        LinkError: timed_out, connection_lost.
    """
    if not link.answers:
        return None
    link.send(DRAWER_QUERY, deadline=deadline)
    parser = AnswerParser()
    while not deadline.over:
        for answer in parser.feed(link.receive(deadline=deadline)):
            if isinstance(answer, RealTimeAnswer):
                return bool(answer.value & DRAWER_PIN)
    return None


def learn_sensor(*, closed: bool | None, opened: bool | None) -> DrawerSensor:
    """What the pin means, from its level with the drawer closed and then open.

    The polarity depends on the drawer. Equal levels, or none, mean that no sensor is wired.
    """
    if closed is None or opened is None or closed == opened:
        return DrawerSensor.NONE
    return DrawerSensor.HIGH_IS_OPEN if opened else DrawerSensor.LOW_IS_OPEN


def position(level: bool | None, sensor: DrawerSensor) -> DrawerPosition:  # noqa: FBT001 - a pin
    """What a level of the pin says, once its meaning was learnt."""
    if level is None or sensor is DrawerSensor.NONE:
        return DrawerPosition.UNKNOWN
    is_open = level is (sensor is DrawerSensor.HIGH_IS_OPEN)
    return DrawerPosition.OPEN if is_open else DrawerPosition.CLOSED


def open_on(
    link: Link, pulse: DrawerPulse, sensor: DrawerSensor, *, deadline: Deadline
) -> PrintOutcome:
    """One pulse; with a sensor up to three, until it says open.

    Raises:
        LinkError: timed_out, connection_lost; only while no pulse has left.
    """
    link.send(pulse_command(pulse), deadline=deadline)
    if sensor is DrawerSensor.NONE:
        return SentUnconfirmed()
    try:
        for _ in range(PULSES - 1):
            if _seen_open(link, sensor, deadline.at_most(SEEN_OPEN_MS)):
                return Done()
            link.send(pulse_command(pulse), deadline=deadline)
        seen = _seen_open(link, sensor, deadline.at_most(SEEN_OPEN_MS))
    except LinkError:
        return SentUnconfirmed()  # the pulse had left; only the look at the drawer failed
    return Done() if seen else InDoubt(DeviceReason.DRAWER_STUCK)


def _seen_open(link: Link, sensor: DrawerSensor, deadline: Deadline) -> bool:
    """Whether the sensor said open in time.

    Raises:
        LinkError: timed_out, when the printer does not answer at all.
    """
    answered = False
    while not deadline.over:
        level = read_pin(link, deadline=deadline.at_most(PIN_MS))
        if position(level, sensor) is DrawerPosition.OPEN:
            return True
        answered |= level is not None
        time.sleep(LOOK_AGAIN_S)
    if not answered:
        raise LinkError(DeviceReason.TIMED_OUT)
    return False
