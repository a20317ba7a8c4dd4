"""How lines and facts make an account. Any order gives the same account, to the byte."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from domain.cases.decided import join_decisions
from domain.identifiers import AccountId, PlanId
from domain.origins import Origin
from domain.stored_value.account import (
    NOTHING,
    PLANS_KEPT,
    SPENDS_KEPT,
    AccountKind,
    AccountSpend,
    Amounts,
    FreezeMark,
    Movement,
    StoredValueAccount,
    StoredValueLine,
)
from domain.stored_value.facts import (
    AccountFrozen,
    AdjustmentReason,
    BalanceAdjusted,
    BalanceRefunded,
    GiftCardSold,
    StoredValueFact,
    ToppedUp,
)

# An account that was ever named stays so: naming a card is for good.
_RANK = {None: 0, AccountKind.UNNAMED: 1, AccountKind.GIFT_CARD: 2, AccountKind.NAMED: 3}


def spent_line(
    account_id: AccountId, split: Amounts, at: Origin, *, given_back: bool = False
) -> StoredValueLine:
    """The line of a tender: `split` is principal and bonus as they stand on it, without a sign."""
    return StoredValueLine(
        account_id=account_id,
        movement=Movement.GIVEN_BACK if given_back else Movement.SPENT,
        store=at.store,
        stamp=at.stamp,
        change=split if given_back else NOTHING.minus(split),
        at=at,
    )


def lines_of(fact: StoredValueFact, at: Origin) -> tuple[StoredValueLine, ...]:
    """The ledger lines of a fact: one, or none where no money moves."""
    if isinstance(fact, AccountFrozen):
        return ()
    movement, change, paid_fen = _movement_of(fact)
    line = StoredValueLine(
        account_id=fact.account_id,
        movement=movement,
        store=at.store,
        stamp=at.stamp,
        change=change,
        paid_fen=paid_fen,
    )
    return (line,)


def _movement_of(
    fact: ToppedUp | GiftCardSold | BalanceRefunded | BalanceAdjusted,
) -> tuple[Movement, Amounts, int]:
    match fact:
        case ToppedUp():
            change = Amounts(fact.principal_fen, fact.bonus_fen)
            return Movement.TOPPED_UP, change, fact.principal_fen
        case GiftCardSold():
            return Movement.TOPPED_UP, Amounts(fact.face_fen), fact.paid_fen
        case BalanceRefunded():
            change = Amounts(-fact.principal_fen, -fact.bonus_fen)
            return Movement.WITHDRAWN, change, -fact.paid_out_fen
        case BalanceAdjusted():
            expired = fact.reason is AdjustmentReason.EXPIRED
            movement = Movement.EXPIRED if expired else Movement.ADJUSTED
            return movement, Amounts(fact.principal_fen, fact.bonus_fen), 0


def post(account: StoredValueAccount | None, line: StoredValueLine) -> StoredValueAccount:
    """The account with one more line."""
    known = account or StoredValueAccount(account_id=line.account_id)
    sums = dict(known.sums)
    held = sums.get(line.movement)
    sums[line.movement] = line.change if held is None else held.plus(line.change)
    if line.movement is not Movement.SPENT:
        return replace(known, sums=sums)
    new = [AccountSpend(line.at, -line.change.total_fen)] if line.at is not None else []
    return replace(
        known,
        sums=sums,
        last_spent_stamp=max(line.stamp, known.last_spent_stamp),
        spends=_latest_spends(known.spends, new),
    )


def _latest_spends(
    held: Iterable[AccountSpend], new: Iterable[AccountSpend]
) -> tuple[AccountSpend, ...]:
    """The latest sales; two tenders of one sale are one. Whatever falls out is older for ever."""
    amounts: dict[Origin, int] = {}
    for spend in (*held, *new):
        amounts[spend.origin] = amounts.get(spend.origin, 0) + spend.amount_fen
    by_age = sorted(amounts.items())
    return tuple(AccountSpend(*item) for item in by_age[-SPENDS_KEPT:])


def fold_account(
    account: StoredValueAccount | None, fact: StoredValueFact, at: Origin
) -> StoredValueAccount:
    """The account after a fact. Each fact is folded once: that is the journal's promise."""
    known = account or StoredValueAccount(account_id=fact.account_id)
    for line in lines_of(fact, at):
        known = post(known, line)
    return join_accounts(known, _registers_of(fact, at))


def _registers_of(fact: StoredValueFact, at: Origin) -> StoredValueAccount:
    """What a fact says besides its lines."""
    empty = StoredValueAccount(account_id=fact.account_id)
    match fact:
        case ToppedUp():
            plans = {fact.plan_id: 1} if fact.plan_id else {}
            return replace(
                empty, kind=fact.kind, last_paid_day=fact.business_day, plan_counts=plans
            )
        case GiftCardSold():
            return replace(
                empty,
                kind=AccountKind.GIFT_CARD,
                last_paid_day=fact.business_day,
                sold_below_fen=max(0, fact.face_fen - fact.paid_fen),
            )
        case BalanceRefunded():
            settled = Amounts(fact.used_principal_fen, fact.used_bonus_fen)
            return replace(empty, settled=settled, paid_out_fen=fact.paid_out_fen)
        case AccountFrozen():
            return replace(empty, freeze=_freeze_mark(fact, at))
        case BalanceAdjusted():
            return empty


def _freeze_mark(fact: AccountFrozen, at: Origin) -> FreezeMark:
    return FreezeMark(at.stamp, at.terminal, fact.frozen, at.store, at.epoch, at.number)


def join_accounts(first: StoredValueAccount, other: StoredValueAccount) -> StoredValueAccount:
    """Two accounts, or two parts of one, as one with the id of the first: sums and maxima."""
    sums = dict(first.sums)
    for movement, change in other.sums.items():
        sums[movement] = sums.get(movement, NOTHING).plus(change)
    days = [day for day in (first.last_paid_day, other.last_paid_day) if day]
    marks = [mark for mark in (first.freeze, other.freeze) if mark]
    return StoredValueAccount(
        account_id=first.account_id,
        kind=max(first.kind, other.kind, key=_RANK.__getitem__),
        sums=sums,
        settled=first.settled.plus(other.settled),
        paid_out_fen=first.paid_out_fen + other.paid_out_fen,
        sold_below_fen=first.sold_below_fen + other.sold_below_fen,
        last_paid_day=max(days, default=None),
        plan_counts=_counted(first.plan_counts, other.plan_counts),
        last_spent_stamp=max(first.last_spent_stamp, other.last_spent_stamp),
        freeze=max(marks, default=None),
        spends=_latest_spends(first.spends, other.spends),
        decided=join_decisions(first.decided, other.decided),
    )


def _counted(first: Mapping[PlanId, int], other: Mapping[PlanId, int]) -> dict[PlanId, int]:
    """Counts added up; of many plans those with the largest ids stay.

    That is free of order: a plan that is among the largest ids in the end was so from its first
    line on, thus none of its lines was dropped. Ids are UUIDv7, so the newest plans stay.
    """
    counts = dict(first)
    for plan_id, count in other.items():
        counts[plan_id] = counts.get(plan_id, 0) + count
    return {plan_id: counts[plan_id] for plan_id in sorted(counts)[-PLANS_KEPT:]}
