"""The menu: head office's once it has published one; before that, the last one a store brought.

A chain often begins as one shop with its menu on the till, so a menu may come from there. Once
head office has spoken a store's menu is kept as refused, and a case tells of it.
"""

import msgspec

from domain.facts import MenuPublished
from domain.fold.aggregates import REFUSED_MENUS_KEPT, Menu, RefusedMenu, from_head_office
from domain.origins import Origin


def fold_menu(menu: Menu | None, origin: Origin, fact: MenuPublished) -> Menu:
    known = menu or Menu()
    settled = known.origin is not None and from_head_office(known.origin)
    if settled and not from_head_office(origin):
        refused = (RefusedMenu(origin, fact.version), *known.refused)
        return msgspec.structs.replace(known, refused=refused[:REFUSED_MENUS_KEPT])
    refused = () if from_head_office(origin) else known.refused
    return Menu(
        version=fact.version,
        items=fact.items,
        origin=origin,
        refused=refused,
        decided=known.decided,
    )
