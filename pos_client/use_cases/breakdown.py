"""How an order adds up, for screen and receipt: list, savings, fees, rounding, tip."""

from enum import StrEnum

import msgspec

from domain.orders import Sale, Stage
from domain.pricing.result import PricedOrder


class PartKind(StrEnum):
    SAVING = "saving"
    FEE = "fee"
    ROUNDING = "rounding"
    TIP = "tip"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """`amount_fen` is below zero where it makes the order cheaper. A tip has no name of its own."""

    kind: PartKind
    name: str
    amount_fen: int


def parts_of(order: PricedOrder | Sale) -> tuple[Part, ...]:
    """What lies between the list amount and what is due; all of them added to it are just that.

    Fees stand in full, followed by what took them off.
    """
    fees = {fee.rule_id for fee in order.fees}
    on_fees = [rule for rule in order.used_rules if rule.stage is Stage.FEE or rule.rule_id in fees]
    on_dishes = [
        rule
        for rule in order.used_rules
        if rule not in on_fees and rule.stage is not Stage.ROUNDING
    ]
    rounding = [rule for rule in order.used_rules if rule.stage is Stage.ROUNDING]
    parts = [_part(PartKind.SAVING, rule.name, -rule.saving_fen) for rule in on_dishes]
    parts += [_part(PartKind.FEE, fee.name, fee.list_fen) for fee in order.fees]
    parts += [_part(PartKind.SAVING, rule.name, -rule.saving_fen) for rule in on_fees]
    parts += [_part(PartKind.ROUNDING, rule.name, -rule.saving_fen) for rule in rounding]
    if order.tip_fen:
        parts.append(_part(PartKind.TIP, "", order.tip_fen))
    return tuple(parts)


def saved_fen(order: PricedOrder | Sale) -> int:
    """What rules saved the guest; rounding is not among it."""
    return -sum(part.amount_fen for part in parts_of(order) if part.kind is PartKind.SAVING)


def _part(kind: PartKind, name: str, amount_fen: int) -> Part:
    return Part(kind=kind, name=name, amount_fen=amount_fen)
