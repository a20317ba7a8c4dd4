"""What rules may refer to: the dishes of the menu, tiers, stores."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.conditions import Scope
from domain.identifiers import ItemId, StoreId, TierId
from domain.menu import MenuItem


class Known(NamedTuple):
    """None: not known here, so nothing is said about references to it."""

    items: Mapping[ItemId, MenuItem] | None = None
    tiers: Collection[TierId] | None = None
    stores: Collection[StoreId] | None = None

    def dishes(self, scope: Scope) -> list[MenuItem] | None:
        """The dishes of the menu that the scope holds; None without a menu."""
        if self.items is None:
            return None
        return [item for item in self.items.values() if scope.holds(item.item_id, item.category)]

    def unknown_items(self, items: Sequence[ItemId]) -> Iterator[ItemId]:
        if self.items is not None:
            yield from (item for item in items if item not in self.items)

    def unknown_categories(self, categories: Sequence[str]) -> Iterator[str]:
        if self.items is not None:
            there = {item.category for item in self.items.values()}
            yield from (category for category in categories if category not in there)


def known(
    menu: Sequence[MenuItem] | None,
    *,
    tiers: Collection[TierId] | None = None,
    stores: Collection[StoreId] | None = None,
) -> Known:
    items = None if menu is None else {item.item_id: item for item in menu}
    return Known(items, tiers, stores)
