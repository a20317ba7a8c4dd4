"""Every code of stored value and passes has its texts, and its place in docs/stored-value.md."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from domain.passes.flaws import PassFlaw
from domain.passes.refunds import PassRefundStepCode
from domain.passes.refusals import PassRefusal
from domain.stored_value.account import AccountKind, Amounts, Movement
from domain.stored_value.facts import AdjustmentReason
from domain.stored_value.flaws import StoredValueFlaw
from domain.stored_value.refunds import (
    BalanceRefundQuote,
    BalanceRefundStepCode,
    quote_balance_refund,
)
from domain.stored_value.refusals import StoredValueRefusal
from domain.stored_value.spending import split_spend
from domain.stored_value.terms import BonusAtRefund, OrderOfUse, StoredValueTerms
from domain.texts import passes as of_passes
from domain.texts import stored_value as wording
from tests.architecture.tree import HALF_WIDTH, ROOT, codes_in, rows, section
from tests.domain.stored_value.builders import TODAY, holding, spend

DOCUMENT = "docs/stored-value.md"
LISTS: list[tuple[type[StrEnum], Mapping[Any, tuple[str, str]]]] = [
    (StoredValueRefusal, wording.REFUSAL_TEXTS),
    (StoredValueFlaw, wording.FLAW_TEXTS),
    (BalanceRefundStepCode, wording.REFUND_STEP_TEXTS),
    (Movement, wording.MOVEMENT_TEXTS),
    (AdjustmentReason, wording.ADJUSTMENT_TEXTS),
    (AccountKind, wording.KIND_TEXTS),
    (PassRefusal, of_passes.REFUSAL_TEXTS),
    (PassFlaw, of_passes.FLAW_TEXTS),
    (PassRefundStepCode, of_passes.REFUND_STEP_TEXTS),
]
DOCUMENTED = [codes for codes, _ in LISTS if codes not in {AdjustmentReason, AccountKind}]


@pytest.mark.parametrize(("codes", "texts"), LISTS, ids=[codes.__name__ for codes, _ in LISTS])
def test_every_code_has_a_text_in_both_languages(
    codes: type[StrEnum], texts: Mapping[Any, tuple[str, str]]
) -> None:
    assert set(texts) == set(codes)
    for chinese, english in texts.values():
        assert chinese.strip()
        assert english.strip()
        assert not HALF_WIDTH.search(chinese), chinese


@pytest.mark.parametrize("codes", DOCUMENTED, ids=[codes.__name__ for codes in DOCUMENTED])
def test_every_code_stands_in_the_document(codes: type[StrEnum]) -> None:
    written = codes_in((ROOT / DOCUMENT).read_text(encoding="utf-8"))
    assert {str(code) for code in codes} - set(written) == set()


def test_the_worked_splits_are_what_the_code_answers() -> None:
    _, *written = rows(section(DOCUMENT, "## Spending"))[3:]
    answered = {order: split_spend(Amounts(30_000, 6_000), 6_000, order) for order in OrderOfUse}
    assert [
        [f"`{order}`", str(split.principal_fen), str(split.bonus_fen)]
        for order, split in answered.items()
    ] == [row for row in written if row[0].startswith("`") and len(row) == 3]


def test_the_worked_refunds_are_what_the_code_answers() -> None:
    tables = rows(section(DOCUMENT, "## Paying out the balance"))
    written = {row[0]: row[1:] for row in tables if len(row) == 4 and row[0].startswith("`")}
    answered = {
        f"`{order}`": [str(_paid_out(order, rule)) for rule in BonusAtRefund]
        for order in OrderOfUse
    }
    assert written == answered


def _paid_out(order: OrderOfUse, rule: BonusAtRefund) -> int:
    account = holding(100_000, 20_000)
    account = spend(account, split_spend(account.balance, 36_000, order))
    terms = StoredValueTerms(bonus_at_refund=rule)
    quote = quote_balance_refund(account, terms=terms, today=TODAY)
    assert isinstance(quote, BalanceRefundQuote)
    return quote.paid_out_fen
