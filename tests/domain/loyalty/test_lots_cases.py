"""The table of points accounts in lots_cases.toml."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from domain.loyalty.lines import post_all
from domain.loyalty.points_account import NO_POINTS, freeze
from domain.loyalty.points_standing import standing
from domain.months import month_text
from tests.domain.loyalty.builders import expiry_terms, last_month, month, points_line

CASES: Final = tomllib.loads(
    Path(__file__).with_name("lots_cases.toml").read_text(encoding="utf-8")
)["case"]


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    assert len(CASES) >= 35
    assert len({case["claim"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "_", case["claim"]))
def test_an_account_is_worth_what_the_table_says(case: dict[str, Any]) -> None:
    terms = expiry_terms(case["terms"])
    frozen, pending = case.get("frozen", 0), case.get("pending", 0)
    account = post_all(NO_POINTS, [points_line(line, terms) for line in case["lines"]])
    found = standing(
        freeze(account, frozen),
        month(case["in"]),
        pending=pending,
        pending_may_be_spent=case.get("at_once", False),
    )
    expected = case["expected"]
    assert found.balance == expected["balance"]
    assert found.available == expected.get("available", found.balance)
    assert (found.frozen, found.pending) == (expected.get("frozen", frozen), pending)
    lots = {last_month(lot.last_month): lot.points for lot in found.lots}
    assert list(lots.items()) == list(expected.get("lots", {}).items())
    assert {month_text(last): points for last, points in found.expired} == expected.get(
        "expired", {}
    )
    assert found.expired_points == sum(expected.get("expired", {}).values())
    dated = [last for last in lots if last != "never"]
    first = found.expires_next
    assert (last_month(first.last_month) if first else None) == (dated[0] if dated else None)
