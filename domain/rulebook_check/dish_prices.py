"""What one unit of a dish can cost by the menu, with the modifiers that a guest may choose."""

from collections.abc import Sequence

from domain.menu import MenuItem, ModifierGroup


def largest_unit_fen(item: MenuItem) -> int | None:
    """The most that a unit can cost; None for weighed goods, whose unit is a weighing."""
    if item.by_weight:
        return None
    modifiers_fen = sum(_largest_fen(group) for group in item.modifier_groups)
    surcharges_fen = sum(
        group.most * max(option.surcharge_fen for option in group.options)
        for group in item.choice_groups
    )
    return item.unit_price_fen + modifiers_fen + surcharges_fen


def smallest_unit_fen(item: MenuItem) -> int:
    """The least that a unit can cost; a weighing may weigh next to nothing."""
    modifiers_fen = sum(_smallest_fen(group) for group in item.modifier_groups)
    return (0 if item.by_weight else item.unit_price_fen) + modifiers_fen


def _largest_fen(group: ModifierGroup) -> int:
    price_fen = max(option.price_fen for option in group.options)
    return price_fen * (group.most if price_fen > 0 else group.least)


def _smallest_fen(group: ModifierGroup) -> int:
    price_fen = min(option.price_fen for option in group.options)
    return price_fen * (group.most if price_fen < 0 else group.least)


def dearest_unit_fen(dishes: Sequence[MenuItem]) -> int | None:
    """The most that a unit of any of these dishes can cost; None where that has no bound."""
    prices_fen = [largest_unit_fen(dish) for dish in dishes]
    known_fen = [price_fen for price_fen in prices_fen if price_fen is not None]
    return max(known_fen, default=0) if len(known_fen) == len(prices_fen) else None
