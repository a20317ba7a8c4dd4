"""What a shop tells its till about the providers it has contracts with. Keys are named, not held.

An empty `mchid` or `app_id` means that there is no such contract.
"""

from typing import Annotated, Final

import msgspec

TimeoutMs = Annotated[int, msgspec.Meta(ge=100, le=30_000)]
USUAL_TIMEOUT_MS: Final = 8_000
WECHAT_GATEWAY: Final = "https://api.mch.weixin.qq.com"
ALIPAY_GATEWAY: Final = "https://openapi.alipay.com/gateway.do"


class WeChatPaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """WeChat Pay APIv3 in public-key mode.

    `certificate_serial` is of the merchant's own certificate, whose key `private_key_file` holds;
    `public_key_id` and `public_key_file` are WeChat's. `store_id` is the shop's number at WeChat.
    """

    mchid: str = ""
    app_id: str = ""
    certificate_serial: str = ""
    private_key_file: str = ""
    public_key_id: str = ""
    public_key_file: str = ""
    store_id: str = ""
    gateway: str = WECHAT_GATEWAY
    timeout_ms: TimeoutMs = USUAL_TIMEOUT_MS


class AlipaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alipay's open platform with keys (not certificates) and RSA2.

    `private_key_file` is the application's, `public_key_file` Alipay's.
    """

    app_id: str = ""
    private_key_file: str = ""
    public_key_file: str = ""
    store_id: str = ""
    gateway: str = ALIPAY_GATEWAY
    timeout_ms: TimeoutMs = USUAL_TIMEOUT_MS
