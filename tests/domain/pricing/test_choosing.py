"""What a guest chose with a dish becomes the options of its line."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import ItemId
from domain.menu import ChoiceGroup, MenuItem, Modifier, ModifierGroup, SetChoice
from domain.orders import ChosenOption
from domain.pricing.basket import Basket, add_item, set_quantity
from domain.pricing.choosing import Choice, options_of


def dish(name: str, price_fen: int = 1000, **fields: object) -> MenuItem:
    words = {"item_id": ItemId(name), "name": f"dish {name}", "category": "饮品", **fields}
    return MenuItem(unit_price_fen=price_fen, **words)  # type: ignore[arg-type]


TOPPINGS = ModifierGroup(
    name="加料",
    options=(
        Modifier(modifier_id="pearl", name="珍珠", price_fen=200),
        Modifier(modifier_id="jelly", name="仙草", price_fen=100),
    ),
    most=3,
)
SIZE = ModifierGroup(
    name="杯型",
    options=(
        Modifier(modifier_id="large", name="大杯", price_fen=300),
        Modifier(modifier_id="small", name="小杯", price_fen=-150),
    ),
    least=1,
)
MAINS = ChoiceGroup(
    name="主菜",
    options=(
        SetChoice(item_id=ItemId("wings"), surcharge_fen=300),
        SetChoice(item_id=ItemId("rice")),
    ),
    least=2,
    most=2,
)
TEA = dish("tea", modifier_groups=(TOPPINGS, SIZE))
SET_MEAL = dish("set", 3900, choice_groups=(MAINS,))
DISHES = {item.item_id: item for item in (dish("wings"), dish("rice"), TEA, SET_MEAL)}


def chosen(item: MenuItem, *taps: tuple[str, str, int]) -> tuple[ChosenOption, ...]:
    choices = [
        Choice(group=group, option_id=option, quantity=count) for group, option, count in taps
    ]
    return options_of(item, choices, DISHES)


def refusal(item: MenuItem, *taps: tuple[str, str, int]) -> TillfoldError:
    with pytest.raises(TillfoldError) as caught:
        chosen(item, *taps)
    return caught.value


def test_options_carry_name_price_and_id() -> None:
    assert chosen(TEA, ("杯型", "large", 1), ("加料", "pearl", 2)) == (
        ChosenOption(name="珍珠", price_fen=200, quantity=2, modifier_id="pearl"),
        ChosenOption(name="大杯", price_fen=300, quantity=1, modifier_id="large"),
    )


def test_dishes_of_a_set_meal_carry_their_surcharge_and_id() -> None:
    assert chosen(SET_MEAL, ("主菜", "rice", 1), ("主菜", "wings", 1)) == (
        ChosenOption(name="dish wings", price_fen=300, item_id=ItemId("wings")),
        ChosenOption(name="dish rice", item_id=ItemId("rice")),
    )


def test_the_same_option_twice_adds_up() -> None:
    twice = chosen(SET_MEAL, ("主菜", "rice", 1), ("主菜", "rice", 1))
    assert twice == chosen(SET_MEAL, ("主菜", "rice", 2))
    assert [option.quantity for option in twice] == [2]


@pytest.mark.parametrize(
    "taps",
    [
        [],
        [("杯型", "large", 1), ("杯型", "small", 1)],
        [("杯型", "large", 2)],
        [("杯型", "large", 0)],
    ],
)
def test_a_group_that_must_be_chosen_once_refuses_less_and_more(
    taps: Sequence[tuple[str, str, int]],
) -> None:
    error = refusal(TEA, *taps)
    assert error.code is ErrorCode.CHOICE_INCOMPLETE
    assert error.values == {"group": "杯型", "least": 1, "most": 1}


def test_a_group_takes_as_many_as_it_says_and_not_one_more() -> None:
    large = ("杯型", "large", 1)
    assert len(chosen(TEA, large, ("加料", "pearl", 2), ("加料", "jelly", 1))) == 3
    error = refusal(TEA, large, ("加料", "pearl", 2), ("加料", "jelly", 2))
    assert error.values == {"group": "加料", "least": 0, "most": 3}


def test_a_negative_quantity_cannot_make_room_for_another_option() -> None:
    error = refusal(TEA, ("杯型", "large", 1), ("加料", "pearl", 4), ("加料", "jelly", -1))
    assert error.code is ErrorCode.CHOICE_INCOMPLETE


@pytest.mark.parametrize("tap", [("杯型", "pearl", 1), ("糖度", "large", 1), ("杯型", "huge", 1)])
def test_an_option_that_is_not_in_its_group_is_unknown(tap: tuple[str, str, int]) -> None:
    error = refusal(TEA, tap)
    assert error.code is ErrorCode.CHOICE_UNKNOWN
    assert error.values == {"name": tap[1]}


def test_a_dish_off_the_menu_or_sold_out_is_no_choice() -> None:
    choices = [Choice(group="主菜", option_id="rice", quantity=2)]
    for dishes, name in (
        ({}, "rice"),
        ({ItemId("rice"): dish("rice", sold_out=True)}, "dish rice"),
    ):
        with pytest.raises(TillfoldError) as caught:
            options_of(SET_MEAL, choices, dishes)
        assert caught.value.code is ErrorCode.CHOICE_UNKNOWN
        assert caught.value.values == {"name": name}


def test_options_take_a_unit_to_nothing_but_not_below() -> None:
    cheap = dish("cheap", 150, modifier_groups=(SIZE,))
    assert chosen(cheap, ("杯型", "small", 1))
    cheaper = dish("cheaper", 149, modifier_groups=(TOPPINGS, SIZE))
    assert chosen(cheaper, ("杯型", "small", 1), ("加料", "jelly", 1))
    error = refusal(cheaper, ("杯型", "small", 1))
    assert error.code is ErrorCode.CHOICE_UNKNOWN
    assert error.values == {"name": "小杯"}


LESS = ModifierGroup(
    name="少放",
    options=(
        Modifier(modifier_id="meat", name="少肉", price_fen=-60),
        Modifier(modifier_id="rice", name="少饭", price_fen=-100),
        Modifier(modifier_id="salt", name="少盐", price_fen=-1),
    ),
    most=3,
)


def test_what_takes_most_off_is_counted_with_its_quantity() -> None:
    item = dish("bowl", 219, modifier_groups=(LESS,))
    assert chosen(item, ("少放", "meat", 2))
    error = refusal(item, ("少放", "rice", 1), ("少放", "meat", 2))
    assert error.values == {"name": "少肉"}


def test_one_fen_off_weighed_goods_is_too_much() -> None:
    weighed = dish("shrimp", 12_800, by_weight=True, modifier_groups=(LESS,))
    assert refusal(weighed, ("少放", "salt", 1)).values == {"name": "少盐"}


def test_options_of_weighed_goods_alone_are_not_below_zero() -> None:
    weighed = dish("shrimp", 12_800, by_weight=True, modifier_groups=(TOPPINGS, SIZE))
    assert chosen(weighed, ("杯型", "small", 1), ("加料", "pearl", 1))
    assert refusal(weighed, ("杯型", "small", 1), ("加料", "jelly", 1)).code is (
        ErrorCode.CHOICE_UNKNOWN
    )


def test_a_line_holds_a_hundred_options() -> None:
    groups = tuple(
        ModifierGroup(
            name=f"group {group}",
            options=tuple(Modifier(modifier_id=f"m{n}", name=f"m{n}") for n in range(34)),
            most=99,
        )
        for group in range(3)
    )
    item = dish("all", modifier_groups=groups)
    taps = [(f"group {group}", f"m{n}", 1) for group in range(3) for n in range(34)]
    assert len(chosen(item, *taps[:100])) == 100
    assert refusal(item, *taps[:101]).code is ErrorCode.ORDER_TOO_LARGE


def test_groups_of_the_same_name_share_their_options() -> None:
    more = ModifierGroup(name="加料", options=(Modifier(modifier_id="egg", name="蛋"),))
    item = dish("noodle", modifier_groups=(TOPPINGS, more))
    assert [option.name for option in chosen(item, ("加料", "egg", 1), ("加料", "jelly", 1))] == [
        "仙草",
        "蛋",
    ]


TAPS = [("杯型", "large", 1), ("加料", "pearl", 1), ("加料", "jelly", 1)]
tapped_twice = st.lists(st.sampled_from(TAPS), max_size=5).flatmap(
    lambda taps: st.tuples(st.just(taps), st.permutations(taps))
)


@given(tapped_twice)
def test_the_order_of_tapping_changes_nothing(
    both: tuple[Sequence[tuple[str, str, int]], Sequence[tuple[str, str, int]]],
) -> None:
    assert options_or_code(both[0]) == options_or_code(both[1])


def options_or_code(
    taps: Sequence[tuple[str, str, int]],
) -> tuple[ChosenOption, ...] | ErrorCode:
    try:
        return chosen(TEA, *taps)
    except TillfoldError as error:
        return error.code


def test_the_same_choice_joins_the_same_line() -> None:
    large, pearl = ("杯型", "large", 1), ("加料", "pearl", 1)
    basket = add_item(Basket(), TEA, options=chosen(TEA, large, pearl))
    basket = add_item(basket, TEA, options=chosen(TEA, pearl, large))
    basket = add_item(basket, TEA, options=chosen(TEA, large))
    assert [line.quantity for line in basket.lines] == [2, 1]


def test_what_was_weighed_is_there_once_or_not_at_all() -> None:
    weighed = dish("shrimp", 12_800, by_weight=True)
    basket = add_item(add_item(Basket(), weighed, weight_grams=500), TEA, 2)
    assert set_quantity(basket, 1, 1) == basket
    assert [line.number for line in set_quantity(basket, 1, 0).lines] == [2]
    assert set_quantity(basket, 2, 3).lines[1].quantity == 3
    with pytest.raises(TillfoldError) as caught:
        set_quantity(basket, 1, 2)
    assert caught.value.code is ErrorCode.QUANTITY_OUT_OF_RANGE
    assert caught.value.values == {"largest": 1}
