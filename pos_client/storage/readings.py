"""How characters are read: what people type to find a name by its pinyin.

A character may have several readings, and no table says which one a name takes: 重 is read zhong
and chong, and the family names 曾, 查 and 翟 are not read as those characters usually are.
"""

import os
from functools import lru_cache
from typing import Final

MOST_INITIALS: Final = 8


@lru_cache(maxsize=8_192)
def readings_of(sign: str) -> tuple[str, ...]:
    """All readings of one character, the usual one first; itself where it has none."""
    # The library's table of phrases costs 25 MB and helps no name; this keeps it from loading.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    # Loading the readings takes longer than the start of the till may: only when first needed.
    from pypinyin import Style, pinyin

    (readings,) = pinyin(sign, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(reading.casefold() for reading in readings))


@lru_cache(maxsize=8_192)
def initials_of(name: str) -> tuple[str, ...]:
    """李小龙 as "lxl", 曾志伟 as "czw" and "zzw"; characters without a reading stay as they are.

    At most `MOST_INITIALS`, those nearest to the usual readings; the first character, a family
    name, is the first to be read otherwise.
    """
    signs = [_letters_of(sign) for sign in name]
    if all(len(letters) == 1 for letters in signs):
        return ("".join(letters[0] for letters in signs),)
    ends = [(0, "")]
    for letters in reversed(signs):
        if len(letters) == 1:
            ends = [(unusual, letters[0] + end) for unusual, end in ends]
            continue
        longer = [
            (unusual + rank, letter + end)
            for unusual, end in ends
            for rank, letter in enumerate(letters)
        ]
        ends = sorted(longer, key=_how_unusual)[:MOST_INITIALS]
    return tuple(initials for _, initials in ends)


def _how_unusual(end: tuple[int, str]) -> int:
    return end[0]


@lru_cache(maxsize=8_192)
def _letters_of(sign: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading[:1] for reading in readings_of(sign)))
