"""Limits that contradict each other, and budgets that not even one use fits into."""

from collections.abc import Iterator
from typing import Final

from domain.money import format_fen
from domain.offers import AmountOff, Limits, Rule
from domain.rule_flaws import Flaw, RuleFlaw, flaw

# What counts less stands first: it cannot allow more than what counts more.
_NARROW_AND_WIDE: Final = (
    ("per_order", "per_member_a_day"),
    ("per_order", "per_member"),
    ("per_order", "per_day"),
    ("per_order", "quota"),
    ("per_member_a_day", "per_member"),
    ("per_member_a_day", "per_day"),
    ("per_member_a_day", "quota"),
    ("per_member", "quota"),
    ("per_day", "quota"),
)


def check_limits(rule: Rule, where: str) -> Iterator[Flaw]:
    for narrow, wide in _NARROW_AND_WIDE:
        within, around = getattr(rule.limits, narrow), getattr(rule.limits, wide)
        if within > around > 0:
            here = f"{where}.limits.{narrow}"
            yield flaw(RuleFlaw.LIMITS_CONTRADICT, here, narrow=narrow, wide=wide)
    least_fen = _least_saving_fen(rule)
    if 0 < rule.limits.budget_fen < least_fen:
        here = f"{where}.limits.budget_fen"
        yield flaw(
            RuleFlaw.BUDGET_TOO_SMALL,
            here,
            budget=format_fen(rule.limits.budget_fen),
            saving=format_fen(least_fen),
        )


def check_limits_of_coupon(rule: Rule, where: str) -> Iterator[Flaw]:
    """A coupon is used once: only its limit for one order means anything."""
    if rule.limits != Limits(per_order=rule.limits.per_order):
        yield flaw(RuleFlaw.LIMITS_OF_COUPON, f"{where}.limits")


def _least_saving_fen(rule: Rule) -> int:
    """What one use saves at least, where the rule itself says so."""
    if isinstance(rule.effect, AmountOff):
        return min(step.saving_fen for step in rule.effect.steps)
    return 0
