"""Finding members while somebody types: by the rows themselves.

A name and the number of a card stand beside the row of their member, and the initials once for each
name: every way to read it in pinyin, one row each. A phone is looked up in the rows of phones, by
their key and by the last four digits. Looking up is a range over an index, so it costs the same
with a thousand members and with a million. A row of the feed keeps its own name while an overlay
shows another, so whoever looks up checks the member that comes back (`matches`). Of a closed
account no name stays.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.fold.aggregates import Aggregate, Member, PhoneClaims
from domain.identifiers import MemberId
from domain.members.profile import ProfileField
from domain.phones import HOME_PREFIX, national_digits, typed_digits
from pos_client.storage.direct import each, fetch, run, run_many
from pos_client.storage.readings import initials_of

LAST_DIGITS: Final = 4
SHORTEST_LOOK_UP: Final = 2
_CARDS: Final = ("m-", "uid-", "mag-", "num-")
_NUMBERED: Final = ("mag", "num")
_PHONE_PART: Final = 5
_BEYOND: Final = "\U0010ffff"
# What is shown comes first: the rows with own entries on top of them.
_TABLES: Final = ("overlay", "aggregate")
_ADD_INITIALS: Final = "INSERT OR IGNORE INTO name_initials (initials, name) VALUES (?, ?)"
_UNUSED: Final = """NOT EXISTS (SELECT 1 FROM aggregate WHERE aggregate.name = name_initials.name)
    AND NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.name = name_initials.name)"""
_FORGET_UNUSED: Final = f"DELETE FROM name_initials WHERE {_UNUSED}"  # noqa: S608 - our text
_NAME_AFTER: Final = """SELECT initials, name FROM name_initials WHERE (initials, name) > (?, ?)
    ORDER BY initials, name LIMIT 1 OFFSET ?"""
_FORGET_BETWEEN: Final = f"""DELETE FROM name_initials
    WHERE (initials, name) > (?, ?) AND (initials, name) <= (?, ?) AND {_UNUSED}"""  # noqa: S608
_LAST_NAME: Final = ("\U0010ffff", "")
_BY_NAME: Final = "SELECT id FROM {} WHERE name >= ? AND name < ? ORDER BY name"
_BY_CARD: Final = "SELECT id FROM {} WHERE card >= ? AND card < ? ORDER BY card"
_HOLDERS: Final = "SELECT id FROM {} WHERE card = ?"
_BY_INITIALS: Final = """SELECT said.id FROM name_initials CROSS JOIN {} AS said
    ON said.name = name_initials.name
    WHERE name_initials.initials >= ? AND name_initials.initials < ?
    ORDER BY name_initials.initials"""
_BY_TEXT: Final = {"n": _BY_NAME, "i": _BY_INITIALS, "c": _BY_CARD}
_BY_PHONE: Final = "SELECT body FROM {} WHERE kind = 'phone' AND id >= ? AND id < ? ORDER BY id"
_BY_LAST_DIGITS: Final = "SELECT body FROM {} WHERE kind = 'phone' AND substr(id, -4) = ?"
_decode_claims: Final = msgspec.msgpack.Decoder(PhoneClaims).decode


def said_name(value: Aggregate | None) -> str | None:
    """What a member's row is found by; None for one without a name, and for all other rows."""
    return (_plain(value.field(ProfileField.NAME)) or None) if isinstance(value, Member) else None


def said_card(value: Aggregate | None) -> str | None:
    return (_plain(value.field(ProfileField.CARD)) or None) if isinstance(value, Member) else None


def index_names(connection: Connection, names: Iterable[str | None]) -> None:
    """Make names known that rows have, for those who type initials."""
    rows = [
        (initials, name)
        for name in {*names}
        if name is not None and not name.isascii()
        for initials in initials_of(name)
    ]
    run_many(connection, _ADD_INITIALS, rows)


def forget_unused_names(connection: Connection) -> None:
    """Drop names that no row has: after accounts were closed. A walk through all of them."""
    run(connection, _FORGET_UNUSED)


def forget_absent(
    connection: Connection, after: tuple[str, str], limit: int
) -> tuple[str, str] | None:
    """Look at the next names, and drop those that no row has.

    Answers behind which to go on; None: that was the last.
    """
    found = fetch(connection, _NAME_AFTER, (*after, limit - 1))
    until = tuple(found[0]) if found else _LAST_NAME
    run(connection, _FORGET_BETWEEN, (*after, *until))
    return until if found else None


def find_member_ids(connection: Connection, text: str, limit: int) -> list[MemberId]:
    """Members of whom something begins with the text, at most `limit`; the best kind first."""
    found: dict[MemberId, None] = {}
    for prefix in look_ups(text):
        for table in _TABLES:
            for count, member_id in enumerate(_said(connection, table, prefix), start=1):
                found[member_id] = None
                if count == limit:
                    break
    return list(found)[:limit]


def find_holders(connection: Connection, card: str, limit: int) -> list[MemberId]:
    """Members that have, or lately had, this card; at most `limit`."""
    rows = [
        row
        for table in _TABLES
        for row in fetch(connection, _HOLDERS.format(table), (_plain(card),))
    ]
    return [MemberId(found) for found in sorted({row[0] for row in rows})[:limit]]


def _said(connection: Connection, table: str, prefix: str) -> Iterator[MemberId]:
    """Members whose rows in the table are found by a prefix of `look_ups`."""
    kind, text = prefix[0], prefix[1:]
    if kind in _BY_TEXT:
        query = _BY_TEXT[kind].format(table)
        yield from (MemberId(row[0]) for row in each(connection, query, (text, text + _BEYOND)))
        return
    for query, values in _phone_queries(kind, text):
        for (body,) in each(connection, query.format(table), values):
            yield from _decode_claims(body).member_ids


def _phone_queries(kind: str, digits: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if kind == "l":
        yield _BY_LAST_DIGITS, (digits,)
        return
    for country in (HOME_PREFIX, "+"):
        # A number at home is never said with its country code.
        if country == HOME_PREFIX or not f"+{digits}".startswith(HOME_PREFIX):
            yield _BY_PHONE, (country + digits, country + digits + _BEYOND)


def matches(member: Member, text: str) -> bool:
    terms = terms_of(member)
    return any(term.startswith(prefix) for prefix in look_ups(text) for term in terms)


def look_ups(text: str) -> tuple[str, ...]:
    """The prefixes to look for; digits mean a phone, letters initials or a name."""
    plain = _plain(text)
    digits = plain.lstrip("+").replace("-", "")
    if digits.isdigit() and digits.isascii():
        phones = _phone_look_ups(typed_digits(digits, with_country=plain.startswith("+")))
        return phones + _card_look_ups(digits)
    if len(plain) < SHORTEST_LOOK_UP and plain.isascii():
        return ()
    if plain.startswith(_CARDS):
        return (f"c{plain}",)
    return (f"i{plain}", f"n{plain}") if plain.isascii() else (f"n{plain}",)


def _card_look_ups(digits: str) -> tuple[str, ...]:
    """The number on a card that somebody reads aloud, once it is no short part of a phone."""
    return tuple(f"c{kind}-{digits}" for kind in _NUMBERED) if len(digits) > _PHONE_PART else ()


def _phone_look_ups(digits: str) -> tuple[str, ...]:
    if len(digits) < SHORTEST_LOOK_UP:
        return ()
    return (f"l{digits}", f"p{digits}") if len(digits) == LAST_DIGITS else (f"p{digits}",)


def terms_of(member: Member) -> tuple[str, ...]:
    """What somebody may say of the member, each behind a letter for its kind.

    `p` the phone as a guest says it, `l` its last four digits, `n` the name, `i` its initials, `c`
    the number of the card.
    """
    terms = []
    if member.phone:
        digits = national_digits(member.phone)
        terms += [f"p{digits}", f"l{digits[-LAST_DIGITS:]}"]
    name = _plain(member.field(ProfileField.NAME))
    if name:
        terms.append(f"n{name}")
        if not name.isascii():
            terms += [f"i{initials}" for initials in initials_of(name)]
    card = member.field(ProfileField.CARD)
    if card:
        terms.append(f"c{_plain(card)}")
    return tuple(terms)


def _plain(text: str) -> str:
    # Half a surrogate pair, as a broken paste brings, can be no part of a term.
    whole = text.encode("utf-8", errors="ignore").decode()
    return unicodedata.normalize("NFKC", whole).replace(" ", "").casefold()
