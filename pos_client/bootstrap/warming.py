"""Loading what is first needed in the middle of a sale, before anybody waits for it."""

import gc

from hardware.escpos.library import initialise
from hardware.scanners.gs1 import read_gs1
from pos_client.storage.readings import readings_of


def warm_up() -> None:
    """Readings of characters, the printer's commands, GS1: up to a third of a second each."""
    readings_of("暖")
    initialise()
    read_gs1("0109501101530003")


def settle() -> None:
    """What was loaded stays for good, so a full collection need not walk through it.

    One took 70 to 170 ms in the middle of a scan, with the program's modules among its objects.
    """
    gc.freeze()
