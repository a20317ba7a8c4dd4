"""Forks: where till and server part, under which epoch the till goes on, and what is told of it."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.entries import GENESIS, Entry, decode_entry
from domain.errors import ErrorCode, TillfoldError
from domain.fold import origin_of
from domain.journals import EpochBegun, JournalForked
from domain.protocol import HASH_BYTES, EpochGrant, EpochRequest, SignedGrant, grant_text
from sync_server.database import journal
from sync_server.database.epochs import Branch, at_epoch, epoch_of, open_epoch
from sync_server.database.terminals import Terminal, lock_terminal
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide_in
from sync_server.use_cases.inspection import Arrival
from sync_server.use_cases.tills import refuse_revoked

# A till that asks for more is at fault itself.
MOST_EPOCHS: Final = 10_000
_encoder = msgspec.msgpack.Encoder()


def grant_epoch(context: Context, till: Terminal, request: EpochRequest) -> SignedGrant:
    """Compare what till and server hold of an epoch, and open another one for the till's branch.

    The same question again is answered with the same epoch.

    Raises:
        TillfoldError: `request_malformed`; `journal_gap` for an epoch that the server lacks;
            `journal_forked` where the two part before the first hash that was sent;
            `too_many_requests`, `terminal_revoked`.
    """
    if len(request.hashes) % HASH_BYTES:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="hashes")
    hashes = [
        request.hashes[start : start + HASH_BYTES]
        for start in range(0, len(request.hashes), HASH_BYTES)
    ]

    def work(connection: Connection) -> EpochGrant:
        locked = lock_terminal(connection, till.brand_id, till.terminal_id)
        now_ms = context.now_ms()
        refuse_revoked(locked, handing_in_at_ms=now_ms)
        held = at_epoch(connection, locked, request.epoch)
        if held is None:
            raise TillfoldError(ErrorCode.JOURNAL_GAP, epoch=request.epoch, expected=1)
        agreed, agreed_hash = _agreed(connection, held, request.first, hashes)
        epoch = held.epoch
        if agreed < min(held.head_number, request.first + len(hashes) - 1):
            branch = Branch(
                from_epoch=held.epoch,
                from_number=agreed,
                branch=hashes[agreed + 1 - request.first],
            )
            epoch = _epoch_for(connection, locked, branch, now_ms=now_ms)
        return EpochGrant(
            brand=held.brand_id,
            terminal=held.terminal_id,
            from_epoch=held.epoch,
            agreed=agreed,
            agreed_hash=agreed_hash,
            held=held.head_number,
            epoch=epoch,
            asked=hashes[-1],
            server_time_ms=now_ms,
        )

    content = _encoder.encode(context.database.write(work, brand=till.brand_id))
    return SignedGrant(content, context.keys.signer.sign(grant_text(content)))


def _agreed(
    connection: Connection, held: Terminal, first: int, hashes: Sequence[bytes]
) -> tuple[int, bytes]:
    """The last entry that both hold. Each hash stands for all before it, so one is enough."""
    last = first + len(hashes) - 1
    held_hashes = journal.hashes(connection, held, first, min(last, held.head_number))
    for number in range(min(last, held.head_number), first - 1, -1):
        if held_hashes.get(number) == hashes[number - first]:
            return number, hashes[number - first]
    if first == 1:
        return 0, GENESIS
    raise TillfoldError(ErrorCode.JOURNAL_FORKED, expected=held.head_number + 1)


def _epoch_for(connection: Connection, locked: Terminal, branch: Branch, *, now_ms: int) -> int:
    known = epoch_of(connection, locked, branch)
    if known is not None:
        return known
    if locked.epoch >= MOST_EPOCHS:
        raise TillfoldError(ErrorCode.TOO_MANY_REQUESTS)
    return open_epoch(connection, locked, locked.epoch + 1, branch, now_ms=now_ms).epoch


def open_begun(
    connection: Connection,
    locked: Terminal,
    epoch: int,
    arrivals: Sequence[Arrival],
    *,
    now_ms: int,
) -> Terminal | None:
    """Open an epoch that the server granted and then lost, by the entry that begins it.

    None where what was pushed begins no epoch.

    Raises:
        TillfoldError: `journal_gap`, with the epoch and number that the server needs first;
            `journal_forked` where it holds something else there.
    """
    head = arrivals[0]
    if epoch < 1 or epoch > MOST_EPOCHS or head.entry is None:
        return None
    if head.number > 1:
        raise TillfoldError(ErrorCode.JOURNAL_GAP, epoch=epoch, expected=1)
    begun = head.fact
    if not isinstance(begun, EpochBegun) or begun.from_epoch >= epoch:
        return None
    before = at_epoch(connection, locked, begun.from_epoch)
    expected = before.head_number + 1 if before else 1
    if before is None or before.head_number < begun.after:
        raise TillfoldError(ErrorCode.JOURNAL_GAP, epoch=begun.from_epoch, expected=expected)
    held = journal.hashes(connection, before, begun.after, begun.after)
    if held.get(begun.after, GENESIS) != begun.after_hash:
        raise TillfoldError(ErrorCode.JOURNAL_FORKED, epoch=begun.from_epoch, expected=expected)
    branch = Branch(from_epoch=begun.from_epoch, from_number=begun.after, branch=begun.branch)
    return open_epoch(connection, locked, epoch, branch, now_ms=now_ms)


def tell_fork(
    context: Context, connection: Connection, held: Terminal, forked: Sequence[Arrival]
) -> int:
    """Write into head office's journal that two branches were seen; the feed's head after it.

    To be asked before the branch is set aside: what is set aside already was told of, answers 0.
    """
    first = forked[0]
    if journal.is_set_aside(connection, held, first.number, first.hash):
        return 0
    mine = _held_beside(connection, held, first.number)
    other = next((arrival.entry for arrival in forked if arrival.entry is not None), None)
    if mine is None or other is None:
        return 0
    fact = JournalForked(
        terminal=held.terminal_id,
        store=held.store_id,
        held=origin_of(mine),
        other=origin_of(other),
    )
    return decide_in(context, connection, held.brand_id, [fact], actor="")


def _held_beside(connection: Connection, held: Terminal, number: int) -> Entry | None:
    """The held entry under a number, or the last one where the other branch goes beyond it."""
    content = journal.content_of(connection, held, min(number, held.head_number))
    try:
        return None if content is None else decode_entry(content)
    except TillfoldError:
        return None
