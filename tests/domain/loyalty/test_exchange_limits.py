"""What was exchanged counts towards the limits of a reward, on an order or without one."""

from datetime import date

from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.fold.rule_uses import RuleUse, uses_of
from domain.identifiers import MemberId, RewardId
from domain.loyalty.facts import RewardExchanged
from domain.loyalty.rewards import CouponReward, reward_rule_id
from domain.offers import RuleUses
from tests.domain.builders import entry_of, folded

DAY = date(2026, 11, 22)
CUP = reward_rule_id(RewardId("cup"))


def exchanged(number: int, member: str, quantity: int, day: date = DAY) -> RewardExchanged:
    return RewardExchanged(
        exchange_id=f"x{number}",
        member_id=MemberId(member),
        reward_id=RewardId("cup"),
        name="杯",
        gives=CouponReward(template_id="cup"),
        points=100,
        day=day,
        quantity=quantity,
    )


def uses_after(*facts: RewardExchanged) -> RuleUses:
    entries = [(entry_of(fact, stamp=stamp), fact) for stamp, fact in enumerate(facts, start=1)]
    known = {
        key.id: use
        for key, use in folded(entries).items()
        if key.kind is AggregateKind.RULE_USE and isinstance(use, RuleUse)
    }
    assert AggregateKey(AggregateKind.RULE_USE, CUP).id in known
    return uses_of(CUP, [MemberId("m1")], known, today=DAY)


def test_exchanges_without_an_order_are_counted_by_all_by_member_and_by_day() -> None:
    facts = (
        exchanged(1, "m1", 2),
        exchanged(2, "m1", 1, date(2026, 11, 21)),
        exchanged(3, "m2", 4),
    )
    uses = RuleUses(total=7, today=6, by_member=3, by_member_today=2)
    assert uses_after(*facts) == uses
    assert uses_after(*reversed(facts)) == uses
