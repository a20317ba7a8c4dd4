"""Which members may be one person: what two of them would have to share to be proposed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.members.profile import CUSTOM_PREFIX, ProfileField
from domain.origins import StampedText

_CARD_PREFIX: Final = f"{CUSTOM_PREFIX}card"
_SHORTEST_CARD: Final = 4


class Likeness(StrEnum):
    """CARD: the member's card, or a field of the brand's own whose name begins with "card"."""

    NAME_AND_BIRTHDAY = "name_and_birthday"
    EMAIL = "email"
    CARD = "card"


def likeness_keys(profile: Mapping[str, StampedText]) -> frozenset[tuple[Likeness, str]]:
    """What members that may be one person have in common; nothing where little is known."""
    texts = {field: _plain(value.text) for field, value in profile.items()}
    name, birthday = texts.get(ProfileField.NAME, ""), texts.get(ProfileField.BIRTHDAY, "")
    email = texts.get(ProfileField.EMAIL, "")
    keys = {
        (Likeness.CARD, f"{field}:{text}")
        for field, text in texts.items()
        if _says_card(field) and len(text) >= _SHORTEST_CARD
    }
    if name and birthday:
        keys.add((Likeness.NAME_AND_BIRTHDAY, f"{name}:{birthday}"))
    if email:
        keys.add((Likeness.EMAIL, email))
    return frozenset(keys)


def likeness_of_card(card: str) -> tuple[Likeness, str]:
    """The key that every member with this card has."""
    return Likeness.CARD, f"{ProfileField.CARD}:{_plain(card)}"


def _says_card(field: str) -> bool:
    return field == ProfileField.CARD or field.startswith(_CARD_PREFIX)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
