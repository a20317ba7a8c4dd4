"""Cases as a person reads them: what happened, where, when there, and what it costs."""

import datetime as dt
import hashlib
import zoneinfo
from collections import Counter
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from domain.cases.decided import Settled
from domain.fold.cases import Case, disagreements, settled_on
from domain.identifiers import HEAD_OFFICE, BrandId
from domain.origins import Origin
from domain.stamps import milliseconds_of
from domain.texts.cases import CASE_TEXTS
from sync_server.database import aggregates, cases
from sync_server.database.brands import Store, list_stores
from sync_server.database.cases import CaseRecord, CaseState
from sync_server.database.terminals import Terminal, list_terminals
from sync_server.use_cases.context import Context

_MOST_STORES = 10_000
_CASES_AT_ONCE = 500
_encoder = msgspec.msgpack.Encoder()


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the facts that disagree; `local_time` is ISO 8601 with the store's offset."""

    store_id: str
    store_name: str
    label: str
    local_time: str
    number: int


class StoreLoss(msgspec.Struct, frozen=True, kw_only=True):
    """What a store bears until it is decided otherwise; no store: nobody's that is known."""

    store_id: str
    store_name: str
    amount_fen: int


class StoreTotal(StoreLoss, frozen=True, kw_only=True):
    """The sum over `cases` of them."""

    cases: int


class ReadableCase(msgspec.Struct, frozen=True, kw_only=True):
    """`sides` begin with the fact that holds. `decision` is empty while nobody has decided.

    `seen` stands for the case as it is here: a decision may name it, and is refused when the case
    is another one by then.
    """

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
    losses: list[StoreLoss]
    seen: str
    decision: str = ""
    note: str = ""
    decided_ms: int | None = None


class Places:
    """The brand's stores and terminals by id, for naming sides."""

    def __init__(self, connection: Connection, brand_id: BrandId) -> None:
        stores = list_stores(connection, brand_id, limit=_MOST_STORES)
        terminals = list_terminals(connection, brand_id, limit=_MOST_STORES)
        self._stores: dict[str, Store] = {store.store_id: store for store in stores}
        self._terminals: dict[str, Terminal] = {each.terminal_id: each for each in terminals}

    def side(self, origin: Origin) -> Side:
        store = self._stores.get(origin.store)
        terminal = self._terminals.get(origin.terminal)
        zone = zoneinfo.ZoneInfo(store.time_zone) if store else dt.UTC
        return Side(
            store_id=origin.store,
            store_name=self.store_name(origin.store),
            label="" if terminal is None or origin.terminal == HEAD_OFFICE else terminal.label,
            local_time=_local_time(milliseconds_of(origin.stamp), zone),
            number=origin.number,
        )

    def store_name(self, store_id: str) -> str:
        store = self._stores.get(store_id)
        return store.name if store else ""


def read_cases(
    context: Context, brand_id: BrandId, state: CaseState, *, after: str = "", limit: int = 100
) -> list[ReadableCase]:
    """Cases, newest first, from the one behind `after` on."""

    def work(connection: Connection) -> list[ReadableCase]:
        found = cases.list_cases(connection, brand_id, state, after=after, limit=limit)
        places = Places(connection, brand_id)
        settled = decisions_on(connection, brand_id, found)
        return [readable(record, places, settled.get(record.case.case_id)) for record in found]

    return context.database.read(work, brand=brand_id)


def losses_by_store(context: Context, brand_id: BrandId, state: CaseState) -> list[StoreTotal]:
    """What all these cases cost each store that they cost something; the dearest first."""
    counts: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    after = ""
    while found := read_cases(context, brand_id, state, after=after, limit=_CASES_AT_ONCE):
        for loss in (loss for case in found for loss in case.losses):
            store = (loss.store_id, loss.store_name)
            counts[store] += 1
            amounts[store] += loss.amount_fen
        after = found[-1].case_id
    return [
        StoreTotal(store_id=store[0], store_name=store[1], cases=counts[store], amount_fen=amount)
        for store, amount in sorted(amounts.items(), key=lambda each: (-each[1], each[0]))
    ]


def decisions_on(
    connection: Connection, brand_id: BrandId, records: list[CaseRecord]
) -> Mapping[str, Settled]:
    """The decision that holds on each case, where there is one, by case id."""
    held = aggregates.load(connection, brand_id, {record.source for record in records})
    return {
        case.case_id: settled
        for source, loaded in held.items()
        for case in disagreements(source, loaded.state)
        if (settled := settled_on(loaded.state, case)) is not None
    }


def readable(record: CaseRecord, places: Places, settled: Settled | None) -> ReadableCase:
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
        sides=[places.side(origin) for origin in case.sides],
        cost_fen=case.cost_fen,
        points=case.points,
        opened_ms=record.opened_ms,
        closed_ms=record.closed_ms,
        losses=[
            StoreLoss(
                store_id=loss.store,
                store_name=places.store_name(loss.store),
                amount_fen=loss.amount_fen,
            )
            for loss in case.losses
        ],
        seen=seen_of(case),
        decision=settled.decision if settled else "",
        note=settled.note if settled else "",
        decided_ms=milliseconds_of(settled.origin.stamp) if settled else None,
    )


def seen_of(case: Case) -> str:
    """A short name for a case as it is now: another side, cost or size gives another name."""
    content = _encoder.encode((case.case_id, case.sides, case.cost_fen, case.points))
    return hashlib.sha256(content).hexdigest()[:16]


def _local_time(unix_ms: int, zone: dt.tzinfo) -> str:
    """ISO 8601 to the second. A stamp is data: one that no calendar reaches shows as empty."""
    try:
        return dt.datetime.fromtimestamp(unix_ms // 1000, zone).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""
