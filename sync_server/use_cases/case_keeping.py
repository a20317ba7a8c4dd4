"""Opening and closing cases by what the state says now; nobody has to open or close one."""

from collections.abc import Mapping

from sqlalchemy import Connection

from domain.fold.aggregates import Aggregate, AggregateKey
from domain.fold.cases import Case, cases_of
from domain.fold.decisions import MAY_HAVE_CASES
from domain.identifiers import BrandId
from sync_server.database import cases
from sync_server.database.cases import CaseRecord


def keep_cases(
    connection: Connection,
    brand_id: BrandId,
    states: Mapping[AggregateKey, Aggregate],
    *,
    now_ms: int,
) -> None:
    """Bring the case records of the changed aggregates to what follows from them."""
    sources = [key for key in states if key.kind in MAY_HAVE_CASES]
    held = cases.of_sources(connection, brand_id, sources)
    open_now = {case.case_id: (key, case) for key in sources for case in cases_of(key, states[key])}
    opened = [
        _opened(held.get(case_id), key, case, now_ms=now_ms)
        for case_id, (key, case) in open_now.items()
    ]
    closed = [
        CaseRecord(
            source=record.source, case=record.case, opened_ms=record.opened_ms, closed_ms=now_ms
        )
        for case_id, record in held.items()
        if case_id not in open_now and record.closed_ms is None
    ]
    cases.store(connection, brand_id, [*opened, *closed])


def _opened(held: CaseRecord | None, key: AggregateKey, case: Case, *, now_ms: int) -> CaseRecord:
    """A case that was open stays open since then; a closed one opens anew."""
    since_ms = held.opened_ms if held and held.closed_ms is None else now_ms
    return CaseRecord(source=key, case=case, opened_ms=since_ms)
