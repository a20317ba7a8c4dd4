"""This till's rights to spend: allowances, what its own entries used, holds, and what it wants."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.allowances.offline import OpenAllowance
from domain.allowances.rights import Allowance, RightKind
from domain.allowances.subjects import Subject, SubjectKind
from domain.fold.spendable import rights_used
from pos_client.storage.direct import fetch, run, run_many
from pos_client.storage.journal import SealedEntry

# No sale is closed with a hold that is older.
OPERATION_MS: Final = 60_000
# Kept so long after their end that the server has taken them back for sure, whatever its grace.
_KEPT_MS: Final = 35 * 24 * 3_600_000

_ADD_USE: Final = "INSERT OR IGNORE INTO right_use VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SETTLE: Final = "DELETE FROM right_operation WHERE operation_id = ?"
_LEFT: Final = """SELECT r.allowance_id, r.kind, r.subject_id, r.expires_ms,
    r.amount - (SELECT coalesce(sum(u.amount), 0) FROM right_use u
        WHERE u.right_id = r.allowance_id AND u.right_kind = 'allowance')
    FROM spending_right r WHERE r.leaving = 0"""
_OF_SUBJECT: Final = f"{_LEFT} AND r.kind = ? AND r.subject_id = ?"
# Courtesies that the server has not taken in yet: those of this outage.
_COURTESIES: Final = """SELECT coalesce(sum(worth_fen), 0) FROM right_use
    WHERE right_kind = 'courtesy' AND (epoch > ? OR (epoch = ? AND number > ?))"""
_WANT: Final = "INSERT OR IGNORE INTO right_wanted (kind, subject_id) VALUES (?, ?)"
_PUT_RIGHT: Final = """INSERT INTO spending_right VALUES (?, ?, ?, ?, ?, 0)
    ON CONFLICT (allowance_id) DO NOTHING"""
_PUT_STATE: Final = """INSERT INTO right_state VALUES (1, ?, ?, ?)
    ON CONFLICT (only) DO UPDATE SET history = excluded.history, number = excluded.number,
    store_tills = excluded.store_tills"""


class RightState(msgspec.Struct, frozen=True, kw_only=True):
    """How far this till has heard of its rights; how many tills share its store's courtesies."""

    history: str = ""
    number: int = 0
    store_tills: int = 1


def note_uses(connection: Connection, sealed: Sequence[SealedEntry]) -> None:
    """What new entries spent, in the transaction that writes them: also when books are rebuilt."""
    rows: list[tuple[str | int, ...]] = []
    for item in sealed:
        for position, used in enumerate(rights_used(item.fact)):
            where = (item.entry.epoch, item.entry.number, position)
            what = (used.kind.value, used.right_id, used.subject.kind.value, used.subject.id)
            rows.append((*where, *what, used.amount, used.worth_fen))
            if used.kind is RightKind.AUTHORISATION:
                run(connection, _SETTLE, (used.right_id,))
    if rows:
        run_many(connection, _ADD_USE, rows)


def open_allowances(connection: Connection, subject: Subject) -> list[OpenAllowance]:
    """The till's allowances of a subject, with what is left of each."""
    rows = fetch(connection, _OF_SUBJECT, (subject.kind.value, subject.id))
    return [_open(row) for row in rows]


def ending_before(connection: Connection, before_ms: int) -> list[OpenAllowance]:
    rows = fetch(connection, f"{_LEFT} AND r.expires_ms < ? LIMIT 100", (before_ms,))
    return [_open(row) for row in rows]


def used_of(connection: Connection, allowance_id: str) -> int:
    sql = "SELECT coalesce(sum(amount), 0) FROM right_use WHERE right_id = ?"
    return int(fetch(connection, sql + " AND right_kind = 'allowance'", (allowance_id,))[0][0])


def courtesies_fen(
    connection: Connection, acknowledged: tuple[int, int], subject: Subject | None = None
) -> int:
    """What was given in courtesy and is not at the server yet, to one subject or to all."""
    epoch, number = acknowledged
    values: list[str | int] = [epoch, epoch, number]
    sql = _COURTESIES
    if subject is not None:
        sql += " AND kind = ? AND subject_id = ?"
        values += [subject.kind.value, subject.id]
    return int(fetch(connection, sql, values)[0][0])


def want(connection: Connection, subjects: Iterable[Subject]) -> None:
    run_many(connection, _WANT, [(each.kind.value, each.id) for each in subjects])


def wanted(connection: Connection, limit: int) -> list[Subject]:
    rows = fetch(connection, "SELECT kind, subject_id FROM right_wanted LIMIT ?", (limit,))
    return [Subject(SubjectKind(kind), subject_id) for kind, subject_id in rows]


def forget_wanted(connection: Connection, subjects: Iterable[Subject]) -> None:
    sql = "DELETE FROM right_wanted WHERE kind = ? AND subject_id = ?"
    run_many(connection, sql, [(each.kind.value, each.id) for each in subjects])


def lay_down(connection: Connection, allowances: Iterable[Allowance]) -> None:
    """Keep what the server gave; one that is here already stays as it is."""
    rows = [
        (each.allowance_id, each.subject.kind.value, each.subject.id, each.amount, each.expires_ms)
        for each in allowances
    ]
    run_many(connection, _PUT_RIGHT, rows)


def begin_returning(connection: Connection, allowance_ids: Iterable[str]) -> None:
    """From here on they are used no more."""
    sql = "UPDATE spending_right SET leaving = 1 WHERE allowance_id = ?"
    run_many(connection, sql, [(each,) for each in allowance_ids])


def returning(connection: Connection, limit: int) -> list[str]:
    sql = "SELECT allowance_id FROM spending_right WHERE leaving = 1 LIMIT ?"
    return [row[0] for row in fetch(connection, sql, (limit,))]


def forget_rights(connection: Connection, allowance_ids: Iterable[str]) -> None:
    sql = "DELETE FROM spending_right WHERE allowance_id = ?"
    run_many(connection, sql, [(each,) for each in allowance_ids])


def give_all_back(connection: Connection) -> None:
    """Another history of the server: what of this it knows of is to be free again there."""
    run(connection, "UPDATE spending_right SET leaving = 1")
    run(connection, "DELETE FROM right_state")


def purge(connection: Connection, now_ms: int) -> None:
    """Allowances that the server has taken back by now for sure."""
    run(connection, "DELETE FROM spending_right WHERE expires_ms < ?", (now_ms - _KEPT_MS,))


def begin_operation(connection: Connection, operation_id: str, now_ms: int) -> None:
    sql = "INSERT INTO right_operation (operation_id, asked_ms, abandoned) VALUES (?, ?, 0)"
    run(connection, sql, (operation_id, now_ms))


def is_under_way(connection: Connection, operation_id: str, now_ms: int) -> bool:
    """Whether a sale may still be closed with this hold."""
    sql = "SELECT asked_ms FROM right_operation WHERE operation_id = ? AND abandoned = 0"
    rows = fetch(connection, sql, (operation_id,))
    return bool(rows) and now_ms - rows[0][0] < OPERATION_MS


def abandon(connection: Connection, operation_id: str) -> None:
    sql = "UPDATE right_operation SET abandoned = 1 WHERE operation_id = ?"
    run(connection, sql, (operation_id,))


def abandoned(connection: Connection, now_ms: int, limit: int) -> list[str]:
    """Operations to release, those among them whose sale was never closed."""
    run(
        connection,
        "UPDATE right_operation SET abandoned = 1 WHERE asked_ms <= ?",
        (now_ms - OPERATION_MS,),
    )
    sql = "SELECT operation_id FROM right_operation WHERE abandoned = 1 LIMIT ?"
    return [row[0] for row in fetch(connection, sql, (limit,))]


def forget_operations(connection: Connection, operations: Iterable[str]) -> None:
    run_many(connection, _SETTLE, [(each,) for each in operations])


def read_right_state(connection: Connection) -> RightState:
    rows = fetch(connection, "SELECT history, number, store_tills FROM right_state")
    if not rows:
        return RightState()
    history, number, store_tills = rows[0]
    return RightState(history=history, number=number, store_tills=store_tills)


def write_right_state(connection: Connection, state: RightState) -> None:
    run(connection, _PUT_STATE, (state.history, state.number, state.store_tills))


def _open(row: Sequence[str | int]) -> OpenAllowance:
    allowance_id, kind, subject_id, expires_ms, left = row
    return OpenAllowance(
        allowance_id=str(allowance_id),
        subject=Subject(SubjectKind(str(kind)), str(subject_id)),
        left=max(0, int(left)),
        expires_ms=int(expires_ms),
    )
