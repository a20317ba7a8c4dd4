"""Taking entries into a journal and folding them into the brand's state, as one batch.

Tills' and head office's entries come this way. The order of work keeps writers of one brand apart
for as short a time as can be: load and fold first, then take the versions (from there on others
wait), then look whether another writer was faster on the same aggregates, and fold those again.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode
from domain.fold import fold, touched
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind, Member
from domain.fold.cases import cases_of
from domain.identifiers import BrandId
from domain.members.profile import ProfileField
from domain.protocol import Outcome, Verdict
from domain.stamps import Stamp, receive
from sync_server.database import aggregates, journal, member_search, sales
from sync_server.database.brands import feed_head, reserve_versions
from sync_server.database.epochs import move_head
from sync_server.database.likeness import keep_likeness
from sync_server.database.price_checks import note_versions
from sync_server.database.terminals import Terminal, change_terminal
from sync_server.use_cases.booking import booked
from sync_server.use_cases.case_keeping import keep_cases
from sync_server.use_cases.feed_keeping import Batch, Change, keep_feed, owners_of
from sync_server.use_cases.inspection import Arrival
from sync_server.use_cases.like_members import likely_changed
from sync_server.use_cases.signed_codes import keep_statuses
from sync_server.use_cases.spending_intake import keep_spending
from sync_server.use_cases.versions import versions_in

States = dict[AggregateKey, Aggregate]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch; `head` is the brand's feed after it."""

    verdicts: tuple[Verdict, ...]
    head: int


class Folded(msgspec.Struct, frozen=True):
    """What was held before a batch and the states after it; a verdict for each arrival.

    `head` is the last of the versions that are reserved for the states.
    """

    held: Mapping[AggregateKey, aggregates.Held]
    states: States
    verdicts: tuple[Verdict, ...]
    head: int


def take_in(
    connection: Connection, held: Terminal, arrivals: Sequence[Arrival], *, now_ms: int
) -> Taken:
    """Append `arrivals`, which continue the journal `held`, and fold what can be folded."""
    brand_id = held.brand_id
    keys = _touched_by(arrivals)
    folded = _fold_in(connection, brand_id, keys, arrivals)
    states, verdicts = folded.states, folded.verdicts
    head = _write(connection, held, arrivals, folded, now_ms=now_ms)
    members = [state for state in states.values() if isinstance(state, Member)]
    member_search.index(connection, brand_id, _said_otherwise(folded))
    changed = likely_changed(arrivals)
    keep_likeness(connection, brand_id, [one for one in members if one.member_id in changed])
    keep_cases(connection, brand_id, states, now_ms=now_ms)
    keep_statuses(connection, brand_id, states)
    keep_spending(connection, held, arrivals, states, now_ms=now_ms)
    note_versions(connection, versions_in(brand_id, arrivals))
    sales.add(connection, booked(held, arrivals))
    _append(connection, held, arrivals, now_ms=now_ms, version=head)
    return Taken(verdicts=verdicts, head=head)


def _said_otherwise(folded: Folded) -> list[Member]:
    """Members that are looked up by something else than before: hardly ever one, in a day of sales.

    Writing their rows again costs as much as the rows of the sales, and more the more there are.
    """
    changed = []
    for key, state in folded.states.items():
        if isinstance(state, Member):
            held = folded.held.get(key)
            before = held.state if held is not None else None
            if not isinstance(before, Member) or _said(before) != _said(state):
                changed.append(state)
    return changed


def _said(member: Member) -> tuple[object, ...]:
    return member.enrolled, member.closed, member.phone, member.field(ProfileField.NAME)


def _touched_by(arrivals: Sequence[Arrival]) -> list[AggregateKey]:
    facts = [arrival.fact for arrival in arrivals if arrival.fact is not None]
    return sorted({key for fact in facts for key in touched(fact)})


def _fold_in(
    connection: Connection,
    brand_id: BrandId,
    keys: Sequence[AggregateKey],
    arrivals: Sequence[Arrival],
) -> Folded:
    if not keys:
        verdicts = fold_all({}, arrivals)[1]
        return Folded({}, {}, verdicts, feed_head(connection, brand_id))
    held = aggregates.load(connection, brand_id, keys)
    states, verdicts = fold_all(held, arrivals)
    head = reserve_versions(connection, brand_id, len(keys))
    changed = aggregates.changed_since(connection, brand_id, keys, held)
    if changed:
        held |= aggregates.load(connection, brand_id, changed)
        states, verdicts = fold_all(held, arrivals)
    return Folded(held, states, verdicts, head)


def _write(
    connection: Connection,
    terminal: Terminal,
    arrivals: Sequence[Arrival],
    folded: Folded,
    *,
    now_ms: int,
) -> int:
    """Write the states and what the feed keeps beside them; the brand's head after that."""
    if not folded.states:
        return folded.head
    facts = [arrival.fact for arrival in arrivals if arrival.fact is not None]
    rows = aggregates.store(
        connection,
        terminal.brand_id,
        folded.states,
        owners=owners_of(folded.states, folded.held, facts),
        last_version=folded.head,
    )
    changes = [
        Change(row, folded.held.get(AggregateKey(AggregateKind(row.kind), row.id))) for row in rows
    ]
    batch = Batch(
        brand_id=terminal.brand_id,
        store_id=terminal.store_id,
        changes=changes,
        states=folded.states,
        now_ms=now_ms,
    )
    return keep_feed(connection, batch, folded.head)


def fold_all(
    held: Mapping[AggregateKey, aggregates.Held], arrivals: Sequence[Arrival]
) -> tuple[States, tuple[Verdict, ...]]:
    states: States = {}
    verdicts = []
    for arrival in arrivals:
        outcome = Outcome.QUARANTINED
        if arrival.error is None:
            outcome = _fold_one(held, states, arrival)
        verdicts.append(Verdict(number=arrival.number, outcome=outcome, error=arrival.error))
    return states, tuple(verdicts)


def _fold_one(
    held: Mapping[AggregateKey, aggregates.Held], states: States, arrival: Arrival
) -> Outcome:
    assert arrival.entry is not None
    assert arrival.fact is not None
    outcome = Outcome.APPLIED
    for key in touched(arrival.fact):
        loaded = held.get(key)
        before = states.get(key) or (loaded.state if loaded else None)
        after = fold(key, before, arrival.entry, arrival.fact)
        states[key] = after
        known = cases_of(key, before) if before is not None else ()
        if any(case not in known for case in cases_of(key, after)):
            outcome = Outcome.APPLIED_WITH_CASE
    return outcome


def _append(
    connection: Connection,
    held: Terminal,
    arrivals: Sequence[Arrival],
    *,
    now_ms: int,
    version: int,
) -> None:
    assert all(after.number == before.number + 1 for before, after in pairwise(arrivals))
    journal.add_entries(
        connection,
        [
            journal.StoredEntry(
                brand_id=held.brand_id,
                terminal_id=held.terminal_id,
                epoch=held.epoch,
                number=arrival.number,
                content=arrival.content,
                signature=arrival.signature,
                hash=arrival.hash,
                received_ms=now_ms,
                version=version,
            )
            for arrival in arrivals
        ],
    )
    set_aside(connection, held, [a for a in arrivals if a.error is not None], now_ms=now_ms)
    move_head(connection, held, arrivals[-1].number, arrivals[-1].hash)
    change_terminal(connection, held, last_stamp=_clock_after(held, arrivals, now_ms=now_ms))


def _clock_after(held: Terminal, arrivals: Sequence[Arrival], *, now_ms: int) -> Stamp:
    """The latest stamp of the journal that head office's clock believes."""
    last = Stamp(held.last_stamp)
    for arrival in arrivals:
        if arrival.entry is not None:
            last = receive(last, arrival.entry.stamp, now_ms)
    return last


def set_aside(
    connection: Connection, held: Terminal, arrivals: Sequence[Arrival], *, now_ms: int
) -> None:
    """Keep entries visibly apart, each with the code of its reason; `journal_forked` without."""
    journal.set_aside(
        connection,
        [
            journal.SetAside(
                brand_id=held.brand_id,
                terminal_id=held.terminal_id,
                epoch=held.epoch,
                number=arrival.number,
                hash=arrival.hash,
                error=arrival.error or ErrorCode.JOURNAL_FORKED,
                content=arrival.content,
                signature=arrival.signature,
                received_ms=now_ms,
            )
            for arrival in arrivals
        ],
    )
