"""A refund's fact reads back, and one that does not add up is malformed."""

from typing import Any

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.facts import decode_fact, encode_fact
from domain.refunds.facts import RefundMade
from domain.refunds.points import PointsAtHand
from domain.refunds.quote import RefundQuestion, quote_refund
from domain.refunds.terms import BeyondPointsLimit, RefundTerms
from tests.domain.refunds.builders import STORE, wish
from tests.domain.refunds.sales import sale_from

SALE = {
    "lines": ["juice 1000 x 3", "rice 300 x 2"],
    "rules": [{"name": "full", "saving": {"1": 300}, "retest": 3_000}],
    "fees": [100],
    "tip": 50,
    "tenders": ["stored_value 1500 bonus 500", "cash 1950"],
    "loyalty": {"1": [30, 30, 12], "2": [6, 6, 0]},
}


def made() -> RefundMade:
    """One juice: 900 less the 200 of the offer on the others, less 8 for 4 of 10 points."""
    terms = RefundTerms(beyond_points_limit=BeyondPointsLimit.WITHHOLD_MONEY)
    points = PointsAtHand(balance=2, value_fen=2)
    points = msgspec.structs.replace(
        points, negative=msgspec.structs.replace(points.negative, limit=0)
    )
    question = RefundQuestion(sale=sale_from(SALE), sale_store=STORE, terms=terms, points=points)
    return RefundMade(refund=quote_refund(question, wish({1: 1})))


def fields_of(fact: RefundMade) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.msgpack.decode(encode_fact(fact)[2])
    return fields


def read(fields: dict[str, Any]) -> object:
    return decode_fact("refund_made", 1, msgspec.msgpack.encode(fields))


def is_refused(fields: dict[str, Any]) -> bool:
    try:
        read(fields)
    except TillfoldError as error:
        return error.code is ErrorCode.FACT_MALFORMED
    return False


def test_the_sample_is_what_it_says() -> None:
    refund = made().refund
    assert (refund.total_fen, refund.withheld_fen, refund.points_paid) == (692, 8, 4)
    assert [(charge.amount_fen, charge.open_fen) for charge in refund.charges] == [(200, 0)]
    assert read(fields_of(made())) == made()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total_fen", 691),
        ("tip_fen", 1),
        ("already_paid_fen", 1),
        ("withheld_fen", 7),
        ("points_paid", 0),
        ("points_open", 7),
        ("lines", []),
        ("charges", []),
        ("tenders", []),
        ("refund_id", ""),
        ("reason", ""),
        ("sale_day", "2026-02-30"),
        ("sale_day", "2026-W47-7"),
        ("business_day", "2026-13-01"),
        ("business_day", "2026-W47-7"),
        ("kind", "gift"),
    ],
)
def test_a_refund_that_does_not_add_up_is_malformed(field: str, value: object) -> None:
    fields = fields_of(made())
    fields["refund"][field] = value
    assert is_refused(fields)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("lines", "amount_fen", 901),
        ("lines", "units", 0),
        ("lines", "line", -1),
        ("lines", "points_taken", 3),
        ("charges", "amount_fen", 199),
        ("charges", "open_fen", -1),
        ("tenders", "amount_fen", 1),
        ("tenders", "bonus_fen", 100_000),
        ("tenders", "place", 0),
    ],
)
def test_a_refund_whose_parts_do_not_add_up_is_malformed(part: str, field: str, value: int) -> None:
    fields = fields_of(made())
    fields["refund"][part][0][field] = value
    assert is_refused(fields)


@pytest.mark.parametrize(
    ("part", "key"), [("lines", "line"), ("tenders", "place"), ("charges", "rule_id")]
)
def test_a_line_tender_or_charge_that_stands_twice_is_malformed(part: str, key: str) -> None:
    """Split in two that add up, so that nothing but the repetition is wrong."""
    fields = fields_of(made())
    whole = fields["refund"][part][0]
    rest = {**whole, "amount_fen": 1, "bonus_fen": 0, "points_taken": 0, "points_given": 0}
    rest |= {"growth_taken": 0, "open_fen": 0}
    first = {**whole, "amount_fen": whole["amount_fen"] - 1}
    fields["refund"][part] = [first, rest, *fields["refund"][part][1:]]
    assert is_refused(fields)
    other = {"line": 2, "place": 3, "rule_id": "another"}[key]
    fields["refund"][part][1] = {**rest, key: other}
    read(fields)


def test_points_open_may_take_all_points_but_no_more() -> None:
    fields = fields_of(made())
    fields["refund"]["points_open"] = 6
    read(fields)


def test_a_tip_alone_is_a_refund() -> None:
    fields = fields_of(made())
    fields["refund"] |= {"lines": [], "charges": [], "tip_fen": 700, "points_paid": 0}
    fields["refund"] |= {"withheld_fen": 8, "points_open": 0}
    assert is_refused(fields)
    fields["refund"] |= {"withheld_fen": 0, "tip_fen": 692}
    read(fields)
