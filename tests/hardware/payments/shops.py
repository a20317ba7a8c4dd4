"""A shop with contracts: keys in files, gateways on this machine, the real libraries between."""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from hardware.emulators.alipay_gateway import AlipayGateway
from hardware.emulators.payment_gateway import KeyPair, PaymentGateway
from hardware.emulators.wechat_gateway import PUBLIC_KEY_ID, WeChatGateway
from hardware.payments.alipay import ALIPAY_CAPABILITIES, AlipayProvider
from hardware.payments.port import Attempt, Capabilities
from hardware.payments.settings import AlipaySettings, WeChatPaySettings
from hardware.payments.wechat import WECHAT_CAPABILITIES, WeChatPayProvider

MCHID: Final = "1900000109"
APP_ID: Final = "2021000000000001"
TIMEOUT_MS: Final = 250
WECHAT_CODE: Final = "134567890123456789"
ALIPAY_CODE: Final = "281234567890123456"


@cache
def keys() -> tuple[KeyPair, KeyPair]:
    """The merchant's and the provider's: making a pair costs more than a test."""
    return KeyPair(), KeyPair()


def write_keys(folder: Path) -> tuple[str, str]:
    """The merchant's private key and the provider's public one, as the settings name them."""
    merchant, provider = keys()
    private, public = folder / "merchant.pem", folder / "provider.pem"
    private.touch(mode=0o600)
    private.write_text(merchant.private_pem())
    public.write_text(provider.public_pem())
    return str(private), str(public)


def wechat_gateway() -> WeChatGateway:
    merchant, provider = keys()
    return WeChatGateway(mchid=MCHID, merchant=merchant, provider=provider)


def alipay_gateway() -> AlipayGateway:
    merchant, provider = keys()
    return AlipayGateway(app_id=APP_ID, merchant=merchant, provider=provider)


def wechat_settings(folder: Path, gateway: str) -> WeChatPaySettings:
    private, public = write_keys(folder)
    return WeChatPaySettings(
        mchid=MCHID,
        app_id="wx0000000000000001",
        certificate_serial="5157F09EFDC096DE15EBE81A47057A72",
        private_key_file=private,
        public_key_id=PUBLIC_KEY_ID,
        public_key_file=public,
        gateway=gateway,
        timeout_ms=TIMEOUT_MS,
    )


def alipay_settings(folder: Path, gateway: str) -> AlipaySettings:
    private, public = write_keys(folder)
    return AlipaySettings(
        app_id=APP_ID,
        private_key_file=private,
        public_key_file=public,
        gateway=gateway,
        timeout_ms=TIMEOUT_MS,
    )


Provider = WeChatPayProvider | AlipayProvider


def provider_at(gateway: PaymentGateway, folder: Path) -> Provider:
    if isinstance(gateway, WeChatGateway):
        return WeChatPayProvider(wechat_settings(folder, gateway.address))
    assert isinstance(gateway, AlipayGateway)
    return AlipayProvider(alipay_settings(folder, gateway.address))


def capabilities_of(gateway: PaymentGateway) -> Capabilities:
    return WECHAT_CAPABILITIES if isinstance(gateway, WeChatGateway) else ALIPAY_CAPABILITIES


def attempt(number: int = 1, amount_fen: int = 12_850) -> Attempt:
    return Attempt(
        attempt_id=f"{number:032x}", amount_fen=amount_fen, description="晚餐", code=WECHAT_CODE
    )


def renamed(value: Attempt, attempt_id: str) -> Attempt:
    return msgspec.structs.replace(value, attempt_id=attempt_id)
