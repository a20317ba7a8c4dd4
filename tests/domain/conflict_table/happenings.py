"""What the tests of the conflict table share."""

from datetime import date

import msgspec

from domain.facts import SaleClosed
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Member,
)
from domain.identifiers import AccountId, StoreId
from domain.orders import Tender, TenderKind
from domain.stored_value.account import AccountKind
from domain.stored_value.facts import ToppedUp
from tests.domain.builders import (
    sale_of,
)

A, B = StoreId("store-a"), StoreId("store-b")
DAY = date(2026, 11, 21)
PHONE = "+8613800138000"
OTHER_PHONE = "+8613900139000"


def member_of(state: object, member_id: str = "m1") -> Member:
    assert isinstance(state, dict)
    found = state[AggregateKey(AggregateKind.MEMBER, member_id)]
    assert isinstance(found, Member)
    return found


def paid_with(kind: TenderKind, account: str, amount_fen: int, sale_id: str) -> SaleClosed:
    """A sale that an account, or a pass for one unit, pays for whole."""
    sale = sale_of(sale_id, list_fen=amount_fen).sale
    tender = Tender(
        kind=kind,
        amount_fen=amount_fen,
        received_fen=amount_fen,
        account_id=AccountId(account),
        covered=((1, 1),) if kind is TenderKind.PASS else (),
    )
    return SaleClosed(sale=msgspec.structs.replace(sale, tenders=(tender,)))


def stored_value(amount_fen: int, sale_id: str) -> SaleClosed:
    return paid_with(TenderKind.STORED_VALUE, "m1", amount_fen, sale_id)


def topped_up(amount_fen: int) -> ToppedUp:
    return ToppedUp(
        account_id=AccountId("m1"),
        kind=AccountKind.NAMED,
        receipt_number="A1-1",
        business_day=DAY,
        principal_fen=amount_fen,
        tenders=(Tender(kind=TenderKind.CASH, amount_fen=amount_fen, received_fen=amount_fen),),
    )
