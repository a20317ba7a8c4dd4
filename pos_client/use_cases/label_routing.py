"""Which pieces of a sale get a label, and from which printer. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from domain.orders import Sale
from pos_client.use_cases.documents.label import Label
from pos_client.use_cases.kitchen_routing import CategoryOf, Dish, dishes_of
from pos_client.use_cases.routing import LabelPrinter, Routing

# So that a large order is several prints, and a lost one of them costs only that many labels.
LABELS_A_PRINT: Final = 50


class RoutedLabels(msgspec.Struct, frozen=True, kw_only=True):
    """`number` is the print's own; `key` tells the prints of one sale apart."""

    key: str
    number: str
    printer: str
    labels: tuple[Label, ...]


def labels_of(sale: Sale, routing: Routing, category_of: CategoryOf) -> tuple[RoutedLabels, ...]:
    """One label for each piece of each dish; no printer gets a print without a label."""
    if not routing.label_printers:
        return ()
    dishes = dishes_of(sale, category_of)
    prints = [
        (printer.printer, some)
        for printer in routing.label_printers
        for some in _prints(_labels(printer, dishes, sale))
    ]
    return tuple(
        RoutedLabels(
            key=f"labels/{place}",
            number=f"{sale.receipt_number}/L{place}",
            printer=printer,
            labels=some,
        )
        for place, (printer, some) in enumerate(prints, start=1)
    )


def _labels(printer: LabelPrinter, dishes: list[Dish], sale: Sale) -> list[Label]:
    wanted = [
        dish for dish in dishes if not printer.categories or dish.category in printer.categories
    ]
    count = sum(dish.line.quantity for dish in wanted)
    pieces = (dish for dish in wanted for _ in range(dish.line.quantity))
    return [
        Label(
            order_number=sale.receipt_number,
            dish=dish.line.name,
            place=place,
            count=count,
            options=dish.line.options,
            order_type=sale.order_type,
            note=dish.line.note,
        )
        for place, dish in enumerate(pieces, start=1)
    ]


def _prints(labels: list[Label]) -> Iterator[tuple[Label, ...]]:
    left = iter(labels)
    while some := tuple(islice(left, LABELS_A_PRINT)):
        yield some
