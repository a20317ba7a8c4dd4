"""Finding members while somebody types: a term for each thing a guest might say.

A term is a letter for its kind, then the text: `p` the phone as a guest says it, `l` its last four
digits, `n` the name, `i` the initials of its pinyin, one for each way to read it, `c` the number
of the card. Looking up is a
range over an index, so it costs the same with a thousand members and with a million. Terms are
only added: a term of an earlier name may stay, so whoever looks up checks the member that comes
back (`matches`). Of a closed account no term stays.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, delete, select

from domain.fold.aggregates import Aggregate, AggregateKey, Member
from domain.identifiers import MemberId
from domain.members.profile import ProfileField
from domain.phones import national_digits, typed_digits
from pos_client.storage.direct import fetch, run, run_many
from pos_client.storage.readings import initials_of
from pos_client.storage.tables import member_term

LAST_DIGITS: Final = 4
SHORTEST_LOOK_UP: Final = 2
_ADD_TERM: Final = "INSERT OR IGNORE INTO member_term (term, member_id) VALUES (?, ?)"
_FORGOTTEN_AT_ONCE: Final = 500
_TERM_AFTER: Final = """SELECT term, member_id FROM member_term WHERE (term, member_id) > (?, ?)
    ORDER BY term, member_id LIMIT 1 OFFSET ?"""
_FORGET_ABSENT: Final = """DELETE FROM member_term
    WHERE (term, member_id) > (?, ?) AND (term, member_id) <= (?, ?)
    AND NOT EXISTS (SELECT 1 FROM aggregate WHERE kind = 'member' AND id = member_id)
    AND NOT EXISTS (SELECT 1 FROM overlay WHERE kind = 'member' AND id = member_id)"""
_LAST_TERM: Final = ("\U0010ffff", "")
_CARDS: Final = ("m-", "uid-", "mag-", "num-")
_NUMBERED: Final = ("mag", "num")
_PHONE_PART: Final = 5
_BEYOND: Final = "\U0010ffff"


def index_members(
    connection: Connection,
    changed: Mapping[AggregateKey, Aggregate],
    before: Mapping[AggregateKey, Aggregate],
) -> None:
    """Add the terms of changed members; those whose name and phone are as before have them."""
    rows = [
        (term, member.member_id)
        for key, member in changed.items()
        if isinstance(member, Member) and not _said_alike(member, before.get(key))
        for term in terms_of(member)
    ]
    run_many(connection, _ADD_TERM, rows)


def forget_members(connection: Connection, members: Iterable[MemberId]) -> None:
    """Take every term of these members away, those of earlier names too.

    Terms have no index by member, which would slow down each enrolment and the first sync; so one
    walk through all of them serves all members at once. Accounts are closed seldom.
    """
    ids = list(members)
    for start in range(0, len(ids), _FORGOTTEN_AT_ONCE):
        part = ids[start : start + _FORGOTTEN_AT_ONCE]
        connection.execute(delete(member_term).where(member_term.c.member_id.in_(part)))


def forget_absent(
    connection: Connection, after: tuple[str, str], limit: int
) -> tuple[str, str] | None:
    """Look at the next terms, and take away those of members that are not here.

    Answers behind which term to go on; None: that was the last.
    """
    found = fetch(connection, _TERM_AFTER, (*after, limit - 1))
    until = tuple(found[0]) if found else _LAST_TERM
    run(connection, _FORGET_ABSENT, (*after, *until))
    return until if found else None


def _said_alike(member: Member, before: Aggregate | None) -> bool:
    return (
        isinstance(before, Member)
        and before.phone == member.phone
        and before.field(ProfileField.NAME) == member.field(ProfileField.NAME)
        and before.field(ProfileField.CARD) == member.field(ProfileField.CARD)
    )


def find_member_ids(connection: Connection, text: str, limit: int) -> list[MemberId]:
    """Members with a term that begins with the text, at most `limit`; the best kind first."""
    found: dict[MemberId, None] = {}
    for prefix in look_ups(text):
        rows = connection.execute(
            select(member_term.c.member_id)
            .where(member_term.c.term >= prefix, member_term.c.term < prefix + _BEYOND)
            .order_by(member_term.c.term)
            .limit(limit)
        )
        found.update((MemberId(row.member_id), None) for row in rows)
    return list(found)[:limit]


def find_holders(connection: Connection, card: str, limit: int) -> list[MemberId]:
    """Members that have, or once had, this card; at most `limit`."""
    rows = connection.execute(
        select(member_term.c.member_id)
        .where(member_term.c.term == f"c{_plain(card)}")
        .order_by(member_term.c.member_id)
        .limit(limit)
    )
    return [MemberId(row.member_id) for row in rows]


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
