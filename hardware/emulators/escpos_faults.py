"""What can be wrong with an emulated printer, and what it says about that when asked."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

_NORMAL = 0x12
_DRAWER_PIN = 0x04
GARBAGE = bytes([0x41, 0xFF, 0x97, 0x00, 0xE3, 0x52])  # what a wrong line speed looks like


class Fault(StrEnum):
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    CUTTER_JAMMED = "cutter_jammed"
    REFUSE = "refuse"  # nothing listens on the port: switched off
    SILENT = "silent"  # takes connections, reads nothing, says nothing
    GARBLED = "garbled"  # prints, but what it says is garbage
    SLOW = "slow"  # prints a line every few milliseconds instead of all at once
    DRAWER_STUCK = "drawer_stuck"  # the pulse does not open the drawer


class Trigger(StrEnum):
    """What happens by script after so many received bytes."""

    POWER_CUT = "power_cut"
    PAPER_OUT = "paper_out"
    RESET = "reset"  # the connection is reset; the printer prints on what it has
    GARBLE = "garble"  # from here on it answers garbage
    STALL = "stall"  # it stops reading until the faults are cleared


# With these, received data is kept until they are gone.
HOLDING = frozenset({Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.CUTTER_JAMMED})


def real_time_answer(number: int, faults: AbstractSet[Fault], *, pin: bool = False) -> bytes:
    """The answer to `DLE EOT number`; `pin` is the level of the drawer's pin."""
    meanings = {
        1: (
            (Fault.PAPER_OUT, 0x08),
            (Fault.COVER_OPEN, 0x08),
            (Fault.CUTTER_JAMMED, 0x08),
        ),
        2: ((Fault.PAPER_OUT, 0x20), (Fault.COVER_OPEN, 0x04), (Fault.CUTTER_JAMMED, 0x40)),
        3: ((Fault.CUTTER_JAMMED, 0x08),),
        4: ((Fault.PAPER_OUT, 0x6C), (Fault.PAPER_LOW, 0x0C)),
    }
    value = _NORMAL | (_DRAWER_PIN if pin and number == 1 else 0)
    for fault, bits in meanings.get(number, ()):
        value |= bits if fault in faults else 0
    return bytes([value])


def pushed_report(faults: AbstractSet[Fault]) -> bytes:
    """The four bytes of an automatic report (`GS a`)."""
    held = 0x08 if HOLDING & faults else 0
    cover = 0x20 if Fault.COVER_OPEN in faults else 0
    cutter = 0x08 if Fault.CUTTER_JAMMED in faults else 0
    return bytes([0x10 | held | cover, cutter, _paper_bits(faults), 0])


def queued_answer(faults: AbstractSet[Fault]) -> bytes:
    """The answer to `GS r 1`."""
    return bytes([_paper_bits(faults)])


def process_answer(identifier: bytes) -> bytes:
    """The answer to `GS ( H` function 48."""
    return b"\x37\x22" + identifier + b"\x00"


def _paper_bits(faults: AbstractSet[Fault]) -> int:
    low = 0x03 if {Fault.PAPER_LOW, Fault.PAPER_OUT} & faults else 0
    return low | (0x0C if Fault.PAPER_OUT in faults else 0)
