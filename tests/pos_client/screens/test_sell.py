"""The sell screen: from taps, keys and texts to a basket and back to what is shown."""

import msgspec
import pytest

from domain.identifiers import ItemId
from domain.orders import LARGEST_QUANTITY
from domain.rights import CASHIER
from domain.wording import Language
from pos_client.screens.flow import Page, Sheet
from pos_client.screens.sell.search import find_dishes
from tests.builders.till import DUCK, RICE
from tests.pos_client.screens.conftest import GONE, MENU, SOUP, Shop


def cart(shop: Shop) -> list[tuple[str, str, str]]:
    return [(line.quantity, line.name, line.amount) for line in shop.face.sell.state.lines]


def press(shop: Shop, *keys: str) -> None:
    for key in keys:
        shop.face.keyboard.press(key)


def test_the_same_dish_twice_is_one_line_of_two(shop: Shop) -> None:
    shop.put(RICE, DUCK, RICE)
    assert cart(shop) == [("2", "米饭", "6.00"), ("1", "烤鸭", "128.00")]
    assert shop.face.sell.state.totals.due == "¥134.00"


def test_a_number_typed_before_a_dish_is_its_quantity(shop: Shop) -> None:
    press(shop, "1", "2")
    assert shop.face.sell.state.totals.entry == "12"
    shop.put(RICE)
    assert cart(shop) == [("12", "米饭", "36.00")]
    assert shop.face.sell.state.totals.entry == ""


def test_times_sets_the_selected_line_and_minus_takes_one_off(shop: Shop) -> None:
    shop.put(RICE, DUCK)
    shop.face.sell.select(1)
    press(shop, "5", "times")
    assert cart(shop)[0] == ("5", "米饭", "15.00")
    press(shop, "minus")
    assert cart(shop)[0] == ("4", "米饭", "12.00")


def test_delete_removes_the_selected_line_and_selects_another(shop: Shop) -> None:
    shop.put(RICE, DUCK)
    press(shop, "up", "delete")
    assert cart(shop) == [("1", "烤鸭", "128.00")]
    assert shop.face.sell.state.lines[0].selected
    press(shop, "delete", "delete")
    assert cart(shop) == []


def test_a_quantity_beyond_the_limit_is_refused_with_a_sentence(shop: Shop) -> None:
    press(shop, *str(LARGEST_QUANTITY))
    shop.put(RICE, RICE)
    assert cart(shop) == [("999", "米饭", "2,997.00")]
    assert str(LARGEST_QUANTITY) in shop.notice
    press(shop, "enter")
    assert shop.notice == ""
    assert shop.sheet() is Sheet.NONE


def test_a_dish_that_is_sold_out_cannot_be_added(shop: Shop) -> None:
    shop.face.sell.choose_category("热菜")
    faces = {face.name: face.sold_out for face in shop.face.sell.state.dishes}
    assert faces == {"烤鸭": "", "扇贝": "售罄"}
    shop.put(GONE)
    assert cart(shop) == []


def test_the_search_finds_by_name_number_pinyin_and_initials() -> None:
    for text in ("酸梅", "d3", "suanmei", "smt", " SMT "):
        assert [item.name for item in find_dishes(MENU.items, text)] == ["酸梅汤"]
    assert find_dishes(MENU.items, "没有") == ()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("重庆小面", "chongq"),
        ("重庆小面", "cqxm"),
        ("茄子煲", "qiezi"),
        ("长寿面", "csm"),
        ("可乐 Cola", "cola"),
        ("可乐 Cola", "kele"),
        ("𠮷野家拌饭", "yejia"),
    ],
)
def test_a_dish_is_found_by_the_reading_that_people_use(name: str, typed: str) -> None:
    dish = msgspec.structs.replace(RICE, name=name)
    assert find_dishes((DUCK, dish), typed) == (dish,)


def test_letters_out_of_their_order_find_nothing() -> None:
    assert find_dishes(MENU.items, "tms") == ()
    assert find_dishes(MENU.items, "suantang") == ()


def test_a_dish_that_begins_with_the_text_comes_first() -> None:
    braised = msgspec.structs.replace(RICE, item_id=ItemId("D7"), name="红烧肉")
    shredded = msgspec.structs.replace(RICE, item_id=ItemId("D8"), name="肉丝")
    assert find_dishes((braised, shredded), "肉") == (shredded, braised)
    assert find_dishes((braised, shredded), "hs") == (braised,)


def test_enter_in_the_search_adds_the_first_dish_that_there_is(shop: Shop) -> None:
    shop.face.sell.search("smt")
    assert [face.name for face in shop.face.sell.state.dishes] == ["酸梅汤"]
    assert shop.face.sell.state.category == ""
    shop.face.sell.take_first_found()
    assert cart(shop) == [("1", "酸梅汤", "12.50")]
    assert shop.face.sell.state.search == ""


def test_a_search_without_result_says_what_to_do(shop: Shop) -> None:
    shop.face.sell.search("牛排")
    assert "牛排" in shop.face.sell.state.empty
    press(shop, "escape")
    assert shop.face.sell.state.category == "主食"


def test_dishes_carry_the_tint_of_their_category_and_how_many_are_in_the_cart(shop: Shop) -> None:
    shop.put(SOUP, SOUP)
    shop.face.sell.choose_category("饮料")
    (face,) = shop.face.sell.state.dishes
    assert (face.tint, face.count) == (2, 2)


def test_a_saving_is_named_under_every_line_it_reduced(shop: Shop) -> None:
    press(shop, "4")
    shop.put(DUCK, SOUP)
    lines = shop.face.sell.state.lines
    assert [(line.saving_names, line.saving) for line in lines] == [
        ("满500减50", "−48.81"),
        ("满500减50", "−1.19"),
    ]
    assert shop.face.sell.state.totals.saving == "−50.00"


def test_paying_an_empty_cart_says_so_and_opens_nothing(shop: Shop) -> None:
    press(shop, "F9")
    assert shop.notice.startswith("还没有点菜")
    assert shop.sheet() is Sheet.NONE


def test_only_who_may_import_sees_the_key_enabled(shop: Shop) -> None:
    assert shop.face.sell.state.can_import
    shop.sign_in(CASHIER)
    assert not shop.face.sell.state.can_import


def test_locking_keeps_the_order_for_whoever_signs_in_next(shop: Shop) -> None:
    shop.put(RICE)
    press(shop, "F12")
    assert shop.page() is Page.SIGN_IN
    shop.sign_in(CASHIER)
    assert shop.page() is Page.SELL
    assert cart(shop) == [("1", "米饭", "3.00")]


def test_f2_goes_to_the_dish_search_from_any_sheet(shop: Shop) -> None:
    press(shop, "F3")
    assert shop.sheet() is Sheet.MEMBER
    press(shop, "F2")
    assert shop.sheet() is Sheet.NONE
    assert shop.searches == 1


def test_the_same_function_key_closes_its_sheet_again(shop: Shop) -> None:
    press(shop, "F4")
    assert shop.sheet() is Sheet.COUPON
    press(shop, "F4")
    assert shop.sheet() is Sheet.NONE


def test_a_till_without_server_says_so_in_the_top_bar(shop: Shop) -> None:
    top = shop.face.sell.state.top
    assert (top.connection, top.connection_tone) == ("单机", "muted")
    assert top.cashier == "王芳"


def test_another_language_changes_what_is_shown(shop: Shop) -> None:
    shop.put(RICE)
    shop.desk.speak(Language.ENGLISH)
    assert shop.face.sell.state.totals.items == "Items: 1"


def test_a_menu_that_changed_elsewhere_is_shown_after_a_refresh(shop: Shop) -> None:
    shop.till.write(type(MENU)(version="menu-3", items=(SOUP,)))
    shop.face.refresh()
    state = shop.face.sell.state
    assert state.categories == ("饮料",)
    assert state.category == "饮料"
