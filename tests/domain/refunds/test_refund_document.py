"""docs/refunds.md says what the code does: the worked refund, every step, every refusal."""

from domain.refunds.quote import RefundQuestion, quote_refund
from domain.refunds.refund import ChargeCode, RefundKind
from domain.refunds.refunded import NOT_REFUNDED, add_refund
from domain.refunds.steps import RefundStepCode
from domain.refunds.terms import BeyondPointsLimit
from domain.texts.refunds import REFUND_KIND_TEXTS, REFUND_STEP_TEXTS
from domain.wording import Language, Wording
from tests.architecture.tree import rows, rows_by_code, section
from tests.domain.refunds.builders import STORE, wish
from tests.domain.refunds.sales import sale_from
from tests.domain.refunds.test_refund_cases import TABLE

DOCUMENT = "docs/refunds.md"


def test_every_step_has_a_row_with_the_text_that_people_see() -> None:
    documented = rows_by_code(section(DOCUMENT, "## How a refund explains itself"))
    texts = {code.value: "<br>".join(pair) for code, pair in REFUND_STEP_TEXTS.items()}
    assert {code: row[1] for code, row in documented.items()} == texts
    assert list(documented) == [code.value for code in RefundStepCode]


def test_every_kind_and_step_has_a_text_in_both_languages() -> None:
    assert set(REFUND_STEP_TEXTS) == set(RefundStepCode)
    assert set(REFUND_KIND_TEXTS) == set(RefundKind)
    for place, language in enumerate(Language):
        wording = Wording(language, {})
        values: dict[str, str | int] = {"subject": "米饭", "count": 2, "amount": "3.00"}
        for code, pair in REFUND_STEP_TEXTS.items():
            assert wording.text(f"refund_step.{code}", **values) == pair[place].format(**values)
        for kind, pair in REFUND_KIND_TEXTS.items():
            assert wording.text(f"refund.{kind}") == pair[place]


def test_charges_and_policies_are_documented() -> None:
    assert set(rows_by_code(section(DOCUMENT, "## What is charged"))) == set(ChargeCode)
    policies = rows_by_code(section(DOCUMENT, "## Points and growth value"))
    assert set(policies) == {"beyond_points_limit", *BeyondPointsLimit}


def test_the_worked_refund_is_made_as_documented() -> None:
    sale = sale_from(TABLE["orders"]["worked"])
    refunded = NOT_REFUNDED
    figures = []
    for number, lines in enumerate(({2: 1}, {2: 1}, {2: 1}, {1: 1, 3: 2, 4: 2})):
        question = RefundQuestion(sale=sale, sale_store=STORE, refunded=refunded)
        refund = quote_refund(question, wish(lines, refund_id=f"r{number}"))
        stored, wechat = refund.tenders
        money = (stored.amount_fen - stored.bonus_fen, stored.bonus_fen, wechat.amount_fen)
        figures.append([refund.total_fen, *money, refund.points_taken, refund.points_given])
        refunded = add_refund(refunded, refund)
    figures.append([sum(column) for column in zip(*figures, strict=True)])
    _, *written = rows(section(DOCUMENT, "## The worked refund"))
    assert [[int(cell) for cell in row[1:]] for row in written] == figures
