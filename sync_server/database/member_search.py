"""Finding members by phone or name, through indexes alone."""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, and_, delete, or_, select

from domain.fold.aggregates import Member
from domain.identifiers import BrandId, MemberId
from domain.members.profile import ProfileField
from domain.phones import national_digits
from sync_server.database.statements import in_parts, is_one_of, upsert
from sync_server.database.tables import member_search

# Sorts behind every text that begins with the same characters.
_BEHIND_ALL: Final = "\U0010ffff"
_FEWEST_LAST_DIGITS: Final = 4


class SearchRow(msgspec.Struct, frozen=True):
    brand_id: str
    member_id: str
    digits: str
    digits_reversed: str
    name: str


def index(connection: Connection, brand_id: BrandId, members: Iterable[Member]) -> None:
    """Make members findable, and closed ones no longer; those not yet enrolled are passed over."""
    rows, closed = [], []
    for member in members:
        if member.closed is not None:
            closed.append(member.member_id)
            continue
        if member.enrolled is None:
            continue
        digits = national_digits(member.phone)
        name = _searchable(member.field(ProfileField.NAME))
        rows.append(SearchRow(brand_id, member.member_id, digits, digits[::-1], name))
    upsert(connection, member_search, rows)
    for part in in_parts(closed):
        connection.execute(
            delete(member_search).where(
                member_search.c.brand_id == brand_id,
                is_one_of(connection, member_search.c.member_id, part),
            )
        )


def search(connection: Connection, brand_id: BrandId, text: str, *, limit: int) -> list[MemberId]:
    """Members whose phone begins or ends with the digits, or whose name begins with the text."""
    rows = connection.execute(
        select(member_search.c.member_id)
        .where(member_search.c.brand_id == brand_id, _matches(text))
        .order_by(member_search.c.member_id)
        .limit(limit)
    )
    return [MemberId(row.member_id) for row in rows]


def _matches(text: str) -> ColumnElement[bool]:
    bare = "".join(text.split()).lstrip("+").replace("-", "")
    if not (bare.isascii() and bare.isdigit()):
        return _begins_with(member_search.c.name, _searchable(text))
    begins = or_(
        _begins_with(member_search.c.digits, bare),
        _begins_with(member_search.c.digits, bare.removeprefix("86")),
    )
    if len(bare) < _FEWEST_LAST_DIGITS:
        return begins
    return or_(begins, _begins_with(member_search.c.digits_reversed, bare[::-1]))


def _begins_with(column: Column[str], text: str) -> ColumnElement[bool]:
    """A range instead of LIKE, so that both databases walk the index."""
    return and_(column >= text, column <= text + _BEHIND_ALL)


def _searchable(name: str) -> str:
    """PostgreSQL's texts cannot hold a NUL."""
    return name.strip().casefold().replace("\0", "")
