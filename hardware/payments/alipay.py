"""Alipay payment code (条码支付) through `python-alipay-sdk`, with keys and RSA2."""

import re
from functools import partial
from typing import Any, Final

from hardware.payments.alipay_answers import read_cancel, read_refund, read_trade
from hardware.payments.asking import check_reachable, outcome_of
from hardware.payments.examining import status_of
from hardware.payments.keys import PaymentSettingsError, read_private_key, read_public_key
from hardware.payments.port import (
    Attempt,
    Capabilities,
    Outcome,
    ProviderName,
    Refund,
)
from hardware.payments.reading import Answer, yuan_of_fen
from hardware.payments.settings import AlipaySettings
from hardware.ports import DeviceStatus

# Questions 3 to 5 s apart for a minute: Alipay's page on code payment.
ALIPAY_CAPABILITIES: Final = Capabilities(
    takes_code=True,
    needs_internet=True,
    cancels=True,
    refunds=True,
    deadline_ms=60_000,
    first_query_ms=3_000,
    query_every_ms=4_000,
    earliest_cancel_ms=0,
    forgets_after_ms=90_000,
)
_MS: Final = 1000
_CODE: Final = re.compile(r"code:([0-9]{5}),")


class AlipayProvider:
    def __init__(
        self, settings: AlipaySettings, capabilities: Capabilities = ALIPAY_CAPABILITIES
    ) -> None:
        """Raises PaymentSettingsError where a setting or a key is missing or wrong."""
        self._settings = settings
        self._capabilities = capabilities
        self._sdk, self._refused = _make_sdk(settings)

    @property
    def name(self) -> ProviderName:
        return ProviderName.ALIPAY

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def start(self, attempt: Attempt) -> Outcome:
        store = {"store_id": self._settings.store_id} if self._settings.store_id else {}
        ask = partial(
            self._call,
            "api_alipay_trade_pay",
            out_trade_no=attempt.attempt_id,
            scene="bar_code",
            auth_code=attempt.code,
            subject=attempt.description,
            total_amount=yuan_of_fen(attempt.amount_fen),
            **store,
        )
        return outcome_of(ask, lambda answer: read_trade(answer, attempt))

    def query(self, attempt: Attempt) -> Outcome:
        ask = partial(self._call, "api_alipay_trade_query", out_trade_no=attempt.attempt_id)
        return outcome_of(ask, lambda answer: read_trade(answer, attempt))

    def cancel(self, attempt: Attempt) -> Outcome:
        ask = partial(self._call, "api_alipay_trade_cancel", out_trade_no=attempt.attempt_id)
        return outcome_of(ask, lambda answer: read_cancel(answer, attempt))

    def refund(self, refund: Refund) -> Outcome:
        ask = partial(
            self._call,
            "api_alipay_trade_refund",
            refund_amount=yuan_of_fen(refund.amount_fen),
            out_trade_no=refund.attempt_id,
            out_request_no=refund.refund_id,
            refund_reason=refund.reason,
        )
        return outcome_of(ask, lambda answer: read_refund(answer, refund))

    def examine(self) -> DeviceStatus:
        return status_of(self)

    def _call(self, name: str, **values: str) -> Answer:
        check_reachable(self._settings.gateway)
        try:
            answer: Answer = getattr(self._sdk, name)(**values)
        except self._refused as error:
            # Unsigned: the gateway did not let the request in. The code stands in the text alone.
            found = _CODE.search(str(error))
            return {"code": found[1]} if found else {}
        return answer


def _make_sdk(settings: AlipaySettings) -> tuple[Any, type[Exception]]:
    if not settings.app_id:
        raise PaymentSettingsError("alipay.app_id: missing")
    private = read_private_key("alipay.private_key_file", settings.private_key_file)
    public = read_public_key("alipay.public_key_file", settings.public_key_file)
    # Loading it takes long, so only a till with this contract pays for it.
    from alipay import AliPay
    from alipay.exceptions import AliPayException
    from alipay.utils import AliPayConfig

    try:
        made = AliPay(
            appid=settings.app_id,
            app_private_key_string=private,
            alipay_public_key_string=public,
            sign_type="RSA2",
            config=AliPayConfig(timeout=settings.timeout_ms / _MS),
        )
    except Exception as error:  # the library raises anything; its text may quote the key
        raise PaymentSettingsError("alipay: a key cannot be read") from error
    # The library has no setting for it; the sandbox and the tests need one.
    made._gateway = settings.gateway  # noqa: SLF001
    return made, AliPayException
