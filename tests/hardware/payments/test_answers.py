"""What providers write, read without any network: nothing raises, and only what is ours pays."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.payments import alipay_answers, wechat_answers
from hardware.payments.counter import CashProvider, RecordedCardProvider
from hardware.payments.port import (
    Approved,
    Attempt,
    Cancelled,
    DeclineCode,
    Declined,
    Outcome,
    Pending,
    Refund,
    Unknown,
)
from hardware.payments.reading import fen_of_yuan, yuan_of_fen

ATTEMPT = Attempt(attempt_id="A" * 32, amount_fen=1_250)
REFUND = Refund(refund_id="R" * 32, attempt_id="A" * 32, amount_fen=1_250, paid_fen=1_250)
PAID = {
    "out_trade_no": "A" * 32,
    "trade_state": "SUCCESS",
    "transaction_id": "42",
    "amount": {"total": 1_250},
}
DONE = {
    "code": "10000",
    "out_trade_no": "A" * 32,
    "trade_no": "2026",
    "total_amount": "12.50",
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["code", "sub_code", "trade_state", "trade_status", "out_trade_no", "amount", "status"]
)


def wechat(status: int, said: object) -> Outcome:
    return wechat_answers.read_trade(status, json.dumps(said), ATTEMPT)


def test_wechat_money_is_there_only_for_our_payment_and_our_amount() -> None:
    assert wechat(200, PAID) == Approved("42", 1_250)
    for wrong in ({"amount": {"total": 1}}, {"amount": None}, {"out_trade_no": "other"}):
        assert isinstance(wechat(200, {**PAID, **wrong}), Unknown), wrong


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (200, {"trade_state": "USERPAYING"}, Pending("guest_password")),
        (400, {"code": "USERPAYING"}, Pending("guest_password")),
        (200, {**PAID, "trade_state": "REVOKED"}, Cancelled()),
        (200, {**PAID, "trade_state": "REFUND"}, Cancelled(refunded=True)),
        (200, {**PAID, "trade_state": "CLOSED"}, Cancelled(refunded=False)),
        (200, {**PAID, "trade_state": "PAYERROR"}, Declined(DeclineCode.REFUSED, "PAYERROR")),
        (200, {**PAID, "trade_state": "NOTPAY"}, Unknown("NOTPAY")),
        (403, {"code": "NOT_ENOUGH"}, Declined(DeclineCode.NOT_ENOUGH, "NOTENOUGH")),
        (400, {"code": "AUTHCODEEXPIRE"}, Declined(DeclineCode.CODE_INVALID, "AUTHCODEEXPIRE")),
        (401, {"code": "SIGN_ERROR"}, Declined(DeclineCode.MISCONFIGURED, "SIGNERROR")),
        (404, {"code": "ORDER_NOT_EXIST"}, Declined(DeclineCode.NOT_FOUND, "ORDERNOTEXIST")),
        (500, {"code": "SYSTEM_ERROR"}, Unknown("SYSTEMERROR")),
        (400, {"code": "NEVER_HEARD_OF"}, Unknown("NEVERHEARDOF")),
        (200, [], Unknown("other_trade")),
    ],
)
def test_wechat_answers(status: int, said: object, outcome: Outcome) -> None:
    assert wechat(status, said) == outcome


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (200, {"out_trade_no": "A" * 32}, Cancelled()),
        (200, {}, Unknown("other_trade")),
        (400, {"code": "USERPAYING"}, Unknown("USERPAYING")),
        (400, {"code": "REVERSE_EXPIRE"}, Declined(DeclineCode.REFUSED, "REVERSEEXPIRE")),
        (404, {"code": "ORDER_NOT_EXIST"}, Declined(DeclineCode.NOT_FOUND, "ORDERNOTEXIST")),
        (401, {"code": "SIGN_ERROR"}, Unknown("SIGNERROR")),
    ],
)
def test_wechat_reversals(status: int, said: object, outcome: Outcome) -> None:
    assert wechat_answers.read_reverse(status, json.dumps(said), ATTEMPT) == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (DONE, Approved("2026", 1_250)),
        ({**DONE, "total_amount": "12.51"}, Unknown("amount_differs")),
        ({**DONE, "out_trade_no": "other"}, Unknown("other_trade")),
        ({"code": "10003"}, Pending("guest_password", 180_000)),
        ({**DONE, "trade_status": "WAIT_BUYER_PAY"}, Pending("guest_password", 180_000)),
        ({**DONE, "trade_status": "TRADE_FINISHED"}, Approved("2026", 1_250)),
        ({**DONE, "trade_status": "TRADE_CLOSED"}, Cancelled()),
        ({"code": "20000", "sub_code": "isp.unknow-error"}, Unknown("isp.unknow-error")),
        ({"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, Unknown("ACQ.SYSTEM_ERROR")),
        ({"code": "40004", "sub_code": "ACQ.TRADE_HAS_SUCCESS"}, Unknown("ACQ.TRADE_HAS_SUCCESS")),
        ({"code": "40002"}, Declined(DeclineCode.MISCONFIGURED, "40002")),
        ({"code": "40004", "sub_code": "ACQ.NEW"}, Unknown("ACQ.NEW")),
        ({"code": "40004", "sub_code": "aop.ACQ.SYSTEM_ERROR"}, Unknown("aop.ACQ.SYSTEM_ERROR")),
        (
            {"code": "40004", "sub_code": "ACQ.PAYMENT_FAIL"},
            Declined(DeclineCode.REFUSED, "ACQ.PAYMENT_FAIL"),
        ),
        ({}, Unknown("garbled")),
    ],
)
def test_alipay_answers(said: dict[str, str], outcome: Outcome) -> None:
    assert alipay_answers.read_trade(said, ATTEMPT) == outcome


def test_alipay_cancellations_are_asked_for_again_when_told_so() -> None:
    done = {"code": "10000", "out_trade_no": "A" * 32}
    read = alipay_answers.read_cancel
    assert read({**done, "retry_flag": "Y"}, ATTEMPT) == Unknown("retry_flag")
    assert read({**done, "action": "refund"}, ATTEMPT) == Cancelled(refunded=True)
    assert read({**done, "action": "close"}, ATTEMPT) == Cancelled(refunded=False)
    assert read({"code": "40002"}, ATTEMPT) == Unknown("cancel")


@given(st.dictionaries(NAMES, VALUES), st.sampled_from([200, 400, 404, 500]))
def test_no_answer_raises_and_none_that_is_not_ours_pays(said: dict[str, Any], status: int) -> None:
    body = json.dumps(said)
    outcomes = [
        wechat_answers.read_trade(status, body, ATTEMPT),
        wechat_answers.read_reverse(status, body, ATTEMPT),
        wechat_answers.read_refund(status, body, REFUND),
        alipay_answers.read_trade(said, ATTEMPT),
        alipay_answers.read_cancel(said, ATTEMPT),
        alipay_answers.read_refund(said, REFUND),
    ]
    assert not any(isinstance(outcome, Approved) for outcome in outcomes)


@given(st.binary(max_size=64))
def test_no_bytes_raise(body: bytes) -> None:
    assert isinstance(wechat_answers.read_reverse(500, body, ATTEMPT), Unknown)


@given(st.integers(0, 1_000_000_000))
def test_amounts_survive_being_written_in_yuan(amount_fen: int) -> None:
    assert fen_of_yuan(yuan_of_fen(amount_fen)) == amount_fen


@pytest.mark.parametrize("text", ["", "-1", "1.234", "1e3", "¥1", "１.00", "1" * 12, "nan"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert fen_of_yuan(text) is None


def test_cash_and_cards_are_decided_at_the_counter() -> None:
    cash, card = CashProvider(), RecordedCardProvider()
    assert cash.start(ATTEMPT) == Approved("", 1_250)
    assert card.start(ATTEMPT) == Pending("terminal")
    slip = Attempt(attempt_id="A" * 32, amount_fen=1_250, provider_ref="000123")
    assert card.query(slip) == Approved("000123", 1_250)
    assert card.cancel(ATTEMPT) == Cancelled(refunded=False)
    assert isinstance(card.cancel(slip), Declined)
    assert isinstance(card.refund(REFUND), Declined)
    assert cash.refund(REFUND) == Approved("", 1_250)
