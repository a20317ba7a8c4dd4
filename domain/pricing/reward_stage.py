"""Dishes of the redemption catalogue that lie on the order: points pay for the unit, S2.

Rewards come before the item offers of S2, so a unit that points pay for is in no other offer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.conditions import Setting
from domain.loyalty.benefits import off_rewards
from domain.loyalty.rewards import DishReward, Reward, RewardUse, quote_reward, reward_rule_id
from domain.offers import NOT_USED_YET
from domain.orders import Stage
from domain.pricing.state import Label, Place, Refusal, Saving, Taken, Working
from domain.pricing.unit_plans import Units
from domain.reasons import Reason


def reward_stage(working: Working) -> None:
    """Each reward once for every time it was laid on the order, as far as dishes and points go."""
    catalogue = {reward.reward_id: reward for reward in working.question.book.loyalty.rewards}
    for reward_id, wanted in sorted(Counter(working.basket.rewards).items()):
        reward = catalogue.get(reward_id)
        label = Label(
            reward_rule_id(reward_id),
            reward.name if reward else reward_id,
            Stage.ITEM_OFFER,
            counted=reward is not None and _is_limited(reward),
        )
        if reward is None or not isinstance(reward.gives, DishReward):
            working.refuse(label, Refusal(Reason.REWARD_UNKNOWN))
            continue
        _exchange(working, label, reward, wanted=wanted)


def _is_limited(reward: Reward) -> bool:
    limits = (reward.limit_per_member, reward.limit_per_member_a_day, reward.quota)
    return any(limit is not None for limit in limits)


def _exchange(working: Working, label: Label, reward: Reward, *, wanted: int) -> None:
    on_order = [place for place in working.places if _is_of(reward, place)]
    if not on_order:
        working.refuse(label, Refusal(Reason.NO_ITEM))
        return
    saving_of = _saving_of_a_unit(working, reward)
    cheaper = [place for place in on_order if saving_of[place.number]]
    quote = _quote(working, reward, most=min(wanted, sum(place.free_units for place in cheaper)))
    if quote.reason is not None or not cheaper:
        working.refuse(label, Refusal(quote.reason or Reason.NOT_CHEAPER))
        return
    taken = _units(cheaper, saving_of, quote.quantity)
    saving_fen = sum(one.saving_fen for one in taken)
    working.use(label, Saving(saving_fen, taken, quote.quantity))
    working.points_redeemed += quote.points
    working.reward_ids.extend([reward.reward_id] * quote.quantity)
    each = quote.points // quote.quantity
    working.reward_points.extend(
        (one.place.number, each * one.units) for one in taken if isinstance(one.place, Place)
    )


def _is_of(reward: Reward, place: Place) -> bool:
    """Whether units of a line are free to be exchanged for the reward."""
    dish = reward.gives
    named = isinstance(dish, DishReward) and place.item_id == dish.item_id
    return named and not place.by_staff and place.free_units > 0


def _saving_of_a_unit(working: Working, reward: Reward) -> dict[int, int]:
    """By line: what points pay of a unit, all but the cash part of its price."""
    prices_fen = zip(working.places, Units(working).price_fen, strict=True)
    return {place.number: max(0, price_fen - reward.cash_fen) for place, price_fen in prices_fen}


class _Quote(NamedTuple):
    quantity: int
    points: int
    reason: Reason | None


def _quote(working: Working, reward: Reward, *, most: int) -> _Quote:
    """As many as points and limits allow; the reason where not even one is."""
    for quantity in range(max(1, most), 0, -1):
        quote = quote_reward(
            reward,
            _setting(working),
            off_basis_points=_off_basis_points(working),
            used=_used(working, reward),
            quantity=quantity,
        )
        if quote.reason is None:
            break
    return _Quote(quantity, quote.points, quote.reason)


def _units(places: Sequence[Place], saving_of: Mapping[int, int], quantity: int) -> list[Taken]:
    """The dearest units of the dish."""
    taken = []
    for place in sorted(places, key=lambda place: -saving_of[place.number]):
        units = min(quantity, place.free_units)
        quantity -= units
        if units:
            taken.append(Taken(place, saving_of[place.number] * units, units))
    return taken


def _setting(working: Working) -> Setting:
    """The guest has fewer points for each reward that came before."""
    setting = working.question.setting(working.basket)
    guest = setting.guest
    if guest is None or not working.points_redeemed:
        return setting
    left = guest.points_spendable - working.points_redeemed
    guest = msgspec.structs.replace(
        guest, points_spendable=left, points=guest.points - working.points_redeemed
    )
    return msgspec.structs.replace(setting, guest=guest)


def _off_basis_points(working: Working) -> int:
    guest = working.question.guest
    tier = working.question.book.loyalty.tiers.tier(guest.tier_id) if guest else None
    return off_rewards(tier.benefits) if tier else 0


def _used(working: Working, reward: Reward) -> RewardUse:
    uses = working.question.uses.get(reward_rule_id(reward.reward_id), NOT_USED_YET)
    return RewardUse(
        by_member=uses.by_member, by_member_today=uses.by_member_today, by_all=uses.total
    )
