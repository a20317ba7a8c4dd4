"""Which station cooks what of a sale: a ticket a station, never an empty one. Pure."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from domain.identifiers import ItemId
from domain.orders import ChosenOption, Sale, SaleLine
from pos_client.use_cases.documents.kitchen_ticket import KitchenTicket, TicketLine
from pos_client.use_cases.documents.sale_receipt import weighed
from pos_client.use_cases.routing import Routing, Station

CategoryOf = Callable[[ItemId], str]


class Dish(msgspec.Struct, frozen=True, kw_only=True):
    """Something to cook: a line of the sale, or a dish chosen inside a set meal."""

    category: str
    line: TicketLine


class RoutedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """`key` tells the tickets of one sale apart, also when they are made again."""

    key: str
    printer: str
    ticket: KitchenTicket


def tickets_of(
    sale: Sale, routing: Routing, category_of: CategoryOf, *, waiter: str = "", table: str = ""
) -> tuple[RoutedTicket, ...]:
    """All tickets that a sale makes, numbered in their order.

    A set meal goes to the stations of the dishes chosen in it. `category_of` is the menu's, for
    those dishes.
    """
    if not routing.stations and not routing.default_station:
        return ()
    dishes = dishes_of(sale, category_of)
    parts = list(_parts(dishes, routing))
    return tuple(
        RoutedTicket(
            key=f"kitchen/{number}",
            printer=station.printer,
            ticket=KitchenTicket(
                number=f"{sale.receipt_number}/{number}",
                station=station.printer,
                lines=tuple(dish.line for dish in some),
                order_type=sale.order_type,
                table=table,
                guests=sale.guest_count,
                waiter=waiter,
                whole=station.whole_table,
            ),
        )
        for number, (station, some) in enumerate(parts, start=1)
    )


def dishes_of(sale: Sale, category_of: CategoryOf) -> list[Dish]:
    """Everything to make, each with its category."""
    return [dish for line in sale.lines for dish in _dishes(line, category_of)]


def _parts(dishes: Sequence[Dish], routing: Routing) -> Iterator[tuple[Station, Sequence[Dish]]]:
    """What stands on each ticket; a station without a dish gets none."""
    for station in routing.stations:
        yield from _for_station(station, [dish for dish in dishes if _cooks(station, dish)])
    if routing.default_station:
        left = [dish for dish in dishes if not _has_station(dish, routing)]
        yield from _for_station(Station(printer=routing.default_station), left)


def _for_station(
    station: Station, dishes: Sequence[Dish]
) -> Iterator[tuple[Station, Sequence[Dish]]]:
    if station.per_dish:
        for dish in dishes:
            yield station, [dish]
    elif dishes:
        yield station, dishes


def _cooks(station: Station, dish: Dish) -> bool:
    return station.whole_table or not station.categories or dish.category in station.categories


def _has_station(dish: Dish, routing: Routing) -> bool:
    """A printer for the whole table is no station: it cooks nothing."""
    return any(_cooks(station, dish) for station in routing.stations if not station.whole_table)


def _dishes(line: SaleLine, category_of: CategoryOf) -> Iterator[Dish]:
    chosen = [option for option in line.options if option.item_id is not None]
    others = tuple(_option(option) for option in line.options if option.item_id is None)
    if not chosen:
        ticket_line = TicketLine(
            quantity=line.quantity,
            name=line.name,
            options=others,
            weight=weighed(line).split(" ×", maxsplit=1)[0] if line.weight_grams else "",
        )
        yield Dish(category=line.category, line=ticket_line)
        return
    for option in chosen:
        yield Dish(
            category=(category_of(option.item_id) if option.item_id else "") or line.category,
            line=TicketLine(
                quantity=line.quantity * option.quantity,
                name=option.name,
                options=others,
                within=line.name,
            ),
        )


def _option(option: ChosenOption) -> str:
    return option.name if option.quantity == 1 else f"{option.name} × {option.quantity}"
