"""Who calls the HQ API, and what every endpoint is handed."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from sync_server.routes.hq.models import LARGEST_PAGE
from sync_server.use_cases.context import Context
from sync_server.use_cases.hq_access import hq_user_of

API_PREFIX: Final = "/api/v1"
_bearer = HTTPBearer(
    auto_error=False, description="Token of an HQ user (`sync-server hq-user add`)"
)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """An HQ user; everything it sees and does is its own brand's."""

    context: Context
    brand_id: BrandId
    user_id: str


def _caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    context: Context = request.app.state.context
    if credentials is None:
        raise TillfoldError(ErrorCode.TOKEN_WRONG)
    user = hq_user_of(context, credentials.credentials)
    return Caller(context=context, brand_id=user.brand_id, user_id=user.user_id)


HqCaller = Annotated[Caller, Depends(_caller)]
# No control characters: PostgreSQL's texts hold no NUL.
IdInPath = Annotated[str, Path(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
After = Annotated[
    str,
    Query(
        max_length=256,
        pattern=r"^[^\x00-\x1f]*$",
        description="Id of the last one on the page before",
    ),
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
