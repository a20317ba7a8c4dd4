"""Orders: the closed sale, and the sums of its refunds in whatever order they arrive."""

import msgspec

from domain.cases.repriced import SaleRepriced
from domain.facts import SaleClosed
from domain.fold.aggregates import Order, RefundNote, Repriced
from domain.origins import Origin
from domain.refunds.facts import RefundMade
from domain.refunds.refund import Refund
from domain.refunds.refunded import add_refund


def fold_order(
    order: Order | None, origin: Origin, fact: SaleClosed | RefundMade | SaleRepriced
) -> Order:
    """A refund may come before its sale. Each refund counts once, by its id."""
    known = order or Order()
    if isinstance(fact, RefundMade):
        return _refund(known, origin, fact.refund)
    if isinstance(fact, SaleRepriced):
        return _repriced(known, origin, fact)
    if known.origin is not None and known.origin <= origin:
        return known
    return msgspec.structs.replace(known, sale=fact.sale, origin=origin)


def _repriced(order: Order, origin: Origin, fact: SaleRepriced) -> Order:
    """The latest finding stands; the sale itself is never changed."""
    found = Repriced(origin, fact.said_fen, fact.expected_fen, fact.differences)
    held = order.repriced
    if held is not None and held.origin >= origin:
        return order
    return msgspec.structs.replace(order, repriced=found)


def _refund(order: Order, origin: Origin, refund: Refund) -> Order:
    if any(note.refund_id == refund.refund_id for note in order.refunds):
        return order
    note = RefundNote(origin, refund.refund_id, refund.sale_store, refund.kind, refund.total_fen)
    return msgspec.structs.replace(
        order,
        refunded=add_refund(order.refunded, refund),
        refunds=tuple(sorted((*order.refunds, note), key=lambda each: each.origin)),
    )
