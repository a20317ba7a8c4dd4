"""Coupons typed, and what a scanned text does."""

import msgspec
import pytest

from domain.identifiers import CouponId
from pos_client.use_cases.answers import CouponFound
from tests.builders.till import DUCK, RICE
from tests.pos_client.screens.conftest import HERS, TEN_OFF, Later, Shop


def test_a_code_typed_lays_its_coupon(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.coupon.submit(f" {TEN_OFF.code} ")
    state = shop.face.coupon.state
    assert [row.note for row in state.laid] == ["−10.00"]
    assert state.code == ""
    assert shop.notice == ""


def test_an_unknown_code_stays_in_the_field_and_is_explained(shop: Shop) -> None:
    shop.face.coupon.submit("C-NOWHERE")
    assert shop.notice.startswith("没有找到这张券")
    assert shop.face.coupon.state.code == "C-NOWHERE"


def test_a_coupon_without_effect_lies_there_with_its_reason(shop: Shop) -> None:
    shop.put(RICE)
    shop.face.coupon.submit(TEN_OFF.code)
    assert shop.notice == "“满50减10”已放入本单，暂不优惠：再点 ¥47.00 可用。"
    shop.put(DUCK)
    assert [row.note for row in shop.face.coupon.state.laid] == ["−10.00"]


def test_someone_elses_coupon_asks_for_the_member(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.coupon.submit(HERS.code)
    assert "请先识别会员" in shop.notice
    shop.meet_her()
    assert [row.note for row in shop.face.coupon.state.laid] == ["−10.00"]


def test_a_coupon_used_before_is_said_to_be_used(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.coupon.submit(TEN_OFF.code)
    shop.face.sell.pay()
    shop.face.pay.confirm()
    shop.face.pay.next_order()
    shop.put(DUCK)
    shop.face.coupon.submit(TEN_OFF.code)
    assert "已经用过" in shop.notice
    assert shop.face.sell.state.totals.due == "¥128.00"


def test_of_two_coupons_the_other_one_says_why_it_is_not_used(shop: Shop) -> None:
    shop.meet_her()
    shop.put(DUCK)
    shop.face.coupon.submit(TEN_OFF.code)
    shop.face.coupon.lay_of_member(0)
    notes = sorted(row.note for row in shop.face.coupon.state.laid)
    assert notes == ["−10.00", "本单用券已达上限"]
    shop.face.coupon.take_off(0)
    shop.face.coupon.take_off(0)
    assert shop.face.coupon.state.laid == ()


def test_a_coupon_beyond_the_tenth_is_refused_and_hers_is_still_shown(shop: Shop) -> None:
    shop.put(DUCK)
    for number in range(10):
        terms = msgspec.structs.replace(TEN_OFF, coupon_id=CouponId(f"more-{number}"))
        shop.face.coupon.lay(CouponFound(terms=terms, redeemed=False))
    shop.meet_her()
    assert len(shop.face.coupon.state.of_member) == 1
    shop.face.coupon.lay_of_member(0)
    assert shop.notice.startswith("一单最多放 10 张券")
    shop.face.coupon.submit(TEN_OFF.code)
    shop.face.member.toggle_coupon(0)
    assert len(shop.face.coupon.state.laid) == 10
    assert shop.face.sell.state.totals.due == "¥118.00"


@pytest.mark.parametrize(("scanned", "name"), [("D2", "烤鸭"), ("D1", "米饭")])
def test_a_dish_scanned_is_in_the_cart(shop: Shop, scanned: str, name: str) -> None:
    shop.face.scans.scanned(scanned)
    assert [line.name for line in shop.face.sell.state.lines] == [name]


def test_a_coupon_scanned_lies_on_the_order(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.scans.scanned(TEN_OFF.code)
    shop.face.scans.scanned(TEN_OFF.code)
    assert shop.face.sell.state.totals.due == "¥118.00"


def test_a_phone_number_scanned_brings_the_member(shop: Shop) -> None:
    shop.face.scans.scanned("13800138000")
    assert shop.face.sell.state.member.name == "李*"


def test_an_unknown_code_is_shown_and_waits_for_one_confirmation(shop: Shop) -> None:
    shop.face.scans.scanned("XYZ-4711")
    assert "XYZ-4711" in shop.notice
    shop.put(RICE)
    assert "XYZ-4711" in shop.notice
    shop.face.keyboard.press("enter")
    assert shop.notice == ""


def test_a_payment_code_is_neither_sold_nor_shown(shop: Shop) -> None:
    shop.face.scans.scanned("134567890123456789")
    assert shop.notice.startswith("这是付款码")
    assert "1345" not in shop.notice


def test_a_scan_after_the_sale_begins_the_next_order(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.sell.pay()
    shop.face.pay.confirm()
    shop.face.scans.scanned("D1")
    assert [line.name for line in shop.face.sell.state.lines] == ["米饭"]


def test_a_scan_while_a_sale_is_saved_is_not_lost_in_silence(slow_shop: Shop, later: Later) -> None:
    slow_shop.put(DUCK)
    slow_shop.face.sell.pay()
    slow_shop.face.pay.confirm()
    slow_shop.face.scans.scanned("D1")
    assert slow_shop.notice.startswith("正在保存上一单")
    later.work()
    assert slow_shop.face.pay.closed


def test_nothing_is_scanned_before_somebody_signed_in(shop: Shop) -> None:
    shop.face.sell.lock()
    shop.face.scans.scanned("D1")
    assert shop.face.sell.state.lines == ()


@pytest.mark.parametrize("prefix", ["CS-", "MS-"])
def test_a_signed_code_that_cannot_be_trusted_is_explained(shop: Shop, prefix: str) -> None:
    shop.face.scans.scanned(prefix + "A" * 200)
    assert shop.notice.startswith("这个码读不出来")
