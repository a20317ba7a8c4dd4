"""How a till comes to be: as one of a brand's, or as a shop of its own."""

from typing import Final

from domain.identifiers import BrandId, StoreId, TerminalId
from domain.signatures import Signer
from pos_client.storage.identity import Identity
from pos_client.sync.transport import enrol

LOCAL_LABEL: Final = "A1"
LOCAL_TIME_ZONE: Final = "Asia/Shanghai"


def enrol_at(server_url: str, code: str, signer: Signer) -> Identity:
    """Exchange a one-time code for this till's identity.

    Raises:
        TillfoldError: `enrolment_code_wrong`, `server_unreachable`, `server_not_ours` …
    """
    url = server_url.strip()
    if "://" not in url:
        url = f"https://{url}"
    answer = enrol(url, code, signer)
    return Identity(
        brand=answer.brand,
        brand_name=answer.brand_name,
        store=answer.store,
        store_name=answer.store_name,
        terminal=answer.terminal,
        label=answer.label,
        epoch=answer.epoch,
        time_zone=answer.time_zone,
        server_url=url,
        server_public_key=answer.server_public_key,
    )


def own_identity(shop_name: str, *, brand: str, store: str, terminal: str) -> Identity:
    """A shop without a server."""
    return Identity(
        brand=BrandId(brand),
        brand_name=shop_name,
        store=StoreId(store),
        store_name=shop_name,
        terminal=TerminalId(terminal),
        label=LOCAL_LABEL,
        epoch=1,
        time_zone=LOCAL_TIME_ZONE,
    )
