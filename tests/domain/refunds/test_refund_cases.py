"""The table of refunds in refund_cases.toml."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from domain.configuration import CouponTerms
from domain.facts import decode_fact, encode_fact
from domain.identifiers import CouponId
from domain.loyalty.negative_points import NegativePoints
from domain.offers import amount_off
from domain.orders import Stage
from domain.refunds.facts import RefundMade
from domain.refunds.points import PointsAtHand
from domain.refunds.quote import RefundQuestion, quote_refund
from domain.refunds.refunded import NOT_REFUNDED, Refunded, add_refund
from domain.refunds.steps import RefundStep, explain
from domain.refunds.terms import BeyondPointsLimit, RefundTerms
from tests.domain.refunds.builders import STORE, refusal_of, wish
from tests.domain.refunds.sales import Table, sale_from

TABLE: Final = tomllib.loads(
    Path(__file__).with_name("refund_cases.toml").read_text(encoding="utf-8")
)
CASES: Final = TABLE["case"]


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    assert len(CASES) >= 45
    assert len({case["claim"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "_", case["claim"]))
def test_a_refund_gives_back_what_the_table_says(case: Table) -> None:
    sale = sale_from(TABLE["orders"][case["order"]])
    refunded = NOT_REFUNDED
    for number, step in enumerate(case["refunds"]):
        known = NOT_REFUNDED if step.get("apart", False) else refunded
        question = question_of(case, step, known)
        asked = wish(
            units_of(step.get("lines", "")),
            refund_id=f"r{number}",
            day=step.get("day", "2026-11-21"),
            void=step.get("void", False),
            with_fees=step.get("with_fees", False),
            in_cash=step.get("in_cash", False),
        )
        if "refused" in step:
            assert refusal_of(question, asked) == step["refused"]
            continue
        refund = quote_refund(question, asked)
        assert [said(one) for one in explain(sale, refund)] == step["says"]
        made = RefundMade(refund=refund)
        assert decode_fact(*encode_fact(made)) == made
        refunded = add_refund(refunded, refund)


def question_of(case: Table, step: Table, refunded: Refunded) -> RefundQuestion:
    terms: Mapping[str, Any] = case.get("terms", {})
    fields = {key: value for key, value in terms.items() if key != "beyond_points_limit"}
    points = PointsAtHand(
        balance=step.get("balance"),
        negative=NegativePoints(limit=case.get("limit", 0)),
        value_fen=case.get("value", 1),
    )
    return RefundQuestion(
        sale=sale_from(TABLE["orders"][case["order"]]),
        sale_store=STORE,
        refunded=refunded,
        terms=RefundTerms(
            **fields,
            beyond_points_limit=BeyondPointsLimit(terms.get("beyond_points_limit", "review")),
        ),
        points=points,
        coupons=tuple(coupon_of(name) for name in case.get("known", [])),
    )


def coupon_of(name: str) -> CouponTerms:
    coupon = TABLE["coupons"][name]
    return CouponTerms(
        coupon_id=CouponId(name),
        code=f"CODE-{name}",
        rule=amount_off(name, name, from_fen=0, saving_fen=1, stage=Stage.COUPON),
        valid_from_ms=0,
        valid_until_ms=1_000,
        returned_on_refund=coupon.get("returned", True),
        return_grace_days=coupon.get("grace", 0),
    )


def units_of(text: str) -> dict[int, int]:
    """As "1:2 3:1": two of the first line, one of the third."""
    pairs = (pair.split(":") for pair in text.split())
    return {int(line): int(units) for line, units in pairs}


def said(step: RefundStep) -> str:
    """A step as the table writes it: code, subject or tender, count where it tells more, amount."""
    name = step.tender or step.subject
    count = str(step.count) if step.count and step.code != "fees" else ""
    amount = str(step.amount_fen) if step.amount_fen or not (name or count) else ""
    return " ".join(part for part in (str(step.code), name, count, amount) if part)
