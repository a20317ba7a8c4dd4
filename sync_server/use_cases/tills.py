"""Tills as head office sees them: who they are, and switching one off."""

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import HEAD_OFFICE, BrandId
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.terminals import (
    Terminal,
    change_terminal,
    find_terminal,
    find_till,
    list_terminals,
)
from sync_server.use_cases.context import Context

_AT_ONCE: Final = 500
MOST_HAND_IN_HOURS: Final = 30 * 24
_HOUR_MS: Final = 60 * 60 * 1000


def known_till(context: Context, terminal_id: str) -> Terminal:
    """The till that a request names.

    Raises:
        TillfoldError: `terminal_unknown`.
    """
    till = context.database.read(
        lambda connection: find_till(connection, terminal_id), brand=ALL_BRANDS
    )
    if till is None:
        raise TillfoldError(ErrorCode.TERMINAL_UNKNOWN)
    return till


def refuse_revoked(till: Terminal, *, handing_in_at_ms: int | None = None) -> None:
    """Refuse a till that was switched off. Nothing is lost: it keeps what it has not sent.

    At the time `handing_in_at_ms`, where one is given, it may do what serves to hand that in.

    Raises:
        TillfoldError: `terminal_revoked`.
    """
    if till.revoked_ms is None:
        return
    if handing_in_at_ms is None or handing_in_at_ms > (till.hand_in_until_ms or 0):
        raise TillfoldError(ErrorCode.TERMINAL_REVOKED)


def list_tills(context: Context, brand_id: BrandId, *, after: str, limit: int) -> list[Terminal]:
    """The brand's tills by id, from the one behind `after` on."""

    def work(connection: Connection) -> list[Terminal]:
        # One more, as head office's own journal may be among them.
        found = list_terminals(connection, brand_id, after=after, limit=limit + 1)
        return [one for one in found if one.terminal_id != HEAD_OFFICE][:limit]

    return context.database.read(work, brand=brand_id)


def all_tills(context: Context, brand_id: BrandId) -> Iterator[Terminal]:
    """All tills of the brand by id, revoked ones too."""
    after = ""
    while page := list_tills(context, brand_id, after=after, limit=_AT_ONCE):
        yield from page
        after = page[-1].terminal_id


def allow_hand_in(context: Context, brand_id: BrandId, terminal_id: str, *, hours: int) -> Terminal:
    """Let a till that is switched off push what it still holds, for some hours and nothing else.

    Raises:
        TillfoldError: `not_found`, also for a till that is not switched off; `request_malformed`.
    """
    if not 0 < hours <= MOST_HAND_IN_HOURS:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="hours")

    def work(connection: Connection) -> Terminal:
        till = find_terminal(connection, brand_id, terminal_id)
        if till is None or till.revoked_ms is None:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        until_ms = context.now_ms() + hours * _HOUR_MS
        change_terminal(connection, till, hand_in_until_ms=until_ms)
        return msgspec.structs.replace(till, hand_in_until_ms=until_ms)

    return context.database.write(work, brand=brand_id)


def revoke(context: Context, brand_id: BrandId, terminal_id: str) -> Terminal:
    """Switch a till off; one that is off stays so since then.

    Raises:
        TillfoldError: `not_found`.
    """

    def work(connection: Connection) -> Terminal:
        till = find_terminal(connection, brand_id, terminal_id)
        if till is None or till.terminal_id == HEAD_OFFICE:
            raise TillfoldError(ErrorCode.NOT_FOUND)
        if till.revoked_ms is None:
            change_terminal(connection, till, revoked_ms=context.now_ms())
        revoked = find_terminal(connection, brand_id, terminal_id)
        assert revoked is not None
        return revoked

    return context.database.write(work, brand=brand_id)
