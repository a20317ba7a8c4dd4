"""Recognising a user of head office by its token."""

import hmac

from domain.errors import ErrorCode, TillfoldError
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.hq_users import HqUser, find_user
from sync_server.use_cases.context import Context


def hq_user_of(context: Context, token: str) -> HqUser:
    """The user whose token this is.

    Raises:
        TillfoldError: `token_wrong`.
    """
    token_hash = context.keys.hash_token(token)
    user = context.database.read(
        lambda connection: find_user(connection, token_hash), brand=ALL_BRANDS
    )
    if user is None or not hmac.compare_digest(user.token_hash, token_hash):
        raise TillfoldError(ErrorCode.TOKEN_WRONG)
    return user
