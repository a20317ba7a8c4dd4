"""The table of cases in stored_value_cases.toml."""

import re
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace

from domain.identifiers import TerminalId
from domain.stored_value.account import Amounts, FreezeMark, Movement, StoredValueAccount
from domain.stored_value.flaws import StoredValueFlawFound, flaws_of
from domain.stored_value.refunds import INFORMATION, BalanceRefundStepCode, quote_balance_refund
from domain.stored_value.refusals import Refused
from domain.stored_value.spending import split_spend
from domain.stored_value.terms import BonusAtRefund, OrderOfUse, StoredValueTerms
from domain.stored_value.top_ups import (
    GiftCardWish,
    TopUpWish,
    quote_gift_card,
    quote_top_up,
)
from tests.domain.stored_value.builders import ACCOUNT, TODAY, line, posted, setting_on, terms_of

TABLE: Final = tomllib.loads(
    Path(__file__).with_name("stored_value_cases.toml").read_text(encoding="utf-8")
)
KINDS: Final = ("split", "top_up", "gift", "refund", "flaw")
Case = dict[str, Any]


def cases(kind: str) -> Callable[..., Any]:
    return pytest.mark.parametrize(
        "case", TABLE[kind], ids=lambda case: re.sub(r"\W+", "_", case["claim"])
    )


def test_the_table_is_not_thin_and_no_claim_stands_twice() -> None:
    claims = [case["claim"] for kind in KINDS for case in TABLE[kind]]
    assert len(claims) >= 60
    assert len(set(claims)) == len(claims)


@cases("split")
def test_a_spend_is_split_as_the_table_says(case: Case) -> None:
    taken = split_spend(Amounts(*case["balance"]), case["spend"], OrderOfUse(case["order"]))
    assert taken == Amounts(*case["taken"])


@cases("top_up")
def test_a_top_up_is_quoted_as_the_table_says(case: Case) -> None:
    account = _account(case["account"]) if "account" in case else None
    quote = quote_top_up(
        msgspec.convert(case["wish"], TopUpWish),
        account,
        terms=_terms(case.get("terms", {})),
        setting=setting_on(TODAY, member=not case.get("nobody")),
    )
    expected = case["expected"]
    if isinstance(quote, Refused):
        assert _refusal(quote) == _expected_refusal(expected)
        return
    assert quote.paid_fen == expected["paid"]
    assert quote.credited == Amounts(*expected["credited"])
    assert quote.balance == Amounts(*expected["balance"])
    assert quote.points == expected.get("points", 0)
    assert sum(coupon.count for coupon in quote.coupons) == expected.get("coupons", 0)
    assert quote.plan_id == case["wish"].get("plan_id")


def _account(described: Case) -> StoredValueAccount:
    account = posted([line(Movement.ADJUSTED, *described["holds"])])
    mark = FreezeMark(1, TerminalId("till-a"), frozen=True)
    return replace(
        account,
        plan_counts=described.get("used", {}),
        freeze=mark if described.get("frozen") else None,
    )


def _terms(changes: Case) -> StoredValueTerms:
    described = {**TABLE["terms"], **changes}
    described["limits"] = {**TABLE["terms"]["limits"], **changes.get("limits", {})}
    if described["free"] is False:
        described["free"] = None
    return terms_of(described)


def _refusal(refused: Refused) -> tuple[str, int]:
    return str(refused.reason), refused.limit_fen


def _expected_refusal(expected: Case) -> tuple[str, int]:
    return expected["refused"], expected.get("limit", 0)


@cases("gift")
def test_a_gift_card_is_quoted_as_the_table_says(case: Case) -> None:
    faces = [(10_000, 10_000), (50_000, 48_000), (100_000, 100_000), (100_100, 100_100)]
    cards = {
        "faces": [{"face_fen": face, "price_fen": price} for face, price in faces],
        "conditions": case.get("conditions", {}),
    }
    terms = terms_of({"gift_cards": None if case.get("off") else cards})
    wish = msgspec.convert(case["wish"], GiftCardWish)
    quote = quote_gift_card(wish, terms=terms, setting=setting_on())
    if isinstance(quote, Refused):
        assert _refusal(quote) == _expected_refusal(case["expected"])
        return
    assert (quote.face_fen, quote.paid_fen) == (wish.face_fen, case["expected"]["paid"])


@cases("refund")
def test_a_balance_is_paid_out_as_the_table_says(case: Case) -> None:
    account = posted(line(Movement(name), *change) for name, *change in case["lines"])
    account = replace(
        account,
        settled=Amounts(*case.get("settled", (0, 0))),
        paid_out_fen=case.get("paid_out", 0),
        sold_below_fen=case.get("sold_below", 0),
        last_paid_day=TODAY - timedelta(days=case.get("paid_days_ago", 100)),
    )
    terms = StoredValueTerms(bonus_at_refund=BonusAtRefund(case["rule"]))
    quote = quote_balance_refund(account, terms=terms, today=TODAY)
    if isinstance(quote, Refused):
        assert _refusal(quote) == _expected_refusal(case)
        return
    written = [
        [str(step.code), step.amount_fen, *([step.of_fen] if step.of_fen else [])]
        for step in quote.steps
    ]
    assert written == case["steps"]
    told = {BalanceRefundStepCode.PAID_OUT, *INFORMATION}
    figures = [step.amount_fen for step in quote.steps if step.code not in told]
    assert sum(figures) == quote.paid_out_fen
    assert quote.taken == account.ledger
    assert quote.used == account.used.minus(account.settled)


@cases("flaw")
def test_flaws_are_found_as_the_table_says(case: Case) -> None:
    assert [_flaw(found) for found in flaws_of(terms_of(case["terms"]))] == case["flaws"]


def _flaw(found: StoredValueFlawFound) -> str:
    limit = f" {found.limit}" if found.limit else ""
    subject = f" {found.subject}" if found.subject or limit else ""
    return f"{found.flaw}{subject}{limit}"


def test_an_account_that_is_frozen_is_not_paid_out() -> None:
    account = _account({"holds": [100, 0], "frozen": True})
    assert account.account_id == ACCOUNT
    quote = quote_balance_refund(account, terms=StoredValueTerms(), today=TODAY)
    assert isinstance(quote, Refused)
    assert quote.reason == "account_frozen"
