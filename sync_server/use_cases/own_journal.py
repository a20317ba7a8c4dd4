"""A till asks for its own journal: it has lost a part of it."""

from itertools import accumulate
from typing import Final

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.protocol import JournalPage
from sync_server.database import journal
from sync_server.database.epochs import at_epoch
from sync_server.database.terminals import Terminal, find_till
from sync_server.use_cases.context import Context

PAGE_ENTRIES: Final = 1_000
# Far below the largest answer; one entry has 256 KiB at the most.
PAGE_BYTES: Final = 8 * 1024 * 1024
_LARGEST_NUMBER: Final = 1 << 53


def read_own_journal(context: Context, till: Terminal, *, epoch: int, after: int) -> JournalPage:
    """The next entries of an epoch behind number `after`; an epoch that is not held is empty.

    Raises:
        TillfoldError: `request_malformed` for numbers out of range.
    """
    if not (0 < epoch < _LARGEST_NUMBER and 0 <= after < _LARGEST_NUMBER):
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="epoch, after")

    def work(connection: Connection) -> JournalPage:
        newest = find_till(connection, till.terminal_id)
        held = at_epoch(connection, newest or till, epoch)
        if held is None:
            return JournalPage(epoch=epoch, entries=(), held=0)
        found = journal.read_page(connection, held, after=after, limit=PAGE_ENTRIES)
        ends = accumulate(len(one.content) + len(one.signature) for one in found)
        fitting = sum(1 for end in ends if end <= PAGE_BYTES)
        return JournalPage(epoch=epoch, entries=tuple(found[:fitting]), held=held.head_number)

    return context.database.read(work, brand=till.brand_id)
