"""What pricing knows of a member: points that may be spent, tier, tags, what was used before."""

from datetime import date

import msgspec
from sqlalchemy import Connection

from domain.conditions import Guest
from domain.facts import SaleClosed
from domain.fold.aggregates import AggregateKey, AggregateKind, Member, Rules
from domain.fold.people import KnownPerson
from domain.identifiers import MemberId
from domain.loyalty.points_standing import PointsStanding, standing
from domain.loyalty.tier_standing import tier_standing
from domain.members.freezes import is_frozen
from domain.members.profile import ProfileField
from domain.members.tags import standing_tags
from domain.months import month_of
from domain.orders import Sale
from domain.rulebook import RuleBook
from pos_client.storage.aggregates import entries_waiting_on
from pos_client.use_cases.rule_uses import Uses, uses_by_person
from pos_client.use_cases.spending import Spending, offline_fen, offline_points


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """How the till stands. `day` is the business day; `offline`: the limits without it hold.

    A `standalone` till has no server that could confirm anything. `now_ms` is trusted time.
    """

    day: date
    offline: bool = False
    standalone: bool = False
    now_ms: int = 0


class KnownGuest(msgspec.Struct, frozen=True, kw_only=True):
    """`ids` are all that the person goes by; `uses` what she used of rules with limits.

    `offline_points` and `offline_fen` are what this till could take without the server; None
    where she has no stored value.
    """

    guest: Guest
    ids: tuple[MemberId, ...]
    uses: Uses
    offline_points: int
    offline_fen: int | None


def guest_of(
    connection: Connection, person: KnownPerson, rules: Rules, now: Circumstances
) -> KnownGuest:
    """The one place where a member becomes a guest."""
    member, book = person.member, rules.book
    waiting = _sales_waiting(connection, person.ids)
    points = _points(member, book, now, waiting=waiting)
    without_server = _offline_points(connection, person, points, book, now)
    tiers = book.loyalty.tiers
    activity, grant = member.loyalty.activity, member.loyalty.grant
    guest = Guest(
        member_id=member.member_id,
        points=points.balance,
        points_spendable=_spendable(member, points, without_server, now),
        offline=now.offline,
        tier_id=tier_standing(tiers, activity, day=now.day, grant=grant).tier_id,
        tags=standing_tags(member.tags),
        birthday=member.field(ProfileField.BIRTHDAY),
        first_order=not member.visits,
    )
    return KnownGuest(
        guest=guest,
        ids=person.ids,
        uses=uses_by_person(connection, book, person.ids),
        offline_points=without_server,
        offline_fen=_offline_fen(connection, member, book, now),
    )


def _offline_fen(
    connection: Connection, member: Member, book: RuleBook, now: Circumstances
) -> int | None:
    how = Spending(book=book, now_ms=now.now_ms, courtesy=True)
    return None if now.standalone else offline_fen(connection, member.member_id, how)


def points_balance(member: Member, day: date) -> int:
    """The points a member has on a day: what has expired is gone."""
    return standing(member.loyalty.points, month_of(day)).balance


def _points(
    member: Member, book: RuleBook, now: Circumstances, *, waiting: list[Sale]
) -> PointsStanding:
    """What the server has yet to confirm is pending; without a server everything counts."""
    pending = 0 if now.standalone else sum(sale.points_earned for sale in waiting)
    return standing(
        member.loyalty.points,
        month_of(now.day),
        pending=pending,
        pending_may_be_spent=book.loyalty.pending_may_be_spent,
    )


def _spendable(
    member: Member, points: PointsStanding, offline_points: int, now: Circumstances
) -> int:
    """With the server in reach the balance: it is asked when the sale closes."""
    if is_frozen(member.freezes):
        return 0
    return offline_points if now.offline and not now.standalone else points.available


def _offline_points(
    connection: Connection,
    person: KnownPerson,
    points: PointsStanding,
    book: RuleBook,
    now: Circumstances,
) -> int:
    """What the member bar promises for an outage; a till of its own has none."""
    if is_frozen(person.member.freezes):
        return 0
    if now.standalone:
        return points.available
    how = Spending(book=book, now_ms=now.now_ms, ids=person.ids, courtesy=True)
    return offline_points(connection, person.member.member_id, points.available, how)


def _sales_waiting(connection: Connection, ids: tuple[MemberId, ...]) -> list[Sale]:
    """Sales to the person, under any enrolment, of which the server does not know."""
    return [
        fact.sale
        for member_id in ids
        for _, fact in entries_waiting_on(connection, AggregateKey(AggregateKind.MEMBER, member_id))
        if isinstance(fact, SaleClosed)
    ]
