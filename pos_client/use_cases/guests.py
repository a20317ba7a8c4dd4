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
from domain.spending import spendable_points
from pos_client.storage.aggregates import entries_waiting_on
from pos_client.use_cases.rule_uses import Uses, uses_by_person


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """How the till stands. `day` is the business day; `offline`: the limits without it hold.

    A `standalone` till has no server that could confirm anything.
    """

    day: date
    offline: bool = False
    standalone: bool = False


class KnownGuest(msgspec.Struct, frozen=True, kw_only=True):
    """`ids` are all that the person goes by; `uses` what she used of rules with limits."""

    guest: Guest
    ids: tuple[MemberId, ...]
    uses: Uses


def guest_of(
    connection: Connection, person: KnownPerson, rules: Rules, now: Circumstances
) -> KnownGuest:
    """The one place where a member becomes a guest."""
    member, book = person.member, rules.book
    waiting = _sales_waiting(connection, person.ids)
    points = _points(member, book, now, waiting=waiting)
    tiers = book.loyalty.tiers
    activity, grant = member.loyalty.activity, member.loyalty.grant
    guest = Guest(
        member_id=member.member_id,
        points=points.balance,
        points_spendable=_spendable(member, book, now, points=points, waiting=waiting),
        offline=now.offline,
        tier_id=tier_standing(tiers, activity, day=now.day, grant=grant).tier_id,
        tags=standing_tags(member.tags),
        birthday=member.field(ProfileField.BIRTHDAY),
        first_order=not member.visits,
    )
    return KnownGuest(
        guest=guest, ids=person.ids, uses=uses_by_person(connection, book, person.ids)
    )


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
    member: Member,
    book: RuleBook,
    now: Circumstances,
    *,
    points: PointsStanding,
    waiting: list[Sale],
) -> int:
    if is_frozen(member.freezes):
        return 0
    return spendable_points(
        points.available,
        offline=now.offline,
        offline_limit=book.points.offline_limit,
        spent_offline=sum(sale.points_redeemed for sale in waiting) if now.offline else 0,
    )


def _sales_waiting(connection: Connection, ids: tuple[MemberId, ...]) -> list[Sale]:
    """Sales to the person, under any enrolment, of which the server does not know."""
    return [
        fact.sale
        for member_id in ids
        for _, fact in entries_waiting_on(connection, AggregateKey(AggregateKind.MEMBER, member_id))
        if isinstance(fact, SaleClosed)
    ]
