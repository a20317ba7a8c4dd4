"""Taking payment: amounts typed, tenders, closing, what the guest is told."""

from hypothesis import given
from hypothesis import strategies as st

from domain.facts import RulesPublished
from domain.money import LARGEST_AMOUNT_FEN
from domain.orders import TenderKind
from pos_client.screens.flow import Sheet
from pos_client.screens.pay.cash import amount_typed, quick_cash, type_amount
from tests.builders.till import DUCK, RICE
from tests.pos_client.screens.conftest import Later, Shop

KEYS = st.lists(st.sampled_from([*"0123456789", "00", ".", "backspace"]), max_size=30, unique=False)


@given(st.integers(1, LARGEST_AMOUNT_FEN))
def test_quick_cash_begins_with_the_exact_amount_and_rises_in_whole_notes(left_fen: int) -> None:
    exact, *more = quick_cash(left_fen)
    assert exact == left_fen
    assert more == sorted(set(more))
    assert all(left_fen < amount <= left_fen + 10_000 and amount % 1_000 == 0 for amount in more)


def test_quick_cash_for_a_usual_bill() -> None:
    assert quick_cash(11_610) == (11_610, 12_000, 15_000, 20_000)
    assert quick_cash(0) == ()


@given(KEYS)
def test_whatever_is_typed_is_an_amount_with_at_most_two_decimals(keys: list[str]) -> None:
    entry = ""
    for key in keys:
        entry = type_amount(entry, key)
    assert 0 <= amount_typed(entry) <= LARGEST_AMOUNT_FEN
    assert len(entry.partition(".")[2]) <= 2


def test_one_enter_opens_and_one_closes_a_sale_in_exact_cash(shop: Shop) -> None:
    shop.put(DUCK, RICE)
    shop.face.keyboard.press("F9")
    assert shop.face.pay.state.confirm == "现金 ¥131.00，完成 Enter"
    shop.face.keyboard.press("enter")
    closed = shop.face.pay.state.closed
    assert closed is not None
    assert (closed.change, closed.paid) == ("¥0.00", "实付 ¥131.00")


def test_cash_typed_gives_its_change_before_and_after_closing(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.keyboard.press("F9")
    for key in ("2", "00", "."):
        shop.face.keyboard.press(key)
    assert (shop.face.pay.state.entry, shop.face.pay.state.change) == ("¥200.", "¥72.00")
    shop.face.keyboard.press("enter")
    closed = shop.face.pay.state.closed
    assert closed is not None
    assert closed.change == "¥72.00"


def test_who_gave_no_cash_gets_no_change(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.take(TenderKind.RECORDED_CARD)
    shop.face.pay.confirm()
    closed = shop.face.pay.state.closed
    assert closed is not None
    assert (closed.change, closed.paid) == ("", "实付 ¥128.00")


def test_a_sale_paid_partly_by_card_and_partly_in_cash(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    for key in "100":
        shop.face.pay.press(key)
    shop.face.pay.take(TenderKind.RECORDED_CARD)
    assert shop.face.pay.state.left == "¥28.00"
    shop.face.pay.take_cash(5_000)
    assert [row.note for row in shop.face.pay.state.tenders] == ["100.00", "28.00"]
    assert shop.face.pay.state.change == "¥22.00"
    shop.face.pay.confirm()
    assert shop.face.pay.closed


def test_a_tender_taken_by_mistake_can_be_removed(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.take(TenderKind.RECORDED_CARD)
    shop.face.pay.remove_tender(0)
    assert shop.face.pay.state.tenders == ()
    assert shop.face.pay.state.left == "¥128.00"


def test_a_card_cannot_pay_more_than_is_due(shop: Shop) -> None:
    shop.put(RICE)
    shop.face.sell.pay()
    for key in "50":
        shop.face.pay.press(key)
    shop.face.pay.take(TenderKind.RECORDED_CARD)
    assert shop.notice.startswith("非现金")
    assert shop.face.pay.state.tenders == ()


def test_a_price_that_changed_meanwhile_is_shown_and_nothing_is_sold(shop: Shop) -> None:
    shop.put(DUCK, DUCK, DUCK, DUCK)
    shop.face.sell.pay()
    assert shop.face.pay.state.due == "¥462.00"
    shop.till.write(RulesPublished(version="rules-2"))
    shop.face.pay.confirm()
    assert shop.notice.startswith("价格或优惠刚有变化")
    assert not shop.face.pay.closed
    assert shop.face.pay.state.due == "¥512.00"
    assert shop.face.pay.state.tenders == ()


def test_tenders_are_entered_anew_when_less_is_due(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.take(TenderKind.RECORDED_CARD)
    shop.face.sell.remove_selected()
    shop.put(RICE)
    assert shop.face.pay.state.tenders == ()
    assert shop.face.pay.state.left == "¥3.00"


def test_every_rule_not_used_has_its_reason(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    (row,) = shop.face.pay.state.unused
    assert (row.title, row.detail) == ("满500减50", "再点 ¥372.00 可用")


def test_the_member_hears_points_earned_and_balance(shop: Shop) -> None:
    shop.meet_her()
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.confirm()
    closed = shop.face.pay.state.closed
    assert closed is not None
    assert (closed.points, closed.balance) == ("本单 +128 积分", "积分余额 128")


def test_the_next_order_is_empty_and_without_member(shop: Shop) -> None:
    shop.meet_her()
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.confirm()
    assert [line.name for line in shop.face.sell.state.lines] == ["烤鸭"]
    shop.face.keyboard.press("enter")
    assert shop.face.sell.state.lines == ()
    assert shop.face.sell.state.member.name == ""
    assert shop.sheet() is Sheet.NONE


def test_escape_leaves_the_sheet_and_keeps_the_order(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    for key in ("5", "escape", "escape"):
        shop.face.keyboard.press(key)
    assert shop.sheet() is Sheet.NONE
    assert len(shop.face.sell.state.lines) == 1


def test_while_a_sale_is_saved_nothing_changes_and_no_second_one_begins(
    slow_shop: Shop, later: Later
) -> None:
    shop = slow_shop
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.confirm()
    assert shop.face.pay.state.confirm == "正在保存…"
    shop.face.pay.confirm()
    shop.face.keyboard.press("F3")
    shop.face.keyboard.press("escape")
    shop.face.sell.tap_dish(RICE.item_id)
    shop.face.sell.lock()
    assert shop.sheet() is Sheet.PAY
    assert len(later.waiting) == 1
    later.work()
    assert shop.face.pay.closed
    assert len(shop.face.sell.state.lines) == 1


def test_the_number_of_a_card_slip_goes_into_the_sale(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.keyboard.press("F9")
    pay = shop.face.pay
    pay.note_card_reference("is heard by no tender")
    pay.take(TenderKind.RECORDED_CARD)
    assert pay.state.card_taken
    pay.note_card_reference(" 000123 ")
    pay.confirm()
    assert pay.closed_sale is not None
    (tender,) = pay.closed_sale.sale.tenders
    assert (tender.kind, tender.reference) == (TenderKind.RECORDED_CARD, "000123")
