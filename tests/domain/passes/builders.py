"""Passes for the tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from domain.identifiers import PassId, StoreId
from domain.passes.account import PassAccount, PassLine
from domain.passes.facts import PassRefunded, PassSold
from domain.passes.fold import fold_pass, post_use
from domain.passes.terms import PassTerms
from tests.domain.stored_value.builders import TODAY, at

PASS: Final = PassId("pass-1")
BASE: Final[dict[str, Any]] = {
    "template_id": "lunch",
    "name": "午餐次卡",
    "price_fen": 25_000,
    "uses": 10,
    "list_price_fen": 3_000,
}


def terms_of(described: dict[str, Any]) -> PassTerms:
    return msgspec.convert({**BASE, **described}, PassTerms)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def pass_sold(terms: PassTerms, sold: int = 0) -> PassSold:
    return PassSold(
        pass_id=PASS,
        terms=terms,
        receipt_number="A1-1",
        business_day=days_ago(sold),
        paid_fen=terms.price_fen,
        tenders=(),
    )


def pass_refunded(uses: int, paid_out_fen: int) -> PassRefunded:
    return PassRefunded(
        pass_id=PASS,
        receipt_number="A1-2",
        business_day=TODAY,
        uses=uses,
        paid_out_fen=paid_out_fen,
        steps=(),
        tenders=(),
    )


def use(ago: int, units: int, *, store: str = "A") -> PassLine:
    return PassLine(pass_id=PASS, store=StoreId(store), day=days_ago(ago), units=units)


def pass_of(
    described: dict[str, Any], *, sold: int = 0, used: Sequence[Sequence[int]] = ()
) -> PassAccount:
    account = fold_pass(None, pass_sold(terms_of(described), sold), at())
    for ago, units in used:
        account = post_use(account, use(ago, units))
    return account
