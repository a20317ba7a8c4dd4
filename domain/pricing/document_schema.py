"""The schema of a document that is priced on trial. Prose: docs/price-command.md."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from domain.conditions import Channel, Guest, OrderType
from domain.configuration import CouponTerms
from domain.facts import LARGEST_MENU_ITEMS
from domain.fees import StaffDiscount
from domain.identifiers import CouponId, ItemId, RewardId, RuleId, StoreId
from domain.menu import MenuItem
from domain.money import BasisPoints
from domain.offers import RuleUses
from domain.orders import LARGEST_LINE_OPTIONS, Amount, ChosenOption, Name, Points, Quantity, Weight
from domain.pricing.basket import LARGEST_BASKET_LINES, LARGEST_COUPONS, LARGEST_REWARDS
from domain.pricing.choosing import Choice
from domain.rulebook import RuleBook

VERSION: Final = 1
LARGEST_STAFF_DISCOUNTS: Final = LARGEST_BASKET_LINES
_LARGEST_OFFSET_MINUTES: Final = 14 * 60
_CHINA_OFFSET_MINUTES: Final = 8 * 60

GuestCount = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
LocalTime = Annotated[datetime, msgspec.Meta(tz=False)]


class CartItem(msgspec.Struct, frozen=True, kw_only=True):
    """A dish of the document's menu. `choices` out of its groups, by group name and option id."""

    item_id: ItemId
    quantity: Quantity = 1
    weight_grams: Weight = 0
    choices: Annotated[tuple[Choice, ...], msgspec.Meta(max_length=LARGEST_LINE_OPTIONS)] = ()


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line in full, as a sale keeps it, where the menu of the time is not at hand."""

    item_id: ItemId
    name: Name
    unit_price_fen: Amount
    category: Annotated[str, msgspec.Meta(max_length=120)] = ""
    quantity: Quantity = 1
    weight_grams: Weight = 0
    options: Annotated[tuple[ChosenOption, ...], msgspec.Meta(max_length=LARGEST_LINE_OPTIONS)] = ()
    tax_basis_points: BasisPoints = 0


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """`items` come first, then `lines`; lines are numbered from 1 in that order."""

    items: Annotated[tuple[CartItem, ...], msgspec.Meta(max_length=LARGEST_BASKET_LINES)] = ()
    lines: Annotated[tuple[CartLine, ...], msgspec.Meta(max_length=LARGEST_BASKET_LINES)] = ()
    coupons: Annotated[tuple[CouponTerms, ...], msgspec.Meta(max_length=LARGEST_COUPONS)] = ()
    points_wanted: Points = 0
    rewards: Annotated[tuple[RewardId, ...], msgspec.Meta(max_length=LARGEST_REWARDS)] = ()
    staff_discounts: Annotated[
        tuple[StaffDiscount, ...], msgspec.Meta(max_length=LARGEST_STAFF_DISCOUNTS)
    ] = ()
    waived_fees: tuple[RuleId, ...] = ()
    order_type: OrderType = OrderType.DINE_IN
    channel: Channel = Channel.COUNTER
    guest_count: GuestCount = 0
    tip_fen: Amount = 0


class PriceDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All that a price depends on.

    `local_time` is what the store's clock shows, without a zone; `utc_offset_minutes` is how far
    it is ahead of UTC. `uses` is how often rules with limits were used before, `redeemed` the
    coupons that are known to be used, `earned_today` what earning rules gave the guest today.
    """

    version: Annotated[int, msgspec.Meta(ge=VERSION, le=VERSION)]
    cart: Cart
    local_time: LocalTime
    utc_offset_minutes: Annotated[
        int, msgspec.Meta(ge=-_LARGEST_OFFSET_MINUTES, le=_LARGEST_OFFSET_MINUTES)
    ] = _CHINA_OFFSET_MINUTES
    menu: Annotated[tuple[MenuItem, ...], msgspec.Meta(max_length=LARGEST_MENU_ITEMS)] = ()
    book: RuleBook = RuleBook()
    store: StoreId = StoreId("")
    guest: Guest | None = None
    uses: dict[RuleId, RuleUses] = {}
    redeemed: tuple[CouponId, ...] = ()
    earned_today: dict[RuleId, Points] = {}
    expected_total_fen: Amount | None = None


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a document; as in `read_document`, no other field is allowed."""
    described = msgspec.json.schema(PriceDocument)
    for part in described["$defs"].values():
        if "properties" in part:
            part["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
