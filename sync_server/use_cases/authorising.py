"""A till asks whether a sale may spend; what it may is held until the sale arrives."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from domain.allowances.messages import AuthoriseAnswer, AuthoriseRequest, Held, Want
from domain.allowances.subjects import Subject
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from sync_server.database import allowances, spending
from sync_server.database.allowances import AllowanceState, HoldRow, HoldState
from sync_server.database.brands import reserve_versions
from sync_server.database.spending import SubjectRow
from sync_server.database.terminals import Terminal
from sync_server.use_cases.context import Context
from sync_server.use_cases.spendable import book_of, lock_rows


class _ShortError(Exception):
    """Leaves the transaction: nothing of what was held before stays."""

    def __init__(self, want: Want, row: SubjectRow) -> None:
        super().__init__()
        self.want = want
        self.row = row


def authorise(context: Context, till: Terminal, request: AuthoriseRequest) -> AuthoriseAnswer:
    """Hold all that is wanted, or nothing. The same operation again changes nothing.

    An operation that was released before, also by a message that overtook this one, gets nothing.

    Raises:
        TillfoldError: `request_malformed` where a subject is wanted twice, or more at least than
            at most.
    """
    subjects = [want.subject for want in request.wants]
    if len(set(subjects)) < len(subjects) or any(w.least > w.amount for w in request.wants):
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="wants")

    def work(connection: Connection) -> AuthoriseAnswer:
        return _hold_all(connection, till, request, now_ms=context.now_ms())

    try:
        return context.database.write(work, brand=till.brand_id)
    except _ShortError as short:
        recalled = recall(context, till, short.row.subject)
        return AuthoriseAnswer(
            granted=False,
            short=short.want.subject,
            available=short.row.free,
            recalled=recalled,
        )


def _hold_all(
    connection: Connection, till: Terminal, request: AuthoriseRequest, *, now_ms: int
) -> AuthoriseAnswer:
    book = book_of(connection, till.brand_id)
    rows = lock_rows(
        connection,
        till.brand_id,
        [want.subject for want in request.wants],
        book=book,
        now_ms=now_ms,
    )
    # Behind the locks: a second request of the same operation, or its release, waits for this one.
    allowances.lock_till(connection, till.brand_id, till.terminal_id)
    before = allowances.holds_of(
        connection, till.brand_id, till.terminal_id, [request.operation_id]
    )
    if before:
        return _as_before(before, request.wants)
    held = []
    for want in sorted(request.wants, key=lambda want: want.subject):
        row = rows[want.subject]
        amount = min(want.amount, row.free)
        taken = spending.take(connection, row, amount, held=True)
        if amount < want.least or taken is None:
            raise _ShortError(want, row)
        rows = {each: taken if r.subject == row.subject else r for each, r in rows.items()}
        held.append(
            HoldRow(
                brand_id=till.brand_id,
                terminal_id=till.terminal_id,
                operation_id=request.operation_id,
                kind=want.subject.kind,
                subject_id=want.subject.id,
                row_id=row.id,
                amount=amount,
                expires_ms=now_ms + book.spending.lease_ms,
                state=HoldState.HELD,
            )
        )
    allowances.add_holds(connection, held)
    return _granted(held)


def _as_before(before: Sequence[HoldRow], wants: Sequence[Want]) -> AuthoriseAnswer:
    """The answer that a repeated operation had; none where it is over, or wanted otherwise."""
    amounts = {row.subject: row.amount for row in before}
    same = all(
        want.subject in amounts and want.least <= amounts[want.subject] <= want.amount
        for want in wants
    )
    if not same or any(row.state is not HoldState.HELD for row in before):
        return AuthoriseAnswer(granted=False, short=wants[0].subject)
    return _granted(before)


def _granted(held: Sequence[HoldRow]) -> AuthoriseAnswer:
    return AuthoriseAnswer(
        granted=True, held=tuple(Held(subject=row.subject, amount=row.amount) for row in held)
    )


def release(
    connection: Connection, till: Terminal, operations: Sequence[str], *, now_ms: int
) -> None:
    """Free what was held for sales that did not come about.

    An operation that nobody knows is noted as released: its request may still be on its way.
    """
    brand_id, terminal_id = till.brand_id, till.terminal_id
    looked_at = allowances.holds_of(connection, brand_id, terminal_id, operations)
    rows = spending.lock(connection, brand_id, {hold.row for hold in looked_at if hold.amount})
    allowances.lock_till(connection, brand_id, terminal_id)
    holds = allowances.holds_of(connection, brand_id, terminal_id, operations)
    for hold in holds:
        if hold.state is HoldState.HELD:
            allowances.settle_hold(connection, hold, HoldState.RELEASED)
            rows |= _given_back(connection, rows, hold)
    unknown = set(operations) - {hold.operation_id for hold in holds}
    allowances.add_tombstones(connection, brand_id, terminal_id, sorted(unknown), expires_ms=now_ms)


def _given_back(
    connection: Connection, rows: dict[Subject, SubjectRow], hold: HoldRow
) -> dict[Subject, SubjectRow]:
    row = rows.get(hold.row) or spending.lock(connection, hold.brand_id, [hold.row])[hold.row]
    return {hold.row: spending.change(connection, row, held=-hold.amount)}


def recall(context: Context, till: Terminal, row: Subject) -> bool:
    """Ask the other tills to give back what they keep of a subject; whether there was one to ask.

    The feed's counter moves on by one, so that all of them look.
    """

    def work(connection: Connection) -> bool:
        spending.lock(connection, till.brand_id, [row])
        asked = [
            each
            for each in allowances.counted_of(connection, till.brand_id, row)
            if each.terminal_id != till.terminal_id and each.state in allowances.AT_TILL
        ]
        for each in sorted(asked, key=lambda each: each.terminal_id):
            recalled = msgspec.structs.replace(each, state=AllowanceState.RECALLED)
            allowances.write(connection, recalled)
            keeper = allowances.lock_till(connection, till.brand_id, each.terminal_id)
            allowances.change_till(connection, keeper, each.kind, 0, told=True)
        return bool(asked)

    asked = context.database.write(work, brand=till.brand_id)
    if asked:
        wake_tills(context, till.brand_id)
    return asked


def wake_tills(context: Context, brand_id: BrandId) -> None:
    """Let every till of the brand look: the counter moves, no row does."""
    head = context.database.write(
        lambda connection: reserve_versions(connection, brand_id, 1), brand=brand_id
    )
    context.heads.announce(brand_id, head)
