"""A case in full, with both facts side by side, and a person's decision on it."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.cases.decided import LONGEST_NOTE, CaseDecided
from domain.cases.kinds import DECISIONS, Decision
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.cases import Case, disagreements, settled_on
from domain.identifiers import BrandId
from domain.imports import clean_text
from domain.origins import Origin
from sync_server.database import aggregates, cases
from sync_server.database.cases import CaseRecord
from sync_server.use_cases.case_reading import (
    Places,
    ReadableCase,
    Side,
    decisions_on,
    readable,
    seen_of,
)
from sync_server.use_cases.context import Context
from sync_server.use_cases.fact_reading import FactRead, read_fact
from sync_server.use_cases.head_office import decide_in

_MOST_SIDES_SHOWN: Final = 50
_NOTHING: Final = AggregateKey(AggregateKind.MENU, "")


class FullSide(msgspec.Struct, frozen=True, kw_only=True):
    """One of the facts: where and when, and what the journal says of it."""

    place: Side
    fact: FactRead


class CaseInFull(msgspec.Struct, frozen=True, kw_only=True):
    """`can_be_decided_as` lists the decisions for this kind; `decided_by` is a name."""

    case: ReadableCase
    sides: list[FullSide]
    can_be_decided_as: list[str]
    decided_by: str = ""


def show_case(context: Context, brand_id: BrandId, case_id: str) -> CaseInFull:
    """A case, open or closed, with what its facts say.

    Raises:
        TillfoldError: `not_found`.
    """

    def work(connection: Connection) -> CaseInFull:
        return _in_full(connection, brand_id, _found(connection, brand_id, case_id))

    return context.database.read(work, brand=brand_id)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decides; with `seen` only if the case is still the one that was looked at."""

    decision: Decision
    note: str = ""
    seen: str = ""


def decide_case(
    context: Context, brand_id: BrandId, case_id: str, wish: Wish, *, actor: str
) -> CaseInFull:
    """Write a decision into head office's journal; the same one again writes nothing.

    Raises:
        TillfoldError: `not_found`; `decision_unfit` for this kind; `case_closed` where nothing
            disagrees any more; `case_changed` where it is not what was `seen`;
            `request_malformed` for the note.
    """
    note = _checked_note(wish.note)

    def work(connection: Connection) -> int | None:
        record = _found(connection, brand_id, case_id)
        allowed = DECISIONS[record.case.kind]
        if wish.decision not in allowed:
            raise TillfoldError(ErrorCode.DECISION_UNFIT, allowed=", ".join(allowed))
        fact = _decision(connection, brand_id, record, msgspec.structs.replace(wish, note=note))
        return (
            None if fact is None else decide_in(context, connection, brand_id, [fact], actor=actor)
        )

    head = context.database.write(work, brand=brand_id)
    if head is not None:
        context.heads.announce(brand_id, head)
    return show_case(context, brand_id, case_id)


def _decision(
    connection: Connection, brand_id: BrandId, record: CaseRecord, wish: Wish
) -> CaseDecided | None:
    """The fact that says it, on the case as it is now; None where it is said already."""
    held = aggregates.load(connection, brand_id, [record.source]).get(record.source)
    assert held is not None
    case = _as_it_is(record, list(disagreements(record.source, held.state)))
    settled = settled_on(held.state, case)
    if settled is not None and (settled.decision, settled.note) == (wish.decision, wish.note):
        return None
    if wish.seen and wish.seen != seen_of(case):
        raise TillfoldError(ErrorCode.CASE_CHANGED)
    return CaseDecided(
        case=case.kind,
        source_id=record.source.id,
        decision=wish.decision,
        note=wish.note,
        sides=case.sides,
        cost_fen=case.cost_fen,
        points=case.points,
    )


def _as_it_is(record: CaseRecord, now: list[Case]) -> Case:
    found = [case for case in now if case.case_id == record.case.case_id]
    if not found:
        raise TillfoldError(ErrorCode.CASE_CLOSED)
    return found[0]


def _checked_note(text: str) -> str:
    note = clean_text(text)
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="note")
    return note


def _found(connection: Connection, brand_id: BrandId, case_id: str) -> CaseRecord:
    record = cases.find(connection, brand_id, case_id)
    if record is None:
        raise TillfoldError(ErrorCode.NOT_FOUND)
    return record


def _in_full(connection: Connection, brand_id: BrandId, record: CaseRecord) -> CaseInFull:
    places = Places(connection, brand_id)
    settled = decisions_on(connection, brand_id, [record]).get(record.case.case_id)
    sides = [
        FullSide(
            place=places.side(origin),
            fact=read_fact(connection, brand_id, origin, about=record.source),
        )
        for origin in record.case.sides[:_MOST_SIDES_SHOWN]
    ]
    return CaseInFull(
        case=readable(record, places, settled),
        sides=sides,
        can_be_decided_as=[decision.value for decision in DECISIONS[record.case.kind]],
        decided_by=_decider(connection, brand_id, settled.origin) if settled else "",
    )


def _decider(connection: Connection, brand_id: BrandId, origin: Origin) -> str:
    return read_fact(connection, brand_id, origin, about=_NOTHING).actor
