"""One price rule."""

from collections.abc import Iterator
from typing import Final

from domain.conditions import EVERYTHING
from domain.offers import (
    EFFECTS_OF_STAGE,
    AmountOff,
    Basis,
    Bundle,
    BuyAndGet,
    Exchange,
    FeeOff,
    Gift,
    NewPrice,
    PercentOff,
    Rule,
)
from domain.orders import LARGEST_QUANTITY
from domain.pricing.basket import LARGEST_BASKET_LINES
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.conditions import check_conditions
from domain.rulebook_check.known import Known
from domain.rulebook_check.limits import check_limits
from domain.rulebook_check.scopes import check_scope
from domain.rulebook_check.steps import check_amount_off, check_gift, check_percent_off
from domain.rulebook_check.units import (
    check_bundle,
    check_buy_and_get,
    check_exchange,
    check_new_price,
)

LARGEST_UNITS: Final = LARGEST_BASKET_LINES * LARGEST_QUANTITY


def check_rule(rule: Rule, where: str, known: Known) -> Iterator[Flaw]:
    """Whatever one rule can be wrong about, wherever it is used."""
    yield from _stage(rule, where)
    yield from check_conditions(rule.conditions, f"{where}.conditions", known)
    yield from check_scope(rule.scope, f"{where}.scope", known)
    yield from check_effect(rule, f"{where}.effect", known)
    yield from _minimum(rule, where)
    yield from _retest(rule, where)
    yield from check_limits(rule, where)


def check_effect(  # noqa: C901, PLR0911 - one case an effect
    rule: Rule, where: str, known: Known
) -> Iterator[Flaw]:
    match effect := rule.effect:
        case NewPrice():
            return check_new_price(effect, rule, where, known)
        case BuyAndGet():
            return check_buy_and_get(effect, where, known)
        case Bundle():
            return check_bundle(effect, rule, where, known)
        case Exchange():
            return check_exchange(effect, rule, where, known)
        case AmountOff():
            return check_amount_off(effect, where)
        case PercentOff():
            return check_percent_off(effect, where)
        case Gift():
            return check_gift(effect, rule, where, known)
        case FeeOff():
            return _fee_off(effect, where)


def _fee_off(effect: FeeOff, where: str) -> Iterator[Flaw]:
    if not effect.off_basis_points:
        yield flaw(RuleFlaw.SAVES_NOTHING, f"{where}.off_basis_points")


def _stage(rule: Rule, where: str) -> Iterator[Flaw]:
    if not isinstance(rule.effect, EFFECTS_OF_STAGE.get(rule.stage, ())):
        yield flaw(
            RuleFlaw.STAGE_WITHOUT_EFFECT,
            f"{where}.stage",
            stage=rule.stage,
            effect=str(type(rule.effect).__struct_config__.tag),
        )


def _minimum(rule: Rule, where: str) -> Iterator[Flaw]:
    """Rules for fees look at fees, and at no dish."""
    measures = rule.minimum_fen or rule.minimum_quantity or rule.basis is not Basis.REMAINING
    if isinstance(rule.effect, FeeOff) and (measures or rule.scope != EVERYTHING):
        yield flaw(RuleFlaw.MINIMUM_NOT_MEASURED, where)
    elif rule.minimum_quantity > LARGEST_UNITS:
        here = f"{where}.minimum_quantity"
        yield flaw(RuleFlaw.MINIMUM_UNREACHABLE, here, largest=LARGEST_UNITS)


def _retest(rule: Rule, where: str) -> Iterator[Flaw]:
    if not rule.retest_on_refund:
        return
    effect = rule.effect
    with_threshold = isinstance(effect, AmountOff | PercentOff) and all(
        step.from_fen for step in effect.steps
    )
    if not with_threshold:
        yield flaw(RuleFlaw.RETEST_WITHOUT_THRESHOLD, f"{where}.retest_on_refund")
