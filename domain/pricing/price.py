"""`price(basket, question)`: the one pricing function of till and server. See docs/pricing.md."""

from typing import Final

from domain.identifiers import RuleId
from domain.offers import Combination
from domain.orders import FeeLine, SaleLine, Stage
from domain.pricing.basket import Basket
from domain.pricing.candidates import Candidates, Offer, candidates
from domain.pricing.choice import Terms, choose
from domain.pricing.earnings import with_earnings
from domain.pricing.fee_stage import fee_stage
from domain.pricing.item_offers import item_offer_stage
from domain.pricing.plans import Plan, Tried, name_true_reasons, plans
from domain.pricing.points import points_stage
from domain.pricing.price_replacement import price_replacement_stage
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.pricing.reward_stage import reward_stage
from domain.pricing.rounding_stage import rounding_stage
from domain.pricing.staff_discounts import staff_line_stage, staff_order_stage
from domain.pricing.state import Refusal, Working
from domain.pricing.taxes import tax_lines
from domain.reasons import Reason

_ONE_TIER_DISCOUNT: Final = Terms(1, one_without_group=True, beaten=Reason.OUTWEIGHED)
_NO_PRIORITY: Final = 1_000_000


def price(basket: Basket, question: Question) -> PricedOrder:
    """Price a basket. The order in which things were scanned does not matter to any amount."""
    found = candidates(basket, question)
    tried = [
        Tried(plan, _through_stages(basket, question, found, plan))
        for plan in plans(found, question.book.coupons_per_order)
    ]
    # What always goes is in every pricing and settles no tie.
    priorities = {one.rule.rule_id: one.rule.priority for one in found.all() if not one.always}
    standing = [one.working for one in tried if one.stands]
    best = min(standing, key=lambda working: _rank(working, priorities))
    name_true_reasons(best, tried)
    return with_earnings(_answer(best), basket, question, reward_points=tuple(best.reward_points))


def _rank(working: Working, priorities: dict[RuleId, int]) -> tuple[int, int, int]:
    """The cheapest for the guest before points; then the smaller priority; then fewer coupons."""
    fees_fen = sum(fee.left_fen for fee in working.fees)
    priority = min(
        (priorities[rule.rule_id] for rule in working.used if rule.rule_id in priorities),
        default=_NO_PRIORITY,
    )
    return (working.before_points_fen + fees_fen, priority, len(working.coupon_ids))


def _through_stages(basket: Basket, question: Question, found: Candidates, plan: Plan) -> Working:
    working = Working(basket, question)
    for label, refusal in found.refused:
        working.refuse(label, refusal)
    staff_line_stage(working)
    price_replacement_stage(working, _admitted(working, found, plan, Stage.PRICE_REPLACEMENT))
    reward_stage(working)
    coupons_left = question.book.coupons_per_order
    offers = _admitted(working, found, plan, Stage.ITEM_OFFER)
    for_dishes = min(coupons_left, plan.most_dish_coupons)
    coupons_left -= item_offer_stage(working, offers, at_most_coupons=for_dishes)
    choose(working, _admitted(working, found, plan, Stage.TIER_DISCOUNT), _ONE_TIER_DISCOUNT)
    offers = _admitted(working, found, plan, Stage.ORDER_OFFER)
    choose(working, offers, Terms(len(offers), one_without_group=True, beaten=Reason.OUTWEIGHED))
    for_order = max(0, coupons_left - plan.kept_for_fees)
    coupons_left -= _coupon_stage(working, found, plan, at_most=for_order)
    working.before_points_fen = working.total_fen
    points_stage(working)
    staff_order_stage(working)
    offers = _admitted(working, found, plan, Stage.FEE)
    fee_stage(working, offers, at_most_coupons=coupons_left)
    rounding_stage(working)
    return working


def _coupon_stage(working: Working, found: Candidates, plan: Plan, *, at_most: int) -> int:
    """S5: up to `at_most` coupons for the order, one of each exclusive group; answer how many."""
    offers = _admitted(working, found, plan, Stage.COUPON)
    terms = Terms(at_most, one_without_group=False, beaten=Reason.COUPON_LIMIT_REACHED)
    used = choose(working, offers, terms)
    return sum(offer.is_coupon and not offer.always for offer in used)


def _admitted(working: Working, found: Candidates, plan: Plan, stage: Stage) -> list[Offer]:
    """The offers of a stage that this plan lets in; the others are noted with their reason."""
    admitted = []
    groups = _groups_of_used_coupons(working, found)
    for offer in found.of(stage):
        if not plan.admits(offer):
            working.refuse(offer.label, Refusal(_why_not_admitted(plan, offer)))
        elif offer.is_coupon and not offer.always and offer.rule.group in groups:
            working.refuse(offer.label, Refusal(Reason.COUPON_LIMIT_REACHED))
        else:
            admitted.append(offer)
    return admitted


def _groups_of_used_coupons(working: Working, found: Candidates) -> set[str]:
    if not working.coupon_ids:
        return set()
    return {
        offer.rule.group
        for offer in found.all()
        if offer.coupon_id in working.coupon_ids and offer.rule.group and not offer.always
    }


def _why_not_admitted(plan: Plan, offer: Offer) -> Reason:
    if plan.alone is not None:
        return Reason.OTHER_ALONE
    if offer.rule.combination is Combination.ALONE_IN_ORDER:
        return Reason.STANDS_ALONE
    return Reason.COUPON_LIMIT_REACHED


def _answer(working: Working) -> PricedOrder:
    basket = working.basket
    left_fen = {place.number: place.left_fen for place in working.places}
    lines = tuple(
        SaleLine(
            number=line.number,
            item_id=line.item_id,
            name=line.name,
            quantity=line.quantity,
            unit_price_fen=line.unit_price_fen,
            list_fen=line.list_fen,
            net_fen=left_fen[line.number],
            category=line.category,
            weight_grams=line.weight_grams,
            tax_basis_points=line.tax_basis_points,
            options=line.options,
        )
        for line in basket.lines
    )
    fees = tuple(
        FeeLine(
            rule_id=fee.rule_id,
            kind=fee.kind,
            name=fee.name,
            list_fen=fee.list_fen,
            amount_fen=fee.left_fen,
            tax_basis_points=fee.tax_basis_points,
        )
        for fee in working.fees
    )
    total_fen = working.total_fen + sum(fee.amount_fen for fee in fees)
    return PricedOrder(
        lines=lines,
        shares=tuple(working.shares),
        used_rules=tuple(working.used),
        unused_rules=tuple(working.unused),
        list_fen=sum(line.list_fen for line in lines),
        total_fen=total_fen,
        points_redeemed=working.points_redeemed,
        points_possible=working.points_possible,
        coupon_ids=tuple(working.coupon_ids),
        fees=fees,
        taxes=tax_lines(lines, fees),
        tip_fen=basket.tip_fen,
        reward_ids=tuple(working.reward_ids),
    )
