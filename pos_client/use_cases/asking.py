"""Closing a sale with the server's leave: ask, and close it by what came of that."""

from functools import partial

import msgspec

from domain.errors import TillfoldError
from domain.identifiers import MemberId
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.sync.authoriser import Ask
from pos_client.use_cases import members, sales
from pos_client.use_cases.answers import ClosedSale, OrderToClose
from pos_client.use_cases.spending import Authority, want_for


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """`ask` answers within a second and a half, None without a server."""

    operation_id: str
    ask: Ask


def close_by_right(
    storage: StorageThread, order: OrderToClose, closing: sales.Closing, asking: Asking
) -> ClosedSale:
    """Ask the server for what the sale spends, where it spends, and close it.

    Neither the Qt thread nor the storage thread waits for the answer. A hold whose sale is not
    closed goes back with the next exchange.

    Raises:
        TillfoldError: as `sales.close_sale` does.
    """
    operation_id = asking.operation_id
    plan = partial(sales.plan_spending, order=order, closing=closing, operation_id=operation_id)
    request = storage.run(plan)
    if request is not None:
        authority = Authority(operation_id=operation_id, answer=asking.ask(request))
        closing = msgspec.structs.replace(closing, authority=authority)
    close = partial(sales.close_sale, order=order, closing=closing)
    try:
        return storage.run(close)
    except TillfoldError:
        if request is not None:
            storage.run(partial(sales.abandon_operation, operation_id=operation_id))
        raise


def is_without_server(storage: StorageThread, online: bool | None) -> bool:  # noqa: FBT001 - told
    """Whether the limits without the server hold: also until it has answered once."""
    if online is None:
        return not storage.run(lambda store: store.identity.standalone)
    return not online


def want_allowances(store: Store, member_id: MemberId) -> None:
    """Ask for allowances of a member with the next exchange, also of another store's.

    Raises:
        TillfoldError: `member_unknown`.
    """
    with store.write() as writing:
        person = members.load_person(writing.connection, member_id)
        want_for(writing.connection, person.member, person.ids)
