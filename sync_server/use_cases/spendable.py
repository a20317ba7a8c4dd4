"""What there is to spend of a subject by the folded state, and under which row it is counted."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.allowances.granting import Measure, measure_of
from domain.allowances.subjects import Subject, SubjectKind
from domain.fold import ONLY_ONE
from domain.fold.aggregates import (
    Aggregate,
    AggregateKey,
    AggregateKind,
    Coupon,
    Member,
    Rules,
)
from domain.fold.people import KnownPerson, load_people
from domain.fold.spendable import (
    spendable_coupon,
    spendable_money,
    spendable_points,
    spendable_uses,
)
from domain.identifiers import BrandId, MemberId, StoreId
from domain.members.profile import ProfileField
from domain.passes.account import PassAccount
from domain.rulebook import RuleBook
from domain.stored_value.account import StoredValueAccount
from sync_server.database import aggregates, spending
from sync_server.database.spending import SubjectRow

# A day counts as begun with its first place on earth: what has ended somewhere is not handed out.
_EARLIEST_ZONE: Final = timedelta(hours=14)
_KINDS: Final = {
    SubjectKind.STORED_VALUE: AggregateKind.STORED_VALUE,
    SubjectKind.PASS: AggregateKind.PASS,
    SubjectKind.COUPON: AggregateKind.COUPON,
}


def load_states(
    connection: Connection, brand_id: BrandId, keys: Iterable[AggregateKey]
) -> Mapping[AggregateKey, Aggregate]:
    held = aggregates.load(connection, brand_id, keys)
    return {key: each.state for key, each in held.items()}


def book_of(connection: Connection, brand_id: BrandId) -> RuleBook:
    key = AggregateKey(AggregateKind.RULES, ONLY_ONE)
    rules = load_states(connection, brand_id, [key]).get(key)
    return rules.book if isinstance(rules, Rules) else RuleBook()


def measure_in(book: RuleBook, kind: SubjectKind) -> Measure:
    return measure_of(kind, point_fen=book.points.value_fen, points_step=book.points.step)


def lock_rows(
    connection: Connection,
    brand_id: BrandId,
    subjects: Iterable[Subject],
    *,
    book: RuleBook,
    now_ms: int,
) -> dict[Subject, SubjectRow]:
    """The rows that `subjects` are counted under, locked and in step with the folded state.

    People that turned out to be one have one row from here on.
    """
    wanted = sorted(set(subjects))
    people = _people(connection, brand_id, wanted)
    names = spending.row_ids_of(
        connection, brand_id, (one for person in people.values() for one in person.ids)
    )
    places = {each: _rows_of(each, people.get(each), names) for each in wanted}
    locked = spending.lock(connection, brand_id, (row for rows in places.values() for row in rows))
    # Behind the locks: what was read before them may have changed.
    there = Stock(connection, brand_id, [rows[0] for rows in places.values()], book=book)
    new_names: dict[MemberId, str] = {}
    for each, (own, *others) in places.items():
        if others:
            joined = [locked[other] for other in others]
            locked[own] = spending.join_rows(connection, locked[own], joined)
            # Both her ids may be asked for at once: what was joined is joined.
            locked |= {row.subject: spending.emptied(row) for row in joined}
        locked[own] = there.in_step(locked[own], now_ms)
        ids = people[each].ids if each in people else ()
        new_names |= {one: own.id for one in ids if names.get(one) != own.id}
    spending.name_rows(connection, brand_id, new_names)
    kept = {own: locked[own] for own, *_ in places.values()}
    rows = {row.subject: row for row in spending.put_all(connection, kept.values())}
    return {each: rows[own] for each, (own, *_) in places.items()}


class Stock:
    """What there is of some subjects by the folded state, read at once."""

    def __init__(
        self,
        connection: Connection,
        brand_id: BrandId,
        subjects: Iterable[Subject],
        *,
        book: RuleBook,
    ) -> None:
        rows = sorted(set(subjects))
        self._book = book
        self._people = _people(connection, brand_id, rows)
        keys = [AggregateKey(_KINDS[row.kind], row.id) for row in rows if row.kind in _KINDS]
        self._states = load_states(connection, brand_id, keys)

    def in_step(self, row: SubjectRow, now_ms: int) -> SubjectRow:
        """The row with the balance of now."""
        balance = self.of(row.subject, now_ms)
        person = self._people.get(row.subject)
        home = _home(person.member) if person else row.home_store
        return msgspec.structs.replace(row, balance=balance, home_store=home)

    def lasting(self, subject: Subject, now_ms: int) -> int:
        """What of the balance is still there when an allowance that is given now is over."""
        terms = self._book.spending
        if subject.kind is SubjectKind.COUPON:
            # A till that holds the right of a coupon still looks at its window.
            return self.of(subject, now_ms)
        later_ms = now_ms + terms.lease_ms + terms.grace_ms
        return min(self.of(subject, now_ms), self.of(subject, later_ms))

    def of(self, subject: Subject, at_ms: int) -> int:
        """Nothing of a subject that nobody knows."""
        if subject.kind is SubjectKind.POINTS:
            person = self._people.get(subject)
            return spendable_points(person.member, _day(at_ms)) if person else 0
        match self._states.get(AggregateKey(_KINDS[subject.kind], subject.id)):
            case StoredValueAccount() as account:
                return spendable_money(account, self._book.stored_value, _day(at_ms))
            case PassAccount() as account:
                return spendable_uses(account, _day(at_ms))
            case Coupon() as coupon:
                return spendable_coupon(coupon, at_ms)
            case _:
                # A signed coupon is used from its code before head office's fact has arrived.
                unheard_of = subject.kind is SubjectKind.COUPON
                return spendable_coupon(None, at_ms) if unheard_of else 0

    def owner(self, subject: Subject) -> MemberId:
        """Whose it is; a named account may go by its member's id."""
        match self._states.get(AggregateKey(_KINDS[subject.kind], subject.id)):
            case PassAccount(sale=sale) if sale is not None and sale.member_id is not None:
                return sale.member_id
            case Coupon(terms=terms) if terms is not None and terms.member_id is not None:
                return terms.member_id
            case _:
                return MemberId(subject.id)


def home_of(connection: Connection, brand_id: BrandId, member_id: MemberId) -> StoreId:
    """The home store of a member; empty where nobody knows her."""
    people = load_people(partial(load_states, connection, brand_id), [member_id])
    return _home(people[0].member) if people else StoreId("")


def _people(
    connection: Connection, brand_id: BrandId, subjects: Iterable[Subject]
) -> dict[Subject, KnownPerson]:
    of_points = [each for each in subjects if each.kind is SubjectKind.POINTS]
    if not of_points:
        return {}
    found = load_people(
        partial(load_states, connection, brand_id), [MemberId(each.id) for each in of_points]
    )
    by_id = {member_id: person for person in found for member_id in person.ids}
    return {each: by_id[MemberId(each.id)] for each in of_points if each.id in by_id}


def _rows_of(
    subject: Subject, person: KnownPerson | None, names: Mapping[MemberId, str]
) -> list[Subject]:
    """Where a subject stands now; more than one row where people have just become one.

    A row named after somebody who is no longer the same person is not hers.
    """
    if person is None:
        return [subject]
    held = {names[one] for one in person.ids if one in names} & set(person.ids)
    ids = sorted(held) or [person.member.member_id]
    return [Subject(subject.kind, row_id) for row_id in ids]


def _home(member: Member) -> StoreId:
    """The usual store of a member, or where she was enrolled."""
    usual = member.field(ProfileField.USUAL_STORE)
    if usual or member.enrolled is None:
        return StoreId(usual)
    return member.enrolled.store


def _day(now_ms: int) -> date:
    moment = datetime.fromtimestamp(now_ms // 1_000, UTC)
    return (moment + _EARLIEST_ZONE).date()
