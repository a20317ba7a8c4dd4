"""Setting a brand up: the brand itself, its stores, its head office's users."""

import zoneinfo
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.facts import StoreOpened
from domain.identifiers import BrandId, StoreId
from sync_server.authentication.codes import new_token
from sync_server.database import brands
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import Brand, Store
from sync_server.database.hq_users import HqUser, add_user
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide_in, open_journal

LONGEST_ID: Final = 64
LONGEST_NAME: Final = 120


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as it is shown once; only its hash is kept."""

    user_id: str
    name: str
    token: str


def add_brand(context: Context, name: str, *, brand_id: str = "") -> Brand:
    """A brand with an empty feed and a head office journal.

    Raises:
        TillfoldError: `already_exists`, `request_malformed`.
    """
    new = Brand(
        brand_id=BrandId(_checked_id(brand_id or context.new_identifier())),
        name=checked_name(name),
        version=0,
        history=context.new_identifier(),
        created_ms=context.now_ms(),
    )

    def work(connection: Connection) -> None:
        if brands.find_brand(connection, new.brand_id):
            raise TillfoldError(ErrorCode.ALREADY_EXISTS)
        brands.add_brand(connection, new)
        open_journal(context, connection, new.brand_id)

    context.database.write(work, brand=new.brand_id)
    return new


def only_brand(context: Context, brand_id: str) -> Brand:
    """The named brand, or without a name the only one.

    Raises:
        TillfoldError: `not_found`; `request_malformed` where a name is needed.
    """
    found = context.database.read(brands.list_brands, brand=ALL_BRANDS)
    if brand_id:
        found = [brand for brand in found if brand.brand_id == brand_id]
    if not found:
        raise TillfoldError(ErrorCode.NOT_FOUND)
    if len(found) > 1:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="--brand")
    return found[0]


def add_store(
    context: Context, brand_id: BrandId, store_id: str, *, name: str, zone: str, actor: str
) -> Store:
    """A new store; `zone` is a name of the IANA time zone database.

    Raises:
        TillfoldError: `already_exists`, or `request_malformed` for an id, name or zone unfit.
    """
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="time_zone") from error
    new = Store(
        brand_id=brand_id,
        store_id=StoreId(_checked_id(store_id)),
        name=checked_name(name),
        time_zone=zone,
    )

    def work(connection: Connection) -> int:
        if brands.find_store(connection, brand_id, new.store_id):
            raise TillfoldError(ErrorCode.ALREADY_EXISTS)
        brands.add_store(connection, new)
        fact = StoreOpened(store=new.store_id, name=new.name)
        return decide_in(context, connection, brand_id, [fact], actor=actor)

    context.heads.announce(brand_id, context.database.write(work, brand=brand_id))
    return new


def list_stores(context: Context, brand_id: BrandId, *, after: str, limit: int) -> list[Store]:
    """The brand's stores by id, from the one behind `after` on."""

    def work(connection: Connection) -> list[Store]:
        return brands.list_stores(connection, brand_id, after=after, limit=limit)

    return context.database.read(work, brand=brand_id)


def add_hq_user(context: Context, brand_id: BrandId, name: str) -> NewToken:
    """A user of head office with a token. Names may repeat."""
    token = new_token(context.entropy)
    new = HqUser(
        brand_id=brand_id,
        user_id=context.new_identifier(),
        name=checked_name(name),
        token_hash=context.keys.hash_token(token),
        created_ms=context.now_ms(),
    )
    context.database.write(lambda connection: add_user(connection, new), brand=brand_id)
    return NewToken(user_id=new.user_id, name=new.name, token=token)


def _checked_id(text: str) -> str:
    plain = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    if not plain or len(text) > LONGEST_ID:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="id")
    return text


def checked_name(text: str) -> str:
    bare = text.strip()
    if not bare:
        raise TillfoldError(ErrorCode.NAME_MISSING)
    if len(bare) > LONGEST_NAME or "\0" in bare:
        raise TillfoldError(ErrorCode.NAME_TOO_LONG, longest=LONGEST_NAME)
    return bare
