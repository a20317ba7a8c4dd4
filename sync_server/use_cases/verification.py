"""Proving the books: every chain and signature again, every balance against what it comes from."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice

import msgspec
from sqlalchemy import Connection

from domain.entries import GENESIS, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, SaleClosed, decode_fact
from domain.identifiers import BrandId, TerminalId
from domain.journals import EpochBegun
from domain.signatures import Verifier
from sync_server.database import journal, sales
from sync_server.database.brands import feed_head
from sync_server.database.epochs import epochs_of
from sync_server.database.terminals import Terminal, list_terminals
from sync_server.use_cases.books import points_balances
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed_proof import differing_places, differing_rows
from sync_server.use_cases.refolding import PrepaidAccounts

_MOST_TERMINALS = 10_000
_MOST_FINDINGS = 1_000


class Problem(StrEnum):
    GAP = "gap"
    HASH = "hash"
    SIGNATURE = "signature"
    CHAIN = "chain"
    HEAD = "head"
    EPOCH = "epoch"
    FEED = "feed"
    POINTS = "balance"
    STORED_VALUE = "stored_value"
    PASS = "pass"  # noqa: S105 - what does not hold, not a password
    SALES = "sales"
    FEED_ROW = "feed_row"
    FEED_SUM = "feed_sum"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not hold: what, and where (terminal/epoch/number, or an id)."""

    problem: Problem
    where: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """`accounts` are those for money or visits paid in advance."""

    journals: int
    entries: int
    set_aside: int
    members: int
    accounts: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings


class _Reading:
    """One walk through all journals of a brand."""

    def __init__(self, connection: Connection, brand_id: BrandId) -> None:
        self.connection = connection
        self.newest_version = feed_head(connection, brand_id)
        self.prepaid = PrepaidAccounts()
        self.sold: dict[str, tuple[int, int]] = {}
        self.journals = self.entries = self.set_aside = 0

    def read(self, terminal: Terminal) -> Iterator[Finding]:
        """Walk one epoch from its first entry to the head that the server keeps of it."""
        verifier = Verifier(terminal.public_key)
        # What was set aside as another branch may have been taken in later, after a restore.
        set_aside = {
            place
            for place, error in journal.quarantine_errors(self.connection, terminal).items()
            if error != ErrorCode.JOURNAL_FORKED
        }
        self.journals += 1
        number, last = 0, GENESIS
        for entry in journal.read_journal(self.connection, terminal):
            number += 1
            where = f"{terminal.terminal_id}/{entry.epoch}/{entry.number}"
            if entry.number != number:
                yield Finding(problem=Problem.GAP, where=where)
                number = entry.number
            if hash_entry(entry.content) != entry.hash:
                yield Finding(problem=Problem.HASH, where=where)
            if entry.version > self.newest_version:
                yield Finding(problem=Problem.FEED, where=where)
            if (entry.number, entry.hash) in set_aside:
                self.set_aside += 1
            else:
                yield from self._entry(verifier, entry, last, where=where)
            self.entries += 1
            last = entry.hash
        if (number, last) != (terminal.head_number, terminal.head_hash):
            where = f"{terminal.terminal_id}/{terminal.epoch}"
            yield Finding(problem=Problem.HEAD, where=where)

    def _entry(
        self, verifier: Verifier, stored: journal.StoredEntry, previous: bytes, *, where: str
    ) -> Iterator[Finding]:
        if not verifier.accepts(stored.content, stored.signature):
            yield Finding(problem=Problem.SIGNATURE, where=where)
        try:
            entry = decode_entry(stored.content)
            fact = decode_fact(entry.kind, entry.schema, entry.body)
        except TillfoldError:
            yield Finding(problem=Problem.CHAIN, where=where)
            return
        if entry.prev_hash != previous:
            yield Finding(problem=Problem.CHAIN, where=where)
        if isinstance(fact, EpochBegun) and entry.number == 1 and not self._goes_on(stored, fact):
            yield Finding(problem=Problem.EPOCH, where=where)
        self.prepaid.add(entry, fact)
        self._count(entry.terminal, fact)

    def _goes_on(self, stored: journal.StoredEntry, begun: EpochBegun) -> bool:
        """Whether the place from which an epoch goes on holds what it says."""
        held = journal.hash_at(
            self.connection,
            BrandId(stored.brand_id),
            TerminalId(stored.terminal_id),
            epoch=begun.from_epoch,
            number=begun.after,
        )
        return (held or GENESIS) == begun.after_hash

    def _count(self, terminal: str, fact: Fact) -> None:
        if isinstance(fact, SaleClosed):
            count, total_fen = self.sold.get(terminal, (0, 0))
            self.sold[terminal] = count + 1, total_fen + fact.sale.total_fen


def verify(context: Context, brand_id: BrandId) -> Verification:
    """Check all journals, in all their epochs, and all balances of a brand on one snapshot."""

    def work(connection: Connection) -> Verification:
        reading = _Reading(connection, brand_id)
        findings: list[Finding] = []
        for terminal in list_terminals(connection, brand_id, limit=_MOST_TERMINALS):
            for at in epochs_of(connection, terminal):
                findings.extend(reading.read(at))
        balances = points_balances(connection, brand_id)
        findings.extend(_points_findings(connection, brand_id, balances))
        findings.extend(_sales_findings(connection, brand_id, reading.sold))
        findings.extend(_prepaid_findings(connection, brand_id, reading.prepaid))
        findings.extend(_feed_findings(connection, brand_id))
        return Verification(
            journals=reading.journals,
            entries=reading.entries,
            set_aside=reading.set_aside,
            members=len(balances),
            accounts=reading.prepaid.count,
            findings=findings[:_MOST_FINDINGS],
        )

    return context.database.read(work, brand=brand_id)


def _points_findings(
    connection: Connection, brand_id: BrandId, balances: dict[str, int]
) -> Iterator[Finding]:
    ledgers = sales.points_by_member(connection, brand_id)
    for member_id in sorted(ledgers.keys() | balances.keys()):
        if ledgers.get(member_id, 0) != balances.get(member_id, 0):
            yield Finding(problem=Problem.POINTS, where=member_id)


def _sales_findings(
    connection: Connection, brand_id: BrandId, sold: dict[str, tuple[int, int]]
) -> Iterator[Finding]:
    booked = sales.sales_by_terminal(connection, brand_id)
    for terminal_id in sorted(booked.keys() | sold.keys()):
        if booked.get(terminal_id) != sold.get(terminal_id):
            yield Finding(problem=Problem.SALES, where=terminal_id)


def _prepaid_findings(
    connection: Connection, brand_id: BrandId, prepaid: PrepaidAccounts
) -> Iterator[Finding]:
    for account_id in prepaid.differing_accounts(connection, brand_id):
        yield Finding(problem=Problem.STORED_VALUE, where=account_id)
    for pass_id in prepaid.differing_passes(connection, brand_id):
        yield Finding(problem=Problem.PASS, where=pass_id)


def _feed_findings(connection: Connection, brand_id: BrandId) -> Iterator[Finding]:
    for row in islice(differing_rows(connection, brand_id), _MOST_FINDINGS):
        yield Finding(problem=Problem.FEED_ROW, where=row)
    for place in differing_places(connection, brand_id):
        yield Finding(problem=Problem.FEED_SUM, where=place or "brand")
