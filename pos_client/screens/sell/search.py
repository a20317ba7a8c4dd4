"""Finding dishes by name, number or pinyin while the cashier types."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from domain.configuration import MenuItem

MOST_FOUND: Final = 60


def find_dishes(items: Sequence[MenuItem], text: str) -> tuple[MenuItem, ...]:
    """Dishes with the text in name, number, pinyin or initials; those beginning with it first."""
    wanted = text.strip().casefold().replace(" ", "")
    ranked: list[tuple[bool, int]] = []
    for place, item in enumerate(items):
        keys = _keys(item.item_id, item.name)
        if any(wanted in key for key in keys):
            ranked.append((not any(key.startswith(wanted) for key in keys), place))
    return tuple(items[place] for _, place in sorted(ranked)[:MOST_FOUND])


@lru_cache(maxsize=4096)
def _keys(item_id: str, name: str) -> tuple[str, ...]:
    # Loading the readings takes longer than the start of the till may: only when first needed.
    from pypinyin import Style, lazy_pinyin

    plain = name.casefold().replace(" ", "")
    whole = "".join(lazy_pinyin(name)).casefold()
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold()
    return plain, item_id.casefold(), initials, whole
