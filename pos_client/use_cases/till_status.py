"""How the till is: its connection, its printers, the open cases."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection as DatabaseConnection

from domain.errors import ErrorCode
from domain.fold.cases import Case, cases_of
from pos_client.storage import spool_reading
from pos_client.storage.aggregates import load_open_cases
from pos_client.storage.journal import count_entries_after
from pos_client.storage.spool import JobState
from pos_client.storage.spool_reading import Counts
from pos_client.storage.store import Store
from pos_client.storage.sync_state import (
    SyncState,
    count_quarantined,
    read_sync_state,
    received_up_to,
)
from pos_client.sync.board import Contact
from pos_client.use_cases.answers import Connection, PrinterStatus, SyncStatus, TillStatus
from pos_client.use_cases.payments import unresolved

SHOWN_CASES: Final = 40
_WAITING: Final = (JobState.QUEUED, JobState.SENDING, JobState.SENT)


class PrinterSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A printer as its worker sees it: `name` in the settings, `shown` to people."""

    name: str
    shown: str
    ready: bool
    reason: str


def till_status(store: Store, contact: Contact, printers: Sequence[PrinterSeen]) -> TillStatus:
    with store.read() as connection:
        state = read_sync_state(connection)
        epoch, number = _taken_in_up_to(state, contact)
        waiting = count_entries_after(connection, epoch=epoch, number=number)
        jobs = spool_reading.counts(connection)
        doubtful = spool_reading.oldest_in_doubt(connection)
        quarantined = count_quarantined(connection)
        open_cases = _open_cases(connection)
        open_payments = unresolved(connection)
    sync = SyncStatus(
        connection=_connection(store, contact),
        since_ms=contact.since_ms,
        waiting=0 if store.identity.standalone else waiting,
        last_contact_ms=state.last_contact_ms,
        error=contact.error,
        error_values=contact.error_values,
        received=contact.received,
        expected=contact.expected,
        quarantined=quarantined,
        repairs=state.repairs,
        repaired_rows=state.repaired_rows,
    )
    return TillStatus(
        sync=sync,
        printers=printer_statuses(printers, jobs),
        cases=open_cases,
        payments=open_payments,
        doubtful=doubtful.title if doubtful is not None else "",
    )


def _taken_in_up_to(state: SyncState, contact: Contact) -> tuple[int, int]:
    """Up to where the feed holds this till's journal; one that is switched off hears no feed."""
    acknowledged = (state.acknowledged_epoch, state.acknowledged)
    if contact.error is ErrorCode.TERMINAL_REVOKED:
        return max(acknowledged, received_up_to(state) or acknowledged)
    return acknowledged


def _open_cases(connection: DatabaseConnection) -> tuple[Case, ...]:
    state = load_open_cases(connection, SHOWN_CASES)
    return tuple(case for key, value in state.items() for case in cases_of(key, value))


def _connection(store: Store, contact: Contact) -> Connection:
    if store.identity.standalone:
        return Connection.STANDALONE
    if contact.online is None:
        return Connection.PENDING
    return Connection.ONLINE if contact.online else Connection.OFFLINE


def printer_statuses(printers: Sequence[PrinterSeen], jobs: Counts) -> tuple[PrinterStatus, ...]:
    """Those of the settings, then those that only jobs still know."""
    unknown = dict.fromkeys(name for name, _ in jobs) | {}
    for printer in printers:
        unknown.pop(printer.name, None)
    gone = (PrinterSeen(name=name, shown=name, ready=False, reason="gone") for name in unknown)
    return tuple(_printer(printer, jobs) for printer in (*printers, *gone))


def _printer(printer: PrinterSeen, jobs: Counts) -> PrinterStatus:
    return PrinterStatus(
        name=printer.shown,
        key=printer.name,
        ready=printer.ready,
        reason=printer.reason,
        waiting=sum(jobs.get((printer.name, state), 0) for state in _WAITING),
        in_doubt=jobs.get((printer.name, JobState.IN_DOUBT), 0),
        stopped=sum(jobs.get((printer.name, s), 0) for s in (JobState.FAILED, JobState.EXPIRED)),
    )
