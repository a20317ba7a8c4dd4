"""Pricing sales again with the versions that they name, and telling where something differs."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.cases.repriced import PriceDifference, SaleRepriced
from domain.configuration import CouponTerms
from domain.entries import Entry, decode_entry
from domain.errors import TillfoldError
from domain.facts import Fact, MenuPublished, RulesPublished, SaleClosed, decode_fact
from domain.fold import origin_of
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, Order
from domain.identifiers import HEAD_OFFICE, BrandId, CouponId, StoreId
from domain.orders import Sale
from domain.pricing.recheck import Published, differences_of
from domain.rulebook import RuleBook
from sync_server.database import aggregates, price_checks
from sync_server.database.price_checks import Publishes, Reached
from sync_server.database.terminals import list_terminals
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide_in
from sync_server.use_cases.versions import storable

# Who finds it, in head office's journal.
CHECKER: Final = "price-check"
_ENTRIES_AT_ONCE: Final = 500
_MOST_TERMINALS: Final = 10_000
_VERSIONS_IN_HAND: Final = 4


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of a journal gave; `until` is its last entry, None at the end of the journal."""

    since: Reached
    until: Reached | None
    facts: list[SaleRepriced]


def check_prices(context: Context, brand_id: BrandId, *, keep: Callable[[], None]) -> int:
    """Price all sales that came in since the last time; how many differ.

    `keep` is called between parts of the work.
    """
    terminals = context.database.read(
        lambda connection: list_terminals(connection, brand_id, limit=_MOST_TERMINALS),
        brand=brand_id,
    )
    known = _Versions(brand_id)
    done = 0
    for terminal in terminals:
        if terminal.terminal_id == HEAD_OFFICE:
            continue
        while (told := _check_part(context, brand_id, terminal.terminal_id, known)) is not None:
            done += told
            keep()
    return done


def _check_part(
    context: Context, brand_id: BrandId, terminal_id: str, known: "_Versions"
) -> int | None:
    """Look at the next entries of a journal; None at its end."""
    looked = context.database.read(
        lambda connection: _look(connection, brand_id, terminal_id, known), brand=brand_id
    )
    if looked.until is None:
        return None
    _tell(context, brand_id, looked)
    return len(looked.facts)


def _look(
    connection: Connection, brand_id: BrandId, terminal_id: str, known: "_Versions"
) -> Looked:
    since = price_checks.reached(connection, brand_id, terminal_id)
    entries = price_checks.entries_after(connection, since, limit=_ENTRIES_AT_ONCE)
    if not entries:
        return Looked(since=since, until=None, facts=[])
    last = entries[-1]
    until = msgspec.structs.replace(since, epoch=last.epoch, number=last.number)
    sold = [one for stored in entries if (one := _sale_in(stored.content)) is not None]
    facts = [
        fact
        for entry, sale in _folded(connection, brand_id, sold)
        if (fact := _finding(connection, known, sale, store=entry.store)) is not None
    ]
    return Looked(since=since, until=until, facts=facts)


def _tell(context: Context, brand_id: BrandId, looked: Looked) -> None:
    """Write the findings and how far was looked, in one; not where another one was faster."""
    until = looked.until
    assert until is not None

    def work(connection: Connection) -> int | None:
        now = price_checks.reached(connection, brand_id, until.terminal_id)
        if now != looked.since:
            return None
        price_checks.note_reached(connection, until)
        if not looked.facts:
            return None
        return decide_in(context, connection, brand_id, looked.facts, actor=CHECKER)

    head = context.database.write(work, brand=brand_id)
    if head is not None:
        context.heads.announce(brand_id, head)


def _sale_in(content: bytes) -> tuple[Entry, Sale] | None:
    try:
        entry = decode_entry(content)
        fact = decode_fact(entry.kind, entry.schema, entry.body)
    except TillfoldError:
        return None
    return (entry, fact.sale) if isinstance(fact, SaleClosed) else None


def _folded(
    connection: Connection, brand_id: BrandId, sold: Sequence[tuple[Entry, Sale]]
) -> list[tuple[Entry, Sale]]:
    """Those that are in the state: an entry that was set aside, or a copy, is nobody's order."""
    keys = [AggregateKey(AggregateKind.ORDER, sale.sale_id) for _, sale in sold]
    held = aggregates.load(connection, brand_id, keys)
    found = []
    for key, (entry, sale) in zip(keys, sold, strict=True):
        order = held[key].state if key in held else None
        if isinstance(order, Order) and order.origin == origin_of(entry):
            found.append((entry, sale))
    return found


def _finding(
    connection: Connection, known: "_Versions", sale: Sale, *, store: StoreId
) -> SaleRepriced | None:
    """What differs in the eyes of every version of the names; None where it fits one of them."""
    menus = known.menus(connection, sale.menu_version)
    books = known.books(connection, sale.rules_version)
    coupons = _coupons(connection, known.brand_id, sale)
    best: tuple[tuple[PriceDifference, ...], int] | None = None
    for menu in menus:
        for book in books:
            dishes = {item.item_id: item for item in menu.items}
            published = Published(dishes=dishes, book=book, coupons=coupons)
            found = differences_of(sale, published, store=store)
            if not found[0]:
                return None
            best = best or found
    if best is None:
        return None
    return SaleRepriced(
        sale_id=sale.sale_id,
        menu_version=sale.menu_version,
        rules_version=sale.rules_version,
        said_fen=sale.total_fen,
        expected_fen=best[1],
        differences=best[0],
    )


def _coupons(connection: Connection, brand_id: BrandId, sale: Sale) -> dict[CouponId, CouponTerms]:
    keys = [AggregateKey(AggregateKind.COUPON, coupon_id) for coupon_id in sale.coupon_ids]
    return {
        CouponId(key.id): held.state.terms
        for key, held in aggregates.load(connection, brand_id, keys).items()
        if isinstance(held.state, Coupon) and held.state.terms is not None
    }


class _Versions:
    """The menus and books of a brand by name, the last few of them in hand."""

    def __init__(self, brand_id: BrandId) -> None:
        self.brand_id = brand_id
        self._menus: dict[str, list[MenuPublished]] = {}
        self._books: dict[str, list[RuleBook]] = {}

    def menus(self, connection: Connection, version: str) -> list[MenuPublished]:
        if version not in self._menus:
            _make_room(self._menus)
            found = self._read(connection, Publishes.MENU, version)
            self._menus[version] = [one for one in found if isinstance(one, MenuPublished)]
        return self._menus[version]

    def books(self, connection: Connection, version: str) -> list[RuleBook]:
        if version not in self._books:
            _make_room(self._books)
            found = self._read(connection, Publishes.RULES, version)
            self._books[version] = [one.book for one in found if isinstance(one, RulesPublished)]
        return self._books[version]

    def _read(self, connection: Connection, kind: Publishes, version: str) -> list[Fact]:
        if not version:
            return []
        entries = price_checks.entries_of_version(
            connection, self.brand_id, kind, storable(version)
        )
        opened = [decode_entry(content) for content in entries]
        return [decode_fact(entry.kind, entry.schema, entry.body) for entry in opened]


def _make_room(held: dict[str, list[MenuPublished]] | dict[str, list[RuleBook]]) -> None:
    """The version that came first goes; sales of one day name one or two."""
    if len(held) >= _VERSIONS_IN_HAND:
        del held[next(iter(held))]
