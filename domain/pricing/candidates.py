"""The rules that may be used: conditions hold, limits are not used up, coupons are valid."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from domain.conditions import why_not
from domain.configuration import CouponTerms
from domain.identifiers import CouponId, RuleId
from domain.loyalty.benefits import TierDiscount
from domain.offers import (
    NO_LIMITS,
    NOT_USED_YET,
    AmountOff,
    Combination,
    Gift,
    Limits,
    PercentOff,
    RateStep,
    Rule,
    RuleUses,
)
from domain.orders import LARGEST_TIMES, Stage
from domain.pricing.basket import Basket
from domain.pricing.question import Question
from domain.pricing.state import Label, Refusal
from domain.reasons import Reason


class Offer(NamedTuple):
    """A rule in play. It may be used `times_left` times on this order; a coupon has its id."""

    rule: Rule
    label: Label
    times_left: int = LARGEST_TIMES
    budget_left_fen: int | None = None
    coupon_id: CouponId | None = None

    @property
    def alone_in_order(self) -> bool:
        return self.rule.combination is Combination.ALONE_IN_ORDER

    @property
    def always(self) -> bool:
        """Such a rule displaces nothing: as a coupon it takes none of those allowed."""
        return self.rule.combination is Combination.ALWAYS

    @property
    def is_coupon(self) -> bool:
        return self.coupon_id is not None


class Candidates(NamedTuple):
    """Offers by stage, and the refusals that no stage can change."""

    offers: dict[Stage, list[Offer]]
    refused: list[tuple[Label, Refusal]]

    def of(self, stage: Stage) -> list[Offer]:
        return self.offers.get(stage, [])

    def all(self) -> Iterable[Offer]:
        return (offer for offers in self.offers.values() for offer in offers)


def candidates(basket: Basket, question: Question) -> Candidates:
    """Every rule of the book and every coupon on the order, sorted into its stage or refused."""
    found = Candidates({}, [])
    setting = question.setting(basket)
    member = question.guest is not None
    for rule in question.book.rules:
        label = label_of(rule)
        reason = why_not(rule.conditions, setting)
        if reason is not None:
            found.refused.append((label, Refusal(reason)))
            continue
        if rule.limits is NO_LIMITS:
            found.offers.setdefault(rule.stage, []).append(Offer(rule, label))
            continue
        uses = question.uses.get(rule.rule_id, NOT_USED_YET)
        reason = used_up(rule.limits, uses, member=member)
        if reason is not None:
            found.refused.append((label, Refusal(reason)))
            continue
        found.offers.setdefault(rule.stage, []).append(_limited(rule, label, uses))
    for rule in tier_rules(question):
        found.offers.setdefault(Stage.TIER_DISCOUNT, []).append(Offer(rule, label_of(rule)))
    for terms in sorted(basket.coupons, key=lambda terms: terms.coupon_id):
        _add_coupon(found, terms, basket=basket, question=question)
    return found


def tier_rules(question: Question) -> list[Rule]:
    """The discounts that the guest's tier brings along, as rules of S3."""
    guest = question.guest
    tier = question.book.loyalty.tiers.tier(guest.tier_id) if guest else None
    discounts = [one for one in tier.benefits if isinstance(one, TierDiscount)] if tier else []
    return [
        Rule(
            rule_id=RuleId(f"tier:{tier.tier_id}:{number}"),
            name=tier.name,
            stage=Stage.TIER_DISCOUNT,
            effect=PercentOff(steps=(RateStep(off_basis_points=discount.off_basis_points),)),
            scope=discount.scope,
        )
        for number, discount in enumerate(discounts, start=1)
        if tier is not None
    ]


def _add_coupon(
    found: Candidates, terms: CouponTerms, *, basket: Basket, question: Question
) -> None:
    rule = msgspec.structs.replace(terms.rule, rule_id=RuleId(terms.coupon_id))
    label = label_of(rule)
    reason = coupon_refusal(terms, question) or why_not(rule.conditions, question.setting(basket))
    if reason is not None:
        found.refused.append((label, Refusal(reason)))
        return
    times = min(LARGEST_TIMES, max(1, rule.limits.per_order))
    offer = Offer(rule, label, times, coupon_id=terms.coupon_id)
    found.offers.setdefault(rule.stage, []).append(offer)


def coupon_refusal(terms: CouponTerms, question: Question) -> Reason | None:
    """Why this coupon cannot be used at all now; None where only the order decides."""
    guest, now_ms = question.guest, question.moment.now_ms
    if now_ms < terms.valid_from_ms:
        return Reason.NOT_YET_VALID
    if now_ms > terms.valid_until_ms:
        return Reason.EXPIRED
    if terms.coupon_id in question.redeemed:
        return Reason.ALREADY_REDEEMED
    if terms.member_id is not None and guest is None:
        return Reason.MEMBER_NEEDED
    if terms.member_id is not None and guest is not None and guest.member_id != terms.member_id:
        return Reason.OTHER_MEMBER
    return None


def label_of(rule: Rule) -> Label:
    effect = rule.effect
    retest_fen = 0
    if rule.retest_on_refund and isinstance(effect, AmountOff | PercentOff):
        retest_fen = min(step.from_fen for step in effect.steps)
    return Label(
        rule_id=rule.rule_id,
        name=rule.name,
        stage=rule.stage,
        counted=rule.limits is not NO_LIMITS and _reaches_beyond(rule.limits),
        gift=isinstance(effect, Gift),
        retest_fen=retest_fen,
    )


def _reaches_beyond(limits: Limits) -> bool:
    """Whether a limit counts more than this one order."""
    return any(
        (
            limits.per_member,
            limits.per_member_a_day,
            limits.per_day,
            limits.quota,
            limits.budget_fen,
        )
    )


def used_up(limits: Limits, uses: RuleUses, *, member: bool) -> Reason | None:
    """Which limit is reached before this order; a limit per member needs a member."""
    if (limits.per_member or limits.per_member_a_day) and not member:
        return Reason.MEMBER_NEEDED
    if 0 < limits.per_member <= uses.by_member:
        return Reason.LIMIT_PER_MEMBER
    if 0 < limits.per_member_a_day <= uses.by_member_today:
        return Reason.LIMIT_PER_DAY
    if 0 < limits.per_day <= uses.today:
        return Reason.LIMIT_PER_DAY
    if 0 < limits.quota <= uses.total:
        return Reason.QUOTA_USED_UP
    return Reason.BUDGET_USED_UP if 0 < limits.budget_fen <= uses.total_fen else None


def _limited(rule: Rule, label: Label, uses: RuleUses) -> Offer:
    limits = rule.limits
    left = (
        (limits.per_order, 0),
        (limits.per_member, uses.by_member),
        (limits.per_member_a_day, uses.by_member_today),
        (limits.per_day, uses.today),
        (limits.quota, uses.total),
    )
    times = min([LARGEST_TIMES, *(limit - used for limit, used in left if limit)])
    budget_fen = limits.budget_fen - uses.total_fen if limits.budget_fen else None
    return Offer(rule, label, times, budget_fen)
