"""The till's state: what the feed brought, with this till's own waiting entries folded on top."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from sqlalchemy import Connection, delete, select, tuple_

from domain.entries import Entry, decode_entry
from domain.facts import Fact, decode_fact
from domain.fold import fold, touched
from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    Member,
    decode_aggregate,
    encode_aggregate,
)
from domain.fold.cases import cases_of
from domain.protocol import FeedRow
from pos_client.storage.coupon_index import index_coupons
from pos_client.storage.direct import fetch, run, run_many
from pos_client.storage.fed_rows import WriteRows, open_rows, write_rows
from pos_client.storage.member_index import forget_unused_names, index_names, said_card, said_name
from pos_client.storage.tables import aggregate, open_case, overlay, pending

_OVERLAY_BODY: Final = "SELECT body FROM overlay WHERE kind = ? AND id = ?"
_SOME_OVERLAYS: Final = "SELECT kind, id FROM overlay LIMIT ?"
_IN_OVERLAY: Final = "SELECT 1 FROM overlay WHERE kind = ? AND id = ?"
_AGGREGATE_BODY: Final = "SELECT body FROM aggregate WHERE kind = ? AND id = ?"
_PUT_OVERLAY: Final = """INSERT INTO overlay (kind, id, body, name, card) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, name = excluded.name,
        card = excluded.card"""
_NAME_AGGREGATE: Final = "UPDATE aggregate SET name = ?, card = ? WHERE kind = ? AND id = ?"
_DROP_ROW: Final = "DELETE FROM aggregate WHERE kind = ? AND id = ?"
_GENERATION: Final = "SELECT generation FROM sync_state"
_ADD_PENDING: Final = "INSERT INTO pending (kind, id, epoch, number) VALUES (?, ?, ?, ?)"
_WAITING_ON: Final = """SELECT journal.content FROM pending JOIN journal USING (epoch, number)
    WHERE pending.kind = ? AND pending.id = ? ORDER BY epoch, number"""
# Own entries that the server's rows hold: all of earlier epochs, and up to a number.
_UP_TO: Final = "(epoch < ? OR (epoch = ? AND number <= ?))"
_INSIDE: Final = f"SELECT DISTINCT kind, id FROM pending WHERE {_UP_TO}"  # noqa: S608 - our text
_IS_INSIDE: Final = f"SELECT 1 FROM pending WHERE kind = ? AND id = ? AND {_UP_TO} LIMIT 1"  # noqa: S608 - our text
_STOP_WAITING: Final = f"DELETE FROM pending WHERE kind = ? AND id = ? AND {_UP_TO}"  # noqa: S608
_DROP_OVERLAY: Final = "DELETE FROM overlay WHERE kind = ? AND id = ?"
_OPEN_CASE: Final = "INSERT OR IGNORE INTO open_case (kind, id) VALUES (?, ?)"
_SOME_OPEN_CASES: Final = "SELECT kind, id FROM open_case LIMIT ?"
_IN_OPEN_CASE: Final = "SELECT 1 FROM open_case WHERE kind = ? AND id = ?"
_CLOSE_CASE: Final = "DELETE FROM open_case WHERE kind = ? AND id = ?"

# The name of a field that an encoded member has only when it is closed, or a text that says so.
_CLOSED_FIELD: Final = b"closed"
_KNOWN_KINDS: Final = {kind.value: kind for kind in AggregateKind}

State = dict[AggregateKey, Aggregate]


def load(connection: Connection, keys: Iterable[AggregateKey]) -> State:
    """Aggregates as they are to be shown; keys without one are left out."""
    state: State = {}
    for key in dict.fromkeys(keys):
        body = _shown_body(connection, key)
        if body is not None:
            state[key] = decode_aggregate(key.kind, body)
    return state


def load_one(connection: Connection, kind: AggregateKind, key_id: str) -> Aggregate | None:
    body = _shown_body(connection, AggregateKey(kind, key_id))
    return None if body is None else decode_aggregate(kind, body)


def load_kind(connection: Connection, kind: AggregateKind) -> State:
    """All aggregates of a kind that has few."""
    state: State = {}
    for table in (aggregate, overlay):
        rows = connection.execute(select(table.c.id, table.c.body).where(table.c.kind == kind))
        for key_id, body in rows:
            state[AggregateKey(kind, key_id)] = decode_aggregate(kind, body)
    return state


def load_open_cases(connection: Connection, limit: int) -> State:
    rows = connection.execute(select(open_case.c.kind, open_case.c.id).limit(limit))
    return load(connection, [AggregateKey(AggregateKind(row.kind), row.id) for row in rows])


def fold_entries(
    connection: Connection, entries: Sequence[tuple[Entry, Fact]]
) -> frozenset[AggregateKey]:
    """Fold own new entries on top of what is shown, and note that they wait."""
    touches = [(entry, fact, touched(fact)) for entry, fact in entries]
    before = load(connection, [key for *_, keys in touches for key in keys])
    state, waiting = dict(before), []
    for entry, fact, keys in touches:
        for key in keys:
            state[key] = fold(key, state.get(key), entry, fact)
            waiting.append((key.kind, key.id, entry.epoch, entry.number))
    _write_overlay(connection, state)
    run_many(connection, _ADD_PENDING, waiting)
    _index(connection, state, before)
    if any(_is_closed(value) and not _is_closed(before.get(key)) for key, value in state.items()):
        _name_fed(connection, state.keys())
        forget_unused_names(connection)
    return frozenset(state)


def take_feed(
    connection: Connection,
    rows: Sequence[FeedRow],
    *,
    epoch: int,
    acknowledged: int,
    complete: bool,
    write: WriteRows = write_rows,
) -> frozenset[AggregateKey]:
    """Lay the server's rows down, drop own entries that are inside them, re-fold the rest.

    A row holds the effect of every own entry up to `acknowledged`, so those stop waiting on it.
    Rows that have not arrived keep theirs on top until they do; `complete` tells that nothing
    more is to come. Costs what is touched: a row without waiting entries is written, no more.
    Rows of a kind that a later release knows are kept for it, unread.

    Raises:
        TillfoldError: `server_garbled` where a row holds no such aggregate.
    """
    fed = open_rows(rows, generation_of(connection))
    has_closed = _close_any(connection, rows)
    write(connection, fed)
    keys, inside = fed.values.keys() | fed.gone, (epoch, epoch, acknowledged)
    settled = (
        _keys(fetch(connection, _INSIDE, inside))
        if complete
        else _settled(connection, keys, inside)
    )
    run_many(connection, _STOP_WAITING, [(key.kind, key.id, *inside) for key in settled])
    refolded = _refold(connection, _held(connection, _SOME_OVERLAYS, _IN_OVERLAY, keys | settled))
    come_forth = load(connection, settled - keys)
    _name_fed(connection, come_forth.keys() | refolded.keys())
    shown = fed.values | come_forth | refolded
    index_names(connection, fed.names)
    index_names(connection, map(said_name, refolded.values()))
    _index_others(connection, shown)
    _forget_cases(connection, (keys | settled) - shown.keys())
    if has_closed:
        forget_unused_names(connection)
    return frozenset(keys | settled)


def _held(
    connection: Connection, some: str, is_there: str, keys: AbstractSet[AggregateKey]
) -> set[AggregateKey]:
    """Those of `keys` that a table holds: it is read once where it has fewer rows than asked for.

    A first sync lays 300,000 rows over hardly any of a till's own.
    """
    found = fetch(connection, some, (len(keys) + 1,))
    if len(found) <= len(keys):
        return {key for key in _keys(found) if key in keys}
    return {key for key in keys if fetch(connection, is_there, (key.kind, key.id))}


def _close_any(connection: Connection, rows: Sequence[FeedRow]) -> bool:
    """Whether the account of a member that this till can find is closed, or gone, by these rows."""
    for row in rows:
        if row.kind != AggregateKind.MEMBER or (row.body and _CLOSED_FIELD not in row.body):
            continue
        held = load_one(connection, AggregateKind.MEMBER, row.id)
        if held is not None and not _is_closed(held):
            return True
    return False


def _is_closed(value: Aggregate | None) -> bool:
    return isinstance(value, Member) and value.closed is not None


def entries_waiting_on(connection: Connection, key: AggregateKey) -> list[tuple[Entry, Fact]]:
    """Own unacknowledged entries that touch an aggregate, oldest first."""
    rows = fetch(connection, _WAITING_ON, (key.kind, key.id))
    return [_opened(content) for (content,) in rows]


def drop_rows(
    connection: Connection, rows: Sequence[tuple[str, str]], *, epoch: int, acknowledged: int
) -> frozenset[AggregateKey]:
    """Drop rows that the server no longer has, with own entries that are inside what it has.

    Initials stay (`member_index.forget_absent`).
    """
    run_many(connection, _DROP_ROW, rows)
    keys = {
        AggregateKey(_KNOWN_KINDS[kind], row_id) for kind, row_id in rows if kind in _KNOWN_KINDS
    }
    inside = (epoch, epoch, acknowledged)
    run_many(connection, _STOP_WAITING, [(key.kind, key.id, *inside) for key in keys])
    refolded = _refold(connection, _held(connection, _SOME_OVERLAYS, _IN_OVERLAY, keys))
    _index(connection, refolded)
    _forget_cases(connection, keys - refolded.keys())
    return frozenset(keys)


def stop_waiting_after(connection: Connection, place: tuple[int, int]) -> frozenset[AggregateKey]:
    """Take the effects of own entries behind (epoch, number) out again, as if never written."""
    behind = tuple_(pending.c.epoch, pending.c.number) > place
    rows = connection.execute(select(pending.c.kind, pending.c.id).where(behind).distinct())
    keys = {AggregateKey(AggregateKind(row.kind), row.id) for row in rows}
    connection.execute(delete(pending).where(behind))
    refolded = _refold(connection, keys)
    shown = load(connection, keys - refolded.keys()) | refolded
    _name_fed(connection, keys)
    forget_unused_names(connection)
    _index(connection, shown)
    _forget_cases(connection, keys - shown.keys())
    return frozenset(keys)


def _opened(content: bytes) -> tuple[Entry, Fact]:
    entry = decode_entry(content)
    return entry, decode_fact(entry.kind, entry.schema, entry.body)


def _shown_body(connection: Connection, key: AggregateKey) -> bytes | None:
    for query in (_OVERLAY_BODY, _AGGREGATE_BODY):
        rows = fetch(connection, query, (key.kind, key.id))
        if rows:
            return bytes(rows[0][0])
    return None


def _load_fed(connection: Connection, keys: Iterable[AggregateKey]) -> State:
    """Aggregates as the feed brought them, without this till's waiting entries."""
    state: State = {}
    for key in keys:
        rows = fetch(connection, _AGGREGATE_BODY, (key.kind, key.id))
        if rows:
            state[key] = decode_aggregate(key.kind, rows[0][0])
    return state


def generation_of(connection: Connection) -> int:
    """What rows that are written now belong to."""
    rows = fetch(connection, _GENERATION)
    return int(rows[0][0]) if rows else 0


def _settled(
    connection: Connection, fed: AbstractSet[AggregateKey], inside: tuple[int, int, int]
) -> set[AggregateKey]:
    """Those of the fed aggregates on which own entries wait that are inside the server's rows."""
    some = fetch(connection, f"{_INSIDE} LIMIT ?", (*inside, len(fed) + 1))
    if len(some) <= len(fed):
        return {key for key in _keys(some) if key in fed}
    return {key for key in fed if fetch(connection, _IS_INSIDE, (key.kind, key.id, *inside))}


def _keys(rows: Iterable[tuple[str, str]]) -> set[AggregateKey]:
    return {AggregateKey(_KNOWN_KINDS[kind], key_id) for kind, key_id in rows}


def _refold(connection: Connection, keys: Iterable[AggregateKey]) -> State:
    """Fold waiting entries on the server's rows again; an overlay without any goes away."""
    wanted = list(keys)
    state = _load_fed(connection, wanted)
    refolded: State = {}
    for key in wanted:
        waiting = entries_waiting_on(connection, key)
        if not waiting:
            run(connection, _DROP_OVERLAY, (key.kind, key.id))
            continue
        value = state.get(key)
        for entry, fact in waiting:
            value = fold(key, value, entry, fact)
        if value is not None:
            refolded[key] = value
    _write_overlay(connection, refolded)
    return refolded


def _write_overlay(connection: Connection, changed: State) -> None:
    run_many(
        connection,
        _PUT_OVERLAY,
        [
            (key.kind, key.id, encode_aggregate(value), said_name(value), said_card(value))
            for key, value in changed.items()
        ],
    )


def _name_fed(connection: Connection, keys: Iterable[AggregateKey]) -> None:
    """Let members' rows of the feed be found by what they say, but for accounts closed here."""
    members = [key for key in keys if key.kind is AggregateKind.MEMBER]
    shown = load(connection, members)
    named = [
        (said_name(found), said_card(found), key.kind, key.id)
        for key, value in _load_fed(connection, members).items()
        for found in (None if _is_closed(shown[key]) else value,)
    ]
    run_many(connection, _NAME_AGGREGATE, named)


def _index(connection: Connection, changed: State, before: State | None = None) -> None:
    """Keep initials, coupon codes and open cases in step with changed aggregates."""
    known = before or {}
    index_names(
        connection,
        (
            name
            for key, value in changed.items()
            if (name := said_name(value)) != said_name(known.get(key))
        ),
    )
    _index_others(connection, changed)


def _index_others(connection: Connection, changed: State) -> None:
    index_coupons(connection, changed.values())
    with_case = {key for key, value in changed.items() if cases_of(key, value)}
    run_many(connection, _OPEN_CASE, [(key.kind, key.id) for key in with_case])
    _forget_cases(connection, changed.keys(), but=with_case)


def _forget_cases(
    connection: Connection,
    keys: AbstractSet[AggregateKey],
    but: AbstractSet[AggregateKey] = frozenset(),
) -> None:
    with_case = _held(connection, _SOME_OPEN_CASES, _IN_OPEN_CASE, keys) - but
    run_many(connection, _CLOSE_CASE, [(key.kind, key.id) for key in with_case])
