"""Looking at sent entries before anything is stored: which can be folded, and why others cannot.

Each entry has a place in its journal whatever it holds, so a bad one never blocks the next.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from domain.entries import Entry, SignedEntry, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import HEAD_OFFICE_ONLY, Fact, StaffAppointed, decode_fact
from domain.fold import touched
from domain.journals import EpochBegun, JournalTakenBack
from domain.rulebook import LARGEST_RULES
from domain.signatures import Verifier
from sync_server.database.terminals import Terminal

# Ids become keys of tables. A sale counts the uses of each limited rule twice, by all and by its
# member, and may use most rules of a book.
_LONGEST_ID: Final = 128
_MOST_TOUCHED: Final = 2 * LARGEST_RULES + 500
# From so many signatures on threads are worth their start.
_MANY: Final = 64
_CHECKERS: Final = 2


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A sent entry on its own. `entry` is there where its envelope is the journal owner's."""

    content: bytes
    signature: bytes
    hash: bytes
    entry: Entry | None = None
    error: ErrorCode | None = None


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An entry at its place. With `error` it is set aside, without it `fact` can be folded."""

    number: int
    content: bytes
    signature: bytes
    hash: bytes
    entry: Entry | None = None
    fact: Fact | None = None
    error: ErrorCode | None = None


def open_all(journal: Terminal, sent: Sequence[SignedEntry]) -> list[Opened]:
    """Read each envelope and check whose it is."""
    signed = _signed(Verifier(journal.public_key), sent)
    return [_open_one(journal, one, is_signed=own) for one, own in zip(sent, signed, strict=True)]


def _signed(verifier: Verifier, sent: Sequence[SignedEntry]) -> list[bool]:
    """Which signatures hold. Checking one lets other threads run: many are checked side by side."""

    def check(part: Sequence[SignedEntry]) -> list[bool]:
        return [verifier.accepts(one.content, one.signature) for one in part]

    if len(sent) < _MANY:
        return check(sent)
    size = -(-len(sent) // _CHECKERS)
    parts = [sent[start : start + size] for start in range(0, len(sent), size)]
    with ThreadPoolExecutor(_CHECKERS, thread_name_prefix="signatures") as checkers:
        return [holds for part in checkers.map(check, parts) for holds in part]


def _open_one(journal: Terminal, sent: SignedEntry, *, is_signed: bool) -> Opened:
    opened = Opened(content=sent.content, signature=sent.signature, hash=hash_entry(sent.content))
    try:
        entry = decode_entry(sent.content)
    except TillfoldError as error:
        return msgspec.structs.replace(opened, error=error.code)
    claimed = (entry.brand, entry.store, entry.terminal, entry.epoch)
    own = (journal.brand_id, journal.store_id, journal.terminal_id, journal.epoch)
    if claimed != own or not is_signed:
        return msgspec.structs.replace(opened, error=ErrorCode.ENTRY_FORGED)
    return msgspec.structs.replace(opened, entry=entry)


def first_number(journal: Terminal, batch: Sequence[Opened]) -> int | None:
    """The number of the first entry, by those that can be trusted; None where none can.

    Raises:
        TillfoldError: `journal_gap` where the numbers are not contiguous from 1 on.
    """
    firsts = {one.entry.number - place for place, one in enumerate(batch) if one.entry}
    if len(firsts) > 1 or min(firsts, default=1) < 1:
        raise TillfoldError(ErrorCode.JOURNAL_GAP, expected=journal.head_number + 1)
    return firsts.pop() if firsts else None


def place_all(journal: Terminal, batch: Sequence[Opened], first: int) -> list[Arrival]:
    """Check each entry against its neighbour in the batch, and read its fact.

    Whether the first one fits what is already held is for the caller, who holds the journal.
    """
    before = [None, *(one.hash for one in batch)]
    return [
        _place_one(journal, one, number=number, before=previous)
        for number, (one, previous) in enumerate(zip(batch, before, strict=False), start=first)
    ]


def _place_one(journal: Terminal, one: Opened, *, number: int, before: bytes | None) -> Arrival:
    arrival = Arrival(
        number=number,
        content=one.content,
        signature=one.signature,
        hash=one.hash,
        entry=one.entry,
        error=one.error,
    )
    if one.entry is None:
        return arrival
    if before is not None and one.entry.prev_hash != before:
        return msgspec.structs.replace(arrival, entry=None, error=ErrorCode.ENTRY_FORGED)
    try:
        fact = decode_fact(one.entry.kind, one.entry.schema, one.entry.body)
        _check_fact(journal, fact)
    except TillfoldError as error:
        return msgspec.structs.replace(arrival, error=error.code)
    return msgspec.structs.replace(arrival, fact=fact)


def _check_fact(journal: Terminal, fact: Fact) -> None:
    """Refuse what a till may not decide, and ids that no table of ours could hold."""
    from_till = bool(journal.store_id)
    if from_till and type(fact) in HEAD_OFFICE_ONLY:
        raise TillfoldError(ErrorCode.FACT_MALFORMED)
    if from_till and isinstance(fact, StaffAppointed) and fact.store != journal.store_id:
        raise TillfoldError(ErrorCode.FACT_MALFORMED)
    if isinstance(fact, EpochBegun | JournalTakenBack) and fact.terminal != journal.terminal_id:
        raise TillfoldError(ErrorCode.FACT_MALFORMED)
    ids = [key.id for key in touched(fact)]
    if len(ids) > _MOST_TOUCHED or not all(_storable(text) for text in ids):
        raise TillfoldError(ErrorCode.FACT_MALFORMED)


def _storable(text: str) -> bool:
    """PostgreSQL's texts hold no NUL, and its index entries are short."""
    return 0 < len(text) <= _LONGEST_ID and "\0" not in text
