from datetime import date

import msgspec
import pytest

from domain.conditions import Channel, Conditions, Guest, Moment, Setting
from domain.identifiers import ItemId, MemberId, RewardId
from domain.loyalty.negative_points import NegativePoints, withheld_points
from domain.loyalty.rewards import DishReward, Reward, RewardQuote, RewardUse, quote_reward
from domain.reasons import Reason

TEA = Reward(
    reward_id=RewardId("tea"),
    name="酸梅汤",
    gives=DishReward(item_id=ItemId("juice")),
    points=999,
    cash_fen=100,
)


def at_counter(points: int, *, offline: bool = False) -> Setting:
    moment = Moment(now_ms=0, day=date(2026, 11, 22), minute=0)
    guest = Guest(member_id=MemberId("m"), points=points, points_spendable=points, offline=offline)
    return Setting(moment=moment, guest=guest)


def changed(**settings: object) -> Reward:
    return msgspec.structs.replace(TEA, **settings)


def test_a_reward_costs_its_points_and_cash() -> None:
    assert quote_reward(TEA, at_counter(999)) == RewardQuote(points=999, cash_fen=100)


def test_one_point_too_few_is_not_enough() -> None:
    assert quote_reward(TEA, at_counter(998)) == RewardQuote(
        points=999, cash_fen=100, reason=Reason.POINTS_NOT_ENOUGH, missing_points=1
    )


def test_several_cost_as_often_as_much() -> None:
    quote = quote_reward(TEA, at_counter(1_998), quantity=2)
    assert quote == RewardQuote(points=1_998, cash_fen=200)
    assert quote_reward(TEA, at_counter(1_997), quantity=2).missing_points == 1


def test_the_discount_of_a_tier_is_rounded_down_on_each_one() -> None:
    half = quote_reward(TEA, at_counter(0), off_basis_points=5_000, quantity=2)
    assert half.points == 2 * 500
    assert quote_reward(changed(points=1), at_counter(9), off_basis_points=9_999).points == 1
    assert quote_reward(TEA, at_counter(0), off_basis_points=10_000).points == 0


def test_a_reward_may_leave_the_discount_out() -> None:
    plain = changed(exchange_discount=False)
    assert quote_reward(plain, at_counter(999), off_basis_points=5_000).points == 999


def test_without_a_member_nothing_is_exchanged_but_the_price_is_told() -> None:
    nobody = msgspec.structs.replace(at_counter(0), guest=None)
    assert quote_reward(TEA, nobody) == RewardQuote(
        points=999, cash_fen=100, reason=Reason.MEMBER_NEEDED, missing_points=999
    )


def test_the_limit_without_the_server_is_told_from_a_small_balance() -> None:
    offline = at_counter(998, offline=True)
    assert quote_reward(TEA, offline).reason is Reason.POINTS_NOT_ENOUGH
    guest = Guest(member_id=MemberId("m"), points=999, points_spendable=500, offline=True)
    held_back = msgspec.structs.replace(offline, guest=guest)
    assert quote_reward(TEA, held_back).reason is Reason.POINTS_OFFLINE_LIMIT
    frozen = msgspec.structs.replace(offline, guest=msgspec.structs.replace(guest, offline=False))
    assert quote_reward(TEA, frozen).reason is Reason.POINTS_NOT_ENOUGH


@pytest.mark.parametrize(
    ("settings", "used", "reason"),
    [
        ({"conditions": Conditions(channels=(Channel.ONLINE,))}, {}, Reason.OTHER_CHANNEL),
        ({"limit_per_member": 3}, {"by_member": 2}, Reason.LIMIT_PER_MEMBER),
        ({"limit_per_member": 4}, {"by_member": 2}, None),
        ({"limit_per_member_a_day": 3}, {"by_member_today": 2}, Reason.LIMIT_PER_DAY),
        ({"limit_per_member_a_day": 4}, {"by_member_today": 2}, None),
        ({"quota": 3}, {"by_all": 2}, Reason.QUOTA_USED_UP),
        ({"quota": 4}, {"by_all": 2}, None),
        (
            {"quota": 1, "limit_per_member": 1, "limit_per_member_a_day": 1},
            {"by_all": 0},
            Reason.LIMIT_PER_MEMBER,
        ),
        ({"quota": 1, "limit_per_member_a_day": 1}, {}, Reason.LIMIT_PER_DAY),
    ],
)
def test_limits_count_what_was_exchanged_before_and_what_is_asked_for(
    settings: dict[str, object], used: dict[str, int], reason: Reason | None
) -> None:
    quote = quote_reward(changed(**settings), at_counter(9_999), used=RewardUse(**used), quantity=2)
    assert quote.reason is reason


@pytest.mark.parametrize(
    ("balance", "points", "limit", "withheld"),
    [
        (100, 100, 0, 0),
        (99, 100, 0, 1),
        (99, 100, 1, 0),
        (0, 100, 30, 70),
        (-30, 100, 30, 100),
        (-31, 100, 30, 100),
        (-31, 0, 30, 0),
    ],
)
def test_points_are_taken_back_down_to_the_limit_and_the_rest_is_for_review(
    balance: int, points: int, limit: int, withheld: int
) -> None:
    assert withheld_points(balance, points, NegativePoints(limit=limit)) == withheld
