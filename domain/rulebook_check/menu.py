"""`check_menu`: dishes that could not be priced, or that nobody could order."""

from collections.abc import Iterator, Sequence
from itertools import chain

from domain.identifiers import ItemId
from domain.menu import MenuItem, Modifier
from domain.money import LARGEST_AMOUNT_FEN, format_fen
from domain.orders import LARGEST_LINE_OPTIONS
from domain.pricing.choosing import Group
from domain.rule_flaws import Flaw, RuleFlaw, below, flaw
from domain.rulebook_check.dish_prices import largest_unit_fen, smallest_unit_fen
from domain.rulebook_check.set_meals import check_set_meals
from domain.strict_reading import flaws_of_range


def check_menu(items: Sequence[MenuItem], *, where: str = "items") -> tuple[Flaw, ...]:
    """All flaws: of ids, of each dish, of set meals. `where` is the place of the dishes."""
    menu = {item.item_id: item for item in items}
    flaws = chain(
        _ids(items, where),
        *(_dish(item, f"{where}[{place}]") for place, item in enumerate(items)),
        check_set_meals(items, menu, where),
    )
    return tuple(flaws)


def _ids(items: Sequence[MenuItem], menu_place: str) -> Iterator[Flaw]:
    first: dict[ItemId, str] = {}
    for place, item in enumerate(items):
        where = f"{menu_place}[{place}]"
        if not item.item_id.strip():
            yield flaw(RuleFlaw.ID_MISSING, f"{where}.item_id")
        elif first.setdefault(item.item_id, where) != where:
            yield flaw(
                RuleFlaw.ID_TWICE, f"{where}.item_id", id=item.item_id, first=first[item.item_id]
            )


def _dish(item: MenuItem, where: str) -> Iterator[Flaw]:
    out_of_range = flaws_of_range(item)
    if out_of_range:
        yield from (below(where, found) for found in out_of_range)
        return
    groups = _groups(item, where)
    yield from _options(groups, where)
    for here, group in groups:
        yield from _group(group, here)
    yield from _price(item, where)


def _groups(item: MenuItem, where: str) -> list[tuple[str, Group]]:
    """All groups of a dish, each with its place."""
    modifiers: list[tuple[str, Group]] = [
        (f"{where}.modifier_groups[{place}]", group)
        for place, group in enumerate(item.modifier_groups)
    ]
    choices: list[tuple[str, Group]] = [
        (f"{where}.choice_groups[{place}]", group) for place, group in enumerate(item.choice_groups)
    ]
    return modifiers + choices


def _options(groups: Sequence[tuple[str, Group]], where: str) -> Iterator[Flaw]:
    """What a guest chose is found by the names of group and option."""
    seen: set[tuple[str, str]] = set()
    for here, group in groups:
        for option in group.options:
            option_id = option.modifier_id if isinstance(option, Modifier) else option.item_id
            if (group.name, option_id) in seen:
                yield flaw(RuleFlaw.OPTION_TWICE, f"{here}.options", option=option_id)
            seen.add((group.name, option_id))
    most = sum(min(group.most, len(group.options)) for _, group in groups)
    if most > LARGEST_LINE_OPTIONS:
        yield flaw(RuleFlaw.TOO_MANY_OPTIONS, where, options=most, largest=LARGEST_LINE_OPTIONS)


def _group(group: Group, where: str) -> Iterator[Flaw]:
    if group.least > group.most:
        yield flaw(RuleFlaw.CHOICE_CONTRADICTS, f"{where}.most", least=group.least, most=group.most)
    elif not group.most:
        yield flaw(RuleFlaw.CHOICE_UNFILLABLE, f"{where}.most")


def _price(item: MenuItem, where: str) -> Iterator[Flaw]:
    smallest_fen, largest_fen = smallest_unit_fen(item), largest_unit_fen(item)
    if smallest_fen < 0:
        here = f"{where}.modifier_groups"
        yield flaw(RuleFlaw.PRICE_BELOW_ZERO, here, price=format_fen(smallest_fen))
    if largest_fen is not None and largest_fen > LARGEST_AMOUNT_FEN:
        yield flaw(
            RuleFlaw.AMOUNT_OVERFLOW,
            f"{where}.unit_price_fen",
            largest=format_fen(LARGEST_AMOUNT_FEN),
        )
