"""Fees, rounding, points."""

from collections.abc import Iterator
from typing import Final

from domain.configuration import PointsRule
from domain.fees import FeeMeasure, FeeRule, Rounding
from domain.money import BASIS_POINTS, LARGEST_AMOUNT_FEN, format_fen
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.conditions import check_conditions
from domain.rulebook_check.known import Known
from domain.rulebook_check.rules import LARGEST_UNITS
from domain.rulebook_check.scopes import check_scope

LARGEST_GUEST_COUNT: Final = 1_000
_MOST_OF_MEASURE: Final = {
    FeeMeasure.ORDER: 1,
    FeeMeasure.GUEST: LARGEST_GUEST_COUNT,
    FeeMeasure.UNIT: LARGEST_UNITS,
}


def check_fee(fee: FeeRule, where: str, known: Known) -> Iterator[Flaw]:
    yield from check_conditions(fee.conditions, f"{where}.conditions", known)
    yield from check_scope(fee.scope, f"{where}.scope", known)
    if not fee.amount_fen and not fee.rate_basis_points:
        yield flaw(RuleFlaw.CHARGES_NOTHING, where)
    if fee.free_from_fen == 0:
        yield flaw(RuleFlaw.CHARGES_NOTHING, f"{where}.free_from_fen")
    largest_fen = LARGEST_AMOUNT_FEN // _MOST_OF_MEASURE[fee.measure]
    if fee.amount_fen > largest_fen:
        yield flaw(RuleFlaw.AMOUNT_OVERFLOW, f"{where}.amount_fen", largest=format_fen(largest_fen))


def check_rounding(rounding: Rounding, where: str, known: Known) -> Iterator[Flaw]:
    return check_conditions(rounding.conditions, f"{where}.conditions", known)


def check_points(points: PointsRule, where: str, known: Known) -> Iterator[Flaw]:
    """A cap of 0 turns paying with points off; else the largest order has to bear one step."""
    yield from check_scope(points.scope, f"{where}.scope", known)
    step_fen = points.step * points.value_fen
    cap_fen = LARGEST_AMOUNT_FEN * points.cap_basis_points // BASIS_POINTS
    if 0 < cap_fen < step_fen:
        yield flaw(
            RuleFlaw.POINTS_STEP_TOO_LARGE,
            f"{where}.step",
            step=format_fen(step_fen),
            cap=format_fen(cap_fen),
        )
    if points.offline_limit > LARGEST_AMOUNT_FEN:
        yield flaw(
            RuleFlaw.VALUE_OUT_OF_RANGE, f"{where}.offline_limit", bound=f"<= {LARGEST_AMOUNT_FEN}"
        )
