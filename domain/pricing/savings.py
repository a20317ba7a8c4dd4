"""What an order-level rule would save now: a tier discount, an order offer or a coupon."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

from domain.conditions import Scope
from domain.money import BASIS_POINTS, divide_half_up, part_of
from domain.offers import AmountOff, Basis, Gift, PercentOff, RateStep, Rule, Step
from domain.orders import LARGEST_TIMES, Stage
from domain.pricing.candidates import Offer
from domain.pricing.state import (
    REPLACED_BY_STAFF,
    FeeDue,
    Place,
    Refusal,
    Saving,
    Taken,
    Working,
)
from domain.reasons import Reason

AnyStep = TypeVar("AnyStep", Step, RateStep)


def evaluate(working: Working, offer: Offer) -> Saving | Refusal:
    """What the rule would take off what is left now, or why it takes nothing."""
    rule, stage = offer.rule, offer.rule.stage
    places = working.places_of(rule.scope, stage)
    refusal = lacking(working, rule, places)
    if refusal is not None:
        return refusal
    match rule.effect:
        case AmountOff():
            saving = _amount_off(rule.effect, rule, offer.times_left, places=places)
        case PercentOff():
            saving = _percent_off(rule.effect, rule, places)
        case Gift():
            saving = _gift(rule.effect, rule, working)
        case _:
            saving = Refusal(Reason.NOTHING_LEFT_TO_REDUCE)
    if isinstance(saving, Refusal):
        return saving
    return within_budget(offer, saving, places)


def within_budget(
    offer: Offer, saving: Saving, places: Sequence[Place | FeeDue]
) -> Saving | Refusal:
    """The saving bounded by what is left, if it is one and fits into the budget."""
    saving_fen = saving.saving_fen
    if not saving.taken:
        saving_fen = min(saving_fen, sum(place.left_fen for place in places))
    if not saving_fen:
        return Refusal(Reason.NOTHING_LEFT_TO_REDUCE)
    if offer.budget_left_fen is not None and saving_fen > offer.budget_left_fen:
        return Refusal(Reason.BUDGET_USED_UP)
    return Saving(saving_fen, saving.taken, saving.times)


def taken_of(working: Working, offer: Offer, saving: Saving) -> Saving:
    """The saving with its shares: those that are settled, or in proportion to what is left."""
    if saving.taken:
        return saving
    places = working.places_of(offer.rule.scope, offer.rule.stage)
    return Saving(saving.saving_fen, working.spread(saving.saving_fen, places), saving.times)


def use_offer(working: Working, offer: Offer, saving: Saving) -> None:
    """Use a rule: what it saves, whether it takes points, and the coupon that it came by."""
    working.use(offer.label, saving)
    working.points_barred |= not offer.rule.points_allowed
    if offer.coupon_id is not None:
        working.coupon_ids.append(offer.coupon_id)


def measured_fen(basis: Basis, places: Sequence[Place]) -> int:
    if basis is Basis.LIST:
        return sum(place.list_fen for place in places)
    return sum(place.left_fen for place in places)


def lacking(working: Working, rule: Rule, places: Sequence[Place]) -> Refusal | None:
    """What the order lacks before the effect is looked at; `places` are those of the scope."""
    if not places:
        if any(rule.scope.holds(place.item_id, place.category) for place in working.places):
            return Refusal(left_out(working, [rule.scope], rule.stage))
        if rule.scope.items or rule.scope.categories:
            return Refusal(Reason.NO_ITEM)
    if rule.minimum_quantity:
        missing_units = rule.minimum_quantity - sum(place.quantity for place in places)
        if missing_units > 0:
            return Refusal(Reason.QUANTITY_NOT_MET, missing_units=missing_units)
    if rule.minimum_fen:
        missing_fen = rule.minimum_fen - measured_fen(rule.basis, places)
        if missing_fen > 0:
            return Refusal(Reason.THRESHOLD_NOT_MET, missing_fen)
    return None


def left_out(working: Working, scopes: Sequence[Scope], stage: Stage) -> Reason:
    """Why a rule reaches no line: all that its scopes name have a staff discount, or are none."""
    named = [
        place
        for place in working.places
        if any(scope.holds(place.item_id, place.category) for scope in scopes)
    ]
    if stage in REPLACED_BY_STAFF and named and all(place.by_staff for place in named):
        return Reason.REPLACED_BY_STAFF
    return Reason.NO_ITEM


def _amount_off(
    effect: AmountOff, rule: Rule, times_left: int, *, places: Sequence[Place]
) -> Saving | Refusal:
    measured = measured_fen(rule.basis, places)
    step = _highest_reached(effect.steps, measured)
    if isinstance(step, Refusal):
        return step
    times = 1
    if effect.every and step.from_fen:
        times = min(measured // step.from_fen, times_left, LARGEST_TIMES)
    return Saving(step.saving_fen * times, (), times)


def _percent_off(effect: PercentOff, rule: Rule, places: Sequence[Place]) -> Saving | Refusal:
    measured = measured_fen(rule.basis, places)
    step = _highest_reached(effect.steps, measured)
    if isinstance(step, Refusal):
        return step
    saving_fen = divide_half_up(measured * step.off_basis_points, BASIS_POINTS)
    if effect.cap_fen is not None:
        saving_fen = min(saving_fen, effect.cap_fen)
    return Saving(saving_fen, ())


def _highest_reached(steps: Sequence[AnyStep], measured: int) -> AnyStep | Refusal:
    reached = [step for step in steps if step.from_fen <= measured]
    if reached:
        return max(reached, key=lambda step: step.from_fen)
    least_fen = min(step.from_fen for step in steps)
    return Refusal(Reason.THRESHOLD_NOT_MET, least_fen - measured)


def _gift(effect: Gift, rule: Rule, working: Working) -> Saving | Refusal:
    """As many gifts as the threshold allows when they do not count towards it themselves."""
    places = working.places_of(rule.scope, rule.stage)
    measured = measured_fen(rule.basis, places)
    on_order = working.places_of(effect.gifts, rule.stage)
    gifts = [place for place in on_order if place.left_fen]
    refusal = Refusal(Reason.THRESHOLD_NOT_MET, effect.from_fen - measured)
    if measured >= effect.from_fen:
        free = Reason.NOTHING_LEFT_TO_REDUCE
        refusal = Refusal(free if on_order else Reason.GIFT_NOT_ON_ORDER)
    for quantity in range(effect.quantity, 0, -1):
        taken = _dearest(gifts, quantity)
        counted_fen = sum(_gift_measure(rule, share) for share in taken if share.place in places)
        if taken and measured - counted_fen >= effect.from_fen:
            return Saving(sum(share.saving_fen for share in taken), taken)
        if taken:
            refusal = Refusal(Reason.THRESHOLD_NOT_MET, effect.from_fen - measured + counted_fen)
    return refusal


def _gift_measure(rule: Rule, share: Taken) -> int:
    """What a gift would have counted towards the threshold."""
    place = share.place
    if rule.basis is Basis.LIST and isinstance(place, Place):
        return part_of(place.list_fen, share.units, place.quantity)
    return share.saving_fen


def _dearest(gifts: Sequence[Place], quantity: int) -> list[Taken]:
    """The units with the most left of them; of a line's units each is worth the same part."""
    taken: list[Taken] = []
    for place in sorted(gifts, key=lambda place: -Fraction(place.left_fen, place.quantity)):
        units = min(quantity, place.quantity)
        quantity -= units
        saving_fen = part_of(place.left_fen, units, place.quantity)
        if saving_fen:
            taken.append(Taken(place, saving_fen, units))
        if not quantity:
            break
    return taken
