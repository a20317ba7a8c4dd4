"""What can be wrong with an emulated printer, and what it says about that when asked."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

_NORMAL = 0x12


class Fault(StrEnum):
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    REFUSE = "refuse"  # nothing listens on the port
    SILENT = "silent"  # takes connections, reads nothing, says nothing


# With these, received data is kept until they are gone.
HOLDING = frozenset({Fault.PAPER_OUT, Fault.COVER_OPEN})


def real_time_answer(number: int, faults: AbstractSet[Fault]) -> bytes:
    """The answer to `DLE EOT number`."""
    meanings = {
        1: ((Fault.PAPER_OUT, 0x08), (Fault.COVER_OPEN, 0x08)),
        2: ((Fault.PAPER_OUT, 0x20), (Fault.COVER_OPEN, 0x04)),
        4: ((Fault.PAPER_OUT, 0x6C), (Fault.PAPER_LOW, 0x0C)),
    }
    value = _NORMAL
    for fault, bits in meanings.get(number, ()):
        value |= bits if fault in faults else 0
    return bytes([value])


def pushed_report(faults: AbstractSet[Fault]) -> bytes:
    """The four bytes of an automatic report (`GS a`)."""
    held = 0x08 if HOLDING & faults else 0
    cover = 0x20 if Fault.COVER_OPEN in faults else 0
    return bytes([0x10 | held | cover, 0, _paper_bits(faults), 0])


def queued_answer(faults: AbstractSet[Fault]) -> bytes:
    """The answer to `GS r 1`."""
    return bytes([_paper_bits(faults)])


def _paper_bits(faults: AbstractSet[Fault]) -> int:
    low = 0x03 if {Fault.PAPER_LOW, Fault.PAPER_OUT} & faults else 0
    return low | (0x0C if Fault.PAPER_OUT in faults else 0)
