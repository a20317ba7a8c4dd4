"""Bodies that are records of `domain`: read strictly, in the schema field by field."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import Depends, Request

from domain.configuration import Milliseconds
from domain.errors import ErrorCode, TillfoldError
from domain.facts import LARGEST_MENU_ITEMS
from domain.identifiers import MemberId
from domain.menu import MenuItem
from domain.offers import Rule
from domain.orders import Name
from domain.rulebook import RuleBook
from sync_server.routes.hq.access import HqCaller

_SCHEMA_OF: Final = "#/components/schemas/{name}"
Count = Annotated[int, msgspec.Meta(ge=1, le=500)]
Code = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[A-Za-z0-9-]*$")]
# No control characters: PostgreSQL's texts hold no NUL.
KnownId = Annotated[MemberId, msgspec.Meta(max_length=128, pattern=r"^[^\x00-\x1f]+$")]


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """A whole menu in the order in which it is shown; it replaces the one before."""

    version: Name
    items: Annotated[tuple[MenuItem, ...], msgspec.Meta(max_length=LARGEST_MENU_ITEMS)]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The whole rule book; it replaces the one before."""

    version: Name
    book: RuleBook


class NewCoupons(msgspec.Struct, frozen=True, kw_only=True):
    """Coupons that carry this rule. With a `code` it is one coupon; without, codes are drawn."""

    rule: Rule
    valid_from_ms: Milliseconds
    valid_until_ms: Milliseconds
    count: Count = 1
    member_id: KnownId | None = None
    code: Code = ""


async def _written(request: Request, _caller: HqCaller) -> Any:  # noqa: ANN401 - JSON
    """The body's JSON as it was written, once the caller is known.

    Raises:
        TillfoldError: `request_malformed`.
    """
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="body") from error


Written = Annotated[Any, Depends(_written)]


def takes(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """What a route says of its body in the schema (`openapi_extra`)."""
    content = {"application/json": {"schema": schema_of(kind)}}
    return {"requestBody": {"required": True, "content": content}}


def schema_of(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The reference to one of `body_schemas`."""
    return {"$ref": _SCHEMA_OF.format(name=kind.__name__)}


def body_schemas() -> dict[str, Any]:
    """The schemas of all these bodies and of what is in them, by name."""
    _, components = msgspec.json.schema_components(
        (Menu, Rules, NewCoupons), ref_template=_SCHEMA_OF
    )
    return components
