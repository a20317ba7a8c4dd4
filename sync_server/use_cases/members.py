"""Head office looks members up. One person is one member, however often enrolled or merged."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import Aggregate, AggregateKey
from domain.fold.people import KnownPerson, load_people
from domain.identifiers import BrandId, MemberId
from sync_server.database import aggregates, member_search
from sync_server.database.sales import LedgerRow, ledger_of
from sync_server.use_cases.context import Context

LEDGER_LINES_SHOWN: Final = 100


class MemberRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`ledger` is newest first, LEDGER_LINES_SHOWN lines at most."""

    known: KnownPerson
    ledger: list[LedgerRow]


def find_members(
    context: Context, brand_id: BrandId, text: str, *, limit: int
) -> list[KnownPerson]:
    """Members by the beginning or the last digits of a phone, or the beginning of a name."""

    def work(connection: Connection) -> list[KnownPerson]:
        ids = member_search.search(connection, brand_id, text, limit=limit)
        return _joined(connection, brand_id, ids)

    return context.database.read(work, brand=brand_id)


def show_member(context: Context, brand_id: BrandId, member_id: str) -> MemberRecord:
    """A member by any of its ids, with its points ledger.

    Raises:
        TillfoldError: `not_found`.
    """

    def work(connection: Connection) -> MemberRecord:
        found = _joined(connection, brand_id, [MemberId(member_id)])
        if not found:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        ids = found[0].ids
        ledger = ledger_of(connection, brand_id, ids, limit=LEDGER_LINES_SHOWN)
        return MemberRecord(known=found[0], ledger=ledger)

    return context.database.read(work, brand=brand_id)


def person_of(connection: Connection, brand_id: BrandId, member_id: MemberId) -> KnownPerson | None:
    """Who goes by this id; None: nobody who is enrolled and open."""
    return next(iter(_joined(connection, brand_id, [member_id])), None)


def _joined(
    connection: Connection, brand_id: BrandId, ids: Sequence[MemberId]
) -> list[KnownPerson]:
    """Each person once, by id; who is not yet enrolled, or closed, is nobody here."""

    def load(keys: Sequence[AggregateKey]) -> dict[AggregateKey, Aggregate]:
        return {key: one.state for key, one in aggregates.load(connection, brand_id, keys).items()}

    found = [person for person in load_people(load, ids) if person.member.phone]
    return sorted(found, key=lambda person: person.member.member_id)
