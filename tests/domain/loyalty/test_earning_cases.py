"""The table of orders in earning_cases.toml."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from domain.conditions import Guest, Moment, Setting
from domain.identifiers import ItemId, MemberId, RuleId
from domain.loyalty.earned import Earned, PaidLine, Purchase
from domain.loyalty.earning import earn, earn_top_up
from domain.loyalty.earning_terms import EarningRule, EarningTerms
from domain.loyalty.multipliers import tier_multiplier

TABLE: Final = tomllib.loads(
    Path(__file__).with_name("earning_cases.toml").read_text(encoding="utf-8")
)
CASES: Final = TABLE["case"]
LINE: Final = re.compile(r"(?P<dish>\w+) x (?P<quantity>\d+) = (?P<net>\d+)( \+ (?P<paid>\d+))?")


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    assert len(CASES) >= 40
    assert len({case["claim"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "_", case["claim"]))
def test_an_order_earns_what_the_table_says(case: dict[str, Any]) -> None:
    earned = _earned(case)
    expected = case["expected"]
    assert earned.points == expected["points"]
    assert earned.growth == expected.get("growth", 0)
    shares = {str(line.line): line.points for line in earned.lines if line.points}
    assert shares == expected.get("shares", {})
    assert {str(unused.rule_id): str(unused.reason) for unused in earned.unused} == expected.get(
        "unused", {}
    )
    rates = {str(rule.rule_id): rule.rate_basis_points for rule in earned.rules}
    assert rates | expected.get("rates", {}) == rates
    bases = {str(rule.rule_id): rule.base for rule in earned.rules}
    assert bases | expected.get("bases", {}) == bases


def _earned(case: dict[str, Any]) -> Earned:
    terms, setting = _terms(case), _setting(case)
    tier = tier_multiplier("tier", case["tier"]) if "tier" in case else None
    today = {RuleId(rule): points for rule, points in case.get("today", {}).items()}
    if "top_up" in case:
        return earn_top_up(terms, case["top_up"], setting, tier=tier, earned_today=today)
    return earn(terms, _purchase(case), setting, tier=tier, earned_today=today)


def _terms(case: dict[str, Any]) -> EarningTerms:
    rules = tuple(
        msgspec.convert({"rule_id": name, "name": name, **TABLE["rules"][name]}, EarningRule)
        for name in case.get("rules", ["yuan"])
    )
    cap = {"multiplier_cap_basis_points": case["cap"]} if "cap" in case else {}
    return EarningTerms(rules=rules, **case.get("switches", {}), **cap)


def _setting(case: dict[str, Any]) -> Setting:
    guest = Guest(member_id=MemberId("guest"), first_order=case.get("first", False))
    # The first of November 2026 is a Sunday.
    day = date(2026, 11, 1 + case.get("weekday", 7) % 7)
    return Setting(
        moment=Moment(now_ms=0, day=day, minute=0),
        guest=guest if case.get("guest", True) else None,
    )


def _purchase(case: dict[str, Any]) -> Purchase:
    lines = []
    for number, text in enumerate(case["lines"], start=1):
        parts = LINE.fullmatch(text)
        assert parts is not None
        lines.append(
            PaidLine(
                number=number,
                item_id=ItemId(parts["dish"]),
                category=TABLE["dishes"][parts["dish"]],
                quantity=int(parts["quantity"]),
                net_fen=int(parts["net"]),
                points_paid_fen=int(parts["paid"] or 0),
            )
        )
    return Purchase(
        lines=tuple(lines), fees_fen=tuple(case.get("fees", ())), bonus_fen=case.get("bonus", 0)
    )
