"""The payment providers that the settings have a contract with, and the thread that asks them."""

import logging
from collections.abc import Callable
from functools import partial

from domain.orders import TenderKind
from hardware.payments.alipay import AlipayProvider
from hardware.payments.keys import PaymentSettingsError
from hardware.payments.port import PaymentProvider
from hardware.payments.wechat import WeChatPayProvider
from pos_client.devices.payments import PaymentsThread, Providers
from pos_client.settings import PaymentSettings
from pos_client.storage.payments import PaymentAttempt
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.payments import begin_again

_log = logging.getLogger(__name__)


class PaymentLine:
    """Runs the payments thread where there is a contract, or something left of one."""

    def __init__(self, storage: StorageThread, settings: PaymentSettings) -> None:
        self._storage = storage
        self._settings = settings
        self._thread: PaymentsThread | None = None

    def kinds(self) -> frozenset[TenderKind]:
        return payment_kinds(self._settings)

    def start(
        self,
        store: Store,
        close: Callable[[PaymentAttempt], None],
        on_changed: Callable[[], None],
    ) -> None:
        """`close` is told of bills whose money is there; `on_changed` of every change."""
        if not (self._storage.run(begin_again) or self.kinds()):
            return
        identity = store.identity
        self._thread = PaymentsThread(
            self._storage,
            partial(make_providers, self._settings),
            close=close,
            describe=lambda: f"{identity.brand_name} {identity.store_name}",
        )
        self._thread.on_changed = on_changed
        self._thread.start()

    def hand_over(self, attempt_id: str, code: str) -> None:
        if self._thread is not None:
            self._thread.hand_over(attempt_id, code)

    def forget(self, attempt_id: str) -> None:
        if self._thread is not None:
            self._thread.forget(attempt_id)

    def wake(self) -> None:
        if self._thread is not None:
            self._thread.wake()

    def stop(self) -> None:
        if self._thread is not None:
            self._thread.stop()


def payment_kinds(settings: PaymentSettings) -> frozenset[TenderKind]:
    contracts = {
        TenderKind.WECHAT_PAY: settings.wechat_pay.mchid,
        TenderKind.ALIPAY: settings.alipay.app_id,
    }
    return frozenset(kind for kind, contract in contracts.items() if contract)


def provider_makers(settings: PaymentSettings) -> dict[TenderKind, Callable[[], PaymentProvider]]:
    """Of each contract; each raises PaymentSettingsError."""
    makers: dict[TenderKind, Callable[[], PaymentProvider]] = {
        TenderKind.WECHAT_PAY: partial(WeChatPayProvider, settings.wechat_pay),
        TenderKind.ALIPAY: partial(AlipayProvider, settings.alipay),
    }
    return {kind: makers[kind] for kind in sorted(payment_kinds(settings))}


def make_providers(settings: PaymentSettings) -> Providers:
    """Those whose keys can be read; of any other the log names the setting.

    Loads the providers' libraries, which takes long: for the payments thread.
    """
    made: dict[str, PaymentProvider] = {}
    for kind, make in provider_makers(settings).items():
        try:
            made[kind.value] = make()
        except PaymentSettingsError as error:
            _log.error("payment provider not set up", extra={"setting": error.where})
        except ImportError:
            _log.exception("payment provider not installed", extra={"provider": kind.value})
    return made
