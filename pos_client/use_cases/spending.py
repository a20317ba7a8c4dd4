"""By what right a sale spends: what the server holds for it, this till's allowances, a courtesy."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.allowances.messages import AuthoriseAnswer, AuthoriseRequest, Want
from domain.allowances.offline import (
    CourtesyUse,
    OpenAllowance,
    Wanted,
    courtesy_fen,
    courtesy_units,
    rights_for,
    usable,
)
from domain.allowances.rights import RightKind, UsedRight
from domain.allowances.subjects import Subject, SubjectKind
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Member
from domain.fold.spendable import is_counted
from domain.identifiers import MemberId, StoreId
from domain.members.profile import ProfileField
from domain.money import format_fen
from domain.passes.account import PassAccount
from domain.rulebook import RuleBook
from domain.stored_value.account import StoredValueAccount
from pos_client.storage import rights
from pos_client.storage.aggregates import load_one
from pos_client.storage.coupon_index import coupon_ids_of
from pos_client.storage.sync_state import read_sync_state

_COUPONS_WANTED: Final = 10
_REFUSALS: Final = {
    SubjectKind.POINTS: ErrorCode.POINTS_HELD_BACK,
    SubjectKind.STORED_VALUE: ErrorCode.STORED_VALUE_HELD_BACK,
    SubjectKind.PASS: ErrorCode.PASS_HELD_BACK,
    SubjectKind.COUPON: ErrorCode.COUPON_HELD_BACK,
}


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for a hold; without an answer the server was not there in time."""

    operation_id: str
    answer: AuthoriseAnswer | None = None

    def held_of(self, subject: Subject) -> int:
        held = self.answer.held if self.answer is not None and self.answer.granted else ()
        return next((each.amount for each in held if each.subject == subject), 0)


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """How the till stands: `ids` are all that the member goes by. `courtesy` off: nobody may."""

    book: RuleBook
    now_ms: int
    ids: tuple[MemberId, ...] = ()
    courtesy: bool = False


def subjects_of(subject: Subject, ids: Iterable[MemberId]) -> list[Subject]:
    """The names under which there may be allowances: those of a person are hers."""
    if subject.kind is not SubjectKind.POINTS:
        return [subject]
    return [Subject(subject.kind, name) for name in dict.fromkeys((subject.id, *ids))]


def allowances_of(
    connection: Connection, subject: Subject, ids: Iterable[MemberId], now_ms: int
) -> list[OpenAllowance]:
    """This till's allowances of a subject that are not over, in the order of their use."""
    return [
        each
        for name in subjects_of(subject, ids)
        for each in usable(rights.open_allowances(connection, name), name, now_ms)
    ]


def counted(connection: Connection, wanted: Iterable[Wanted]) -> list[Wanted]:
    """Those that can run out: a period pass cannot."""
    return [
        each
        for each in wanted
        if each.subject.kind is not SubjectKind.PASS or _is_punch_card(connection, each.subject)
    ]


def _is_punch_card(connection: Connection, subject: Subject) -> bool:
    account = load_one(connection, AggregateKind.PASS, subject.id)
    return isinstance(account, PassAccount) and is_counted(account)


def request_for(
    connection: Connection, operation_id: str, wanted: Sequence[Wanted], how: Spending
) -> AuthoriseRequest:
    """What to ask the server for; the till's own allowances make up the difference to `least`."""
    wants = []
    for each in wanted:
        own = allowances_of(connection, each.subject, how.ids, how.now_ms)
        least = max(0, each.amount - sum(allowance.left for allowance in own))
        wants.append(Want(subject=each.subject, amount=each.amount, least=least))
    return AuthoriseRequest(operation_id=operation_id, wants=tuple(wants))


def rights_to(
    connection: Connection, wanted: Sequence[Wanted], authority: Authority | None, how: Spending
) -> tuple[UsedRight, ...]:
    """The rights by which all of this may be spent now, inside the sale's transaction.

    Raises:
        TillfoldError: `points_held_back`, `stored_value_held_back`, `pass_held_back`,
            `coupon_held_back`.
    """
    used: list[UsedRight] = []
    for each in wanted:
        allowances = allowances_of(connection, each.subject, how.ids, how.now_ms)
        given_fen = sum(right.worth_fen for right in used)
        courtesy_left_fen = _courtesy_fen(connection, each.subject, how, given_fen=given_fen)
        found = rights_for(
            each,
            held=_held(connection, each, authority, how.now_ms),
            allowances=allowances,
            courtesy_left_fen=_within_balance(connection, each, courtesy_left_fen),
            point_fen=how.book.points.value_fen,
        )
        if found is None:
            raise _held_back(each.subject, authority, sum(own.left for own in allowances))
        used += found
    return tuple(used)


def _held(
    connection: Connection, wanted: Wanted, authority: Authority | None, now_ms: int
) -> UsedRight | None:
    held = authority.held_of(wanted.subject) if authority is not None else 0
    if authority is None or not held:
        return None
    if not rights.is_under_way(connection, authority.operation_id, now_ms):
        return None
    return UsedRight(
        kind=RightKind.AUTHORISATION,
        subject=wanted.subject,
        amount=min(held, wanted.amount),
        right_id=authority.operation_id,
    )


def _within_balance(connection: Connection, wanted: Wanted, courtesy_left_fen: int) -> int:
    """No courtesy beyond the balance that is known; pricing sees to that for points."""
    if wanted.subject.kind is not SubjectKind.STORED_VALUE:
        return courtesy_left_fen
    account = load_one(connection, AggregateKind.STORED_VALUE, wanted.subject.id)
    known_fen = account.balance.total_fen if isinstance(account, StoredValueAccount) else 0
    return courtesy_left_fen if wanted.amount <= known_fen else 0


def _held_back(subject: Subject, authority: Authority | None, own: int) -> TillfoldError:
    answer = authority.answer if authority is not None else None
    free = answer.available if answer is not None and answer.short == subject else 0
    available = own + free
    is_money = subject.kind is SubjectKind.STORED_VALUE
    shown = format_fen(available) if is_money else str(available)
    return TillfoldError(_REFUSALS[subject.kind], available=shown)


def courtesy_use(connection: Connection, subject: Subject, now_ms: int) -> CourtesyUse:
    """How the outage stands for a subject. A till that never had contact gives no courtesy."""
    sync = read_sync_state(connection)
    since = (sync.acknowledged_epoch, sync.acknowledged)
    return CourtesyUse(
        offline_ms=max(0, now_ms - sync.last_contact_ms),
        store_tills=rights.read_right_state(connection).store_tills,
        to_subject_fen=rights.courtesies_fen(connection, since, subject),
        by_till_fen=rights.courtesies_fen(connection, since),
    )


def _courtesy_fen(
    connection: Connection, subject: Subject, how: Spending, *, given_fen: int
) -> int:
    terms = how.book.spending.courtesy
    if terms is None or not how.courtesy:
        return 0
    use = courtesy_use(connection, subject, how.now_ms)
    here = msgspec.structs.replace(use, by_till_fen=use.by_till_fen + given_fen)
    return courtesy_fen(subject.kind, terms, here)


def offline_points(connection: Connection, member_id: MemberId, balance: int, how: Spending) -> int:
    """How many points of a member this till could take without the server, now."""
    subject = Subject(SubjectKind.POINTS, member_id)
    own = allowances_of(connection, subject, how.ids, how.now_ms)
    courtesy = 0
    if how.book.spending.courtesy is not None:
        courtesy = courtesy_units(
            SubjectKind.POINTS,
            how.book.spending.courtesy,
            courtesy_use(connection, subject, how.now_ms),
            point_fen=how.book.points.value_fen,
        )
    return max(0, min(balance, sum(each.left for each in own) + courtesy))


def offline_fen(connection: Connection, member_id: MemberId, how: Spending) -> int | None:
    """The same for the account that goes by its member's id; None where there is none."""
    account = load_one(connection, AggregateKind.STORED_VALUE, member_id)
    if not isinstance(account, StoredValueAccount):
        return None
    subject = Subject(SubjectKind.STORED_VALUE, member_id)
    own = allowances_of(connection, subject, (), how.now_ms)
    courtesy = 0
    if how.book.spending.courtesy is not None:
        use = courtesy_use(connection, subject, how.now_ms)
        courtesy = courtesy_fen(subject.kind, how.book.spending.courtesy, use)
    return max(0, min(account.balance.total_fen, sum(each.left for each in own) + courtesy))


def want_for(connection: Connection, member: Member, ids: tuple[MemberId, ...]) -> None:
    """Ask for allowances of everything that this member can spend, with the next exchange."""
    subjects = [Subject(SubjectKind.POINTS, member.member_id)]
    if load_one(connection, AggregateKind.STORED_VALUE, member.member_id) is not None:
        subjects.append(Subject(SubjectKind.STORED_VALUE, member.member_id))
    coupons = coupon_ids_of(connection, ids, _COUPONS_WANTED)
    subjects += [Subject(SubjectKind.COUPON, coupon_id) for coupon_id in coupons]
    rights.want(connection, subjects)


def is_at_home(member: Member, store: StoreId) -> bool:
    """Whether this is the usual store of a member, or where she was enrolled."""
    usual = member.field(ProfileField.USUAL_STORE)
    if usual:
        return usual == store
    return member.enrolled is not None and member.enrolled.store == store
