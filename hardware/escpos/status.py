"""The bytes a printer sends, told apart. No input or output here: bytes in, answers out.

Answers of different commands mix on one connection, so a parser reads all of them. Masks: Epson
ESC/POS reference, pages DLE EOT, GS r and GS a.
"""

import msgspec

from hardware.ports import DeviceReason, DeviceState, DeviceStatus

PUSHED_BYTES = 4  # one automatic status report (ASB)

_REAL_TIME_MASK, _REAL_TIME = 0x93, 0x12
_PUSHED_MASK, _PUSHED = 0x93, 0x10
_FURTHER_MASK, _FURTHER = 0x90, 0x00  # later bytes of a report, and answers to GS r


class RealTimeAnswer(msgspec.Struct, frozen=True):
    """The answer to a `DLE EOT n`; which n, only the asking side knows."""

    value: int


class QueuedAnswer(msgspec.Struct, frozen=True):
    """The answer to a `GS r n`: everything queued before it has been printed."""

    value: int


class PushedStatus(msgspec.Struct, frozen=True):
    """An automatic status report of four bytes."""

    value: bytes


Answer = RealTimeAnswer | QueuedAnswer | PushedStatus


class AnswerParser:
    """Cuts a stream of bytes into answers; bytes that fit nothing are dropped."""

    def __init__(self) -> None:
        self._pushed = b""

    def feed(self, received: bytes) -> list[Answer]:
        """The answers that are complete now."""
        answers = (self._byte(value) for value in received)
        return [answer for answer in answers if answer is not None]

    def _byte(self, value: int) -> Answer | None:
        if value & _REAL_TIME_MASK == _REAL_TIME:
            return RealTimeAnswer(value)
        if value & _PUSHED_MASK == _PUSHED:
            self._pushed = bytes([value])
        elif value & _FURTHER_MASK == _FURTHER:
            return self._further(value)
        return None  # the first byte of a report, XON or XOFF, or noise

    def _further(self, value: int) -> Answer | None:
        if not self._pushed:
            return QueuedAnswer(value)
        self._pushed += bytes([value])
        if len(self._pushed) < PUSHED_BYTES:
            return None
        report, self._pushed = self._pushed, b""
        return PushedStatus(report)


# DLE EOT n is asked for these, in this order.
ASKED = (1, 2, 3, 4)
QUERY = b"".join(bytes([0x10, 0x04, number]) for number in ASKED)
COMPLETION_MARKER = b"\x1dr\x01"

# (which answer, bits, what it means), worst first.
_FAULTS = (
    (2, 0x04, DeviceReason.COVER_OPEN),
    (4, 0x60, DeviceReason.PAPER_OUT),
    (2, 0x20, DeviceReason.PAPER_OUT),
    (3, 0x08, DeviceReason.CUTTER_ERROR),
    (3, 0x64, DeviceReason.DEVICE_ERROR),
    (2, 0x40, DeviceReason.DEVICE_ERROR),
    (1, 0x08, DeviceReason.OFFLINE),
    (4, 0x0C, DeviceReason.PAPER_LOW),
)


def read_status(answers: tuple[int, ...]) -> DeviceStatus:
    """What the answers to `QUERY`, in its order, say about the printer."""
    value = dict(zip(ASKED, answers, strict=True))
    for number, bits, reason in _FAULTS:
        if value[number] & bits:
            return DeviceStatus(DeviceState.DEGRADED, reason)
    return DeviceStatus(DeviceState.READY)
