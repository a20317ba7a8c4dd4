"""Loading what is first needed in the middle of a sale, before anybody waits for it."""

import gc

from hardware.escpos.library import initialise
from pos_client.storage.readings import readings_of


def warm_up() -> None:
    """The readings of characters and the printer's command library: a third of a second each."""
    readings_of("暖")
    initialise()


def settle() -> None:
    """What was loaded stays for good, so a full collection need not walk through it.

    One took 70 to 170 ms in the middle of a scan, with the program's modules among its objects.
    """
    gc.freeze()
