"""The stages that this release knows, one function each: `stage(working, question) -> working`."""

import msgspec

from domain.configuration import CouponTerms, OrderOffer
from domain.fold.aggregates import Rules
from domain.identifiers import CouponId, MemberId, RuleId
from domain.money import BASIS_POINTS, divide_half_up
from domain.orders import Stage
from domain.pricing.working import Candidate, Working, apply, choose_one, refuse
from domain.reasons import Reason


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """The member at the counter: `points` is the balance, `points_spendable` what may go now.

    `offline` tells that the second is held below the first by the limit without the server.
    """

    member_id: MemberId
    points_spendable: int
    points: int = 0
    offline: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that pricing depends on beside the basket. `now_ms` is trusted Unix time.

    `redeemed` are coupons on the order that were already used, as far as is known here.
    """

    rules: Rules
    now_ms: int
    guest: Guest | None = None
    redeemed: frozenset[CouponId] = frozenset()


def order_offer_stage(working: Working, question: Question) -> Working:
    """S4: one automatic order offer, measured on what is left of its eligible lines."""
    candidates = []
    for offer in question.rules.offers:
        lines = working.eligible(offer.excluded_categories)
        remaining_fen = working.remaining_on(lines)
        missing_fen = offer.threshold_fen - remaining_fen
        if missing_fen > 0:
            working = refuse(
                working,
                Stage.ORDER_OFFER,
                rule_id=offer.rule_id,
                name=offer.name,
                reason=Reason.THRESHOLD_NOT_MET,
                missing_fen=missing_fen,
            )
            continue
        candidates.append(_offer_candidate(offer, remaining_fen, lines=[n.number for n in lines]))
    return choose_one(working, Stage.ORDER_OFFER, candidates, beaten=Reason.OUTWEIGHED)


def _offer_candidate(offer: OrderOffer, remaining_fen: int, *, lines: list[int]) -> Candidate:
    return Candidate(
        rule_id=offer.rule_id,
        name=offer.name,
        priority=offer.priority,
        saving_fen=min(offer.saving_fen, remaining_fen),
        lines=tuple(lines),
    )


def coupon_stage(working: Working, question: Question) -> Working:
    """S5: one coupon an order; of several that hold, the one that saves the guest most."""
    candidates = []
    for terms in sorted(working.basket.coupons, key=lambda terms: terms.coupon_id):
        reason = coupon_refusal(terms, question)
        missing_fen = max(0, terms.threshold_fen - working.total_fen)
        if reason is None and missing_fen:
            reason = Reason.THRESHOLD_NOT_MET
        if reason is not None:
            working = refuse(
                working,
                Stage.COUPON,
                rule_id=RuleId(terms.coupon_id),
                name=terms.name,
                reason=reason,
                missing_fen=missing_fen if reason is Reason.THRESHOLD_NOT_MET else 0,
            )
            continue
        candidates.append(_coupon_candidate(terms, working))
    done = choose_one(working, Stage.COUPON, candidates, beaten=Reason.COUPON_LIMIT_REACHED)
    used = tuple(CouponId(rule.rule_id) for rule in done.used_rules if rule.stage is Stage.COUPON)
    return msgspec.structs.replace(done, coupon_ids=used)


def coupon_refusal(terms: CouponTerms, question: Question) -> Reason | None:
    """Why this coupon cannot be used at all now; None where only the order decides."""
    guest = question.guest
    if question.now_ms < terms.valid_from_ms:
        return Reason.NOT_YET_VALID
    if question.now_ms > terms.valid_until_ms:
        return Reason.EXPIRED
    if terms.coupon_id in question.redeemed:
        return Reason.ALREADY_REDEEMED
    if terms.member_id is not None and guest is None:
        return Reason.MEMBER_NEEDED
    if terms.member_id is not None and guest is not None and guest.member_id != terms.member_id:
        return Reason.OTHER_MEMBER
    return None


def _coupon_candidate(terms: CouponTerms, working: Working) -> Candidate:
    return Candidate(
        rule_id=RuleId(terms.coupon_id),
        name=terms.name,
        priority=0,
        saving_fen=min(terms.saving_fen, working.total_fen),
        lines=tuple(working.remaining_fen),
    )


def largest_points(left_fen: int, question: Question) -> int:
    """The most points this guest may use on an order of which `left_fen` is left."""
    rule, guest = question.rules.points, question.guest
    if guest is None:
        return 0
    cap_fen = divide_half_up(left_fen * rule.cap_basis_points, BASIS_POINTS)
    most = min(cap_fen // rule.value_fen, guest.points_spendable)
    return max(0, most - most % rule.step)


def points_stage(working: Working, question: Question) -> Working:
    """S6: points as money, in whole steps, capped by a share of what is left."""
    wanted, rule = working.basket.points_wanted, question.rules.points
    if wanted <= 0:
        return working
    points = min(wanted - wanted % rule.step, largest_points(working.total_fen, question))
    if not points:
        reason = _points_refusal(working, question)
        return refuse(working, Stage.POINTS, rule_id=rule.rule_id, name=rule.name, reason=reason)
    candidate = Candidate(
        rule_id=rule.rule_id,
        name=rule.name,
        priority=0,
        saving_fen=points * rule.value_fen,
        lines=tuple(working.remaining_fen),
    )
    done = apply(working, Stage.POINTS, candidate)
    return msgspec.structs.replace(done, points_redeemed=points)


def _points_refusal(working: Working, question: Question) -> Reason:
    """Why not even one step is taken: the first reason that more dishes would not cure."""
    guest, step = question.guest, question.rules.points.step
    if guest is None:
        return Reason.MEMBER_NEEDED
    if working.basket.points_wanted < step:
        return Reason.POINTS_BELOW_STEP
    if guest.points_spendable < step:
        held_back = guest.offline and guest.points >= step
        return Reason.POINTS_OFFLINE_LIMIT if held_back else Reason.POINTS_NOT_ENOUGH
    return Reason.POINTS_CAP_BELOW_STEP if working.total_fen else Reason.NOTHING_LEFT_TO_REDUCE
