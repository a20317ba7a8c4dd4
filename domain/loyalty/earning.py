"""What an order or a top-up earns: `earn(terms, purchase, setting)`. See docs/loyalty.md."""

from collections.abc import Mapping
from typing import Final

from domain.conditions import Setting, why_not
from domain.identifiers import RuleId
from domain.loyalty.earned import Earned, Purchase, RuleEarning, UnusedEarning
from domain.loyalty.earning_terms import EarningRule, EarningTerms, Measure, Multiplier
from domain.loyalty.multipliers import Rate, rate_of
from domain.money import BASIS_POINTS, allocate
from domain.orders import FEES
from domain.reasons import Reason

NOTHING_TODAY: Final[Mapping[RuleId, int]] = {}


def earn(
    terms: EarningTerms,
    purchase: Purchase,
    setting: Setting,
    *,
    tier: Multiplier | None = None,
    earned_today: Mapping[RuleId, int] = NOTHING_TODAY,
) -> Earned:
    """What the guest of `setting` earns with an order.

    `tier` is the multiplier of the tier that the guest had before the order; `earned_today` is
    what each rule has given this member today already.
    """
    bases = _bases(terms, purchase)
    results = [
        _by_rule(
            rule,
            _weights(rule, purchase, bases),
            setting,
            rate=rate_of(terms, rule, setting, tier=tier),
            left_today=rule.at_most_a_day - earned_today.get(rule.rule_id, 0),
        )
        for rule in terms.rules
        if rule.measure is not Measure.TOP_UP
    ]
    return _collected(results)


def earn_top_up(
    terms: EarningTerms,
    paid_fen: int,
    setting: Setting,
    *,
    tier: Multiplier | None = None,
    earned_today: Mapping[RuleId, int] = NOTHING_TODAY,
) -> Earned:
    """What a top-up earns: by what the guest paid, never by the bonus on it."""
    results = [
        _by_rule(
            rule,
            {FEES: paid_fen} if paid_fen else {},
            setting,
            rate=rate_of(terms, rule, setting, tier=tier),
            left_today=rule.at_most_a_day - earned_today.get(rule.rule_id, 0),
        )
        for rule in terms.rules
        if rule.measure is Measure.TOP_UP
    ]
    return _collected(results)


def _collected(results: list[RuleEarning | UnusedEarning]) -> Earned:
    return Earned(
        rules=tuple(result for result in results if isinstance(result, RuleEarning)),
        unused=tuple(result for result in results if isinstance(result, UnusedEarning)),
    )


def _bases(terms: EarningTerms, purchase: Purchase) -> dict[int, int]:
    """What counts of each line, and of all fees together.

    Bonus money is shared over line nets and fees; what it pays beyond them, a tip, is nobody's.
    """
    nets_fen = [line.net_fen for line in purchase.lines] + list(purchase.fees_fen)
    bonus_fen = 0 if terms.bonus_money_counts else min(purchase.bonus_fen, sum(nets_fen))
    shares_fen = allocate(bonus_fen, nets_fen)
    counted_fen = [net - share for net, share in zip(nets_fen, shares_fen, strict=True)]
    bases = {
        line.number: fen + (line.points_paid_fen if terms.points_paid_counts else 0)
        for line, fen in zip(purchase.lines, counted_fen, strict=False)
    }
    if terms.fees_count:
        bases[FEES] = sum(counted_fen[len(purchase.lines) :])
    return bases


def _weights(rule: EarningRule, purchase: Purchase, bases: dict[int, int]) -> dict[int, int]:
    """By line: fen that count, or units where the rule counts units. What cost nothing is out."""
    lines = {
        line.number: line.quantity if rule.measure is Measure.ITEM else bases[line.number]
        for line in purchase.lines
        if bases[line.number] and rule.scope.holds(line.item_id, line.category)
    }
    chosen = rule.scope.items or rule.scope.categories or rule.measure is Measure.ITEM
    fees_fen = 0 if chosen else bases.get(FEES, 0)
    return {**lines, FEES: fees_fen} if fees_fen else lines


def _by_rule(
    rule: EarningRule, weights: dict[int, int], setting: Setting, *, rate: Rate, left_today: int
) -> RuleEarning | UnusedEarning:
    base = sum(weights.values())
    reason = _why_not(rule, setting, base=base, left_today=left_today)
    if reason is not None:
        return UnusedEarning(rule_id=rule.rule_id, name=rule.name, reason=reason)
    times, per = _units(rule, base)
    points = times * rule.points * rate.numerator // (per * rate.denominator)
    points = min(points, rule.at_most_an_order, left_today)
    shares = allocate(points, tuple(weights.values()))
    return RuleEarning(
        rule_id=rule.rule_id,
        name=rule.name,
        ledger=rule.ledger,
        points=points,
        base=base,
        rate_basis_points=rate.numerator * BASIS_POINTS // rate.denominator,
        multipliers=rate.names,
        shares=tuple(sorted(zip(weights, shares, strict=True), key=_by_number)),
    )


def _by_number(share: tuple[int, int]) -> tuple[bool, int]:
    """Lines as they stand on the order, what fees earned at the end."""
    line, _ = share
    return (line == FEES, line)


def _why_not(rule: EarningRule, setting: Setting, *, base: int, left_today: int) -> Reason | None:
    if setting.guest is None:
        return Reason.MEMBER_NEEDED
    reason = why_not(rule.conditions, setting)
    if reason is not None:
        return reason
    if rule.measure is Measure.FIRST_ORDER and not setting.guest.first_order:
        return Reason.NOT_FIRST_ORDER
    if not base:
        return Reason.NO_ITEM
    return Reason.LIMIT_PER_DAY if left_today <= 0 else None


def _units(rule: EarningRule, base: int) -> tuple[int, int]:
    """How often the rule's points are given, as a fraction: it is rounded down once, at the end."""
    match rule.measure:
        case Measure.AMOUNT | Measure.TOP_UP:
            return base, rule.per_fen
        case Measure.ITEM:
            return base, 1
        case Measure.VISIT | Measure.FIRST_ORDER:
            return 1, 1
