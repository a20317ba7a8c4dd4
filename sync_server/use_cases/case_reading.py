"""Cases as a person reads them: what happened, where, when there, and what it costs."""

import datetime as dt
import zoneinfo

import msgspec
from sqlalchemy import Connection

from domain.identifiers import HEAD_OFFICE, BrandId
from domain.origins import Origin
from domain.stamps import milliseconds_of
from domain.texts.cases import CASE_TEXTS
from sync_server.database import cases
from sync_server.database.brands import Store, list_stores
from sync_server.database.cases import CaseRecord, CaseState
from sync_server.database.terminals import Terminal, list_terminals
from sync_server.use_cases.context import Context

_MOST_STORES = 10_000


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the facts that disagree; `local_time` is ISO 8601 with the store's offset."""

    store_id: str
    store_name: str
    label: str
    local_time: str
    number: int


class ReadableCase(msgspec.Struct, frozen=True, kw_only=True):
    """`sides` begin with the fact that holds."""

    case_id: str
    kind: str
    severity: str
    about_kind: str
    about_id: str
    text_zh: str
    text_en: str
    sides: list[Side]
    cost_fen: int
    points: int
    opened_ms: int
    closed_ms: int | None


def read_cases(
    context: Context, brand_id: BrandId, state: CaseState, *, after: str = "", limit: int = 100
) -> list[ReadableCase]:
    """Cases, newest first, from the one behind `after` on."""

    def work(connection: Connection) -> list[ReadableCase]:
        found = cases.list_cases(connection, brand_id, state, after=after, limit=limit)
        stores = {
            str(store.store_id): store
            for store in list_stores(connection, brand_id, limit=_MOST_STORES)
        }
        terminals = {
            str(terminal.terminal_id): terminal
            for terminal in list_terminals(connection, brand_id, limit=_MOST_STORES)
        }
        return [_readable(record, stores, terminals) for record in found]

    return context.database.read(work, brand=brand_id)


def _readable(
    record: CaseRecord, stores: dict[str, Store], terminals: dict[str, Terminal]
) -> ReadableCase:
    case = record.case
    text_zh, text_en = CASE_TEXTS[case.kind]
    return ReadableCase(
        case_id=case.case_id,
        kind=case.kind.value,
        severity=case.severity.value,
        about_kind=case.about.kind.value,
        about_id=case.about.id,
        text_zh=text_zh,
        text_en=text_en,
        sides=[_side(origin, stores, terminals) for origin in case.sides],
        cost_fen=case.cost_fen,
        points=case.points,
        opened_ms=record.opened_ms,
        closed_ms=record.closed_ms,
    )


def _side(origin: Origin, stores: dict[str, Store], terminals: dict[str, Terminal]) -> Side:
    store = stores.get(origin.store)
    terminal = terminals.get(origin.terminal)
    zone = zoneinfo.ZoneInfo(store.time_zone) if store else dt.UTC
    return Side(
        store_id=origin.store,
        store_name=store.name if store else "",
        label="" if terminal is None or origin.terminal == HEAD_OFFICE else terminal.label,
        local_time=_local_time(milliseconds_of(origin.stamp), zone),
        number=origin.number,
    )


def _local_time(unix_ms: int, zone: dt.tzinfo) -> str:
    """ISO 8601 to the second. A stamp is data: one that no calendar reaches shows as empty."""
    try:
        return dt.datetime.fromtimestamp(unix_ms // 1000, zone).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""
