"""The HQ API as an application of its own, with its OpenAPI schema."""

from typing import Any, Final

from fastapi import FastAPI

from domain.offers import Rule
from sync_server.routes.hq.bodies import body_schemas, schema_of
from sync_server.routes.hq.body_limit import BodyLimit
from sync_server.routes.hq.duplicates import duplicates
from sync_server.routes.hq.errors import Problem, add_error_handlers
from sync_server.routes.hq.loyalty import loyalty
from sync_server.routes.hq.organisation import organisation
from sync_server.routes.hq.oversight import oversight
from sync_server.routes.hq.publishing import publishing
from sync_server.use_cases.context import Context

_LARGEST_BODY_BYTES: Final = 2 * 1024 * 1024
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": description}
    for status, description in (
        (401, "No token, or a wrong one"),
        (404, "Not found"),
        (409, "It exists already"),
        (422, "The request does not fit"),
    )
}


def build_api(context: Context) -> FastAPI:
    api = FastAPI(
        title="Tillfold HQ API",
        version="1",
        description="Amounts are fen, times Unix milliseconds. Errors have one shape: `Problem`.",
        docs_url=None,
        redoc_url=None,
    )
    api.state.context = context
    api.add_middleware(BodyLimit, most_bytes=_LARGEST_BODY_BYTES)
    add_error_handlers(api)
    for router in (organisation, duplicates, loyalty, oversight, publishing):
        api.include_router(router, responses=_PROBLEMS)
    _describe_bodies(api)
    return api


def _describe_bodies(api: FastAPI) -> None:
    """FastAPI keeps the schema that it has made; the records of `domain` are added to that one."""
    schemas = api.openapi()["components"]["schemas"]
    schemas.update(body_schemas())
    schemas["CouponModel"]["properties"]["rule"] = schema_of(Rule)
