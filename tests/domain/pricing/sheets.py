"""The sheets of carts in `carts/`: what their words mean, and what `price` answers in them.

`menu.toml` names dishes and options for all sheets. A sheet names rules, coupons, fees, rewards and
roundings and then lists carts. Everything is read strictly: a misspelt word fails the run.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from domain.conditions import Channel, Guest, OrderType, moment_at
from domain.configuration import CouponTerms, PointsRule
from domain.fees import FeeRule, Rounding, StaffDiscount
from domain.identifiers import CouponId, RewardId, RuleId, StoreId
from domain.loyalty.rewards import Reward
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Tier, TierTerms
from domain.menu import MenuItem
from domain.offers import Rule, RuleUses
from domain.orders import ChosenOption
from domain.pricing.basket import Basket, add_item, lay_coupon
from domain.pricing.question import Question
from domain.rulebook import RuleBook
from domain.strict_reading import read_strictly

FOLDER: Final = Path(__file__).with_name("carts")
STORE_TIME: Final = timezone(timedelta(hours=8))
# A Friday at noon, where a cart does not say when.
FRIDAY_NOON: Final = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001 - the store's own time
LONG_AGO: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - the store's own time
FAR_AHEAD: Final = datetime(2027, 1, 1)  # noqa: DTZ001 - the store's own time

Words = dict[str, Any]
Known = TypeVar("Known", bound=msgspec.Struct)


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the cart must cost. `used`: rule and saving; `unused`: rule and reason, with what lacks.

    `fees` are what is due of each, `shares` what a rule took off each line; `tax` by rate the sum
    and the tax in it. What is not written is not looked at, from `shares` on.
    """

    total: int
    nets: list[int]
    used: dict[str, int] = {}
    unused: dict[str, str] = {}
    fees: dict[str, int] = {}
    redeemed: int = 0
    shares: dict[str, list[int]] | None = None
    times: dict[str, int] | None = None
    tax: dict[str, tuple[int, int]] | None = None
    possible: int | None = None
    earned: int | None = None
    due: int | None = None


class Cart(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An order and what surrounds it. `at` is the store's own time; `lines` as in `menu.toml`."""

    claim: str
    lines: list[str]
    answer: Answer
    rules: list[str] = []
    coupons: list[str] = []
    redeemed: list[str] = []
    coupons_per_order: int = 1
    fees: list[str] = []
    waived: list[str] = []
    rewards: list[str] = []
    rounding: str = ""
    guest: Words | None = None
    points: int = 0
    points_rule: Words = {}
    at: datetime = FRIDAY_NOON
    store: str = "harbour"
    channel: Channel = Channel.COUNTER
    order_type: OrderType = OrderType.DINE_IN
    guests: int = 0
    staff: list[Words] = []
    tip: int = 0
    uses: dict[str, Words] = {}


class Sheet(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    cart: list[Cart]
    rules: dict[str, Words] = {}
    coupons: dict[str, Words] = {}
    fees: dict[str, Words] = {}
    rewards: dict[str, Words] = {}
    roundings: dict[str, Words] = {}
    tiers: dict[str, Words] = {}


class Case(msgspec.Struct, frozen=True):
    """A cart of a sheet, put together."""

    claim: str
    basket: Basket
    question: Question
    answer: Answer


def strictly(words: Mapping[str, Any], kind: type[Known]) -> Known:
    found = read_strictly(dict(words), kind)
    assert not isinstance(found, tuple), (words, found)
    return found


def cases_of(sheet_path: Path) -> list[Case]:
    menu = tomllib.loads((FOLDER / "menu.toml").read_text(encoding="utf-8"))
    sheet = _sheet(sheet_path)
    return [_case(sheet, cart, menu) for cart in sheet.cart]


def _sheet(sheet_path: Path) -> Sheet:
    return msgspec.convert(tomllib.loads(sheet_path.read_text(encoding="utf-8")), Sheet)


def sheet_paths() -> Sequence[Path]:
    return sorted(path for path in FOLDER.glob("*.toml") if path.name != "menu.toml")


def _case(sheet: Sheet, cart: Cart, menu: Words) -> Case:
    return Case(cart.claim, _basket(sheet, cart, menu), _question(sheet, cart), cart.answer)


def _basket(sheet: Sheet, cart: Cart, menu: Words) -> Basket:
    basket = Basket(
        points_wanted=cart.points,
        staff_discounts=tuple(strictly(words, StaffDiscount) for words in cart.staff),
        waived_fees=frozenset(RuleId(fee) for fee in cart.waived),
        rewards=tuple(RewardId(reward) for reward in cart.rewards),
        order_type=cart.order_type,
        channel=cart.channel,
        guest_count=cart.guests,
        tip_fen=cart.tip,
    )
    for line in cart.lines:
        basket = _scanned(basket, line, menu)
    for coupon in cart.coupons:
        basket = lay_coupon(basket, _coupon(coupon, sheet.coupons[coupon]))
    return basket


def _scanned(basket: Basket, line: str, menu: Words) -> Basket:
    """A line like "tea x 2", "tea x 2 + pearl + ice*2" or "shrimp 450 g", laid on the order."""
    dish_text, *option_texts = line.split(" + ")
    options = tuple(_option(text, menu) for text in option_texts)
    if dish_text.endswith(" g"):
        name, grams, _ = dish_text.split()
        return add_item(basket, _dish(name, menu), weight_grams=int(grams), options=options)
    name, _, quantity = dish_text.partition(" x ")
    return add_item(basket, _dish(name, menu), int(quantity), options=options)


def _dish(name: str, menu: Words) -> MenuItem:
    return strictly({"item_id": name, "name": name, **menu["dishes"][name]}, MenuItem)


def _option(text: str, menu: Words) -> ChosenOption:
    name, _, quantity = text.partition("*")
    words = {"name": name, "quantity": int(quantity or 1), **menu["options"][name]}
    return strictly(words, ChosenOption)


def _coupon(name: str, words: Words) -> CouponTerms:
    rule = {key: value for key, value in words.items() if key not in _WINDOW_AND_OWNER}
    return CouponTerms(
        coupon_id=CouponId(name),
        code=f"CODE-{name}",
        rule=_rule(name, rule),
        valid_from_ms=_ms_of(words.get("valid_from", LONG_AGO)),
        valid_until_ms=_ms_of(words.get("valid_until", FAR_AHEAD)),
        member_id=words.get("member"),
    )


_WINDOW_AND_OWNER: Final = {"valid_from", "valid_until", "member"}


def _rule(name: str, words: Words) -> Rule:
    return strictly({"rule_id": name, "name": name, **words}, Rule)


def _ms_of(store_time: datetime) -> int:
    """Trusted Unix time of a moment in the store's own time, without a float on the way."""
    since = store_time.replace(tzinfo=STORE_TIME) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(milliseconds=1)


def _question(sheet: Sheet, cart: Cart) -> Question:
    return Question(
        book=_book(sheet, cart),
        moment=moment_at(_ms_of(cart.at), 8 * 60),
        store=StoreId(cart.store),
        guest=None if cart.guest is None else strictly({"member_id": "anna", **cart.guest}, Guest),
        redeemed=frozenset(CouponId(coupon) for coupon in cart.redeemed),
        uses={RuleId(name): strictly(words, RuleUses) for name, words in cart.uses.items()},
    )


def _book(sheet: Sheet, cart: Cart) -> RuleBook:
    rounding = sheet.roundings[cart.rounding] if cart.rounding else None
    return RuleBook(
        rules=tuple(_rule(name, sheet.rules[name]) for name in cart.rules),
        coupons_per_order=cart.coupons_per_order,
        points=strictly(cart.points_rule, PointsRule),
        fees=tuple(_fee(name, sheet.fees[name]) for name in cart.fees),
        rounding=None if rounding is None else strictly(rounding, Rounding),
        loyalty=_loyalty(sheet),
    )


def _fee(name: str, words: Words) -> FeeRule:
    return strictly({"rule_id": name, "name": name, **words}, FeeRule)


def _loyalty(sheet: Sheet) -> LoyaltyTerms:
    rewards = (
        strictly({"reward_id": name, "name": name, **words}, Reward)
        for name, words in sheet.rewards.items()
    )
    tiers = (
        strictly({"tier_id": name, "name": name, "rank": rank, "by_hand_only": True, **words}, Tier)
        for rank, (name, words) in enumerate({**_PLAIN_TIERS, **sheet.tiers}.items())
    )
    return LoyaltyTerms(rewards=tuple(rewards), tiers=TierTerms(tiers=tuple(tiers)))


_PLAIN_TIERS: Final[dict[str, Words]] = {"silver": {}, "gold": {}, "black": {}}


def whole_book(sheet_path: Path) -> tuple[RuleBook, list[Rule]]:
    """All that a sheet names, as one book, and the rules of its coupons."""
    sheet = _sheet(sheet_path)
    book = RuleBook(
        rules=tuple(_rule(name, words) for name, words in sheet.rules.items()),
        fees=tuple(_fee(name, words) for name, words in sheet.fees.items()),
        loyalty=_loyalty(sheet),
    )
    return book, [_coupon(name, words).rule for name, words in sheet.coupons.items()]
