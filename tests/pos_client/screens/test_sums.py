"""How an order adds up on the screens: fees, rounding, limits, rules that come and go by time."""

from decimal import Decimal

import msgspec
import pytest

from domain.conditions import Conditions, OrderType, TimeWindow
from domain.facts import RulesPublished
from domain.fees import FeeRule, Rounding
from domain.identifiers import RuleId, StoreId
from domain.offers import FeeKind, Limits, Rule, amount_off
from domain.rulebook import RuleBook
from pos_client.screens.guest.presenter import GuestPresenter
from pos_client.screens.guest.state import GuestCodes
from tests.builders.till import DUCK, RICE
from tests.pos_client.screens.conftest import HERS, Shop

FIFTEEN = amount_off("fifteen", "满100减15.55", from_fen=10_000, saving_fen=1_555)
PACKING = FeeRule(
    rule_id=RuleId("packing"),
    name="打包费",
    kind=FeeKind.PACKING,
    amount_fen=200,
    conditions=Conditions(order_types=(OrderType.TAKEAWAY,)),
)
COVER = msgspec.structs.replace(
    PACKING,
    rule_id=RuleId("cover"),
    name="茶位费",
    kind=FeeKind.COVER,
    conditions=Conditions(guests_from=1),
)


def publish(shop: Shop, *rules: Rule, **parts: object) -> None:
    book = msgspec.structs.replace(RuleBook(rules=rules), **parts)
    shop.till.write(RulesPublished(version="rules-2", book=book))
    shop.face.refresh()


@pytest.fixture
def rich(shop: Shop) -> Shop:
    """A shop with an offer, fees and rounding."""
    publish(shop, FIFTEEN, fees=(PACKING, COVER), rounding=Rounding())
    return shop


def plain(amount: str) -> Decimal:
    return Decimal(amount.replace("−", "-").replace("¥", "").replace(",", ""))


def test_figures_on_the_sell_screen_add_up_to_what_is_due(rich: Shop) -> None:
    rich.put(DUCK)
    rich.face.keyboard.press("F10")
    totals = rich.face.sell.state.totals
    assert totals.extras == "打包费 2.00 · 抹零 −0.05"
    assert (totals.list_amount, totals.saving, totals.due) == ("128.00", "−15.55", "¥114.40")
    (line,) = rich.face.sell.state.lines
    assert (line.saving_names, line.saving) == ("满100减15.55", "−15.55")


def test_the_guest_reads_the_same_figures_by_name(rich: Shop) -> None:
    rich.put(DUCK)
    rich.face.keyboard.press("F10")
    face = rich.face
    guest = GuestPresenter(rich.desk, face.order, face.flow, face.pay, GuestCodes()).state
    assert (guest.list_words, guest.list_amount) == ("小计", "128.00")
    assert (guest.saving_words, guest.saving) == ("优惠", "−15.55")
    assert (guest.extras, guest.figure) == ("打包费 2.00 · 抹零 −0.05", "¥114.40")


def test_every_part_of_the_amount_due_stands_on_the_pay_sheet(rich: Shop) -> None:
    rich.put(DUCK)
    rich.face.keyboard.press("F10")
    rich.face.keyboard.press("F9")
    state = rich.face.pay.state
    rows = [(row.title, row.note) for row in state.sums]
    assert rows == [
        ("小计", "128.00"),
        ("满100减15.55", "−15.55"),
        ("打包费", "2.00"),
        ("抹零", "−0.05"),
    ]
    assert sum(plain(note) for _, note in rows) == plain(state.due)
    assert state.saving == "已优惠 ¥15.55"
    rich.face.pay.confirm()
    assert rich.face.pay.state.closed is not None
    assert rich.face.pay.state.closed.paid == "实付 ¥114.40"


def test_an_order_at_list_price_has_nothing_to_explain(rich: Shop) -> None:
    rich.put(RICE)
    assert rich.face.sell.state.totals.extras == ""
    rich.face.keyboard.press("F9")
    assert rich.face.pay.state.sums == ()


def test_taking_away_and_eating_here_change_with_one_key(rich: Shop) -> None:
    rich.put(DUCK)
    seen = []
    for _ in range(3):
        state = rich.face.sell.state
        seen.append((state.order_type, state.takes_away))
        rich.face.keyboard.press("F10")
    assert seen == [("堂食", False), ("外带", True), ("堂食", False)]
    rich.face.sell.pay()
    rich.face.pay.confirm()
    rich.face.pay.next_order()
    assert rich.face.sell.state.order_type == "堂食"


def test_guests_are_counted_with_the_number_pad(rich: Shop) -> None:
    rich.put(DUCK)
    assert rich.face.sell.state.guests == "人数"
    rich.face.keyboard.press("4")
    rich.face.sell.served.set_guests()
    state = rich.face.sell.state
    assert (state.guests, state.totals.entry) == ("4 位", "")
    assert "茶位费 2.00" in state.totals.extras
    rich.face.sell.served.set_guests()
    assert rich.face.sell.state.guests == "人数"


def test_a_rule_used_up_today_says_so_on_the_next_order(shop: Shop) -> None:
    once = msgspec.structs.replace(FIFTEEN, limits=Limits(per_day=1))
    publish(shop, once)
    for due, reasons in (("¥112.45", []), ("¥128.00", ["今天的次数已用完"])):
        shop.put(DUCK)
        shop.face.sell.pay()
        state = shop.face.pay.state
        assert (state.due, [row.detail for row in state.unused]) == (due, reasons)
        shop.face.pay.confirm()
        assert shop.notice == ""
        shop.face.pay.next_order()


def test_a_member_uses_a_rule_as_often_as_it_is_hers(shop: Shop) -> None:
    publish(shop, msgspec.structs.replace(FIFTEEN, limits=Limits(per_member=1)))
    shop.put(DUCK)
    shop.face.sell.pay()
    assert [row.detail for row in shop.face.pay.state.unused] == ["请先识别会员"]
    shop.face.pay.escape()
    shop.meet_her()
    shop.face.sell.pay()
    assert shop.face.pay.state.due == "¥112.45"
    shop.face.pay.confirm()
    shop.face.pay.next_order()
    shop.meet_her()
    shop.put(DUCK)
    shop.face.sell.pay()
    assert [row.detail for row in shop.face.pay.state.unused] == ["该会员已达使用次数上限"]


def test_rules_of_other_stores_and_times_are_not_told_at_the_counter(shop: Shop) -> None:
    elsewhere = Conditions(stores=(StoreId("B"),))
    publish(shop, msgspec.structs.replace(FIFTEEN, conditions=elsewhere))
    shop.put(DUCK)
    shop.face.coupon.submit(HERS.code)
    shop.face.sell.pay()
    rows = [(row.title, row.detail) for row in shop.face.pay.state.unused]
    assert rows == [("会员券", "请先识别会员")]


def test_a_rule_that_begins_by_the_clock_is_there_with_its_minute(shop: Shop) -> None:
    minute = shop.desk.store_moment().minute + 1
    window = TimeWindow(start_minute=minute, until_minute=minute + 10)
    publish(shop, msgspec.structs.replace(FIFTEEN, conditions=Conditions(windows=(window,))))
    shop.put(DUCK)
    shop.face.tick()
    assert shop.face.sell.state.totals.due == "¥128.00"
    shop.till.clock.advance(60_000)
    shop.face.tick()
    assert shop.face.sell.state.totals.due == "¥112.45"
    shop.face.sell.pay()
    shop.face.pay.confirm()
    assert shop.face.pay.closed


def test_a_coupon_says_in_words_what_it_gives(shop: Shop) -> None:
    shop.meet_her()
    details = [row.detail for row in shop.face.coupon.state.of_member]
    assert [detail.partition(" · ")[0] for detail in details] == ["满50减10"]
