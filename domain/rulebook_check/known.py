"""What rules may refer to: the dishes of the menu, tiers, stores."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.conditions import Scope
from domain.identifiers import ItemId, StoreId, TierId
from domain.menu import MenuItem


class Known(NamedTuple):
    """None: not known here, so nothing is said about references to it."""

    items: Mapping[ItemId, MenuItem] | None = None
    categories: Mapping[str, Sequence[MenuItem]] = {}
    tiers: Collection[TierId] | None = None
    stores: Collection[StoreId] | None = None

    def dishes(self, scope: Scope) -> list[MenuItem] | None:
        """The dishes of the menu that the scope holds; None without a menu."""
        if self.items is None:
            return None
        if not scope.items and not scope.categories:
            named = dict(self.items)
        else:
            named = {item: self.items[item] for item in scope.items if item in self.items}
            for category in scope.categories:
                named |= {item.item_id: item for item in self.categories.get(category, ())}
        return [item for item in named.values() if scope.holds(item.item_id, item.category)]

    def unknown_items(self, items: Sequence[ItemId]) -> Iterator[ItemId]:
        if self.items is not None:
            yield from (item for item in items if item not in self.items)

    def unknown_categories(self, categories: Sequence[str]) -> Iterator[str]:
        if self.items is not None:
            yield from (category for category in categories if category not in self.categories)


def known(
    menu: Sequence[MenuItem] | None,
    *,
    tiers: Collection[TierId] | None = None,
    stores: Collection[StoreId] | None = None,
) -> Known:
    if menu is None:
        return Known(tiers=tiers, stores=stores)
    categories: dict[str, list[MenuItem]] = {}
    for item in menu:
        categories.setdefault(item.category, []).append(item)
    return Known({item.item_id: item for item in menu}, categories, tiers, stores)
