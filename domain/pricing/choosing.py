"""S0, choosing: what a guest chose with a dish becomes the options of its line.

Prose: docs/pricing-items.md. The order of tapping never shows: options stand as on the menu.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import ItemId
from domain.menu import ChoiceGroup, MenuItem, Modifier, ModifierGroup, SetChoice
from domain.orders import LARGEST_LINE_OPTIONS, ChosenOption

Group = ModifierGroup | ChoiceGroup


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A tap: so many of an option (modifier id or item id) out of the group of that name."""

    group: str
    option_id: str
    quantity: int = 1


def options_of(
    item: MenuItem, choices: Iterable[Choice], dishes: Mapping[ItemId, MenuItem]
) -> tuple[ChosenOption, ...]:
    """The options of a line; `dishes` is the menu, for the names of what set meals hold.

    Raises:
        TillfoldError: `choice_incomplete` where a group has too few or too many,
            `choice_unknown` where an option is not on offer (also: a dish that is sold out, or
            one that would take the price below zero), `order_too_large` beyond as many
            as a line holds.
    """
    groups: tuple[Group, ...] = (*item.modifier_groups, *item.choice_groups)
    chosen = _counted(groups, choices)
    for number, group in enumerate(groups):
        _check_count(group, sum(count for (of, _), count in chosen.items() if of == number))
    if len(chosen) > LARGEST_LINE_OPTIONS:
        raise TillfoldError(ErrorCode.ORDER_TOO_LARGE)
    options = tuple(
        _option(groups[number].options[place], chosen[number, place], dishes)
        for number, place in sorted(chosen)
    )
    _check_price(item, options)
    return options


def _counted(groups: Sequence[Group], choices: Iterable[Choice]) -> dict[tuple[int, int], int]:
    """How many of each option, by the numbers of group and option; the same twice adds up."""
    numbers: dict[tuple[str, str], tuple[int, int]] = {}
    for number, group in enumerate(groups):
        options: Sequence[Modifier | SetChoice] = group.options
        for place, option in enumerate(options):
            numbers.setdefault((group.name, _id_of(option)), (number, place))
    counted: dict[tuple[int, int], int] = {}
    for choice in choices:
        key = numbers.get((choice.group, choice.option_id))
        if key is None:
            raise TillfoldError(ErrorCode.CHOICE_UNKNOWN, name=choice.option_id)
        if choice.quantity < 1:
            raise _incomplete(groups[key[0]])
        counted[key] = counted.get(key, 0) + choice.quantity
    return counted


def _id_of(option: Modifier | SetChoice) -> str:
    return option.modifier_id if isinstance(option, Modifier) else option.item_id


def _check_count(group: Group, count: int) -> None:
    if not group.least <= count <= group.most:
        raise _incomplete(group)


def _incomplete(group: Group) -> TillfoldError:
    return TillfoldError(
        ErrorCode.CHOICE_INCOMPLETE, group=group.name, least=group.least, most=group.most
    )


def _option(
    option: Modifier | SetChoice, quantity: int, dishes: Mapping[ItemId, MenuItem]
) -> ChosenOption:
    if isinstance(option, Modifier):
        return ChosenOption(
            name=option.name,
            price_fen=option.price_fen,
            quantity=quantity,
            modifier_id=option.modifier_id,
        )
    dish = dishes.get(option.item_id)
    if dish is None or dish.sold_out:
        raise TillfoldError(
            ErrorCode.CHOICE_UNKNOWN, name=option.item_id if dish is None else dish.name
        )
    return ChosenOption(
        name=dish.name, price_fen=option.surcharge_fen, quantity=quantity, item_id=option.item_id
    )


def _check_price(item: MenuItem, options: Sequence[ChosenOption]) -> None:
    """A unit never costs less than nothing; of weighed goods not even the lightest."""
    unit_price_fen = 0 if item.by_weight else item.unit_price_fen
    if unit_price_fen + sum(option.price_fen * option.quantity for option in options) < 0:
        cheapest = min(options, key=lambda option: option.price_fen * option.quantity)
        raise TillfoldError(ErrorCode.CHOICE_UNKNOWN, name=cheapest.name)
