"""Whether a terminal is under suspicion: its journal forked, and nobody has looked at it yet."""

from sqlalchemy import Connection

from domain.cases.kinds import CaseKind
from sync_server.database.cases import find
from sync_server.database.terminals import Terminal


def fork_is_open(connection: Connection, till: Terminal) -> bool:
    """Until a person has decided the case of its last fork."""
    if till.forked_ms is None:
        return False
    found = find(connection, till.brand_id, f"{CaseKind.JOURNAL_FORKED}:{till.terminal_id}")
    return found is None or found.closed_ms is None
