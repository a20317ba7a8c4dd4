"""Every cart of the sheets costs what is written beside it, forwards and backwards."""

import re
from pathlib import Path
from typing import Final

import pytest

from domain.pricing.price import price
from domain.pricing.result import PricedOrder, UnusedRule
from domain.rule_flaws import RuleFlaw
from domain.rulebook_check.book import check_book, check_coupon
from tests.domain.pricing.orders import by_dish, turned_round
from tests.domain.pricing.sheets import Answer, Case, cases_of, sheet_paths, whole_book

CASES: Final = {path.stem: cases_of(path) for path in sheet_paths()}
EVERY_CASE: Final = [
    pytest.param(case, id=sheet + "-" + re.sub(r"\W+", "_", case.claim))
    for sheet, cases in CASES.items()
    for case in cases
]


def test_the_sheets_are_not_thin_and_no_claim_stands_twice() -> None:
    claims = [case.claim for cases in CASES.values() for case in cases]
    assert len(claims) >= 500
    assert len(set(claims)) == len(claims)


@pytest.mark.parametrize("path", sheet_paths(), ids=lambda path: path.stem)
def test_head_office_could_publish_what_a_sheet_names(path: Path) -> None:
    """A menu of another day may hold other prices, so none is looked at.

    A sheet may name more rules than one book holds.
    """
    book, coupon_rules = whole_book(path)
    assert {flaw.code for flaw in check_book(book, None)} <= {RuleFlaw.TOO_MANY_ALONE}
    for rule in coupon_rules:
        assert check_coupon(rule, None) == ()


@pytest.mark.parametrize("case", EVERY_CASE)
def test_a_cart_costs_what_is_written(case: Case) -> None:
    order = price(case.basket, case.question)
    expected = case.answer
    assert {str(rule.rule_id): rule.saving_fen for rule in order.used_rules} == expected.used
    assert {str(rule.rule_id): _why(rule) for rule in order.unused_rules} == expected.unused
    assert [line.net_fen for line in order.lines] == expected.nets
    assert {str(fee.rule_id): fee.amount_fen for fee in order.fees} == expected.fees
    assert order.total_fen == expected.total
    assert order.points_redeemed == expected.redeemed
    assert set(order.coupon_ids) == {
        terms.coupon_id for terms in case.basket.coupons if terms.coupon_id in expected.used
    }
    _check_what_is_written(order, expected)


def _why(rule: UnusedRule) -> str:
    if rule.missing_units:
        return f"{rule.reason} {rule.missing_units} units"
    return f"{rule.reason} {rule.missing_fen}" if rule.missing_fen else str(rule.reason)


def _check_what_is_written(order: PricedOrder, expected: Answer) -> None:
    found = Answer(
        total=order.total_fen,
        nets=[],
        shares={rule: _by_line(order, rule) for rule in expected.shares or {}},
        times={
            str(rule.rule_id): rule.times
            for rule in order.used_rules
            if rule.rule_id in (expected.times or {})
        },
        tax={str(tax.tax_basis_points): (tax.gross_fen, tax.tax_fen) for tax in order.taxes},
        possible=order.points_possible,
        earned=order.points_earned,
        due=order.due_fen,
    )
    for name in ("shares", "times", "tax", "possible", "earned", "due"):
        written = getattr(expected, name)
        assert written is None or getattr(found, name) == written


def _by_line(order: PricedOrder, rule_id: str) -> list[int]:
    taken = dict.fromkeys((line.number for line in order.lines), 0)
    for share in order.shares:
        if share.rule_id == rule_id:
            taken[share.line] += share.saving_fen
    return list(taken.values())


@pytest.mark.parametrize("case", EVERY_CASE)
def test_a_cart_scanned_backwards_with_the_rules_backwards_costs_the_same(case: Case) -> None:
    forwards = price(case.basket, case.question)
    backwards = price(*turned_round(case.basket, case.question))
    assert by_dish(backwards) == by_dish(forwards)
