"""The order while it passes through the stages: what is left of each line, and what was decided."""

from collections.abc import Sequence

import msgspec

from domain.identifiers import CouponId, RuleId
from domain.money import allocate
from domain.orders import Share, Stage, UsedRule
from domain.pricing.basket import Basket, BasketLine
from domain.pricing.result import UnusedRule
from domain.reasons import Reason


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that may apply: its saving on the eligible lines, in the stage that asks."""

    rule_id: RuleId
    name: str
    priority: int
    saving_fen: int
    lines: tuple[int, ...]


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """`remaining_fen` maps line number to what the earlier stages left of the line."""

    basket: Basket
    remaining_fen: dict[int, int]
    shares: tuple[Share, ...] = ()
    used_rules: tuple[UsedRule, ...] = ()
    unused_rules: tuple[UnusedRule, ...] = ()
    points_redeemed: int = 0
    coupon_ids: tuple[CouponId, ...] = ()

    @property
    def total_fen(self) -> int:
        return sum(self.remaining_fen.values())

    def eligible(self, excluded_categories: Sequence[str] = ()) -> tuple[BasketLine, ...]:
        """The lines that a rule may reduce, in an order that does not depend on scanning."""
        return tuple(
            line for line in by_item(self.basket) if line.category not in excluded_categories
        )

    def remaining_on(self, lines: Sequence[BasketLine]) -> int:
        return sum(self.remaining_fen[line.number] for line in lines)


def by_item(basket: Basket) -> list[BasketLine]:
    """Lines by item, so that a tie between equal fractions never falls by order of scanning."""
    return sorted(basket.lines, key=lambda line: (line.item_id, line.unit_price_fen, line.number))


def start(basket: Basket) -> Working:
    """Stage S0: list price times quantity."""
    return Working(
        basket=basket, remaining_fen={line.number: line.list_fen for line in by_item(basket)}
    )


def apply(working: Working, stage: Stage, rule: Candidate) -> Working:
    """Take a rule's saving off its lines in proportion to what is left of them."""
    bases = [working.remaining_fen[number] for number in rule.lines]
    shares = tuple(
        Share(line=number, rule_id=rule.rule_id, stage=stage, base_fen=base, saving_fen=saving)
        for number, base, saving in zip(
            rule.lines, bases, allocate(rule.saving_fen, bases), strict=True
        )
        if saving
    )
    left = dict(working.remaining_fen)
    for share in shares:
        left[share.line] -= share.saving_fen
    used = UsedRule(rule_id=rule.rule_id, stage=stage, name=rule.name, saving_fen=rule.saving_fen)
    return msgspec.structs.replace(
        working,
        remaining_fen=left,
        shares=working.shares + shares,
        used_rules=(*working.used_rules, used),
    )


def refuse(
    working: Working,
    stage: Stage,
    *,
    rule_id: RuleId,
    name: str,
    reason: Reason,
    missing_fen: int = 0,
) -> Working:
    """Note why a rule is not used."""
    unused = UnusedRule(
        rule_id=rule_id, stage=stage, name=name, reason=reason, missing_fen=missing_fen
    )
    return msgspec.structs.replace(working, unused_rules=(*working.unused_rules, unused))


def choose_one(
    working: Working, stage: Stage, candidates: Sequence[Candidate], *, beaten: Reason
) -> Working:
    """Use the candidate with the largest saving; ties by priority, then id.

    The others are noted: as `beaten`, or as saving nothing.
    """
    ranked = sorted(candidates, key=lambda c: (-c.saving_fen, c.priority, c.rule_id))
    for place, candidate in enumerate(ranked):
        if not candidate.saving_fen:
            reason = Reason.NOTHING_LEFT_TO_REDUCE
        elif place:
            reason = beaten
        else:
            working = apply(working, stage, candidate)
            continue
        working = refuse(
            working, stage, rule_id=candidate.rule_id, name=candidate.name, reason=reason
        )
    return working
