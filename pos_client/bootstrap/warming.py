"""Loading what is first needed in the middle of a sale, before anybody waits for it."""

from hardware.escpos.library import initialise
from pos_client.storage.readings import readings_of


def warm_up() -> None:
    """The readings of characters and the printer's command library: a third of a second each."""
    readings_of("暖")
    initialise()
