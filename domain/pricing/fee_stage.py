"""S8: service, packing, cover and delivery fees, and the rules that take fees off."""

from collections.abc import Sequence

from domain.conditions import why_not
from domain.fees import FeeMeasure, FeeRule
from domain.money import BASIS_POINTS, LARGEST_AMOUNT_FEN, divide_half_up
from domain.offers import Combination, FeeOff
from domain.orders import Stage
from domain.pricing.candidates import Offer
from domain.pricing.choice import Terms, choose
from domain.pricing.savings import measured_fen, within_budget
from domain.pricing.state import FeeDue, Label, Place, Refusal, Saving, Taken, Working
from domain.reasons import Reason


def fee_stage(working: Working, offers: Sequence[Offer], *, at_most_coupons: int) -> None:
    """Note the fees that are due, and take off what rules and coupons say."""
    working.fees = _fees_due(working)
    _waive(working)
    rules = [offer for offer in offers if not offer.is_coupon]
    coupons = [offer for offer in offers if offer.is_coupon]
    of_rules = Terms(len(rules), one_without_group=True, beaten=Reason.OUTWEIGHED)
    beside = choose(working, rules, of_rules, _evaluate)
    coupons = [coupon for coupon in coupons if _may_go(working, coupon, beside)]
    terms = Terms(at_most_coupons, one_without_group=False, beaten=Reason.COUPON_LIMIT_REACHED)
    choose(working, coupons, terms, _evaluate)


def _may_go(working: Working, coupon: Offer, used: Sequence[Offer]) -> bool:
    """Whether a coupon goes beside the rules used, which come first: not where one goes alone."""
    others = [offer.rule.combination for offer in used if not offer.always]
    alone = Combination.ALONE_IN_STAGE in (*others, coupon.rule.combination)
    if coupon.always or not others or not alone:
        return True
    answer = _evaluate(working, coupon)
    lost = answer if isinstance(answer, Refusal) else Refusal(Reason.OUTWEIGHED)
    working.refuse(coupon.label, lost)
    return False


def _fees_due(working: Working) -> list[FeeDue]:
    """Together with the dishes they never cost more than a sale can hold."""
    setting = working.question.setting(working.basket)
    due: list[FeeDue] = []
    room_fen = LARGEST_AMOUNT_FEN - working.total_fen
    for rule in sorted(working.question.book.fees, key=lambda rule: rule.rule_id):
        places = working.places_of(rule.scope, Stage.FEE)
        if not working.places or why_not(rule.conditions, setting) is not None:
            continue
        in_full_fen = _amount_fen(rule, places, guests=working.basket.guest_count)
        amount_fen = min(in_full_fen, room_fen)
        if amount_fen:
            room_fen -= amount_fen
            due.append(
                FeeDue(
                    rule.rule_id,
                    rule.kind,
                    rule.name,
                    amount_fen=amount_fen,
                    tax_basis_points=rule.tax_basis_points,
                )
            )
    return due


def _amount_fen(rule: FeeRule, places: Sequence[Place], *, guests: int) -> int:
    """The fee in full. A fee with a scope is due only where the order holds some of it."""
    if not places:
        return 0
    scope_fen = measured_fen(rule.basis, places)
    if rule.free_from_fen is not None and scope_fen >= rule.free_from_fen:
        return 0
    counts = {
        FeeMeasure.ORDER: 1,
        FeeMeasure.GUEST: guests,
        FeeMeasure.UNIT: sum(place.quantity for place in places),
    }
    rate_fen = divide_half_up(scope_fen * rule.rate_basis_points, BASIS_POINTS)
    return rule.amount_fen * counts[rule.measure] + rate_fen


def _evaluate(working: Working, offer: Offer) -> Saving | Refusal:
    effect = offer.rule.effect
    kinds = effect.fees if isinstance(effect, FeeOff) else ()
    rate = effect.off_basis_points if isinstance(effect, FeeOff) else 0
    fees = [fee for fee in working.fees if fee.kind in kinds and fee.left_fen]
    if not fees:
        return Refusal(Reason.NO_FEE)
    taken = [Taken(fee, divide_half_up(fee.left_fen * rate, BASIS_POINTS)) for fee in fees]
    saving = Saving(sum(one.saving_fen for one in taken), taken)
    return within_budget(offer, saving, fees)


def _waive(working: Working) -> None:
    """Fees let off by hand stay on the order at nothing; what is comped has none to pay.

    They are let off first, so that no coupon is used up for a fee that nobody pays.
    """
    for fee in working.fees:
        if not fee.left_fen or not (working.comped or fee.rule_id in working.basket.waived_fees):
            continue
        label = Label(fee.rule_id, fee.name, Stage.STAFF_DISCOUNT)
        working.use(label, Saving(fee.left_fen, [Taken(fee, fee.left_fen)]))
