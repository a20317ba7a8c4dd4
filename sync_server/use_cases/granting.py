"""Giving allowances to tills and taking them back."""

import msgspec
from sqlalchemy import Connection

from domain.allowances.granting import grants, most_open
from domain.allowances.rights import Return
from domain.allowances.subjects import Subject, SubjectKind
from domain.identifiers import HEAD_OFFICE, BrandId, TerminalId
from domain.rulebook import RuleBook
from sync_server.database import allowances, spending
from sync_server.database.allowances import AllowanceRow, AllowanceState
from sync_server.database.spending import SubjectRow
from sync_server.database.terminals import Terminal, find_terminal, tills_of_store
from sync_server.use_cases.context import Context
from sync_server.use_cases.fork_watch import fork_is_open
from sync_server.use_cases.spendable import Stock, book_of, home_of, lock_rows, measure_in


class Giving(msgspec.Struct, frozen=True, kw_only=True):
    """What every grant needs: whose book, when, and the subject as the till calls it."""

    book: RuleBook
    now_ms: int
    subject: Subject


def grant(
    context: Context,
    connection: Connection,
    brand_id: BrandId,
    subject: Subject,
    *,
    asker: Terminal | None,
) -> None:
    """Bring a subject's allowances to what its home store, or the asking till, may have."""
    giving = Giving(book=book_of(connection, brand_id), now_ms=context.now_ms(), subject=subject)
    rows = lock_rows(connection, brand_id, [subject], book=giving.book, now_ms=giving.now_ms)
    row = rows[subject]
    stock = Stock(connection, brand_id, [row.subject], book=giving.book)
    row = spending.put(connection, _noted(connection, row, stock, giving, asker))
    tills = _tills_for(connection, row, asker, giving)
    lasting = stock.lasting(row.subject, giving.now_ms)
    parts = grants(
        measure_in(giving.book, subject.kind),
        giving.book.spending,
        balance=lasting,
        free=max(0, min(row.free, lasting - row.granted - row.held)),
        open_by_till=_open_by_till(connection, row, giving.now_ms),
        tills=tills,
    )
    for terminal_id in sorted(parts):
        row = give(context, connection, row, giving, to=terminal_id, amount=parts[terminal_id])


def _noted(
    connection: Connection,
    row: SubjectRow,
    stock: Stock,
    giving: Giving,
    asker: Terminal | None,
) -> SubjectRow:
    """The row with its home store, and active where a till asks for it."""
    active_ms = giving.now_ms if asker is not None else row.active_ms
    home = row.home_store
    if row.kind is not SubjectKind.POINTS:
        home = home_of(connection, row.brand_id, stock.owner(row.subject))
    return msgspec.structs.replace(row, home_store=home, active_ms=active_ms)


def _tills_for(
    connection: Connection, row: SubjectRow, asker: Terminal | None, giving: Giving
) -> list[TerminalId]:
    """The tills of the home store that work; the asking till alone where it is another's.

    A coupon cannot be divided.
    """
    if asker is not None and (asker.store_id != row.home_store or row.kind is SubjectKind.COUPON):
        return [asker.terminal_id]
    since_ms = giving.now_ms - giving.book.spending.lease_ms
    tills = tills_of_store(connection, row.brand_id, row.home_store, heard_since_ms=since_ms)
    found = [till.terminal_id for till in tills if till.terminal_id != HEAD_OFFICE]
    if asker is not None and asker.terminal_id not in found:
        found = sorted([*found, asker.terminal_id])
    return found[:1] if row.kind is SubjectKind.COUPON else found


def _open_by_till(connection: Connection, row: SubjectRow, now_ms: int) -> dict[TerminalId, int]:
    opened: dict[TerminalId, int] = {}
    for each in allowances.counted_of(connection, row.brand_id, row.subject):
        if each.state in allowances.AT_TILL and now_ms < each.expires_ms:
            opened[each.terminal_id] = opened.get(each.terminal_id, 0) + each.left
    return opened


def give(
    context: Context,
    connection: Connection,
    row: SubjectRow,
    giving: Giving,
    *,
    to: TerminalId,
    amount: int,
) -> SubjectRow:
    """Give a till an allowance out of a locked row, as far as the till's own limit lets it.

    A till of which there may be two gets none: each copy could spend it.
    """
    keeper = find_terminal(connection, row.brand_id, to)
    if keeper is None or fork_is_open(connection, keeper):
        return row
    till = allowances.lock_till(connection, row.brand_id, to)
    measure = measure_in(giving.book, row.kind)
    room = most_open(measure, giving.book.spending) - till.open_of(row.kind)
    fits = max(0, min(amount, room - room % measure.step))
    taken = spending.take(connection, row, fits, held=False) if fits else None
    if taken is None:
        return row
    till = allowances.change_till(connection, till, row.kind, fits, told=True)
    new = AllowanceRow(
        brand_id=row.brand_id,
        allowance_id=context.new_identifier(),
        terminal_id=to,
        kind=row.kind,
        subject_id=giving.subject.id,
        row_id=row.id,
        amount=fits,
        used=0,
        issue=till.number,
        issued_ms=giving.now_ms,
        expires_ms=giving.now_ms + giving.book.spending.lease_ms,
        state=AllowanceState.OPEN,
    )
    allowances.add(connection, [new])
    return taken


def take_back(context: Context, connection: Connection, till: Terminal, returned: Return) -> None:
    """A till gives an allowance back, or moves what is left to another till of its store.

    Uses that it tells of and that have not arrived stay counted until they do. Again: no change.
    """
    brand_id = till.brand_id
    looked_at = allowances.find(connection, brand_id, [returned.allowance_id])
    if not looked_at:
        return
    first = looked_at[returned.allowance_id]
    row = spending.lock(connection, brand_id, [first.row])[first.row]
    held = allowances.find(connection, brand_id, [first.allowance_id])[first.allowance_id]
    if held.terminal_id != till.terminal_id or held.state not in allowances.AT_TILL:
        return
    used = max(held.used, min(returned.used, held.amount))
    free = held.amount - used
    state = AllowanceState.RETURNED if used > held.used else AllowanceState.DONE
    closed = msgspec.structs.replace(held, amount=used, state=state)
    allowances.write(connection, closed)
    _leaves_till(connection, held)
    row = spending.change(connection, row, granted=-free)
    target = find_terminal(connection, brand_id, returned.to) if returned.to else None
    if target is None or target.store_id != till.store_id or target.revoked_ms is not None:
        return
    giving = Giving(
        book=book_of(connection, brand_id),
        now_ms=context.now_ms(),
        subject=Subject(held.kind, held.subject_id),
    )
    give(context, connection, row, giving, to=target.terminal_id, amount=min(free, row.free))


def _leaves_till(connection: Connection, held: AllowanceRow) -> None:
    keeper = allowances.lock_till(connection, held.brand_id, held.terminal_id)
    allowances.change_till(connection, keeper, held.kind, -held.left, told=False)


def lapse(connection: Connection, found: AllowanceRow) -> None:
    """What is left of an allowance that is over goes back to the balance."""
    row = spending.lock(connection, found.brand_id, [found.row])[found.row]
    ids = [found.allowance_id]
    held = allowances.find(connection, found.brand_id, ids)[found.allowance_id]
    if held.state not in allowances.COUNTED:
        return
    allowances.write(connection, msgspec.structs.replace(held, state=AllowanceState.LAPSED))
    if held.state in allowances.AT_TILL:
        _leaves_till(connection, held)
    spending.change(connection, row, granted=-held.left)
