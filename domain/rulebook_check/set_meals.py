"""Set meals: of dishes that are there, and not of set meals."""

from collections.abc import Iterator, Mapping, Sequence

from domain.identifiers import ItemId
from domain.menu import ChoiceGroup, MenuItem
from domain.rule_flaws import Flaw, RuleFlaw, flaw

Menu = Mapping[ItemId, MenuItem]


def check_set_meals(items: Sequence[MenuItem], menu: Menu, menu_place: str) -> Iterator[Flaw]:
    for place, item in enumerate(items):
        if not item.choice_groups:
            continue
        where = f"{menu_place}[{place}]"
        if item.by_weight:
            yield flaw(RuleFlaw.SET_BY_WEIGHT, f"{where}.by_weight")
        cyclic = _holds_itself(item, menu)
        if cyclic:
            yield flaw(RuleFlaw.SET_CYCLIC, f"{where}.choice_groups")
        for number, group in enumerate(item.choice_groups):
            here = f"{where}.choice_groups[{number}].options"
            yield from _options(group, menu, here, nested=not cyclic)


def _options(group: ChoiceGroup, menu: Menu, where: str, *, nested: bool) -> Iterator[Flaw]:
    for place, option in enumerate(group.options):
        here, dish = f"{where}[{place}]", menu.get(option.item_id)
        if dish is None:
            yield flaw(RuleFlaw.ITEM_UNKNOWN, here, item=option.item_id)
        elif dish.choice_groups and nested:
            yield flaw(RuleFlaw.SET_IN_SET, here, item=option.item_id)
        elif dish.by_weight:
            yield flaw(RuleFlaw.SET_BY_WEIGHT, here)


def _holds_itself(item: MenuItem, menu: Menu) -> bool:
    """Whether the set meal is inside itself, through any number of others."""
    seen: set[ItemId] = set()
    waiting = list(_parts(item))
    while waiting:
        part = waiting.pop()
        if part == item.item_id:
            return True
        if part not in seen and part in menu:
            seen.add(part)
            waiting += _parts(menu[part])
    return False


def _parts(item: MenuItem) -> Iterator[ItemId]:
    return (option.item_id for group in item.choice_groups for option in group.options)
