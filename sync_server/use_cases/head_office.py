"""Head office decides: its facts are entries of the server's own journal, folded like any other."""

from collections.abc import Sequence

from sqlalchemy import Connection

from domain.entries import (
    GENESIS,
    LARGEST_ENTRY_BYTES,
    Entry,
    SignedEntry,
    encode_entry,
    hash_entry,
)
from domain.errors import ErrorCode, TillfoldError
from domain.facts import Fact, encode_fact
from domain.identifiers import HEAD_OFFICE, BrandId, StaffId, StoreId
from domain.stamps import Stamp, tick
from sync_server.database.terminals import (
    Terminal,
    add_terminal,
    change_terminal,
    latest_stamp,
    lock_terminal,
)
from sync_server.use_cases.context import Context
from sync_server.use_cases.inspection import open_all, place_all
from sync_server.use_cases.intake import take_in

NO_STORE = StoreId("")
FIRST_EPOCH = 1


def open_journal(context: Context, connection: Connection, brand_id: BrandId) -> None:
    """Give a brand its head office journal, signed with this server's key."""
    new = Terminal(
        brand_id=brand_id,
        terminal_id=HEAD_OFFICE,
        store_id=NO_STORE,
        label="HQ",
        public_key=context.keys.signer.public_key,
        program_version="",
        epoch=FIRST_EPOCH,
        head_number=0,
        head_hash=GENESIS,
        last_stamp=0,
        enrolled_ms=context.now_ms(),
    )
    add_terminal(connection, new)


def decide(context: Context, brand_id: BrandId, facts: Sequence[Fact], *, actor: str) -> int:
    """Write facts into head office's journal and fold them, in one transaction.

    Answers the brand's feed head that carries them.

    Raises:
        TillfoldError: `request_too_large` for a fact that no entry holds, the code of one that
            cannot be folded; nothing is written then.
    """

    def work(connection: Connection) -> int:
        return decide_in(context, connection, brand_id, facts, actor=actor)

    head = context.database.write(work, brand=brand_id)
    context.heads.announce(brand_id, head)
    return head


def decide_in(
    context: Context,
    connection: Connection,
    brand_id: BrandId,
    facts: Sequence[Fact],
    *,
    actor: str,
) -> int:
    """As `decide`, inside a transaction of the caller, who announces the head that it answers."""
    held = lock_terminal(connection, brand_id, HEAD_OFFICE)
    now_ms = context.now_ms()
    last = latest_stamp(connection, brand_id)
    sent: list[SignedEntry] = []
    previous = held.head_hash
    for number, fact in enumerate(facts, start=held.head_number + 1):
        last = tick(last, now_ms)
        entry = _entry(held, fact, number=number, stamp=last, actor=actor, previous=previous)
        content = encode_entry(entry)
        if len(content) > LARGEST_ENTRY_BYTES:
            raise TillfoldError(ErrorCode.REQUEST_TOO_LARGE)
        sent.append(SignedEntry(content, context.keys.signer.sign(content)))
        previous = hash_entry(content)
    arrivals = place_all(held, open_all(held, sent), held.head_number + 1)
    for arrival in arrivals:
        if arrival.error is not None:
            raise TillfoldError(arrival.error, kind="")
    taken = take_in(connection, held, arrivals, now_ms=now_ms)
    change_terminal(connection, held, last_stamp=last)
    return taken.head


def _entry(
    held: Terminal, fact: Fact, *, number: int, stamp: Stamp, actor: str, previous: bytes
) -> Entry:
    kind, schema, body = encode_fact(fact)
    return Entry(
        brand=held.brand_id,
        store=held.store_id,
        terminal=held.terminal_id,
        epoch=held.epoch,
        number=number,
        stamp=stamp,
        actor=StaffId(actor),
        approver=None,
        kind=kind,
        schema=schema,
        body=body,
        prev_hash=previous,
    )
