"""Proving the books: every chain and signature again, every balance against its ledger."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from domain.entries import GENESIS, decode_entry, hash_entry
from domain.errors import TillfoldError
from domain.identifiers import BrandId
from domain.signatures import Verifier
from sync_server.database import journal, sales
from sync_server.database.epochs import epochs_of
from sync_server.database.terminals import Terminal, list_terminals
from sync_server.use_cases.books import points_balances
from sync_server.use_cases.context import Context

_MOST_TERMINALS = 10_000
_MOST_FINDINGS = 1_000


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not hold: what, and where."""

    problem: str
    where: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    entries: int
    members: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings


def verify(context: Context, brand_id: BrandId) -> Verification:
    """Check all journals and balances of a brand on one snapshot."""

    def work(connection: Connection) -> Verification:
        findings: list[Finding] = []
        entries = 0
        for terminal in list_terminals(connection, brand_id, limit=_MOST_TERMINALS):
            for at in epochs_of(connection, terminal):
                entries += at.head_number
                findings.extend(_journal_findings(connection, at))
        balances = points_balances(connection, brand_id)
        findings.extend(_ledger_findings(connection, brand_id, balances))
        return Verification(
            entries=entries, members=len(balances), findings=findings[:_MOST_FINDINGS]
        )

    return context.database.read(work, brand=brand_id)


def _journal_findings(connection: Connection, terminal: Terminal) -> Iterator[Finding]:
    """Walk one journal from its first entry to the head that the server keeps of it."""
    verifier = Verifier(terminal.public_key)
    set_aside = journal.quarantine_errors(connection, terminal)
    number, last = 0, GENESIS
    for entry in journal.read_journal(connection, terminal):
        number += 1
        where = f"{terminal.terminal_id}/{entry.epoch}/{entry.number}"
        if entry.number != number:
            yield Finding(problem="gap", where=where)
            number = entry.number
        if hash_entry(entry.content) != entry.hash:
            yield Finding(problem="hash", where=where)
        if (entry.number, entry.hash) not in set_aside:
            yield from _entry_findings(verifier, entry, last, where=where)
        last = entry.hash
    if (number, last) != (terminal.head_number, terminal.head_hash):
        yield Finding(problem="head", where=f"{terminal.terminal_id}/{terminal.epoch}")


def _entry_findings(
    verifier: Verifier, entry: journal.StoredEntry, previous: bytes, *, where: str
) -> Iterator[Finding]:
    if not verifier.accepts(entry.content, entry.signature):
        yield Finding(problem="signature", where=where)
    try:
        chained = decode_entry(entry.content).prev_hash == previous
    except TillfoldError:
        chained = False
    if not chained:
        yield Finding(problem="chain", where=where)


def _ledger_findings(
    connection: Connection, brand_id: BrandId, balances: dict[str, int]
) -> Iterator[Finding]:
    ledgers = sales.points_by_member(connection, brand_id)
    for member_id in sorted(ledgers.keys() | balances.keys()):
        if ledgers.get(member_id, 0) != balances.get(member_id, 0):
            yield Finding(problem="balance", where=member_id)
