"""Which document goes to which printer."""

from typing import Final

import msgspec

FRESH_MS: Final = 30 * 60 * 1000


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A printer in the kitchen. `categories` are those of the menu that it prints; empty: all.

    `per_dish`: a ticket of its own for each dish (一菜一单). `whole_table`: the whole order on one.
    """

    printer: str
    categories: frozenset[str] = frozenset()
    per_dish: bool = False
    whole_table: bool = False


class LabelPrinter(msgspec.Struct, frozen=True, kw_only=True):
    """Sticks a label on each piece of the dishes of its categories; empty: of all."""

    printer: str
    categories: frozenset[str] = frozenset()


class Routing(msgspec.Struct, frozen=True, kw_only=True):
    """Names of printers; empty: there is none.

    `default_station` gets the dishes of categories that no station prints. Tickets are stale after
    `fresh_ms`.
    """

    receipts: str = ""
    stations: tuple[Station, ...] = ()
    label_printers: tuple[LabelPrinter, ...] = ()
    default_station: str = ""
    fresh_ms: int = FRESH_MS


NO_PRINTING: Final = Routing()
