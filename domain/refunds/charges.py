"""The two cases in which a refund charges a saving back. Everything else is never priced again.

A charge is a level, cumulative like all else: what is charged now is the level after this refund
less what was charged before. So a dish that comes back later takes its charge back with it.
"""

from collections.abc import Mapping

from domain.identifiers import RuleId
from domain.money import part_of
from domain.orders import Sale, Share, UsedRule
from domain.refunds.holdings import Holding
from domain.refunds.refund import Charge, ChargeCode
from domain.refunds.refunded import Refunded


class Kept:
    """What the guest keeps of an order after a refund; `done` are the units back by line."""

    def __init__(self, sale: Sale, dishes: Mapping[int, Holding], done: Mapping[int, int]) -> None:
        self.done = done
        self._quantity = {line: dish.quantity for line, dish in dishes.items()}
        self._list_fen = {line.number: line.list_fen for line in sale.lines}
        self._shares: dict[RuleId, list[Share]] = {}
        for share in sale.shares:
            self._shares.setdefault(share.rule_id, []).append(share)

    def shares(self, rule: UsedRule) -> list[Share]:
        return self._shares.get(rule.rule_id, [])

    def of(self, amount_fen: int, line: int) -> int:
        """What of a line's amount rests on units that are kept."""
        return amount_fen - part_of(amount_fen, self.done[line], self._quantity[line])

    def saving_fen(self, rule: UsedRule) -> int:
        return sum(max(0, self.of(share.saving_fen, share.line)) for share in self.shares(rule))

    def only_gifts(self, free_units: Mapping[int, int]) -> bool:
        return all(
            quantity - self.done[line] <= free_units.get(line, 0)
            for line, quantity in self._quantity.items()
        )

    def below_threshold(self, rule: UsedRule) -> bool:
        """Whether something came back of the rule's lines, and too little of them is kept.

        Measured on what the rule saw of its lines; a threshold that this never reached was
        measured on list amounts.
        """
        shares = self.shares(rule)
        if not any(self.done[share.line] for share in shares):
            return False
        if sum(share.base_fen for share in shares) >= rule.retest_fen:
            kept_fen = sum(self.of(share.base_fen, share.line) for share in shares)
        else:
            kept_fen = sum(self.of(self._list_fen[share.line], share.line) for share in shares)
        return kept_fen < rule.retest_fen


def charges_due(
    sale: Sale, kept: Kept, refunded: Refunded, *, gifts_charged: bool
) -> tuple[Charge, ...]:
    """What is to be charged now, and below zero what earlier refunds charged too much."""
    free_units: dict[int, int] = {}
    for rule in sale.used_rules:
        for share in kept.shares(rule) if rule.gift else ():
            free_units[share.line] = free_units.get(share.line, 0) + share.units
    gifts_alone = gifts_charged and any(kept.done.values()) and kept.only_gifts(free_units)
    due = []
    for rule in sale.used_rules:
        charged = gifts_alone if rule.gift else kept.below_threshold(rule)
        level_fen = kept.saving_fen(rule) if charged else 0
        change_fen = level_fen - refunded.charges.get(rule.rule_id, 0)
        if change_fen:
            due.append(_charge(rule, change_fen))
    return tuple(due)


def _charge(rule: UsedRule, amount_fen: int) -> Charge:
    code = ChargeCode.GIFT_KEPT if rule.gift else ChargeCode.THRESHOLD_LOST
    return Charge(rule_id=rule.rule_id, name=rule.name, code=code, amount_fen=amount_fen)
