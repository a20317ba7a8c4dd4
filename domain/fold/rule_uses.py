"""How often rules with limits were used: by all, and by each member.

Sums by rule, and by rule and member, so that any order of arrival gives the same. A refund gives
no use back: a limit counts orders that were made.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from domain.facts import SaleClosed
from domain.identifiers import MemberId, RuleId
from domain.loyalty.facts import RewardExchanged
from domain.loyalty.rewards import reward_rule_id
from domain.loyalty.sums import add_row
from domain.offers import RuleUses
from domain.orders import Sale

# Today's uses are all that limits ask for; the days before are there for tills whose day is off.
DAYS_KEPT: Final = 8


class RuleUse(msgspec.Struct, frozen=True, kw_only=True):
    """`by_day` holds (ordinal of the business day, times) of the latest DAYS_KEPT days."""

    key: str
    total: int = 0
    total_fen: int = 0
    by_day: tuple[tuple[int, int], ...] = ()

    def on(self, day: date) -> int:
        return dict(self.by_day).get(day.toordinal(), 0)


def by_all(rule_id: RuleId) -> str:
    """The key of what all members and guests together used."""
    return rule_id


def by_member(rule_id: RuleId, member_id: MemberId) -> str:
    return f"{rule_id}|{member_id}"


def earned_by(rule_id: RuleId, member_id: MemberId) -> str:
    """The key of what an earning rule gave a member; its times are points."""
    return f"earn:{rule_id}|{member_id}"


def counted_in(sale: Sale) -> dict[str, tuple[int, int]]:
    """What a sale adds, by key: times (or points), and the saving in fen."""
    counted: dict[str, tuple[int, int]] = {}
    for used in sale.used_rules:
        if used.counted:
            counted[by_all(used.rule_id)] = (used.times, used.saving_fen)
            if sale.member_id is not None:
                key = by_member(used.rule_id, sale.member_id)
                counted[key] = (used.times, used.saving_fen)
    if sale.member_id is not None:
        for rule_id, points in sale.earned_by_limited_rules:
            counted[earned_by(rule_id, sale.member_id)] = (points, 0)
    return counted


def counted_in_exchange(fact: RewardExchanged) -> dict[str, tuple[int, int]]:
    """What an exchange without an order adds: dishes on orders are counted with their sale."""
    rule_id, counted = reward_rule_id(fact.reward_id), (fact.quantity, 0)
    return {by_all(rule_id): counted, by_member(rule_id, fact.member_id): counted}


def fold_rule_use(use: RuleUse | None, key: str, fact: SaleClosed | RewardExchanged) -> RuleUse:
    known = use or RuleUse(key=key)
    if isinstance(fact, SaleClosed):
        times, saving_fen = counted_in(fact.sale)[key]
        day = date.fromisoformat(fact.sale.business_day).toordinal()
    else:
        times, saving_fen = counted_in_exchange(fact)[key]
        day = fact.day.toordinal()
    return RuleUse(
        key=key,
        total=known.total + times,
        total_fen=known.total_fen + saving_fen,
        by_day=add_row(known.by_day, (day, times), keys=1)[-DAYS_KEPT:],
    )


def uses_of(
    rule_id: RuleId, members: Iterable[MemberId], known: dict[str, RuleUse], *, today: date
) -> RuleUses:
    """How often a rule was used before, by all and by a person under any of her ids."""
    nothing = RuleUse(key="")
    whole = known.get(by_all(rule_id), nothing)
    own = [known.get(by_member(rule_id, member_id), nothing) for member_id in members]
    return RuleUses(
        total=whole.total,
        total_fen=whole.total_fen,
        today=whole.on(today),
        by_member=sum(use.total for use in own),
        by_member_today=sum(use.on(today) for use in own),
    )
