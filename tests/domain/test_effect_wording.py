"""What a rule gives, in words."""

import msgspec
import pytest

from domain.conditions import Scope
from domain.effect_wording import effect_text, percent_text, rate_text
from domain.identifiers import ItemId, RuleId
from domain.offers import (
    AmountOff,
    Bundle,
    BuyAndGet,
    Effect,
    Exchange,
    FeeKind,
    FeeOff,
    Gift,
    NewPrice,
    Part,
    PercentOff,
    RateStep,
    Rule,
    Step,
)
from domain.orders import Stage
from domain.texts.effects import EFFECT_TEXTS
from domain.wording import Language, Wording

CHINESE = Wording(Language.CHINESE, {})
ENGLISH = Wording(Language.ENGLISH, {})
SET = Scope(items=(ItemId("D1"),))
TWO_STEPS = (Step(from_fen=10_000, saving_fen=1_500), Step(from_fen=20_000, saving_fen=4_050))
EIGHTY = RateStep(off_basis_points=2_000)


def rule_of(effect: Effect) -> Rule:
    """The words depend on the effect alone, so any stage will do."""
    return Rule(rule_id=RuleId("r"), name="r", stage=Stage.COUPON, effect=effect)


@pytest.mark.parametrize(
    ("effect", "chinese", "english"),
    [
        (NewPrice(prices={ItemId("D1"): 2_800}), "特价 ¥28", "special price ¥28"),
        (NewPrice(prices={ItemId("D1"): 1, ItemId("D2"): 2}), "特价", "special price"),
        (NewPrice(off_basis_points=1_500), "8.5折", "15% off"),
        (BuyAndGet(buy=2), "买2送1", "buy 2, get 1 free"),
        (BuyAndGet(buy=1, off_basis_points=5_000), "第二份半价", "the second: half price"),
        (BuyAndGet(buy=2, off_basis_points=3_000), "第3份7折", "unit 3: 30% off"),
        (
            BuyAndGet(buy=2, get=2, off_basis_points=5_000),
            "买2份，再2份半价",
            "buy 2, 2 more: half price",
        ),
        (BuyAndGet(buy=1, gets=SET), "买1份，指定菜品1份免费", "buy 1, 1 of others: free"),
        (
            Bundle(parts=(Part(scope=SET, quantity=2), Part(scope=SET)), price_fen=3_990),
            "3份组合价 ¥39.90",
            "3 together for ¥39.90",
        ),
        (Exchange(), "兑换1份", "1 for free"),
        (Exchange(quantity=2, price_fen=100), "¥1 换购2份", "2 for ¥1 each"),
        (AmountOff(steps=TWO_STEPS[:1]), "满100减15", "¥15 off from ¥100"),
        (
            AmountOff(steps=TWO_STEPS),
            "满100减15，满200减40.50",
            "¥15 off from ¥100, ¥40.50 off from ¥200",
        ),
        (AmountOff(steps=TWO_STEPS[:1], every=True), "每满100减15", "¥15 off every ¥100"),
        (AmountOff(steps=(Step(from_fen=0, saving_fen=500),)), "立减5", "¥5 off"),
        (PercentOff(steps=(EIGHTY,)), "8折", "20% off"),
        (PercentOff(steps=(EIGHTY,), cap_fen=2_000), "8折（封顶20）", "20% off (at most ¥20)"),
        (
            PercentOff(steps=(RateStep(from_fen=10_000, off_basis_points=1_000),)),
            "满100享9折",
            "10% off from ¥100",
        ),
        (Gift(from_fen=10_000, gifts=SET), "满100赠1份", "1 as a gift from ¥100"),
        (Gift(from_fen=0, gifts=SET, quantity=2), "赠2份", "2 as a gift"),
        (FeeOff(fees=(FeeKind.DELIVERY,)), "免配送费", "no delivery fee"),
        (
            FeeOff(fees=(FeeKind.PACKING, FeeKind.COVER), off_basis_points=5_000),
            "打包费、茶位费半价",
            "packing fee or cover charge: half price",
        ),
    ],
)
def test_an_effect_is_said_as_people_say_it(effect: Effect, chinese: str, english: str) -> None:
    assert effect_text(CHINESE, rule_of(effect)) == chinese
    assert effect_text(ENGLISH, rule_of(effect)) == english


def test_what_a_rule_asks_of_the_order_stands_behind_its_effect() -> None:
    rule = msgspec.structs.replace(rule_of(PercentOff(steps=(EIGHTY,))), minimum_fen=5_000)
    assert effect_text(CHINESE, rule) == "8折，满50可用"
    assert effect_text(ENGLISH, rule) == "20% off, from ¥50"
    rule = msgspec.structs.replace(rule, minimum_fen=0, minimum_quantity=3)
    assert effect_text(CHINESE, rule) == "8折，满3份可用"


@pytest.mark.parametrize(
    ("off", "chinese", "percent"),
    [
        (10_000, "免费", "100"),
        (9_050, "0.95折", "90.5"),
        (9_000, "1折", "90"),
        (5_000, "半价", "50"),
        (1_250, "8.75折", "12.5"),
        (1, "9.999折", "0.01"),
    ],
)
def test_rates_are_said_to_their_last_decimal(off: int, chinese: str, percent: str) -> None:
    assert rate_text(CHINESE, off) == chinese
    assert percent_text(off) == percent


def test_every_kind_of_fee_has_its_word() -> None:
    assert {f"fee_{kind}" for kind in FeeKind} <= EFFECT_TEXTS.keys()
