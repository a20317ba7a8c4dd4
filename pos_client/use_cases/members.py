"""Finding, opening and enrolling members."""

from datetime import date
from functools import partial
from typing import Final, cast

import msgspec
from sqlalchemy import Connection

from domain.birthdays import parse_birthday
from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.fold import ONLY_ONE
from domain.fold.aggregates import (
    AggregateKey,
    AggregateKind,
    Coupon,
    Member,
    PhoneClaims,
    Rules,
)
from domain.fold.people import KnownPerson, load_people
from domain.identifiers import MemberId, StaffId
from domain.imports import clean_name
from domain.members.cards import mask_card
from domain.members.facts import EnrolmentSource, MemberEnrolled
from domain.members.profile import ProfileField
from domain.phones import mask_name, parse_phone, shown_phone
from domain.rights import Right
from domain.stamps import milliseconds_of
from pos_client.storage.aggregates import load, load_one
from pos_client.storage.code_material import proven_name
from pos_client.storage.coupon_index import coupon_ids_of
from pos_client.storage.member_index import find_member_ids, matches
from pos_client.storage.store import Store
from pos_client.use_cases.answers import MemberCard, MemberFound
from pos_client.use_cases.guests import Circumstances, KnownGuest, guest_of, points_balance
from pos_client.use_cases.sign_in import require, rights_now
from pos_client.use_cases.store_time import local_time

SHOWN_MEMBERS: Final = 20
LOOKED_AT: Final = (SHOWN_MEMBERS, 5 * SHOWN_MEMBERS, 25 * SHOWN_MEMBERS)
SHOWN_COUPONS: Final = 30


def find_members(
    connection: Connection, text: str, *, day: date, viewer: StaffId | None = None
) -> tuple[MemberFound, ...]:
    """At most 20 members, one row for each person however often enrolled, for `viewer` to see.

    Points are those of the business day.
    Terms of earlier names lead to members that no longer match: then more are looked at.
    """
    found: dict[MemberId, MemberFound] = {}
    whole = sees_whole_phones(connection, viewer)
    for limit in LOOKED_AT:
        ids = find_member_ids(connection, text, limit)
        found = {
            person.member.member_id: _row(person.member, day, whole=whole)
            for person in load_people(partial(load, connection), ids)
            if any(matches(each, text) for each in (person.member, *person.enrolments))
        }
        if len(found) >= SHOWN_MEMBERS or len(ids) < limit:
            break
    return tuple(found.values())[:SHOWN_MEMBERS]


def _row(member: Member, day: date, *, whole: bool) -> MemberFound:
    return MemberFound(
        member_id=member.member_id,
        masked_name=mask_name(member.field(ProfileField.NAME)),
        shown_phone=shown_phone(member.phone, whole=whole),
        points=points_balance(member, day),
    )


def load_joined(connection: Connection, ids: list[MemberId]) -> list[Member]:
    """People, all that is one joined; unknown ids and closed accounts are left out."""
    return [person.member for person in load_people(partial(load, connection), ids)]


def to_the_person(connection: Connection, terms: CouponTerms) -> CouponTerms:
    """The terms with the id that the member goes by now, however often enrolled."""
    if terms.member_id is None:
        return terms
    joined = load_joined(connection, [terms.member_id])
    return msgspec.structs.replace(terms, member_id=joined[0].member_id) if joined else terms


def joined_member(connection: Connection, member_id: MemberId) -> Member:
    """One member with all enrolments joined.

    Raises:
        TillfoldError: `member_unknown`.
    """
    return load_person(connection, member_id).member


def load_person(connection: Connection, member_id: MemberId) -> KnownPerson:
    """One person with all enrolments.

    Raises:
        TillfoldError: `member_unknown`.
    """
    found = load_people(partial(load, connection), [member_id])
    if found:
        return found[0]
    if proven_name(connection, member_id) is None:
        raise TillfoldError(ErrorCode.MEMBER_UNKNOWN)
    # Her signed code is as good as a row: she earns here, and her facts join hers at the server.
    return KnownPerson(member=Member(member_id=member_id), ids=(member_id,), enrolments=())


def is_elsewhere(member: Member) -> bool:
    """Whether the feed has not brought this member: then her balance is not known here."""
    return member.enrolled is None


def rules_now(connection: Connection) -> Rules:
    return cast("Rules | None", load_one(connection, AggregateKind.RULES, ONLY_ONE)) or Rules()


def guest_at_counter(
    connection: Connection, member_id: MemberId, rules: Rules, now: Circumstances
) -> KnownGuest:
    """What pricing knows of a member now.

    Raises:
        TillfoldError: `member_unknown`.
    """
    return guest_of(connection, load_person(connection, member_id), rules, now)


def open_member(
    connection: Connection,
    member_id: MemberId,
    now: Circumstances,
    *,
    now_ms: int,
    viewer: StaffId | None = None,
) -> MemberCard:
    """Everything about a member that the counter shows to `viewer`, masked but for the right."""
    person = load_person(connection, member_id)
    member, known = person.member, guest_of(connection, person, rules_now(connection), now)
    visit = member.last_visit
    return MemberCard(
        guest=known.guest,
        ids=known.ids,
        uses=known.uses,
        masked_name=_name_at_counter(connection, member),
        shown_phone=shown_phone(member.phone, whole=sees_whole_phones(connection, viewer)),
        elsewhere=is_elsewhere(member),
        masked_card=mask_card(member.field(ProfileField.CARD)),
        offline_points=known.offline_points,
        offline_fen=known.offline_fen,
        visits=member.visits,
        spent_fen=member.spent_fen,
        last_visit_ms=milliseconds_of(visit.stamp) if visit else 0,
        coupons=tuple(
            # To the counter the person has one id, whichever enrolment the coupon was given to.
            msgspec.structs.replace(coupon.terms, member_id=member.member_id)
            for coupon in _coupons_of(connection, person.ids)
            if coupon.terms is not None
            and not coupon.redemptions
            and coupon.terms.valid_until_ms >= now_ms
        ),
    )


def _name_at_counter(connection: Connection, member: Member) -> str:
    if is_elsewhere(member):
        return proven_name(connection, member.member_id) or ""
    return mask_name(member.field(ProfileField.NAME))


def _coupons_of(connection: Connection, ids: tuple[MemberId, ...]) -> list[Coupon]:
    keys = [
        AggregateKey(AggregateKind.COUPON, coupon_id)
        for coupon_id in coupon_ids_of(connection, ids, SHOWN_COUPONS)
    ]
    coupons = [value for value in load(connection, keys).values() if isinstance(value, Coupon)]
    return sorted(coupons, key=lambda c: c.terms.valid_until_ms if c.terms else 0)


def enrol_member(
    store: Store, actor: StaffId, member_id: MemberId, *, phone: str, name: str, birthday: str
) -> MemberId:
    """Enrol a member here and now, with or without the server.

    Raises:
        TillfoldError: `phone_malformed`, `name_missing`, `name_too_long`,
            `birthday_malformed`, `phone_already_enrolled`, `right_missing`.
    """
    today = local_time(store.trusted_time.now_ms(), store.identity.time_zone).date()
    fact = MemberEnrolled(
        member_id=member_id,
        phone=parse_phone(phone),
        name=clean_name(name),
        birthday=parse_birthday(birthday, today=today) if birthday.strip() else "",
        source=EnrolmentSource.TILL,
    )
    with store.write() as writing:
        require(writing.connection, actor, Right.ENROL_MEMBER)
        if is_enrolled(writing.connection, fact.phone):
            raise TillfoldError(ErrorCode.PHONE_ALREADY_ENROLLED)
        store.record(writing, [fact], actor)
    return member_id


def is_enrolled(connection: Connection, phone: str) -> bool:
    """Whether somebody holds the phone; a number whose account was closed is free again."""
    claims = load_one(connection, AggregateKind.PHONE, phone)
    return isinstance(claims, PhoneClaims) and bool(claims.claims)


def sees_whole_phones(connection: Connection, viewer: StaffId | None) -> bool:
    return viewer is not None and Right.SEE_FULL_PHONE in rights_now(connection, viewer)
