"""The parts of an order add up to what is due, whatever took them off or put them on."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fees import (
    FeeMeasure,
    FeeRule,
    Rounding,
    RoundingMode,
    RoundingStep,
    StaffDiscount,
    StaffDiscountKind,
)
from domain.identifiers import RuleId
from domain.offers import FeeKind, FeeOff, Rule, amount_off
from domain.orders import Stage
from domain.pricing.basket import Basket
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.rulebook import RuleBook
from pos_client.use_cases.breakdown import PartKind, parts_of, saved_fen
from tests.builders.till import DUCK, RICE, basket_of

FREE_PACKING = Rule(
    rule_id=RuleId("free"),
    name="免打包费",
    stage=Stage.FEE,
    effect=FeeOff(fees=(FeeKind.PACKING,), off_basis_points=5_000),
)
FEES = tuple(
    FeeRule(rule_id=RuleId(kind), name=kind, kind=kind, amount_fen=333, measure=FeeMeasure.UNIT)
    for kind in (FeeKind.PACKING, FeeKind.SERVICE)
)
BOOKS = st.builds(
    RuleBook,
    rules=st.sets(
        st.sampled_from(
            [amount_off("off", "满1减1.11", from_fen=100, saving_fen=111), FREE_PACKING]
        )
    ).map(tuple),
    fees=st.sampled_from([(), FEES[:1], FEES]),
    rounding=st.none()
    | st.builds(
        Rounding, step_fen=st.sampled_from(RoundingStep), mode=st.sampled_from(RoundingMode)
    ),
)
BASKETS = st.builds(
    lambda items, **fields: msgspec.structs.replace(basket_of(*items), **fields),
    st.lists(st.sampled_from([RICE, DUCK]), max_size=4),
    tip_fen=st.sampled_from([0, 500]),
    waived_fees=st.sampled_from([frozenset(), frozenset({RuleId(FeeKind.SERVICE)})]),
    staff_discounts=st.sampled_from(
        [(), (StaffDiscount(kind=StaffDiscountKind.AMOUNT, value=77, reason="赔礼"),)]
    ),
)


@given(BASKETS, BOOKS)
def test_the_parts_lead_from_the_list_to_what_is_due(basket: Basket, book: RuleBook) -> None:
    order = price(basket, Question(book=book))
    parts = parts_of(order)
    assert order.list_fen + sum(part.amount_fen for part in parts) == order.due_fen
    assert saved_fen(order) == sum(
        rule.saving_fen for rule in order.used_rules if rule.stage is not Stage.ROUNDING
    )
    assert [part.name for part in parts if part.kind is not PartKind.TIP] != [""]


@pytest.mark.parametrize(
    ("waived", "kinds"),
    [
        ([], ["saving", "fee", "fee", "saving", "tip"]),
        ([RuleId(FeeKind.SERVICE)], ["saving", "fee", "fee", "saving", "saving", "tip"]),
    ],
)
def test_fees_stand_behind_the_savings_on_dishes_and_before_what_takes_them_off(
    waived: list[RuleId], kinds: list[str]
) -> None:
    offer = amount_off("off", "满1减1", from_fen=100, saving_fen=100)
    book = RuleBook(rules=(FREE_PACKING, offer), fees=FEES)
    basket = msgspec.structs.replace(basket_of(RICE), tip_fen=500, waived_fees=frozenset(waived))
    assert [part.kind for part in parts_of(price(basket, Question(book=book)))] == kinds
