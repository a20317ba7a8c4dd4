"""Payment by a guest's code on the pay sheet: real threads, a gateway of ours over HTTP."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from domain.orders import TenderKind
from hardware.emulators.payment_books import Fault
from hardware.emulators.wechat_gateway import WeChatGateway
from pos_client.screens.flow import Sheet
from pos_client.screens.pay.state import CodeKey, CodeState
from pos_client.settings import PaymentSettings
from tests.builders.till import (
    DUCK,
    MANAGER_PIN,
    HandClock,
    Till,
    configured,
    staffed,
    wait_until,
)
from tests.hardware.payments.shops import (
    ALIPAY_CODE,
    WECHAT_CODE,
    wechat_gateway,
    wechat_settings,
)
from tests.pos_client.screens.conftest import MENU, Inline, Shop


class Counter:
    """A shop whose till takes WeChat codes, with the duck on the order and the pay sheet open."""

    def __init__(self, folder: Path, gateway: WeChatGateway) -> None:
        self.gateway = gateway
        self.clock = HandClock()
        settings = PaymentSettings(wechat_pay=wechat_settings(folder, gateway.address))
        self.till = Till(folder, clock=self.clock, payment=settings)
        self._changed = threading.Event()
        self.till.machinery.on_changed = lambda _changed: self._changed.set()
        self.till.begin([*staffed(), *configured(), MENU])
        self.shop = Shop(self.till, Inline())
        self.order()

    def order(self) -> None:
        self.shop.put(DUCK)
        self.shop.face.keyboard.press("F9")

    def scan(self, code: str = WECHAT_CODE) -> None:
        self.shop.face.scans.scanned(code)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        def met() -> bool:
            self.shop.face.refresh()
            return condition()

        wait_until(met, self._changed, what)

    def wait_for(self, word: str) -> CodeState:
        self.wait(lambda: self.code is not None and self.code.word == word, word)
        assert self.code is not None
        return self.code

    def wait_until_paid(self) -> list[tuple[TenderKind, int]]:
        self.wait(lambda: self.shop.face.pay.closed, "the sale is closed")
        closed = self.shop.face.pay.closed_sale
        assert closed is not None
        return [(tender.kind, tender.amount_fen) for tender in closed.sale.tenders]

    def later(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)
        self.till.machinery.payments.wake()

    @property
    def code(self) -> CodeState | None:
        return self.shop.face.pay.state.code

    @property
    def listed(self) -> list[str]:
        self.shop.face.status.refresh()
        return [row.title for row in self.shop.face.status.state.payments]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    gateway = wechat_gateway()
    made = Counter(tmp_path, gateway)
    yield made
    made.till.close()
    gateway.close()
    assert not [each for each in threading.enumerate() if each.name.startswith("payments")]


def test_a_till_without_a_contract_says_so(shop: Shop) -> None:
    shop.put(DUCK)
    shop.face.keyboard.press("F9")
    assert not shop.face.pay.state.takes_codes
    shop.face.scans.scanned(WECHAT_CODE)
    assert shop.notice.startswith("本机没有开通这种扫码付款")


def test_a_scanned_code_pays_and_the_sale_closes_by_itself(counter: Counter) -> None:
    counter.scan()
    assert counter.wait_until_paid() == [(TenderKind.WECHAT_PAY, 12_800)]
    assert counter.shop.sheet() is Sheet.PAY
    assert counter.gateway.books.net_fen() == 12_800
    counter.shop.face.keyboard.press("enter")
    assert counter.shop.sheet() is Sheet.NONE
    assert counter.listed == []


def test_the_key_asks_for_the_code_and_escape_goes_back(counter: Counter) -> None:
    pay = counter.shop.face.pay
    pay.ask_for_code()
    asked = counter.code
    assert asked is not None
    assert (asked.word, asked.amount) == ("scan", "¥128.00")
    counter.shop.face.keyboard.press("escape")
    assert pay.state.code is None
    assert counter.shop.sheet() is Sheet.PAY


def test_a_code_of_a_provider_without_a_contract_pays_nothing(counter: Counter) -> None:
    counter.scan(ALIPAY_CODE)
    assert counter.shop.notice.startswith("本机没有开通这种扫码付款")
    assert counter.gateway.books.asked == []


def test_a_part_by_code_and_the_rest_in_cash(counter: Counter) -> None:
    for key in ("5", "0"):
        counter.shop.face.keyboard.press(key)
    counter.scan()
    pay = counter.shop.face.pay
    counter.wait(lambda: pay.left_fen == 7_800, "the part is there")
    assert counter.code is None
    assert [row.title for row in pay.state.tenders] == ["微信支付"]
    counter.shop.face.keyboard.press("enter")
    paid = counter.wait_until_paid()
    assert sorted(paid) == [(TenderKind.CASH, 7_800), (TenderKind.WECHAT_PAY, 5_000)]
    assert counter.gateway.books.net_fen() == 5_000


def test_a_part_that_is_taken_off_again_goes_back_to_the_guest(counter: Counter) -> None:
    for key in ("5", "0"):
        counter.shop.face.keyboard.press(key)
    counter.scan()
    pay = counter.shop.face.pay
    counter.wait(lambda: pay.left_fen == 7_800, "the part is there")
    pay.remove_tender(0)
    counter.wait_for("returned")
    assert pay.left_fen == 12_800
    assert counter.gateway.books.net_fen() == 0


def test_of_two_parts_the_one_that_is_taken_off_goes_back(counter: Counter) -> None:
    pay = counter.shop.face.pay
    for entry, left_fen in ("50", 7_800), ("30", 4_800):
        for key in entry:
            counter.shop.face.keyboard.press(key)
        counter.scan()
        counter.wait(partial(lambda left: pay.left_fen == left, left_fen), "the part is there")
        counter.clock.advance(1)
    pay.remove_tender(0)
    counter.wait(lambda: pay.left_fen == 9_800, "the first part went back")
    counter.wait(lambda: counter.gateway.books.net_fen() == 3_000, "the guest has it")


def test_a_refusal_says_what_to_do_and_the_next_code_pays(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.NO_MONEY)
    counter.scan()
    declined = counter.wait_for("declined")
    assert declined.detail.startswith("客人的余额不足")
    assert declined.keys == (CodeKey.GO_ON,)
    counter.shop.face.pay.code.dismiss()
    assert counter.code is None
    counter.scan()
    assert counter.wait_until_paid() == [(TenderKind.WECHAT_PAY, 12_800)]


def test_while_a_payment_is_open_nothing_else_is_taken(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.GUEST_LEAVES)
    counter.scan()
    counter.wait_for("pending")
    counter.scan()
    assert counter.shop.notice.startswith("这一单还有一笔付款没有结果")
    counter.shop.face.notices.dismiss()
    counter.shop.face.keyboard.press("enter")
    counter.shop.put(DUCK)
    pay = counter.shop.face.pay
    assert not pay.closed
    assert pay.left_fen == 12_800
    assert counter.gateway.books.asked.count("pay") == 1


def test_a_sheet_that_missed_a_payment_takes_no_cash_and_then_shows_it(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.GUEST_LEAVES)
    pay, desk = counter.shop.face.pay, counter.shop.face.pay.desk
    pay.code.bill_id = desk.counter.payments.new_bill_id()
    order = msgspec.structs.replace(
        counter.shop.face.order.to_close((), 12_800, menu_version=""), bill_id=pay.code.bill_id
    )
    desk.counter.payments.begin(desk.actor, order, TenderKind.WECHAT_PAY, 12_800, WECHAT_CODE)
    counter.shop.face.keyboard.press("enter")
    assert counter.shop.notice.startswith("这一单还有一笔付款没有结果")
    assert not pay.closed
    assert pay.code.open


def test_a_cancelled_payment_is_over_only_once_that_is_answered(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.GUEST_LEAVES)
    counter.scan()
    counter.wait_for("pending")
    counter.shop.face.pay.code.cancel()
    assert counter.wait_for("cancelling").keys == (CodeKey.NEXT,)
    assert "cancel" not in counter.gateway.books.asked, "WeChat wants 15 seconds"
    counter.later(15_000)
    counter.wait_for("cancelled")
    counter.shop.face.keyboard.press("escape")
    assert counter.shop.sheet() is Sheet.NONE
    counter.shop.put(DUCK)
    assert counter.shop.face.order.priced.due_fen == 25_600


def test_an_unknown_payment_never_blocks_the_till(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.DROPPED_PAID)
    counter.scan()
    counter.wait_for("unknown")
    counter.shop.face.pay.next_guest()
    assert counter.listed == ["付款待确认"]
    counter.order()
    counter.shop.face.keyboard.press("enter")
    assert counter.wait_until_paid() == [(TenderKind.CASH, 12_800)]
    counter.shop.face.keyboard.press("enter")
    counter.later(5_000)
    counter.wait(lambda: counter.listed == [], "the parked bill is paid")
    assert counter.gateway.books.net_fen() == 12_800


def test_a_bill_that_was_put_aside_is_opened_again(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.GUEST_LEAVES)
    counter.scan()
    counter.wait_for("pending")
    counter.shop.face.pay.next_guest()
    assert not counter.shop.face.order.basket.lines
    assert counter.listed == ["等客人确认"]
    counter.shop.face.status.press_payment(0)
    assert counter.shop.sheet() is Sheet.PAY
    assert counter.wait_for("pending").amount == "微信支付 ¥128.00"
    assert counter.shop.face.order.priced.due_fen == 12_800


def test_a_manager_confirms_by_hand_with_proof_and_reason(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.GUEST_LEAVES)
    counter.scan()
    counter.wait_for("pending")
    code = counter.shop.face.pay.code
    code.confirm(pin=MANAGER_PIN, reference="", reason="看到付款成功页面")
    assert counter.shop.notice.startswith("请填写付款凭证上的单号和原因")
    code.confirm(pin="246802", reference="4200001234", reason="看到付款成功页面")
    assert counter.shop.notice.startswith("您没有")
    code.confirm(pin=MANAGER_PIN, reference="4200001234", reason="看到付款成功页面")
    counter.wait_until_paid()
    closed = counter.shop.face.pay.closed_sale
    assert closed is not None
    (tender,) = closed.sale.tenders
    assert (tender.by_hand, tender.reference) == (True, "4200001234")


def test_after_a_restart_a_paid_bill_is_closed(counter: Counter) -> None:
    counter.gateway.books.script("pay", Fault.DROPPED_PAID)
    counter.scan()
    counter.wait_for("unknown")
    counter.till.restart()
    woken = threading.Event()
    counter.till.machinery.on_changed = lambda _changed: woken.set()
    bill_id = counter.shop.face.pay.code.bill_id
    desk = counter.till.machinery.counter.payments
    wait_until(lambda: desk.bill(bill_id).closed is not None, woken, "the sale is closed")
    assert counter.gateway.books.net_fen() == 12_800
