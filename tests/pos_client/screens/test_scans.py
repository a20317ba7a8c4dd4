"""What a scan, and a card on a reader, means in each state of the till."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts import MenuPublished
from domain.identifiers import ItemId, RoleId
from domain.menu import MenuItem
from domain.rights import CASHIER as CASHIER_ROLE
from hardware.cards.taps import CardChanges, CardSeen, CardUnreadable
from hardware.scanners.classify import PAYMENT_CODES, ScanKind
from hardware.scanners.labels import Carries, LabelLayout
from pos_client.screens.flow import Sheet
from pos_client.screens.scan_meanings import MEANINGS, Meaning, Situation, meaning_of
from pos_client.screens.scans import Scans
from tests.builders.facts import enrolled
from tests.builders.till import DUCK, RICE, HandClock, Till, configured, staffed
from tests.hardware.test_classify import with_check_digit
from tests.pos_client.screens.conftest import HER, Inline, Later, Shop

CRAB = MenuItem(
    item_id=ItemId("00123"), name="大闸蟹", category="海鲜", unit_price_fen=16_800, by_weight=True
)
COLA = MenuItem(item_id=ItemId("6901234567892"), name="可乐", category="饮料", unit_price_fen=500)
GONE = MenuItem(
    item_id=ItemId("00124"), name="扇贝", category="海鲜", unit_price_fen=100, sold_out=True
)
DUMPLING = MenuItem(item_id=ItemId("00125"), name="粽子", category="主食", unit_price_fen=900)
LABELS = (
    LabelLayout(prefix="21", carries=Carries.WEIGHT_GRAMS),
    LabelLayout(prefix="22", carries=Carries.PRICE_FEN),
)
WECHAT = "134567890123456789"
CARD, OTHER_CARD = CardSeen("uid-04A224B1C23D80"), ";6000123456?"
BANK = ";4111111111111111=29121010000012300000?"


def label(prefix: str, item: str, measure: int) -> str:
    return with_check_digit(f"{prefix}{item}{measure:05}")


@pytest.fixture
def till(tmp_path: Path, clock: HandClock) -> Iterator[Till]:
    made = Till(tmp_path, clock=clock)
    menu = MenuPublished(version="menu-2", items=(RICE, DUCK, CRAB, COLA, GONE, DUMPLING))
    members = [
        enrolled(str(HER), phone="+8613800138000", name="李雷"),
        enrolled("han", phone="+8613900139000", name="韩梅梅"),
    ]
    made.begin([*staffed(), *configured(), menu, *members])
    yield made
    made.close()


@pytest.fixture
def shop(till: Till) -> Shop:
    made = Shop(till, Inline())
    made.face.scans._layouts = LABELS
    return made


@pytest.fixture
def scans(shop: Shop) -> Scans:
    return shop.face.scans


def lines(shop: Shop) -> list[tuple[str, str, str]]:
    return [(line.name, line.quantity, line.amount) for line in shop.face.sell.state.lines]


def pay_exactly(shop: Shop) -> None:
    shop.face.sell.pay()
    shop.face.pay.confirm()


# The table.


def test_the_table_says_what_every_kind_means_in_every_situation() -> None:
    assert {*MEANINGS} == {*Situation}
    assert all({*row} == {*ScanKind} for row in MEANINGS.values())
    assert {meaning for row in MEANINGS.values() for meaning in row.values()} == {*Meaning}


def test_a_payment_code_pays_at_the_pay_sheet_alone() -> None:
    for situation in Situation:
        paid = {meaning_of(kind, situation) for kind in PAYMENT_CODES} == {Meaning.PAY}
        on_sheet = situation in {Situation.PAYING, Situation.COLLECTING}
        assert paid == on_sheet, situation


def test_a_bank_card_is_nowhere_anything_but_a_bank_card() -> None:
    meanings = {meaning_of(ScanKind.BANK_CARD, situation) for situation in Situation}
    assert meanings == {Meaning.BANK_CARD, Meaning.NOTHING, Meaning.WAIT}


# Dishes.


@pytest.mark.parametrize("scanned", ["6901234567892", "]E06901234567892", "]C10106901234567892"])
def test_a_product_is_found_by_the_code_on_its_pack(shop: Shop, scanned: str) -> None:
    shop.face.scans.scanned(scanned)
    assert lines(shop) == [("可乐", "1", "5.00")]


def test_a_product_that_is_not_on_the_menu_is_said(shop: Shop, scans: Scans) -> None:
    scans.scanned("6900000000007")
    assert shop.notice.startswith("菜单里没有编号“6900000000007”的菜品")
    scans.scanned("]C100123456789012345675")
    assert shop.notice.startswith("这个码里没有商品编号")


def test_a_weight_label_adds_its_grams_and_each_weighing_is_a_line(
    shop: Shop, scans: Scans
) -> None:
    scans.scanned(label("21", "00123", 735))
    scans.scanned(label("21", "00123", 735))
    assert lines(shop) == [("大闸蟹", "0.735", "123.48"), ("大闸蟹", "0.735", "123.48")]


def test_a_price_label_adds_the_weight_that_costs_it(shop: Shop, scans: Scans) -> None:
    scans.scanned(label("22", "00123", 12_348))
    assert lines(shop) == [("大闸蟹", "0.735", "123.48")]


def test_a_price_that_the_menu_does_not_give_is_not_sold(shop: Shop, scans: Scans) -> None:
    scans.scanned(label("22", "00123", 12_349))
    assert shop.notice.startswith("标签价 ¥123.49 与“大闸蟹”的现价不符")
    assert lines(shop) == []


def test_of_a_dish_by_the_piece_a_price_label_is_one_piece(shop: Shop, scans: Scans) -> None:
    scans.scanned(label("22", "00125", 900))
    assert lines(shop) == [("粽子", "1", "9.00")]
    scans.scanned(label("22", "00125", 800))
    assert shop.notice.startswith("标签价 ¥8.00 与“粽子”的现价不符")
    scans.scanned(label("21", "00125", 800))
    assert shop.notice.startswith("“粽子”不按重量出售")
    assert len(lines(shop)) == 1


def test_what_is_sold_out_is_not_sold_by_a_label_either(shop: Shop, scans: Scans) -> None:
    scans.scanned(label("21", "00124", 500))
    assert shop.notice.startswith("“扇贝”已售罄")
    assert lines(shop) == []


def test_digits_of_a_label_are_never_a_quantity(shop: Shop, scans: Scans) -> None:
    shop.face.keyboard.press("3")
    scans.scanned(label("21", "00123", 500))
    assert lines(shop) == [("大闸蟹", "0.500", "84.00")]


# Payment codes and orders.


def test_a_payment_code_after_the_sale_pays_nothing_more(shop: Shop, scans: Scans) -> None:
    shop.put(RICE)
    pay_exactly(shop)
    scans.scanned(WECHAT)
    assert shop.notice.startswith("本单已收款")
    assert shop.face.pay.closed


def test_an_order_that_is_being_paid_is_not_changed_in_silence(shop: Shop, scans: Scans) -> None:
    shop.put(RICE)
    shop.face.sell.pay()
    shop.face.order.freeze()
    for scanned in ("6901234567892", "13800138000"):
        scans.scanned(scanned)
        assert shop.notice.startswith("本单正在收款")
    shop.face.flow.close_sheet()
    scans.scanned("6901234567892")
    assert shop.notice.startswith("本单正在收款")
    scans.scanned(WECHAT)
    assert shop.notice.startswith("这是付款码。请先按 F9 收款")
    assert lines(shop) == [("米饭", "1", "3.00")]


def test_an_order_code_is_said_to_be_one(shop: Shop, scans: Scans) -> None:
    scans.scanned("O-D0712-0086")
    assert "O-D0712-0086" in shop.notice


def test_a_scan_that_was_cut_short_is_told(shop: Shop, scans: Scans) -> None:
    scans.broken()
    assert shop.notice.startswith("这次没有扫完整")


# Cards.


def give_card(shop: Shop, card: CardSeen = CARD) -> None:
    shop.meet_her()
    shop.face.sell.open(Sheet.MEMBER)
    shop.face.member.cards.ask()
    shop.face.scans.tapped(card)


def test_a_card_tapped_at_the_counter_brings_its_member(shop: Shop, scans: Scans) -> None:
    give_card(shop)
    shop.face.member.change_member()
    scans.tapped(CARD)
    assert shop.face.sell.state.member.name == "李*"


def test_a_card_that_nobody_has_says_what_to_do(shop: Shop, scans: Scans) -> None:
    for read in (CARD, CardSeen("uid-DEADBEEF")):
        scans.tapped(read)
        assert shop.notice.startswith("没有会员使用这张卡")
    scans.scanned(OTHER_CARD)
    assert shop.notice.startswith("没有会员使用这张卡")


def test_a_card_is_given_and_a_lost_one_replaced(shop: Shop, scans: Scans) -> None:
    give_card(shop)
    state = shop.face.member.state
    assert state.card is not None
    assert (state.card.plastic, state.card.give) == ("会员卡 …3D80", "换卡")
    assert shop.notice == "李* 的会员卡现在是 …3D80。"
    shop.face.member.cards.ask()
    assert shop.face.member.state.wait is not None
    scans.scanned(OTHER_CARD)
    shop.face.member.change_member()
    scans.tapped(CARD)
    assert shop.notice.startswith("没有会员使用这张卡")
    scans.scanned(OTHER_CARD)
    assert shop.face.sell.state.member.name == "李*"


def test_a_card_of_another_member_keeps_the_sheet_waiting(shop: Shop, scans: Scans) -> None:
    give_card(shop)
    shop.face.member.change_member()
    scans.scanned("13900139000")
    shop.face.member.cards.ask()
    scans.tapped(CARD)
    state = shop.face.member.state
    assert state.wait is not None
    assert state.wait.message.startswith("这张卡已属于另一位会员")
    scans.tapped(CardChanges())
    assert "每次给出的卡号都不同" in shop.notice
    scans.tapped(CardSeen("uid-DEADBEEF"))
    assert shop.face.member.state.wait is None
    assert shop.notice == "韩** 的会员卡现在是 …BEEF。"


def test_waiting_for_a_card_takes_nothing_else(shop: Shop, scans: Scans) -> None:
    shop.meet_her()
    shop.face.sell.open(Sheet.MEMBER)
    shop.face.member.cards.ask()
    scans.scanned("6901234567892")
    assert shop.notice.startswith("这不是会员卡")
    scans.scanned(BANK)
    assert shop.notice.startswith("这是银行卡")
    scans.tapped(CardUnreadable())
    assert shop.notice.startswith("没有读到卡")
    assert lines(shop) == []
    shop.face.member.escape()
    assert shop.face.member.state.wait is None
    assert shop.sheet() is Sheet.MEMBER
    scans.scanned("6901234567892")
    assert len(lines(shop)) == 1


def test_a_reader_that_types_a_bare_number_works_too(shop: Shop, scans: Scans) -> None:
    shop.meet_her()
    shop.face.sell.open(Sheet.MEMBER)
    shop.face.member.cards.ask()
    scans.scanned("0012345678")
    shop.face.member.change_member()
    scans.scanned("0012345678")
    assert shop.face.sell.state.member.name == "李*"
    scans.scanned("0099999999")
    assert "0099999999" in shop.notice


def test_a_card_is_taken_off_by_one_key(shop: Shop, scans: Scans) -> None:
    give_card(shop)
    shop.face.member.cards.take_away()
    state = shop.face.member.state
    assert state.card is not None
    assert (state.card.plastic, state.card.can_take) == ("还没有会员卡", False)


def test_leaving_the_sheet_ends_the_wait(shop: Shop, scans: Scans) -> None:
    shop.meet_her()
    shop.face.sell.open(Sheet.MEMBER)
    shop.face.member.cards.ask()
    shop.put(RICE)
    shop.face.sell.pay()
    scans.tapped(CARD)
    assert shop.notice.startswith("没有会员使用这张卡")
    shop.face.flow.open(Sheet.MEMBER)
    shop.face.member.begin()
    assert shop.face.member.state.wait is None


def test_who_may_not_edit_members_gives_no_cards(shop: Shop) -> None:
    shop.meet_her()
    shop.sign_in(RoleId("nobody"))
    card = shop.face.member.state.card
    assert card is not None
    assert (card.can_give, card.can_take) == (False, False)
    shop.sign_in(CASHIER_ROLE)
    card = shop.face.member.state.card
    assert card is not None
    assert card.can_give


def test_a_second_tap_while_the_first_is_being_given_changes_nothing(
    slow_shop: Shop, later: Later
) -> None:
    slow_shop.meet_her()
    later.work()
    slow_shop.face.sell.open(Sheet.MEMBER)
    slow_shop.face.member.cards.ask()
    slow_shop.face.scans.tapped(CARD)
    slow_shop.face.scans.scanned(OTHER_CARD)
    later.work()
    card = slow_shop.face.member.state.card
    assert card is not None
    assert card.plastic == "会员卡 …3D80"
