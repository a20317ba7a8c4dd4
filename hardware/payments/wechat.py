"""WeChat Pay payment code (付款码支付) through `wechatpayv3`, APIv3 in public-key mode."""

from functools import partial
from typing import Any, Final

from hardware.payments.asking import CONNECT_S, check_reachable, outcome_of
from hardware.payments.examining import status_of
from hardware.payments.keys import PaymentSettingsError, read_private_key, read_public_key
from hardware.payments.port import (
    Attempt,
    Capabilities,
    Outcome,
    ProviderName,
    Refund,
)
from hardware.payments.settings import WeChatPaySettings
from hardware.payments.wechat_answers import read_refund, read_reverse, read_trade
from hardware.ports import DeviceStatus

# Questions 5 to 10 s apart for 45 s, a reversal 15 s after the payment at the earliest: WeChat's
# own page on code payment (2025). A payment code lives for a minute.
WECHAT_CAPABILITIES: Final = Capabilities(
    takes_code=True,
    needs_internet=True,
    cancels=True,
    refunds=True,
    deadline_ms=45_000,
    first_query_ms=5_000,
    query_every_ms=5_000,
    earliest_cancel_ms=15_000,
    forgets_after_ms=90_000,
)
_MS: Final = 1000
Said = tuple[int, str | bytes]


class WeChatPayProvider:
    def __init__(
        self, settings: WeChatPaySettings, capabilities: Capabilities = WECHAT_CAPABILITIES
    ) -> None:
        """Raises PaymentSettingsError where a setting or a key is missing or wrong."""
        self._settings = settings
        self._capabilities = capabilities
        self._sdk, self._code_payment = _make_sdk(settings)

    @property
    def name(self) -> ProviderName:
        return ProviderName.WECHAT_PAY

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def start(self, attempt: Attempt) -> Outcome:
        ask = partial(
            self._call,
            "pay",
            pay_type=self._code_payment,
            description=attempt.description,
            out_trade_no=attempt.attempt_id,
            amount={"total": attempt.amount_fen, "currency": "CNY"},
            payer={"auth_code": attempt.code},
            scene_info={"store_info": {"out_id": self._settings.store_id}},
        )
        return outcome_of(ask, lambda said: read_trade(*said, attempt))

    def query(self, attempt: Attempt) -> Outcome:
        ask = partial(self._call, "query", out_trade_no=attempt.attempt_id)
        return outcome_of(ask, lambda said: read_trade(*said, attempt))

    def cancel(self, attempt: Attempt) -> Outcome:
        ask = partial(self._call, "codepay_reverse", out_trade_no=attempt.attempt_id)
        return outcome_of(ask, lambda said: read_reverse(*said, attempt))

    def refund(self, refund: Refund) -> Outcome:
        amount = {"refund": refund.amount_fen, "total": refund.paid_fen, "currency": "CNY"}
        ask = partial(
            self._call,
            "refund",
            out_refund_no=refund.refund_id,
            out_trade_no=refund.attempt_id,
            amount=amount,
            reason=refund.reason or None,
        )
        return outcome_of(ask, lambda said: read_refund(*said, refund))

    def examine(self) -> DeviceStatus:
        return status_of(self)

    def _call(self, name: str, **values: object) -> Said:
        check_reachable(self._settings.gateway)
        said: Said = getattr(self._sdk, name)(**values)
        return said


def _make_sdk(settings: WeChatPaySettings) -> tuple[Any, object]:
    """The library, and its word for payment by code."""
    for name in ("mchid", "app_id", "certificate_serial", "public_key_id"):
        if not getattr(settings, name):
            raise PaymentSettingsError(f"wechat_pay.{name}: missing")
    private = read_private_key("wechat_pay.private_key_file", settings.private_key_file)
    public = read_public_key("wechat_pay.public_key_file", settings.public_key_file)
    # Loading it takes long, so only a till with this contract pays for it.
    from wechatpayv3 import WeChatPay, WeChatPayType

    try:
        made = WeChatPay(
            wechatpay_type=WeChatPayType.CODEPAY,
            mchid=settings.mchid,
            private_key=private,
            cert_serial_no=settings.certificate_serial,
            appid=settings.app_id,
            apiv3_key="",  # decrypts certificates and notices; neither is used here
            public_key=public,
            public_key_id=settings.public_key_id,
            timeout=(CONNECT_S, settings.timeout_ms / _MS),
        )
    except Exception as error:  # the library raises anything; its text may quote the key
        raise PaymentSettingsError("wechat_pay: a key cannot be read") from error
    # The library has no setting for it; the reserve address and the tests need one.
    made._core._gate_way = settings.gateway.rstrip("/")  # noqa: SLF001
    return made, WeChatPayType.CODEPAY
