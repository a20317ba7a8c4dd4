"""What a top-up or a gift card costs and credits, or why it is refused."""

import msgspec

from domain.conditions import Setting, why_not
from domain.identifiers import PlanId
from domain.stored_value.account import (
    NOTHING,
    AccountKind,
    Amounts,
    StoredValueAccount,
    balance_of,
)
from domain.stored_value.plans import FreeTopUp, GiftCardTerms, PlanCoupon, TopUpPlan
from domain.stored_value.refusals import Refused, StoredValueRefusal
from domain.stored_value.terms import LegalLimits, StoredValueTerms


class TopUpWish(msgspec.Struct, frozen=True, kw_only=True):
    """A plan, or without one a free amount.

    `bought_together_fen` is all that the guest buys at once, where that is more than this top-up.
    """

    kind: AccountKind
    plan_id: PlanId | None = None
    amount_fen: int = 0
    purchaser_recorded: bool = False
    bought_together_fen: int = 0


class TopUpQuote(msgspec.Struct, frozen=True, kw_only=True):
    """`paid_fen` comes in, `credited` goes to the account, which then holds `balance`."""

    plan_id: PlanId | None
    paid_fen: int
    credited: Amounts
    balance: Amounts
    points: int = 0
    coupons: tuple[PlanCoupon, ...] = ()


def quote_top_up(
    wish: TopUpWish,
    account: StoredValueAccount | None,
    *,
    terms: StoredValueTerms,
    setting: Setting,
) -> TopUpQuote | Refused:
    """What is paid and what is credited, or the first refusal in the order of the documentation.

    `account` None: its first top-up.
    """
    if wish.kind is AccountKind.GIFT_CARD:
        return Refused(reason=StoredValueRefusal.GIFT_CARD_NOT_TOPPED_UP)
    if account is not None and account.frozen:
        return Refused(reason=StoredValueRefusal.ACCOUNT_FROZEN)
    if wish.plan_id is None:
        refused = _why_not_free(wish.amount_fen, terms.free)
        quote = _quote(account, None, wish.amount_fen)
    else:
        plan = next((plan for plan in terms.plans if plan.plan_id == wish.plan_id), None)
        if plan is None:
            return Refused(reason=StoredValueRefusal.PLAN_UNKNOWN)
        refused = _why_not_plan(plan, wish.kind, account, setting)
        quote = _quote(account, plan, plan.principal_fen)
    return refused or _why_not_by_law(wish, quote, terms.limits) or quote


def _quote(account: StoredValueAccount | None, plan: TopUpPlan | None, paid_fen: int) -> TopUpQuote:
    credited = Amounts(paid_fen, plan.bonus_fen if plan else 0)
    ledger = account.ledger if account else NOTHING
    after = balance_of(ledger.plus(credited))
    if plan is None:
        return TopUpQuote(plan_id=None, paid_fen=paid_fen, credited=credited, balance=after)
    return TopUpQuote(
        plan_id=plan.plan_id,
        paid_fen=paid_fen,
        credited=credited,
        balance=after,
        points=plan.points,
        coupons=plan.coupons,
    )


def _why_not_free(amount_fen: int, free: FreeTopUp | None) -> Refused | None:
    if free is None:
        return Refused(reason=StoredValueRefusal.FREE_TOP_UP_OFF)
    if amount_fen < free.least_fen:
        return Refused(reason=StoredValueRefusal.AMOUNT_BELOW_LEAST, limit_fen=free.least_fen)
    if amount_fen > free.most_fen:
        return Refused(reason=StoredValueRefusal.AMOUNT_ABOVE_MOST, limit_fen=free.most_fen)
    if amount_fen % free.step_fen:
        return Refused(reason=StoredValueRefusal.AMOUNT_OFF_STEP, limit_fen=free.step_fen)
    return None


def _why_not_plan(
    plan: TopUpPlan, kind: AccountKind, account: StoredValueAccount | None, setting: Setting
) -> Refused | None:
    if kind is AccountKind.UNNAMED and not plan.unnamed:
        return Refused(reason=StoredValueRefusal.PLAN_FOR_MEMBERS)
    reason = why_not(plan.conditions, setting)
    if reason is not None:
        return Refused(reason=reason)
    times = account.plan_counts.get(plan.plan_id, 0) if account else 0
    if plan.times_per_account and times >= plan.times_per_account:
        return Refused(reason=StoredValueRefusal.PLAN_LIMIT_REACHED)
    return None


def _why_not_by_law(wish: TopUpWish, quote: TopUpQuote, limits: LegalLimits) -> Refused | None:
    most_fen = limits.most_fen(wish.kind)
    after = quote.balance
    if (after.total_fen if limits.bonus_counts else after.principal_fen) > most_fen:
        return Refused(reason=StoredValueRefusal.CARD_LIMIT_EXCEEDED, limit_fen=most_fen)
    bought_fen = max(quote.paid_fen, wish.bought_together_fen)
    return _why_no_record(
        bought_fen, limits.record_from_fen(wish.kind), recorded=wish.purchaser_recorded
    )


def _why_no_record(bought_fen: int, from_fen: int, *, recorded: bool) -> Refused | None:
    if recorded or bought_fen < from_fen:
        return None
    return Refused(reason=StoredValueRefusal.PURCHASER_RECORD_NEEDED, limit_fen=from_fen)


class GiftCardWish(msgspec.Struct, frozen=True, kw_only=True):
    """One gift card of a face value; `bought_together_fen` as in a top-up."""

    face_fen: int
    purchaser_recorded: bool = False
    bought_together_fen: int = 0


class GiftCardQuote(msgspec.Struct, frozen=True, kw_only=True):
    """`paid_fen` comes in, `face_fen` can be spent."""

    face_fen: int
    paid_fen: int


def quote_gift_card(
    wish: GiftCardWish, *, terms: StoredValueTerms, setting: Setting
) -> GiftCardQuote | Refused:
    """What a gift card costs, or why it is not sold."""
    cards = terms.gift_cards
    if cards is None:
        return Refused(reason=StoredValueRefusal.GIFT_CARDS_OFF)
    reason = why_not(cards.conditions, setting)
    if reason is not None:
        return Refused(reason=reason)
    price_fen = _price_of(wish.face_fen, cards)
    if price_fen is None:
        return Refused(reason=StoredValueRefusal.FACE_NOT_OFFERED)
    limits = terms.limits
    if wish.face_fen > limits.unnamed_most_fen:
        return Refused(
            reason=StoredValueRefusal.CARD_LIMIT_EXCEEDED, limit_fen=limits.unnamed_most_fen
        )
    bought_fen = max(price_fen, wish.bought_together_fen)
    record = _why_no_record(
        bought_fen, limits.unnamed_record_from_fen, recorded=wish.purchaser_recorded
    )
    return record or GiftCardQuote(face_fen=wish.face_fen, paid_fen=price_fen)


def _price_of(face_fen: int, cards: GiftCardTerms) -> int | None:
    prices = [face.price_fen for face in cards.faces if face.face_fen == face_fen]
    return min(prices, default=None)
