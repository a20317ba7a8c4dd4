"""Finding dishes by name, number or pinyin while the cashier types."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from domain.menu import MenuItem
from pos_client.storage.readings import readings_of

MOST_FOUND: Final = 60

# The readings of each character of a name: 重 is read zhong and chong, and each finds 重庆小面.
Readings = tuple[tuple[str, ...], ...]


def find_dishes(items: Sequence[MenuItem], text: str) -> tuple[MenuItem, ...]:
    """Dishes with the text in name, number, pinyin or initials; those beginning with it first."""
    wanted = _plain(text)
    ranked = [
        (at, place) for place, item in enumerate(items) if (at := _found_at(item, wanted)) >= 0
    ]
    ranked.sort(key=lambda found: (found[0] > 0, found[1]))
    return tuple(items[place] for _, place in ranked[:MOST_FOUND])


def _found_at(item: MenuItem, wanted: str) -> int:
    """At which character the text is found, the earliest of all ways; -1 where it is not."""
    name = _plain(item.name)
    places = [name.find(wanted), item.item_id.casefold().find(wanted)]
    if wanted.isascii():
        places.append(_read_at(_readings(name), wanted))
    return min((place for place in places if place >= 0), default=-1)


def _read_at(readings: Readings, wanted: str) -> int:
    for place, of_character in enumerate(readings):
        if not any(reading.startswith(wanted[:1]) for reading in of_character):
            continue
        rest = readings[place:]
        if _begins_whole(rest, wanted) or _begins_initials(rest, wanted):
            return place
    return -1


def _begins_whole(readings: Readings, wanted: str) -> bool:
    """Whether syllables in full begin so; the last one may still be typed."""
    if not readings:
        return False
    return any(
        reading.startswith(wanted)
        or (wanted.startswith(reading) and _begins_whole(readings[1:], wanted[len(reading) :]))
        for reading in readings[0]
    )


def _begins_initials(readings: Readings, wanted: str) -> bool:
    return len(wanted) <= len(readings) and all(
        any(reading.startswith(letter) for reading in of_character)
        for of_character, letter in zip(readings, wanted, strict=False)
    )


@lru_cache(maxsize=4096)
def _readings(name: str) -> Readings:
    return tuple(readings_of(sign) for sign in name)


def _plain(text: str) -> str:
    return text.casefold().replace(" ", "")
