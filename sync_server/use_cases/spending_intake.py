"""Keeping what may be spent in step with facts that arrive: balances, and rights they used."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from domain.allowances.rights import RightKind, UsedRight
from domain.allowances.subjects import Subject, SubjectKind
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind, PhoneClaims
from domain.fold.spendable import rights_used
from domain.identifiers import BrandId, MemberId
from sync_server.database import allowances, spending
from sync_server.database.allowances import AllowanceState, HoldState
from sync_server.database.terminals import Terminal
from sync_server.use_cases.inspection import Arrival
from sync_server.use_cases.spendable import book_of, lock_rows

_KINDS = {
    AggregateKind.STORED_VALUE: SubjectKind.STORED_VALUE,
    AggregateKind.PASS: SubjectKind.PASS,
    AggregateKind.COUPON: SubjectKind.COUPON,
}


def keep_spending(
    connection: Connection,
    held: Terminal,
    arrivals: Sequence[Arrival],
    states: Mapping[AggregateKey, Aggregate],
    *,
    now_ms: int,
) -> None:
    """After the states were stored. Costs one look for facts about what nobody has a right to."""
    used = [
        right
        for arrival in arrivals
        if arrival.error is None and arrival.fact is not None
        for right in rights_used(arrival.fact)
    ]
    subjects = _touched(connection, held.brand_id, states)
    subjects.update(right.subject for right in used)
    if not subjects:
        return
    book = book_of(connection, held.brand_id)
    rows = lock_rows(connection, held.brand_id, subjects, book=book, now_ms=now_ms)
    active = {row.subject: msgspec.structs.replace(row, active_ms=now_ms) for row in rows.values()}
    spending.put_all(connection, active.values())
    consume(connection, held, used)


def _touched(
    connection: Connection, brand_id: BrandId, states: Mapping[AggregateKey, Aggregate]
) -> set[Subject]:
    """The subjects among the changed states that somebody has asked for before."""
    named = [Subject(_KINDS[key.kind], key.id) for key in states if key.kind in _KINDS]
    members = set(_members(states))
    found = set(spending.known(connection, brand_id, named))
    rows = spending.row_ids_of(connection, brand_id, members)
    return found | {Subject(SubjectKind.POINTS, row_id) for row_id in rows.values()}


def _members(states: Mapping[AggregateKey, Aggregate]) -> Iterable[MemberId]:
    for key, state in states.items():
        if key.kind is AggregateKind.MEMBER:
            yield MemberId(key.id)
        elif isinstance(state, PhoneClaims):
            yield from state.member_ids


def consume(connection: Connection, held: Terminal, used: Iterable[UsedRight]) -> None:
    """Take what a till used off its rights. A right that is over, or another's, is passed over.

    The balance has it all already.
    """
    for right in used:
        if right.kind is RightKind.ALLOWANCE:
            _use_allowance(connection, held, right)
        elif right.kind is RightKind.AUTHORISATION:
            _use_hold(connection, held, right)


def _use_allowance(connection: Connection, held: Terminal, right: UsedRight) -> None:
    found = allowances.find(connection, held.brand_id, [right.right_id]).get(right.right_id)
    if found is None or found.terminal_id != held.terminal_id:
        return
    row = spending.lock(connection, held.brand_id, [found.row])[found.row]
    now = allowances.find(connection, held.brand_id, [right.right_id])[right.right_id]
    if now.state not in allowances.COUNTED:
        return
    amount = min(right.amount, now.left)
    is_done = amount == now.left and now.state is AllowanceState.RETURNED
    state = AllowanceState.DONE if is_done else now.state
    allowances.write(connection, msgspec.structs.replace(now, used=now.used + amount, state=state))
    spending.change(connection, row, granted=-amount)
    if now.state in allowances.AT_TILL:
        keeper = allowances.lock_till(connection, held.brand_id, held.terminal_id)
        allowances.change_till(connection, keeper, now.kind, -amount, told=False)


def _use_hold(connection: Connection, held: Terminal, right: UsedRight) -> None:
    holds = allowances.holds_of(connection, held.brand_id, held.terminal_id, [right.right_id])
    for hold in holds:
        if hold.subject == right.subject and hold.state is HoldState.HELD:
            row = spending.lock(connection, held.brand_id, [hold.row])[hold.row]
            allowances.settle_hold(connection, hold, HoldState.USED)
            spending.change(connection, row, held=-hold.amount)
