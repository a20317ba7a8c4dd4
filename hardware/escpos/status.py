"""The bytes a printer sends, told apart. No input or output here: bytes in, answers out.

Answers of different commands mix on one connection, so a parser reads all of them. Masks: Epson
ESC/POS reference, pages DLE EOT, GS r, GS a and GS ( H.
"""

import msgspec

from hardware.ports import DeviceReason, DeviceState, DeviceStatus

PUSHED_BYTES = 4  # one automatic status report (ASB)
PROCESS_ID_BYTES = 4

_REAL_TIME_MASK, _REAL_TIME = 0x93, 0x12
_PUSHED_MASK, _PUSHED = 0x93, 0x10
_FURTHER_MASK, _FURTHER = 0x90, 0x00  # later bytes of a report, and answers to GS r
_PAPER_ANSWERS = frozenset({0x00, 0x03, 0x0C, 0x0F})  # all that GS r 1 can say
_FLOW_CONTROL = frozenset({0x11, 0x13})  # XON, XOFF
_BLOCK_HEAD = b"\x37\x22"
_BLOCK_END = 0x00
_BLOCK_BYTES = len(_BLOCK_HEAD) + PROCESS_ID_BYTES + 1


class RealTimeAnswer(msgspec.Struct, frozen=True):
    """The answer to a `DLE EOT n`; which n, only the asking side knows."""

    value: int


class QueuedAnswer(msgspec.Struct, frozen=True):
    """The answer to a `GS r 1`: everything queued before it has been printed."""

    value: int


class ProcessAnswer(msgspec.Struct, frozen=True):
    """The answer to a `GS ( H` 48: the data before that identifier has been printed."""

    identifier: bytes


class PushedStatus(msgspec.Struct, frozen=True):
    """An automatic status report of four bytes."""

    value: bytes


class Noise(msgspec.Struct, frozen=True):
    """Bytes that are no answer to anything: the wire or the printer is not to be trusted."""

    value: bytes


Answer = RealTimeAnswer | QueuedAnswer | ProcessAnswer | PushedStatus | Noise


class AnswerParser:
    """Cuts a stream of bytes into answers; flow control (XON, XOFF) is passed over."""

    def __init__(self) -> None:
        self._report = b""
        self._block = b""

    def feed(self, received: bytes) -> list[Answer]:
        """The answers that are complete now."""
        return [answer for value in received for answer in self._byte(value)]

    def _byte(self, value: int) -> list[Answer]:
        if self._block:
            return self._block_byte(value)
        if value in _FLOW_CONTROL:
            return []
        if value & _FURTHER_MASK == _FURTHER:
            return self._further(value)
        broken: list[Answer] = [Noise(self._report)] if self._report else []
        self._report = b""
        if value & _REAL_TIME_MASK == _REAL_TIME:
            return [*broken, RealTimeAnswer(value)]
        if value & _PUSHED_MASK == _PUSHED:
            self._report = bytes([value])
        elif value == _BLOCK_HEAD[0]:
            self._block = bytes([value])
        else:
            broken.append(Noise(bytes([value])))
        return broken

    def _further(self, value: int) -> list[Answer]:
        if not self._report:
            known = value in _PAPER_ANSWERS
            return [QueuedAnswer(value) if known else Noise(bytes([value]))]
        self._report += bytes([value])
        if len(self._report) < PUSHED_BYTES:
            return []
        report, self._report = self._report, b""
        return [PushedStatus(report)]

    def _block_byte(self, value: int) -> list[Answer]:
        self._block += bytes([value])
        if len(self._block) == len(_BLOCK_HEAD) and self._block != _BLOCK_HEAD:
            self._block = b""
            return [Noise(_BLOCK_HEAD[:1]), *self._byte(value)]
        if len(self._block) < _BLOCK_BYTES:
            return []
        block, self._block = self._block, b""
        if value != _BLOCK_END:
            return [Noise(block)]
        return [ProcessAnswer(block[len(_BLOCK_HEAD) : -1])]


# DLE EOT n is asked for these, in this order.
ASKED = (1, 2, 3, 4)
QUERY = b"".join(bytes([0x10, 0x04, number]) for number in ASKED)
COMPLETION_MARKER = b"\x1dr\x01"
REPORTS_ON, REPORTS_OFF = b"\x1da\x0e", b"\x1da\x00"  # online, errors, paper
DRAWER_QUERY = b"\x10\x04\x01"
DRAWER_PIN = 0x04  # in the answer to it


def process_marker(identifier: bytes) -> bytes:
    """`GS ( H` function 48: to be answered with these 4 characters when all before is printed."""
    return b"\x1d(H\x06\x00\x30\x30" + identifier


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

# (which byte of a report, bits, what it means), worst first.
_REPORTED_FAULTS = (
    (0, 0x20, DeviceReason.COVER_OPEN),
    (2, 0x0C, DeviceReason.PAPER_OUT),
    (1, 0x08, DeviceReason.CUTTER_ERROR),
    (1, 0x60, DeviceReason.DEVICE_ERROR),
    (0, 0x08, DeviceReason.OFFLINE),
    (2, 0x03, DeviceReason.PAPER_LOW),
)


def read_status(answers: tuple[int, ...]) -> DeviceStatus:
    """What the answers to `QUERY`, in its order, say about the printer."""
    value = dict(zip(ASKED, answers, strict=True))
    return _worst(any_bits=tuple((value[at] & bits, why) for at, bits, why in _FAULTS))


def read_report(report: bytes) -> DeviceStatus:
    """What an automatic report of four bytes says about the printer."""
    return _worst(any_bits=tuple((report[at] & bits, why) for at, bits, why in _REPORTED_FAULTS))


def _worst(*, any_bits: tuple[tuple[int, DeviceReason], ...]) -> DeviceStatus:
    for bits, reason in any_bits:
        if bits:
            return DeviceStatus(DeviceState.DEGRADED, reason)
    return DeviceStatus(DeviceState.READY)
