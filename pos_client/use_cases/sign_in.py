"""Signing in by PIN, with a growing wait after wrong ones that a restart does not shorten."""

from functools import partial
from typing import Final

import argon2
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from domain.configuration import Staff
from domain.errors import ErrorCode, TillfoldError
from domain.facts import StaffAppointed
from domain.fold import ONLY_ONE
from domain.fold.aggregates import AggregateKind, Rules, StaffMember
from domain.identifiers import StaffId, StoreId
from domain.imports import clean_name
from domain.pins import check_pin
from domain.rights import DEFAULT_ROLES, STORE_MANAGER, Right, Role, rights_of
from pos_client.storage.aggregates import load_kind, load_one
from pos_client.storage.store import Store
from pos_client.storage.tables import sign_in_attempt
from pos_client.storage.thread import StorageThread
from pos_client.use_cases.answers import SignedIn

FREE_ATTEMPTS: Final = 5
WAITS_S: Final = (30, 60, 300, 900)

# OWASP's memory-hard choice with room to spare; verifying takes about a sixth of a second.
_hasher: Final = argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


def hash_pin(pin: str) -> str:
    """The argon2id text of a PIN.

    Raises:
        TillfoldError: `pin_too_weak`.
    """
    check_pin(pin)
    return _hasher.hash(pin)


def staff_of_store(store: Store) -> list[Staff]:
    with store.read() as connection:
        members = load_kind(connection, AggregateKind.STAFF).values()
    return [
        member.staff
        for member in members
        if isinstance(member, StaffMember) and member.store == store.identity.store
    ]


def check_not_locked(store: Store) -> None:
    """Raises TillfoldError `pin_locked` while the wait after wrong PINs runs."""
    now_ms = store.trusted_time.now_ms()
    with store.read() as connection:
        failures, waits_until_ms = _attempts(connection)
    longest_ms = _wait_ms(failures)
    if waits_until_ms - now_ms > longest_ms:
        # The time went back, as it does when the server corrects it: the wait begins again.
        waits_until_ms = now_ms + longest_ms
        with store.write() as writing:
            _write_attempts(writing.connection, failures, waits_until_ms)
    left_ms = waits_until_ms - now_ms
    if left_ms > 0:
        raise TillfoldError(ErrorCode.PIN_LOCKED, seconds=-(-left_ms // 1000))


def match_pin(pin: str, staff: list[Staff]) -> Staff | None:
    """The one whose PIN it is. Slow on purpose, so it does not run on the storage thread."""
    for person in staff:
        try:
            _hasher.verify(person.pin_hash, pin)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            continue
        return person
    return None


def staff_by_pin(storage: StorageThread, pin: str) -> Staff:
    """Who of this store it is; wrong PINs are counted.

    Raises:
        TillfoldError: `pin_wrong`, `pin_locked`.
    """
    storage.run(check_not_locked)
    staff = match_pin(pin, storage.run(staff_of_store))
    storage.run(partial(note_attempt, succeeded=staff is not None))
    if staff is None:
        raise TillfoldError(ErrorCode.PIN_WRONG)
    return staff


def note_attempt(store: Store, *, succeeded: bool) -> None:
    """Count a wrong PIN, or forget the wrong ones before a right one."""
    with store.write() as writing:
        failures, _ = _attempts(writing.connection)
        failures = 0 if succeeded else failures + 1
        wait_ms = _wait_ms(failures)
        until_ms = store.trusted_time.now_ms() + wait_ms if wait_ms else 0
        _write_attempts(writing.connection, failures, until_ms)


def signed_in(store: Store, staff: Staff) -> SignedIn:
    with store.read() as connection:
        rights = rights_of(staff.role, roles_now(connection))
    return SignedIn(staff_id=staff.staff_id, name=staff.name, role=staff.role, rights=rights)


def appoint(store: Store, staff: Staff) -> SignedIn:
    fact = StaffAppointed(store=StoreId(store.identity.store), staff=staff)
    with store.write() as writing:
        store.record(writing, [fact], staff.staff_id)
    return signed_in(store, staff)


def first_manager(staff_id: StaffId, name: str, pin_hash: str) -> Staff:
    """The one who sets a till of its own up.

    Raises:
        TillfoldError: `name_missing`, `name_too_long`.
    """
    return Staff(staff_id=staff_id, name=clean_name(name), role=STORE_MANAGER, pin_hash=pin_hash)


def require(
    connection: Connection, actor: StaffId, right: Right, *, roles: tuple[Role, ...] | None = None
) -> None:
    """Raises TillfoldError `right_missing` unless `actor` holds `right` now.

    `roles` are those of now, where they have been read already.
    """
    if right not in rights_now(connection, actor, roles=roles):
        raise TillfoldError(ErrorCode.RIGHT_MISSING)


def rights_now(
    connection: Connection, actor: StaffId, *, roles: tuple[Role, ...] | None = None
) -> frozenset[Right]:
    """What the actor's role allows as it stands now; nothing for who is no staff."""
    member = load_one(connection, AggregateKind.STAFF, actor)
    if not isinstance(member, StaffMember):
        return frozenset()
    return rights_of(member.staff.role, roles_now(connection) if roles is None else roles)


def roles_now(connection: Connection) -> tuple[Role, ...]:
    """The roles that head office has published; the first ones until it has."""
    rules = load_one(connection, AggregateKind.RULES, ONLY_ONE)
    return rules.book.roles if isinstance(rules, Rules) else DEFAULT_ROLES


def _wait_ms(failures: int) -> int:
    if failures < FREE_ATTEMPTS:
        return 0
    return WAITS_S[min(failures - FREE_ATTEMPTS, len(WAITS_S) - 1)] * 1000


def _write_attempts(connection: Connection, failures: int, waits_until_ms: int) -> None:
    statement = insert(sign_in_attempt).values(
        only=1, failures=failures, waits_until_ms=waits_until_ms
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=["only"], set_=statement.excluded)
    )


def _attempts(connection: Connection) -> tuple[int, int]:
    row = connection.execute(select(sign_in_attempt)).first()
    return (0, 0) if row is None else (row.failures, row.waits_until_ms)


def name_of(connection: Connection, staff_id: StaffId) -> str:
    """Empty for who is no staff here."""
    member = load_one(connection, AggregateKind.STAFF, staff_id)
    return member.staff.name if isinstance(member, StaffMember) else ""
