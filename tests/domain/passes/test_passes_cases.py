"""The table of cases in passes_cases.toml."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from domain.identifiers import ItemId
from domain.passes.account import PassAccount
from domain.passes.cover import PayableLine, cover
from domain.passes.flaws import flaws_of_passes
from domain.passes.fold import fold_pass
from domain.passes.refunds import INFORMATION, PassRefundStepCode, quote_pass_refund
from domain.passes.refusals import PassRefused
from domain.passes.sale import PassPurchase, why_not_sell
from domain.stored_value.terms import LegalLimits
from tests.domain.passes.builders import PASS, pass_of, pass_refunded, terms_of
from tests.domain.stored_value.builders import TODAY, at, setting_on

TABLE: Final = tomllib.loads(
    Path(__file__).with_name("passes_cases.toml").read_text(encoding="utf-8")
)
KINDS: Final = ("cover", "refund", "flaw", "sale")
Case = dict[str, Any]


def cases(kind: str) -> Callable[..., Any]:
    return pytest.mark.parametrize(
        "case", TABLE[kind], ids=lambda case: re.sub(r"\W+", "_", case["claim"])
    )


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    claims = [(kind, case["claim"]) for kind in KINDS for case in TABLE[kind]]
    assert len(claims) >= 60
    assert len(set(claims)) == len(claims)


def _pass(case: Case) -> PassAccount:
    account = pass_of(case.get("terms", {}), sold=case.get("sold", 0), used=case.get("used", ()))
    if "refunded" in case:
        fact = pass_refunded(case["refunded"], case.get("paid_out", 0))
        account = fold_pass(account, fact, at())
    return account


def _line(number: int, written: str) -> PayableLine:
    item, category, quantity, net_fen, *covered = written.split()
    return PayableLine(
        number=number,
        item_id=ItemId(item),
        category=category,
        quantity=int(quantity),
        net_fen=int(net_fen),
        covered=int(covered[0]) if covered else 0,
    )


@cases("cover")
def test_a_pass_covers_what_the_table_says(case: Case) -> None:
    lines = [_line(number, line) for number, line in enumerate(case["lines"], start=1)]
    covered = cover(_pass(case), lines, setting_on(), wanted=case.get("wanted"))
    if isinstance(covered, PassRefused):
        assert str(covered.reason) == case["refused"]
        return
    assert [f"{line.number} {line.units} {line.amount_fen}" for line in covered.lines] == case[
        "covers"
    ]
    assert covered.pass_id == PASS
    assert covered.units == sum(line.units for line in covered.lines)
    assert covered.amount_fen == sum(line.amount_fen for line in covered.lines)


@cases("refund")
def test_a_pass_is_paid_out_as_the_table_says(case: Case) -> None:
    account = _pass(case)
    quote = quote_pass_refund(account, TODAY)
    if isinstance(quote, PassRefused):
        assert str(quote.reason) == case["refused"]
        return
    written = [
        [
            str(step.code),
            step.amount_fen,
            *([step.count] if str(step.code).startswith(("used", "days")) else []),
        ]
        for step in quote.steps
    ]
    assert written == case["steps"]
    told = {PassRefundStepCode.PAID_OUT, *INFORMATION}
    figures = [step.amount_fen for step in quote.steps if step.code not in told]
    assert sum(figures) == quote.paid_out_fen
    assert quote.uses == max(0, account.uses_left)


@cases("sale")
def test_a_pass_is_sold_as_the_table_says(case: Case) -> None:
    purchase = msgspec.convert(case["purchase"], PassPurchase)
    terms = terms_of(case.get("terms", {}))
    refused = why_not_sell(terms, purchase, limits=LegalLimits(), today=TODAY)
    told = None if refused is None else f"{refused.reason} {refused.limit_fen}"
    assert told == case.get("refused")


@cases("flaw")
def test_flaws_are_found_as_the_table_says(case: Case) -> None:
    found = flaws_of_passes([terms_of(case["terms"])], LegalLimits())
    assert [f"{each.flaw}{f' {each.limit}' if each.limit else ''}" for each in found] == case[
        "flaws"
    ]
    assert {each.template_id for each in found} <= {"lunch"}


def test_two_passes_with_one_template_are_one_too_many() -> None:
    other = terms_of({"template_id": "other"})
    found = flaws_of_passes([terms_of({}), other, terms_of({})], LegalLimits())
    assert [(str(each.flaw), each.template_id) for each in found] == [("template_twice", "lunch")]


def test_conditions_open_on_a_side_are_sound() -> None:
    for side in ("from_day", "until_day"):
        terms = terms_of({"conditions": {side: "2026-11-01"}})
        assert flaws_of_passes([terms], LegalLimits()) == ()
