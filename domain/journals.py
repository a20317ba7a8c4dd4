"""What can befall a till's journal: a fork, a lost end, a new epoch. And what is kept of it."""

from typing import Annotated, Final

import msgspec

from domain.cases.decided import Decisions
from domain.entries import Count
from domain.identifiers import StoreId, TerminalId
from domain.origins import Origin, Whole

KEPT: Final = 20

Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Terminal = Annotated[TerminalId, msgspec.Meta(min_length=1, max_length=64)]
Fork = tuple[Origin, Origin]


class JournalForked(msgspec.Struct, frozen=True, kw_only=True):
    """The server saw two entries of one till under one number: an old disk image, or a clone.

    `held` is the one that it took in first, `other` begins the branch that came later.
    """

    terminal: Terminal
    store: Annotated[StoreId, msgspec.Meta(max_length=64)]
    held: Origin
    other: Origin


class EpochBegun(msgspec.Struct, frozen=True, kw_only=True):
    """The first entry of an epoch: it goes on from entry `after` of `from_epoch`.

    What the till had written behind that entry follows once more, under new numbers, each entry
    with its own stamp, actor and body; the old copies count nowhere. `after_hash` is the hash of
    entry `after` (GENESIS for 0), `branch` that of the first entry which is written again.
    """

    terminal: Terminal
    from_epoch: Count
    after: Whole
    after_hash: Hash
    branch: Hash


class JournalTakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A till that had lost the end of its journal took entries `first` to `up_to` from the server.

    What it had not handed in by then may be lost: a receipt without its sale.
    """

    terminal: Terminal
    epoch: Count
    first: Count
    up_to: Count


JournalFact = JournalForked | EpochBegun | JournalTakenBack


class TerminalJournals(msgspec.Struct, frozen=True, kw_only=True):
    """What befell one till's journals: sorted, the latest KEPT of each, so that any order will do.

    A fork is the entry that was taken in first and the other one; `cuts` are where lost ends were
    taken back, `epochs` where new ones were begun.
    """

    terminal: TerminalId
    store: StoreId = StoreId("")
    forks: tuple[Fork, ...] = ()
    cuts: tuple[Origin, ...] = ()
    epochs: tuple[Origin, ...] = ()
    decided: Decisions = ()


def fold_journals(
    held: TerminalJournals | None, origin: Origin, fact: JournalFact
) -> TerminalJournals:
    store = fact.store if isinstance(fact, JournalForked) else origin.store
    known = held or TerminalJournals(terminal=fact.terminal)
    if not known.store:
        known = msgspec.structs.replace(known, store=store)
    match fact:
        case JournalForked():
            forks = sorted({*known.forks, (fact.held, fact.other)})[-KEPT:]
            return msgspec.structs.replace(known, forks=tuple(forks))
        case JournalTakenBack():
            cuts = sorted({*known.cuts, origin})[-KEPT:]
            return msgspec.structs.replace(known, cuts=tuple(cuts))
        case EpochBegun():
            epochs = sorted({*known.epochs, origin})[-KEPT:]
            return msgspec.structs.replace(known, epochs=tuple(epochs))
