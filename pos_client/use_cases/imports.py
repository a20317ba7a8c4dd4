"""Importing a menu or members from a file: what is right goes in whole, the rest is listed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.facts import MenuPublished
from domain.identifiers import MemberId, StaffId
from domain.imports import RefusedRow, Sheet
from domain.imports_members import MemberRow, read_member_rows
from domain.imports_menu import read_menu_rows
from domain.members.facts import EnrolmentSource, MemberEnrolled
from domain.menu import MenuItem
from domain.phones import Phone
from domain.rights import Right
from domain.wording import Wording
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.answers import ImportReport
from pos_client.use_cases.members import is_enrolled
from pos_client.use_cases.sign_in import require
from pos_client.use_cases.store_time import local_time
from spreadsheets.progress import ImportCancelled
from spreadsheets.reading import read_sheet
from spreadsheets.writing import write_refused_rows


class Watch(msgspec.Struct, frozen=True):
    """How a person follows a long import, and stops it while nothing is written."""

    on_progress: Callable[[int], None]
    cancelled: Callable[[], bool]


def import_members(
    storage: StorageThread,
    source: Path,
    watch: Watch,
    *,
    actor: StaffId,
    new_member_id: Callable[[], MemberId],
) -> ImportReport:
    """Enrol the members of a file, all right rows in one transaction.

    Reading runs on the caller's thread; only look-up and writing occupy the storage thread.

    Raises:
        TillfoldError: about the whole file; no member was enrolled.
    """
    storage.run(partial(_require, actor=actor))
    sheet = _read(source, watch)
    zone = storage.run(lambda store: store.identity.time_zone)
    now_ms = storage.run(lambda store: store.trusted_time.now_ms())
    reading = read_member_rows(
        sheet,
        lambda phone: storage.run(partial(_is_enrolled, phone=phone)),
        today=local_time(now_ms, zone).date(),
    )
    _stop_if(watch)
    facts = [_enrolment(row, new_member_id()) for row in reading.accepted]
    if facts:
        storage.run(partial(_record, facts=facts, actor=actor))
    return _report(source, sheet, len(facts), reading.refused)


def import_menu(
    storage: StorageThread, source: Path, watch: Watch, *, actor: StaffId, version: str
) -> ImportReport:
    """Publish the menu of a file. The refused rows are not on it.

    Raises:
        TillfoldError: about the whole file; the menu stays as it was.
    """
    storage.run(partial(_require, actor=actor))
    sheet = _read(source, watch)
    reading = read_menu_rows(sheet)
    _stop_if(watch)
    items: tuple[MenuItem, ...] = tuple(row.item for row in reading.accepted)
    if items:
        fact = MenuPublished(version=version, items=items)
        storage.run(partial(_record, facts=[fact], actor=actor))
    return _report(source, sheet, len(items), reading.refused)


def save_refused_rows(report: ImportReport, target: Path, wording: Wording) -> None:
    """Save the refused rows with their reasons, to be mended and imported again."""
    write_refused_rows(target, report.headings, report.refused, wording=wording)


def _require(store: Store, actor: StaffId) -> None:
    with store.read() as connection:
        require(connection, actor, Right.IMPORT_DATA)


def _read(source: Path, watch: Watch) -> Sheet:
    try:
        return read_sheet(source, on_progress=watch.on_progress, cancelled=watch.cancelled)
    except ImportCancelled as wish:
        raise TillfoldError(ErrorCode.IMPORT_CANCELLED) from wish


def _stop_if(watch: Watch) -> None:
    if watch.cancelled():
        raise TillfoldError(ErrorCode.IMPORT_CANCELLED)


def _is_enrolled(store: Store, phone: Phone) -> bool:
    with store.read() as connection:
        return is_enrolled(connection, phone)


def _enrolment(row: MemberRow, member_id: MemberId) -> MemberEnrolled:
    return MemberEnrolled(
        member_id=member_id,
        phone=row.phone,
        name=row.name,
        birthday=row.birthday,
        source=EnrolmentSource.IMPORT,
    )


def _record(
    store: Store, facts: list[MemberEnrolled] | list[MenuPublished], actor: StaffId
) -> None:
    with store.write() as writing:
        store.record(writing, facts, actor)


def _report(
    source: Path, sheet: Sheet, accepted: int, refused: tuple[RefusedRow, ...]
) -> ImportReport:
    return ImportReport(source=source, accepted=accepted, refused=refused, headings=sheet.header)
