"""The real libraries against gateways of ours: HTTP, RSA signatures both ways, scripted faults."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hardware.emulators.payment_books import Fault
from hardware.emulators.payment_gateway import KeyPair, PaymentGateway
from hardware.payments.alipay import AlipayProvider
from hardware.payments.keys import PaymentSettingsError
from hardware.payments.port import (
    Approved,
    Cancelled,
    DeclineCode,
    Declined,
    Pending,
    Refund,
    Unknown,
)
from hardware.payments.wechat import WeChatPayProvider
from hardware.ports import DeviceReason, DeviceState
from tests.hardware.payments.shops import (
    Provider,
    alipay_gateway,
    alipay_settings,
    attempt,
    provider_at,
    wechat_gateway,
    wechat_settings,
)

PAID = Approved("4200" + "0" * 24, 12_850)


@pytest.fixture(params=[wechat_gateway, alipay_gateway], ids=["wechat", "alipay"])
def gateway(request: pytest.FixtureRequest) -> Iterator[PaymentGateway]:
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def provider(gateway: PaymentGateway, tmp_path: Path) -> Provider:
    return provider_at(gateway, tmp_path)


def test_a_code_pays(gateway: PaymentGateway, provider: Provider) -> None:
    assert provider.start(attempt()) == PAID
    assert provider.query(attempt()) == PAID
    assert gateway.books.net_fen() == 12_850


def test_the_same_payment_twice_is_paid_once(gateway: PaymentGateway, provider: Provider) -> None:
    assert provider.start(attempt()) == provider.start(attempt()) == PAID
    assert gateway.books.net_fen() == 12_850


def test_a_guest_is_asked_and_confirms(gateway: PaymentGateway, provider: Provider) -> None:
    gateway.books.script("pay", Fault.GUEST_HESITATES)
    assert isinstance(provider.start(attempt()), Pending)
    assert isinstance(provider.query(attempt()), Pending)
    assert provider.query(attempt()) == PAID


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.NO_MONEY, DeclineCode.NOT_ENOUGH), (Fault.OLD_CODE, DeclineCode.CODE_INVALID)],
)
def test_a_refusal_says_why(
    gateway: PaymentGateway, provider: Provider, fault: Fault, code: DeclineCode
) -> None:
    gateway.books.script("pay", fault)
    outcome = provider.start(attempt())
    assert isinstance(outcome, Declined)
    assert outcome.code is code
    assert gateway.books.net_fen() == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROPPED_PAID,
        Fault.SLOW_PAID,
        Fault.FAILED_PAID,
        Fault.FORGED_PAID,
        Fault.GARBLED_PAID,
    ],
)
def test_what_may_have_been_paid_is_unknown_until_a_question_tells(
    gateway: PaymentGateway, provider: Provider, fault: Fault
) -> None:
    gateway.books.script("pay", fault)
    assert isinstance(provider.start(attempt()), Unknown)
    assert provider.query(attempt()) == PAID


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.FAILED])
def test_what_was_not_paid_is_unknown_too_and_then_not_found(
    gateway: PaymentGateway, provider: Provider, fault: Fault
) -> None:
    gateway.books.script("pay", fault)
    assert isinstance(provider.start(attempt()), Unknown)
    outcome = provider.query(attempt())
    assert isinstance(outcome, Declined)
    assert outcome.code is DeclineCode.NOT_FOUND


def test_an_answer_sent_twice_is_one(gateway: PaymentGateway, provider: Provider) -> None:
    gateway.books.script("pay", Fault.TWICE)
    assert provider.start(attempt()) == PAID


def test_cancelling_gives_paid_money_back(gateway: PaymentGateway, provider: Provider) -> None:
    gateway.books.script("pay", Fault.FAILED_PAID)
    gateway.books.script("cancel", Fault.FAILED, Fault.FAILED)
    provider.start(attempt())
    assert isinstance(provider.cancel(attempt()), Unknown)
    assert isinstance(provider.cancel(attempt()), Unknown)
    assert isinstance(provider.cancel(attempt()), Cancelled)
    assert isinstance(provider.query(attempt()), Cancelled)
    assert gateway.books.net_fen() == 0


def test_a_payment_may_come_through_after_it_was_cancelled(
    gateway: PaymentGateway, provider: Provider
) -> None:
    gateway.books.script("pay", Fault.LATE)
    assert isinstance(provider.start(attempt()), Pending)
    assert isinstance(provider.cancel(attempt()), Cancelled)
    assert provider.query(attempt()) == PAID


def test_a_refund_is_made_once(gateway: PaymentGateway, provider: Provider) -> None:
    provider.start(attempt())
    refund = Refund(
        refund_id="r" * 32, attempt_id=attempt().attempt_id, amount_fen=2_850, paid_fen=12_850
    )
    gateway.books.script("refund", Fault.FAILED)
    assert isinstance(provider.refund(refund), Unknown)
    assert isinstance(provider.refund(refund), Approved)
    assert isinstance(provider.refund(refund), Approved)
    assert gateway.books.net_fen() == 10_000
    too_much = msgspec.structs.replace(refund, refund_id="s" * 32, amount_fen=12_850)
    assert isinstance(provider.refund(too_much), Declined)


def test_where_nobody_listens_nothing_was_sent(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        providers: list[Provider] = [
            WeChatPayProvider(wechat_settings(tmp_path, address)),
            AlipayProvider(alipay_settings(tmp_path, address)),
        ]
        for provider in providers:
            assert provider.start(attempt()) == Declined(DeclineCode.NOT_SENT)
            status = provider.examine()
            assert status.reason is DeviceReason.UNREACHABLE


def test_settings_are_examined_without_a_payment(
    gateway: PaymentGateway, provider: Provider
) -> None:
    assert provider.examine().state is DeviceState.READY
    gateway.merchant = KeyPair()
    assert provider.examine().reason is DeviceReason.MISCONFIGURED
    assert gateway.books.net_fen() == 0


def test_no_code_is_logged_or_shown(
    gateway: PaymentGateway, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    code = attempt().code
    with caplog.at_level(logging.DEBUG):
        gateway.books.script("pay", Fault.DROPPED_PAID, Fault.GARBLED_PAID, Fault.FORGED_PAID)
        for _ in range(4):
            provider.start(attempt())
    assert code not in caplog.text
    assert code not in repr(attempt())


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    settings = wechat_settings(tmp_path, "http://127.0.0.1:1")
    Path(settings.private_key_file).chmod(0o644)
    with pytest.raises(PaymentSettingsError, match="mode must be 0600"):
        WeChatPayProvider(settings)


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff\xfe", b"x" * 70_000])
def test_a_file_that_is_no_key_is_refused_without_its_text(tmp_path: Path, content: bytes) -> None:
    settings = alipay_settings(tmp_path, "http://127.0.0.1:1")
    Path(settings.private_key_file).write_bytes(content)
    with pytest.raises(PaymentSettingsError) as caught:
        AlipayProvider(settings)
    assert "no key" not in str(caught.value) or not content.startswith(b"no")


@pytest.mark.parametrize("name", ["mchid", "app_id", "certificate_serial", "public_key_id"])
def test_a_setting_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    settings = wechat_settings(tmp_path, "http://127.0.0.1:1")
    with pytest.raises(PaymentSettingsError, match=name):
        WeChatPayProvider(msgspec.structs.replace(settings, **{name: ""}))
