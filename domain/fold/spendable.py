"""What a fact spends of each subject and by which rights; what the state leaves to spend."""

from collections.abc import Iterable
from datetime import date

from domain.allowances.offline import Wanted
from domain.allowances.rights import UsedRight
from domain.allowances.subjects import Subject, SubjectKind
from domain.facts import Fact, SaleClosed
from domain.fold.aggregates import Coupon, Member
from domain.fold.value import MONEY_ACCOUNTS
from domain.identifiers import CouponId, MemberId, RuleId
from domain.loyalty.facts import RewardExchanged
from domain.loyalty.points_standing import standing
from domain.members.freezes import is_frozen
from domain.months import month_of
from domain.orders import Share, Tender, TenderKind
from domain.passes.account import PassAccount, days_of
from domain.stored_value.account import StoredValueAccount
from domain.stored_value.terms import StoredValueTerms, valid_until


def wanted_by(
    *,
    member_id: MemberId | None,
    points: int,
    coupon_ids: Iterable[CouponId],
    shares: Iterable[Share],
    tenders: Iterable[Tender],
) -> tuple[Wanted, ...]:
    """What an order spends, each subject once. A pass is spent by its uses."""
    wanted: dict[Subject, Wanted] = {}
    if member_id is not None and points:
        _add(wanted, Subject(SubjectKind.POINTS, member_id), points)
    taken = list(shares)
    for coupon_id in coupon_ids:
        saved_fen = sum(s.saving_fen for s in taken if s.rule_id == RuleId(coupon_id))
        _add(wanted, Subject(SubjectKind.COUPON, coupon_id), 1, max(0, saved_fen))
    for tender in tenders:
        if tender.account_id is None:
            continue
        if tender.kind in MONEY_ACCOUNTS:
            _add(wanted, Subject(SubjectKind.STORED_VALUE, tender.account_id), tender.amount_fen)
        elif tender.kind is TenderKind.PASS:
            uses = sum(units for _, units in tender.covered)
            _add(wanted, Subject(SubjectKind.PASS, tender.account_id), uses)
    return tuple(each for each in wanted.values() if each.amount)


def _add(wanted: dict[Subject, Wanted], subject: Subject, amount: int, worth_fen: int = 0) -> None:
    before = wanted.get(subject)
    amount += before.amount if before else 0
    wanted[subject] = Wanted(subject=subject, amount=amount, worth_fen=worth_fen)


def rights_used(fact: Fact) -> tuple[UsedRight, ...]:
    """By what rights a fact spends; none for facts of tills that knew of none."""
    match fact:
        case SaleClosed(sale=sale):
            return sale.rights
        case RewardExchanged():
            return fact.rights
        case _:
            return ()


def spendable_points(member: Member, day: date) -> int:
    """The points of a person, all enrolments joined, that may be spent on a day."""
    if is_frozen(member.freezes) or member.closed is not None:
        return 0
    return standing(member.loyalty.points, month_of(day)).available


def spendable_money(account: StoredValueAccount, terms: StoredValueTerms, day: date) -> int:
    last_day = valid_until(account, terms)
    if account.frozen or (last_day is not None and day > last_day):
        return 0
    return max(0, account.balance.total_fen)


def spendable_uses(account: PassAccount, day: date) -> int:
    """The uses left of a punch card; a period pass has none to hand out."""
    if account.sale is None or not account.sale.terms.uses:
        return 0
    span = days_of(account)
    over = span is not None and day > span[1]
    return 0 if over else max(0, account.uses_left)


def is_counted(account: PassAccount) -> bool:
    """Whether a pass has uses that can run out."""
    return account.sale is not None and bool(account.sale.terms.uses)


def spendable_coupon(coupon: Coupon | None, now_ms: int) -> int:
    """1 while nobody has used it. Terms that have not arrived are for the till to check."""
    if coupon is None:
        return 1
    over = coupon.terms is not None and now_ms > coupon.terms.valid_until_ms
    return 0 if coupon.redemptions or over else 1
