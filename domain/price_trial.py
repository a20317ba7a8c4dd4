"""`try_out(data, wording)`: what `pos-client price` and `sync-server price` answer.

The rules of a document are checked as if they were published, and its cart is priced as at a
till. Prose, schema and exit codes: docs/price-command.md.
"""

from collections.abc import Iterator
from enum import IntEnum
from hashlib import sha256
from typing import Any, Final

import msgspec

from domain.money import format_fen
from domain.pricing.document import answer, read_document
from domain.pricing.document_schema import VERSION, PriceDocument, schema
from domain.pricing.explain import explain
from domain.pricing.result import PricedOrder
from domain.rule_flaws import UNSAFE_FLAWS, Flaw, below
from domain.rulebook_check.book import check_book, check_coupon
from domain.rulebook_check.menu import check_menu
from domain.wording import Wording


class ExitCode(IntEnum):
    """REFUSED: the document is no document, or its cart could not be entered at a till."""

    PRICED = 0
    REFUSED = 1
    FLAWED = 2
    OTHER_TOTAL = 3


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` for people, `values` for programs. Flaws come before another total."""

    lines: tuple[str, ...]
    values: dict[str, Any]
    exit_code: ExitCode


def try_out(data: bytes, wording: Wording) -> Trial:
    """Check the rules of a document and price its cart where that is safe.

    Raises:
        TillfoldError: as `read_document` and `answer`.
    """
    document = read_document(data)
    flaws = flaws_of_document(document)
    safe = UNSAFE_FLAWS.isdisjoint(flaw.code for flaw in flaws)
    order = answer(document) if safe else None
    expected_fen = document.expected_total_fen
    return Trial(
        lines=(*_lines_of_flaws(flaws, wording), *_lines_of_order(order, expected_fen, wording)),
        values={
            "version": VERSION,
            "document_sha256": sha256(data).hexdigest(),
            "flaws": [_values_of(flaw, wording) for flaw in flaws],
            "order": None if order is None else _values_of_order(order),
            "expected_total_fen": expected_fen,
        },
        exit_code=_exit_code(flaws, order, expected_fen),
    )


def schema_as_json() -> str:
    """The schema of a document, for editors and checkers."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode()


def flaws_of_document(document: PriceDocument) -> tuple[Flaw, ...]:
    """What would be refused of its menu, its book and its coupons if they were published."""
    menu = document.menu or None
    tiers = [tier.tier_id for tier in document.book.loyalty.tiers.tiers]
    flaws = [*check_menu(document.menu, where="menu")]
    flaws += [below("book", flaw) for flaw in check_book(document.book, menu)]
    for place, terms in enumerate(document.cart.coupons):
        where = f"cart.coupons[{place}].rule"
        flaws += check_coupon(terms.rule, menu, tiers=tiers, where=where)
    return tuple(flaws)


def _exit_code(
    flaws: tuple[Flaw, ...], order: PricedOrder | None, expected_fen: int | None
) -> ExitCode:
    if flaws or order is None:
        return ExitCode.FLAWED
    other = expected_fen is not None and expected_fen != order.total_fen
    return ExitCode.OTHER_TOTAL if other else ExitCode.PRICED


def _lines_of_flaws(flaws: tuple[Flaw, ...], wording: Wording) -> Iterator[str]:
    if not flaws:
        return
    yield wording.text("explain.flaws", count=len(flaws))
    for flaw in flaws:
        text = wording.flaw(flaw)
        yield "  " + wording.text("explain.flaw", where=flaw.where, text=text, code=flaw.code)
    yield ""


def _lines_of_order(
    order: PricedOrder | None, expected_fen: int | None, wording: Wording
) -> Iterator[str]:
    if order is None:
        yield wording.text("explain.not_priced")
        return
    yield from explain(order, wording)
    if expected_fen is not None:
        difference_fen = order.total_fen - expected_fen
        key = "explain.not_as_expected" if difference_fen else "explain.as_expected"
        yield wording.text(
            key, expected=format_fen(expected_fen), difference=format_fen(difference_fen)
        )


def _values_of(flaw: Flaw, wording: Wording) -> dict[str, Any]:
    return {
        "code": flaw.code,
        "family": flaw.family,
        "where": flaw.where,
        "values": dict(flaw.values),
        "text": wording.flaw(flaw),
    }


# What follows from the other figures and is handy beside them.
_DERIVED: Final = ("fees_fen", "saving_fen", "due_fen")


def _values_of_order(order: PricedOrder) -> dict[str, Any]:
    derived = {name: getattr(order, name) for name in _DERIVED}
    values: dict[str, Any] = msgspec.to_builtins(order)
    return values | derived
