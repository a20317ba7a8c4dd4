"""What the table of cases cannot say: many rules at once, no menu, records put together by code."""

import msgspec
import pytest

from domain.conditions import Conditions, Scope
from domain.errors import ErrorCode
from domain.identifiers import ItemId, StoreId
from domain.menu import ChoiceGroup, MenuItem, Modifier, ModifierGroup, SetChoice
from domain.offers import (
    Bundle,
    BuyAndGet,
    Combination,
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
    amount_off,
)
from domain.orders import LARGEST_LINE_OPTIONS, Stage
from domain.pricing.plans import MOST_ALONE
from domain.rule_flaws import RuleFlaw, RulesRefusedError, below, flaw
from domain.rulebook import RuleBook
from domain.rulebook_check.book import (
    LONGEST_RULE_ID,
    check_book,
    check_coupon,
    coupon_stage,
)
from domain.rulebook_check.menu import check_menu
from domain.stored_value.terms import StoredValueTerms
from domain.wording import Language, Wording
from tests.architecture.tree import ROOT, rows_by_code

ENGLISH = Wording(Language.ENGLISH, {})
TEN_OFF = PercentOff(steps=(RateStep(off_basis_points=1_000),))
DISH = MenuItem(item_id=ItemId("x"), name="X", category="热菜", unit_price_fen=1_000)


def alone(number: int) -> Rule:
    rule = amount_off(f"r{number:02}", "R", from_fen=100, saving_fen=1)
    return msgspec.structs.replace(rule, combination=Combination.ALONE_IN_ORDER)


def test_only_so_many_rules_can_stand_alone() -> None:
    rules = tuple(alone(number) for number in range(MOST_ALONE + 2))
    assert check_book(RuleBook(rules=rules[:MOST_ALONE]), None) == ()
    found = check_book(RuleBook(rules=rules), None)
    assert [(one.code, one.where) for one in found] == [
        (RuleFlaw.TOO_MANY_ALONE, f"rules[{place}].combination")
        for place in (MOST_ALONE, MOST_ALONE + 1)
    ]


def options(number: int) -> tuple[Modifier, ...]:
    return tuple(Modifier(modifier_id=str(place), name="加") for place in range(number))


@pytest.mark.parametrize(("in_second", "flaws"), [(50, []), (51, [RuleFlaw.TOO_MANY_OPTIONS])])
def test_a_line_of_a_sale_holds_only_so_many_options(in_second: int, flaws: list[RuleFlaw]) -> None:
    groups = (
        ModifierGroup(name="一", options=options(50), most=99),
        ModifierGroup(name="二", options=options(in_second), most=99),
    )
    dish = msgspec.structs.replace(DISH, modifier_groups=groups)
    assert LARGEST_LINE_OPTIONS == 100
    assert [one.code for one in check_menu([dish])] == flaws


def test_options_that_can_be_taken_together_are_counted_not_those_on_offer() -> None:
    groups = tuple(
        ModifierGroup(name=str(number), options=options(60), most=5) for number in range(20)
    )
    assert check_menu([msgspec.structs.replace(DISH, modifier_groups=groups)]) == ()


def test_without_a_menu_or_stores_no_reference_to_them_is_looked_at() -> None:
    scope = Scope(items=(ItemId("nowhere"),), categories=("没有",))
    rule = Rule(
        rule_id=amount_off("r", "R", from_fen=1, saving_fen=1).rule_id,
        name="R",
        stage=Stage.ORDER_OFFER,
        effect=TEN_OFF,
        scope=scope,
        conditions=Conditions(stores=(StoreId("Z"),)),
    )
    assert check_book(RuleBook(rules=(rule,)), None) == ()
    assert {one.code for one in check_book(RuleBook(rules=(rule,)), [DISH])} == {
        RuleFlaw.ITEM_UNKNOWN,
        RuleFlaw.CATEGORY_UNKNOWN,
    }


def test_a_record_put_together_by_code_is_held_to_its_ranges() -> None:
    too_much = PercentOff(steps=(RateStep(off_basis_points=20_000),))
    rule = msgspec.structs.replace(alone(1), effect=too_much)
    where = "effect.steps[0].off_basis_points"
    assert check_book(RuleBook(rules=(rule,)), None) == (
        flaw(RuleFlaw.RATE_ABOVE_WHOLE, f"rules[0].{where}"),
    )
    coupon = msgspec.structs.replace(rule, stage=Stage.COUPON)
    assert check_coupon(coupon, None) == (flaw(RuleFlaw.RATE_ABOVE_WHOLE, f"rule.{where}"),)
    assert check_coupon(coupon, None, where="coupons[2].rule")[0].where.startswith("coupons[2].")


EVERYTHING = Scope(items=(DISH.item_id,))


@pytest.mark.parametrize(
    ("effect", "stage"),
    [
        (BuyAndGet(buy=1), Stage.ITEM_OFFER),
        (Bundle(parts=(Part(scope=EVERYTHING),), price_fen=1), Stage.ITEM_OFFER),
        (Exchange(), Stage.ITEM_OFFER),
        (FeeOff(fees=(FeeKind.DELIVERY,)), Stage.FEE),
        (TEN_OFF, Stage.COUPON),
        (NewPrice(off_basis_points=1), Stage.COUPON),
        (Gift(from_fen=1, gifts=EVERYTHING), Stage.COUPON),
    ],
)
def test_the_stage_of_a_coupon_follows_from_its_effect(effect: Effect, stage: Stage) -> None:
    assert coupon_stage(msgspec.structs.replace(alone(1), effect=effect)) is stage


def test_a_set_meal_counts_its_surcharges_in_the_most_that_it_can_cost() -> None:
    group = ChoiceGroup(
        name="主菜", options=(SetChoice(item_id=DISH.item_id, surcharge_fen=300),), most=2
    )
    meal = msgspec.structs.replace(DISH, item_id=ItemId("set"), choice_groups=(group,))
    rule = msgspec.structs.replace(
        alone(1), stage=Stage.ITEM_OFFER, scope=Scope(items=(meal.item_id,))
    )
    below_it = msgspec.structs.replace(rule, effect=Exchange(price_fen=1_599))
    assert check_book(RuleBook(rules=(below_it,)), [DISH, meal]) == ()
    at_it = msgspec.structs.replace(rule, effect=Exchange(price_fen=1_600))
    found = check_book(RuleBook(rules=(at_it,)), [DISH, meal])
    assert [(one.code, one.values) for one in found] == [
        (RuleFlaw.PRICE_NOT_BELOW_LIST, {"price": "16.00", "list": "16.00"})
    ]


def test_a_refusal_carries_all_flaws_and_names_the_first() -> None:
    flaws = (flaw(RuleFlaw.GIFT_OPEN, "a.b"), flaw(RuleFlaw.ID_MISSING, "c"))
    error = RulesRefusedError(flaws)
    assert error.code is ErrorCode.RULES_REFUSED
    assert error.values == {"count": 2, "where": "a.b", "flaw": "gift_open"}
    assert error.flaws == flaws


def test_the_place_of_a_flaw_can_be_seen_from_further_out() -> None:
    inner = flaw(RuleFlaw.TIER_UNKNOWN, "tiers", tier="gold")
    outer = below("rules[0]", inner)
    assert (outer.where, outer.values) == ("rules[0].tiers", {"tier": "gold"})
    assert below("book", flaw(RuleFlaw.VALUE_MALFORMED, "")).where == "book"


def test_a_flaw_is_told_with_its_values_in_both_languages() -> None:
    told = flaw(RuleFlaw.GROUP_TOO_LARGE, "rules[0].effect", units=101, largest=100)
    assert Wording(Language.CHINESE, {}).flaw(told) == "一次用到 101 份，最多 100 份，请减少。"
    english = Wording(Language.ENGLISH, {}).flaw(told)
    assert english == "One use takes 101 units, and at most 100 can be taken. Use fewer."


def test_every_flaw_has_a_row_with_the_text_that_people_see() -> None:
    documented = rows_by_code((ROOT / "docs/rule-flaws.md").read_text(encoding="utf-8"))
    assert set(documented) == set(RuleFlaw)
    chinese, english = (Wording(language, {}) for language in Language)
    for code in RuleFlaw:
        pair = [text._texts[f"rule_flaw.{code}"] for text in (chinese, english)]
        assert documented[code][1] == "<br>".join(pair)
        assert all(documented[code])


def test_limits_and_face_values_of_stored_value_are_told_as_amounts_or_as_days() -> None:
    terms = msgspec.convert(
        {
            "plans": [{"plan_id": "p", "name": "P", "principal_fen": 600_000}],
            "gift_cards": {"faces": [{"face_fen": 10_000, "price_fen": 10_001}]},
            "cooling_off_days": 3,
        },
        StoredValueTerms,
    )
    found = check_book(RuleBook(stored_value=terms), None)
    assert [ENGLISH.flaw(one) for one in found] == [
        "The top-up plan “p” is above the card limit of ¥5000.00.",
        "An unused top-up has to be refundable in full for at least 7 days.",
        "The gift card “100.00” costs more than its face value.",
    ]
    assert {one.family for one in found} == {"stored_value_flaw"}


def test_flaws_of_roles_and_loyalty_have_their_texts() -> None:
    book = msgspec.convert(
        {
            "roles": [],
            "loyalty": {
                "rewards": [
                    {
                        "reward_id": "r",
                        "name": "R",
                        "points": 0,
                        "gives": {"kind": "dish", "item_id": "x"},
                    }
                ]
            },
        },
        RuleBook,
    )
    assert [ENGLISH.flaw(one) for one in check_book(book, None)] == [
        "The reward costs neither points nor cash",
        "No role may manage staff",
    ]


def book_with_ids(one: str) -> RuleBook:
    saving = {"kind": "amount_off", "steps": [{"from_fen": 100, "saving_fen": 1}]}
    gives = {"kind": "goods", "text": {"zh": "杯", "en": "Cup"}}
    return msgspec.convert(
        {
            "rules": [{"rule_id": one, "name": "R", "stage": "S4", "effect": saving}],
            "loyalty": {
                "earning": {"rules": [{"rule_id": one, "name": "E"}]},
                "rewards": [{"reward_id": one, "name": "C", "points": 1, "gives": gives}],
            },
        },
        RuleBook,
    )


IDS = ("rules[0].rule_id", "loyalty.earning.rules[0].rule_id", "loyalty.rewards[0].reward_id")


def test_ids_under_which_uses_are_counted_are_short_enough_for_the_server() -> None:
    assert check_book(book_with_ids("r" * LONGEST_RULE_ID), None) == ()
    long = check_book(book_with_ids("r" * (LONGEST_RULE_ID + 1)), None)
    assert [(one.where, one.code) for one in long] == [
        (where, RuleFlaw.VALUE_OUT_OF_RANGE) for where in IDS
    ]
    assert {one.values["bound"] for one in long} == {"<= 64"}
    unreadable = check_book(book_with_ids("r\0"), None)
    assert [(one.where, one.code) for one in unreadable] == [
        (where, RuleFlaw.VALUE_MALFORMED) for where in IDS
    ]
