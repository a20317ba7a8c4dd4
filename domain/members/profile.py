"""Profile fields: each is a register with its stamp; what people type is checked at the edge."""

import re
from collections.abc import Callable, Container, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from domain.birthdays import parse_birthday
from domain.errors import ErrorCode, TillfoldError
from domain.imports import clean_name, clean_text
from domain.members.cards import parse_card
from domain.origins import StampedText


class ProfileField(StrEnum):
    """What can be edited on a member. The phone is not among them: it is the identity."""

    NAME = "name"
    BIRTHDAY = "birthday"
    NOTE = "note"
    GENDER = "gender"
    EMAIL = "email"
    ADDRESS = "address"
    PREFERENCES = "preferences"
    USUAL_STORE = "usual_store"
    CARD = "card"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


CUSTOM_PREFIX: Final = "custom."
LONGEST_FIELD: Final = 200
MOST_CHANGES: Final = 30
MOST_CUSTOM_FIELDS: Final = 20
# With those that were cleared: they are kept so that an older edit does not bring them back.
CUSTOM_FIELDS_KEPT: Final = 2 * MOST_CUSTOM_FIELDS
SUPERSEDED_KEPT: Final = 20
FIELD_NAME_PATTERN: Final = rf"^({'|'.join(ProfileField)}|custom\.[a-z0-9_]{{1,32}})\Z"
_FIELD_NAME: Final = re.compile(FIELD_NAME_PATTERN)
# One address of the usual kind: RFC 5322 allows more than any mail provider gives out.
_EMAIL: Final = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)

Profile = dict[str, StampedText]
Superseded = tuple[tuple[str, StampedText], ...]


def set_texts(
    profile: Mapping[str, StampedText],
    superseded: Superseded,
    new: Mapping[str, StampedText],
    *,
    also_superseded: Superseded = (),
) -> tuple[Profile, Superseded]:
    """In each field the later text stands; those that lost are kept, newest first.

    Of the brand's own fields the CUSTOM_FIELDS_KEPT that were written last stay in the profile.
    """
    joined = dict(profile)
    lost = {*superseded, *also_superseded}
    for field, text in new.items():
        held = joined.get(field, text)
        joined[field] = max(held, text)
        if held != text:
            lost.add((field, min(held, text)))
    for field in _beyond_the_most(joined):
        lost.add((field, joined.pop(field)))
    by_age = sorted(lost, key=lambda item: (item[1].origin, item[0]), reverse=True)
    return joined, tuple(by_age[:SUPERSEDED_KEPT])


def _beyond_the_most(profile: Mapping[str, StampedText]) -> list[str]:
    custom = [field for field in profile if field.startswith(CUSTOM_PREFIX)]
    custom.sort(key=lambda field: (profile[field].origin, field), reverse=True)
    return custom[CUSTOM_FIELDS_KEPT:]


def checked_changes(
    changes: Mapping[str, str],
    *,
    today: date,
    stores: Container[str],
    held: Mapping[str, str],
) -> dict[str, str]:
    """What a person typed into a member's fields, ready for `MemberEdited`; empty clears a field.

    `today` in the store's zone bounds the birthday, `stores` are the brand's, `held` are the texts
    that the member has. A field that would stay as it is is left out, so an answer without any
    field means that there is nothing to write.

    Raises:
        TillfoldError: `field_unknown`, `field_too_long`, `name_missing`, `name_too_long`,
            `birthday_malformed`, `gender_unknown`, `email_malformed`, `store_unknown`,
            `card_malformed`, `card_changes`, `too_many_fields`.
    """
    checked: dict[str, str] = {}
    for field, text in changes.items():
        if _FIELD_NAME.fullmatch(field) is None:
            raise TillfoldError(ErrorCode.FIELD_UNKNOWN)
        value = _checked(field, text, today=today, stores=stores)
        if value != held.get(field, ""):
            checked[field] = value
    after = {**held, **checked}
    custom = [f for f, value in after.items() if f.startswith(CUSTOM_PREFIX) and value]
    if len(custom) > MOST_CUSTOM_FIELDS:
        raise TillfoldError(ErrorCode.TOO_MANY_FIELDS, most=MOST_CUSTOM_FIELDS)
    return checked


def _checked(field: str, text: str, *, today: date, stores: Container[str]) -> str:
    if field == ProfileField.NAME:
        return clean_name(text)
    value = clean_text(text)
    if len(value) > LONGEST_FIELD:
        raise TillfoldError(ErrorCode.FIELD_TOO_LONG, longest=LONGEST_FIELD)
    if not value:
        return ""
    if field == ProfileField.BIRTHDAY:
        return parse_birthday(value, today=today)
    read = _READ.get(field)
    if read is not None:
        return read(value)
    if field == ProfileField.GENDER and value not in set(Gender):
        raise TillfoldError(ErrorCode.GENDER_UNKNOWN)
    if field == ProfileField.USUAL_STORE and value not in stores:
        raise TillfoldError(ErrorCode.STORE_UNKNOWN)
    return value


def _checked_email(text: str) -> str:
    email = text.lower()
    if _EMAIL.fullmatch(email) is None:
        raise TillfoldError(ErrorCode.EMAIL_MALFORMED)
    return email


_READ: Final[dict[str, Callable[[str], str]]] = {
    ProfileField.EMAIL: _checked_email,
    ProfileField.CARD: parse_card,
}
