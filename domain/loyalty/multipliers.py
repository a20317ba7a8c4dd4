"""Which multipliers of a rule count, and what they come to together."""

import msgspec

from domain.conditions import Setting, why_not
from domain.loyalty.earning_terms import TIER_GROUP, EarningRule, EarningTerms, Multiplier
from domain.money import BASIS_POINTS


class Rate(msgspec.Struct, frozen=True):
    """The multipliers that count, as an exact fraction."""

    numerator: int
    denominator: int
    names: tuple[str, ...]


def rate_of(
    terms: EarningTerms, rule: EarningRule, setting: Setting, *, tier: Multiplier | None
) -> Rate:
    offered = [*rule.multipliers]
    if tier is not None and rule.tier_multiplies:
        offered.append(tier)
    best: dict[str, Multiplier] = {}
    for multiplier in offered:
        if why_not(multiplier.conditions, setting) is None:
            held = best.setdefault(multiplier.group, multiplier)
            if multiplier.rate_basis_points > held.rate_basis_points:
                best[multiplier.group] = multiplier
    numerator, denominator = 1, 1
    for multiplier in best.values():
        numerator *= multiplier.rate_basis_points
        denominator *= BASIS_POINTS
    names = tuple(multiplier.name for multiplier in best.values())
    if numerator * BASIS_POINTS > terms.multiplier_cap_basis_points * denominator:
        return Rate(terms.multiplier_cap_basis_points, BASIS_POINTS, names)
    return Rate(numerator, denominator, names)


def tier_multiplier(name: str, rate_basis_points: int) -> Multiplier:
    return Multiplier(name=name, rate_basis_points=rate_basis_points, group=TIER_GROUP)
