"""Enrolling the members of a file: what is right goes in whole, the rest is listed."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from domain.fold.aggregates import AggregateKey, AggregateKind, PhoneClaims
from domain.identifiers import BrandId, MemberId
from domain.imports import RefusedRow
from domain.imports_members import MemberRow, read_member_rows
from domain.members.facts import EnrolmentSource, MemberEnrolled
from domain.phones import Phone
from spreadsheets.reading import read_sheet
from sync_server.database import aggregates
from sync_server.database.brands import list_stores
from sync_server.database.statements import KEYS_AT_ONCE, in_parts
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide_in


class MemberImport(msgspec.Struct, frozen=True, kw_only=True):
    accepted: int
    refused: tuple[RefusedRow, ...]
    headings: tuple[str, ...]


class Watch(msgspec.Struct, frozen=True):
    """Who follows a long import: rows read so far, then members written so far."""

    on_read: Callable[[int], None]
    on_written: Callable[[int], None]


# Entries that are folded together; all of them are one transaction.
_AT_ONCE: Final = 500


def import_members(
    context: Context, brand_id: BrandId, source: Path, watch: Watch, *, actor: str
) -> MemberImport:
    """Enrol the members of a CSV or XLSX file in head office's journal, all or none of them.

    While it is written, pushes of the brand's tills wait; they sell on.

    Raises:
        TillfoldError: about the whole file; nobody was enrolled.
    """
    sheet = read_sheet(source, on_progress=watch.on_read)
    today = _today(context, brand_id)
    wanted = [row.phone for row in read_member_rows(sheet, (), today=today).accepted]
    known = context.database.read(
        lambda connection: _enrolled(connection, brand_id, wanted), brand=brand_id
    )
    reading = read_member_rows(sheet, known, today=today)

    def work(connection: Connection) -> int:
        # Somebody may have enrolled at a till since; both facts stand then, as one member.
        written = head = 0
        for part in in_parts(reading.accepted, _AT_ONCE):
            facts = [_enrolment(context, row) for row in part]
            head = decide_in(context, connection, brand_id, facts, actor=actor)
            written += len(facts)
            watch.on_written(written)
        return head

    if reading.accepted:
        context.heads.announce(brand_id, context.database.write(work, brand=brand_id))
    return MemberImport(
        accepted=len(reading.accepted), refused=reading.refused, headings=sheet.header
    )


def _today(context: Context, brand_id: BrandId) -> date:
    """The day at the brand's first store; it bounds birthdays."""
    stores = context.database.read(
        lambda connection: list_stores(connection, brand_id, limit=1), brand=brand_id
    )
    zone = ZoneInfo(stores[0].time_zone) if stores else UTC
    return datetime.fromtimestamp(context.now_ms() // 1000, tz=zone).date()


def _enrolled(connection: Connection, brand_id: BrandId, phones: Iterable[Phone]) -> set[Phone]:
    """Those of the phones that somebody holds; one whose account was closed is free again."""
    found: set[Phone] = set()
    for part in in_parts(sorted(set(phones)), KEYS_AT_ONCE):
        keys = [AggregateKey(AggregateKind.PHONE, phone) for phone in part]
        for held in aggregates.load(connection, brand_id, keys).values():
            if isinstance(held.state, PhoneClaims) and held.state.claims:
                found.add(Phone(held.state.phone))
    return found


def _enrolment(context: Context, row: MemberRow) -> MemberEnrolled:
    return MemberEnrolled(
        member_id=MemberId(context.new_identifier()),
        phone=row.phone,
        name=row.name,
        birthday=row.birthday,
        source=EnrolmentSource.IMPORT,
    )
