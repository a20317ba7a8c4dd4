"""A till hands in entries of its journal and gets a signed receipt for them."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from domain.entries import GENESIS
from domain.errors import ErrorCode, TillfoldError
from domain.protocol import (
    Outcome,
    PushAnswer,
    PushRequest,
    Receipt,
    SignedReceipt,
    Verdict,
    receipt_text,
)
from sync_server.database import journal
from sync_server.database.brands import find_brand
from sync_server.database.epochs import at_epoch
from sync_server.database.terminals import Terminal, change_terminal, lock_terminal
from sync_server.use_cases.context import Context
from sync_server.use_cases.epochs import open_begun, tell_fork
from sync_server.use_cases.inspection import (
    Arrival,
    Opened,
    first_number,
    open_all,
    place_all,
)
from sync_server.use_cases.intake import set_aside, take_in
from sync_server.use_cases.tills import refuse_revoked

_encoder = msgspec.msgpack.Encoder()


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A committed batch. `refusal` is set where nothing of it could be taken in."""

    answer: PushAnswer | None = None
    head: int = 0
    refusal: TillfoldError | None = None


def push(context: Context, till: Terminal, request: PushRequest) -> PushAnswer:
    """Take a batch in, in one transaction. The same batch again changes nothing.

    Raises:
        TillfoldError: `journal_gap` or `journal_forked`, both with the `expected` number;
            `terminal_revoked`.
    """
    claimed = _as_claimed(context, till, request.epoch)
    batch = open_all(claimed, request.entries)
    first = first_number(claimed, batch)
    arrivals = place_all(claimed, batch, first or 1)

    def work(connection: Connection) -> Done:
        now_ms = context.now_ms()
        locked = lock_terminal(connection, till.brand_id, till.terminal_id)
        refuse_revoked(locked, handing_in_at_ms=now_ms)
        held = at_epoch(connection, locked, request.epoch) or open_begun(
            connection, locked, request.epoch, arrivals, now_ms=now_ms
        )
        if held is None:
            return _refuse_as_forked(connection, locked, now_ms=now_ms)
        placed = arrivals if first is not None else _placed(connection, held, batch)
        return _take(context, connection, held, placed)

    done = context.database.write(work, brand=till.brand_id)
    if done.head:
        context.heads.announce(till.brand_id, done.head)
    if done.refusal is not None:
        raise done.refusal
    assert done.answer is not None
    return done.answer


def _as_claimed(context: Context, till: Terminal, epoch: int) -> Terminal:
    """The till at the epoch that a push is for, also where the server lacks that epoch."""
    if epoch == till.epoch:
        return till
    held = context.database.read(
        lambda connection: at_epoch(connection, till, epoch), brand=till.brand_id
    )
    return held or msgspec.structs.replace(till, epoch=epoch, head_number=0, head_hash=GENESIS)


def _refuse_as_forked(
    connection: Connection, held: Terminal, *, now_ms: int, head: int = 0
) -> Done:
    change_terminal(connection, held, forked_ms=held.forked_ms or now_ms)
    expected = held.head_number + 1
    refusal = TillfoldError(ErrorCode.JOURNAL_FORKED, expected=expected)
    return Done(refusal=refusal, head=head)


def _placed(connection: Connection, held: Terminal, batch: Sequence[Opened]) -> list[Arrival]:
    """Entries of which none can be trusted: where they were put before, else behind the head."""
    known = journal.number_of(connection, held, batch[0].hash)
    return place_all(held, batch, known or held.head_number + 1)


def _take(
    context: Context,
    connection: Connection,
    held: Terminal,
    arrivals: Sequence[Arrival],
) -> Done:
    expected = held.head_number + 1
    if arrivals[0].number > expected:
        raise TillfoldError(ErrorCode.JOURNAL_GAP, expected=expected)
    now_ms = context.now_ms()
    forked = _forked(connection, held, arrivals)
    if forked:
        head = tell_fork(context, connection, held, forked)
        set_aside(connection, held, forked, now_ms=now_ms)
        return _refuse_as_forked(connection, held, now_ms=now_ms, head=head)
    had = [arrival for arrival in arrivals if arrival.number < expected]
    new = arrivals[len(had) :]
    verdicts = tuple(Verdict(number=a.number, outcome=Outcome.ALREADY_HAD) for a in had)
    change_terminal(connection, held, last_push_ms=now_ms)
    if not new:
        return Done(answer=_answer(context, connection, held, verdicts, now_ms=now_ms))
    taken = take_in(connection, held, new, now_ms=now_ms)
    after = msgspec.structs.replace(held, head_number=new[-1].number, head_hash=new[-1].hash)
    answer = _answer(context, connection, after, verdicts + taken.verdicts, now_ms=now_ms)
    return Done(answer=answer, head=taken.head)


def _forked(connection: Connection, held: Terminal, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The entries that contradict the held journal, from the first such one on; none if it fits.

    Two signs: another entry under a number that is held, or a chain that leads to another head.
    """
    first, expected = arrivals[0].number, held.head_number + 1
    hashes = journal.hashes(connection, held, first, arrivals[-1].number)
    for place, arrival in enumerate(arrivals):
        other = hashes.get(arrival.number, arrival.hash) != arrival.hash
        follows = arrival.entry if arrival.number == expected else None
        if other or (follows is not None and follows.prev_hash != held.head_hash):
            return list(arrivals[place:])
    return []


def _answer(
    context: Context,
    connection: Connection,
    held: Terminal,
    verdicts: tuple[Verdict, ...],
    *,
    now_ms: int,
) -> PushAnswer:
    brand = find_brand(connection, held.brand_id)
    assert brand is not None
    content = _encoder.encode(
        Receipt(
            brand=held.brand_id,
            terminal=held.terminal_id,
            epoch=held.epoch,
            number=held.head_number,
            hash=held.head_hash,
            history=brand.history,
            server_time_ms=now_ms,
        )
    )
    signature = context.keys.signer.sign(receipt_text(content))
    return PushAnswer(verdicts=verdicts, receipt=SignedReceipt(content, signature))
