"""Looking at sent entries before anything is stored: which can be folded, and why others cannot.

Each entry has a place in its journal whatever it holds, so a bad one never blocks the next.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from domain.entries import Entry, SignedEntry, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import HEAD_OFFICE_ONLY, Fact, StaffAppointed, decode_fact
from domain.fold import touched
from domain.signatures import Verifier
from sync_server.database.terminals import Terminal

# Ids become keys of tables; one fact touches few things.
_LONGEST_ID: Final = 128
_MOST_TOUCHED: Final = 64


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A sent entry at its place. With `error` it is set aside, without it `fact` can be folded.

    `entry` is there as soon as the envelope is known to be the journal owner's.
    """

    number: int
    content: bytes
    signature: bytes
    hash: bytes
    entry: Entry | None = None
    fact: Fact | None = None
    error: ErrorCode | None = None


def first_number(sent: Sequence[SignedEntry]) -> int | None:
    """The number of the first entry by the first that can be read; None where none can.

    Raises:
        TillfoldError: `journal_gap` where the numbers are not contiguous.
    """
    firsts = set()
    for place, one in enumerate(sent):
        try:
            firsts.add(decode_entry(one.content).number - place)
        except TillfoldError:
            continue
    if len(firsts) > 1:
        raise TillfoldError(ErrorCode.JOURNAL_GAP)
    return firsts.pop() if firsts else None


def inspect(journal: Terminal, sent: Sequence[SignedEntry], first: int) -> list[Arrival]:
    """Check each entry against its journal and its neighbour in the batch.

    Whether the first one fits what is already held is for the caller, who holds the journal.
    """
    verifier = Verifier(journal.public_key)
    arrivals: list[Arrival] = []
    for number, one in enumerate(sent, start=first):
        before = arrivals[-1].hash if arrivals else None
        arrivals.append(_inspect_one(journal, verifier, one, number=number, before=before))
    return arrivals


def _inspect_one(
    journal: Terminal,
    verifier: Verifier,
    sent: SignedEntry,
    *,
    number: int,
    before: bytes | None,
) -> Arrival:
    arrival = Arrival(
        number=number,
        content=sent.content,
        signature=sent.signature,
        hash=hash_entry(sent.content),
    )
    try:
        entry = decode_entry(sent.content)
        _check_origin(journal, verifier, entry, sent)
        _check_chain(entry, before)
        arrival = msgspec.structs.replace(arrival, entry=entry)
        fact = decode_fact(entry.kind, entry.schema, entry.body)
        _check_fact(journal, fact)
    except TillfoldError as error:
        return msgspec.structs.replace(arrival, error=error.code)
    return msgspec.structs.replace(arrival, fact=fact)


def _check_origin(journal: Terminal, verifier: Verifier, entry: Entry, sent: SignedEntry) -> None:
    claimed = (entry.brand, entry.store, entry.terminal, entry.epoch)
    own = (journal.brand_id, journal.store_id, journal.terminal_id, journal.epoch)
    if claimed != own or not verifier.accepts(sent.content, sent.signature):
        raise TillfoldError(ErrorCode.ENTRY_FORGED)


def _check_chain(entry: Entry, before: bytes | None) -> None:
    if before is not None and entry.prev_hash != before:
        raise TillfoldError(ErrorCode.ENTRY_FORGED)


def _check_fact(journal: Terminal, fact: Fact) -> None:
    """Refuse what a till may not decide, and ids that no table of ours could hold."""
    from_till = bool(journal.store_id)
    if from_till and type(fact) in HEAD_OFFICE_ONLY:
        raise TillfoldError(ErrorCode.FACT_MALFORMED)
    if from_till and isinstance(fact, StaffAppointed) and fact.store != journal.store_id:
        raise TillfoldError(ErrorCode.FACT_MALFORMED)
    ids = [key.id for key in touched(fact)]
    if len(ids) > _MOST_TOUCHED or not all(_storable(text) for text in ids):
        raise TillfoldError(ErrorCode.FACT_MALFORMED)


def _storable(text: str) -> bool:
    """PostgreSQL's texts hold no NUL, and its index entries are short."""
    return 0 < len(text) <= _LONGEST_ID and "\0" not in text
