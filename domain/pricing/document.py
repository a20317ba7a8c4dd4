"""A cart, its rules and its circumstances as one JSON document. Prose: docs/price-command.md.

Head office tries rules with it before they go live, support replays an order. What is not known
is refused: a misspelt field would give another price than the one that was asked for.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec

from domain.conditions import MINUTES_A_DAY, Channel, Guest, Moment, OrderType
from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.facts import LARGEST_MENU_ITEMS
from domain.fees import StaffDiscount
from domain.identifiers import CouponId, ItemId, RewardId, RuleId, StoreId
from domain.menu import BasisPoints, MenuItem
from domain.money import LARGEST_AMOUNT_FEN
from domain.offers import RuleUses
from domain.orders import Amount, ChosenOption, Name, Points, Quantity, Weight
from domain.pricing.basket import (
    LARGEST_BASKET_LINES,
    LARGEST_COUPONS,
    LARGEST_REWARDS,
    Basket,
    BasketLine,
    add_item,
)
from domain.pricing.choosing import Choice, options_of
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rule_flaws import Flaw
from domain.rulebook import RuleBook
from domain.strict_reading import read_strictly

VERSION: Final = 1
LARGEST_DOCUMENT_BYTES: Final = 8 * 1024 * 1024
LARGEST_STAFF_DISCOUNTS: Final = LARGEST_BASKET_LINES
_LARGEST_OFFSET_MINUTES: Final = 14 * 60
_CHINA_OFFSET_MINUTES: Final = 8 * 60
_MS_A_MINUTE: Final = 60_000
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()

GuestCount = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
LocalTime = Annotated[datetime, msgspec.Meta(tz=False)]


class CartItem(msgspec.Struct, frozen=True, kw_only=True):
    """A dish of the document's menu. `choices` out of its groups, by group name and option id."""

    item_id: ItemId
    quantity: Quantity = 1
    weight_grams: Weight = 0
    choices: Annotated[tuple[Choice, ...], msgspec.Meta(max_length=100)] = ()


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line in full, as a sale keeps it, where the menu of the time is not at hand."""

    item_id: ItemId
    name: Name
    unit_price_fen: Amount
    category: Annotated[str, msgspec.Meta(max_length=120)] = ""
    quantity: Quantity = 1
    weight_grams: Weight = 0
    options: Annotated[tuple[ChosenOption, ...], msgspec.Meta(max_length=100)] = ()
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


def read_document(data: bytes) -> PriceDocument:
    """The document, or the one place where it is wrong.

    Raises:
        TillfoldError: `request_too_large`; `request_malformed` with `where`, the path to what is
            wrong and the code of the flaw (`domain.rule_flaws`), never what stood there.
    """
    if len(data) > LARGEST_DOCUMENT_BYTES:
        raise TillfoldError(ErrorCode.REQUEST_TOO_LARGE)
    document = _read(data)
    if isinstance(document, PriceDocument):
        _check_birthday(document.guest)
        return document
    raise _wrong(", ".join(f"{flaw.where or 'document'} ({flaw.code})" for flaw in document))


def _read(data: bytes) -> PriceDocument | tuple[Flaw, ...]:
    try:
        return read_strictly(msgspec.json.decode(data), PriceDocument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong("JSON") from error


def _check_birthday(guest: Guest | None) -> None:
    if guest is None or not guest.birthday:
        return
    try:
        date.fromisoformat(guest.birthday)
    except ValueError as error:
        raise _wrong("guest.birthday") from error


def answer(document: PriceDocument) -> PricedOrder:
    """The price, worked out as a till and the server do.

    Raises:
        TillfoldError: what adding a dish at a till raises: `choice_incomplete`, `choice_unknown`,
            `weight_out_of_range`, `quantity_out_of_range`, `order_too_large`; and
            `request_malformed` for a dish that is not on the menu.
    """
    return price(basket_of(document), question_of(document))


def basket_of(document: PriceDocument) -> Basket:
    """The basket that a till would have built. Raises as `answer` does."""
    cart = document.cart
    dishes = {item.item_id: item for item in document.menu}
    basket = Basket(
        coupons=cart.coupons,
        points_wanted=cart.points_wanted,
        rewards=cart.rewards,
        staff_discounts=cart.staff_discounts,
        waived_fees=frozenset(cart.waived_fees),
        order_type=cart.order_type,
        channel=cart.channel,
        guest_count=cart.guest_count,
        tip_fen=cart.tip_fen,
    )
    for place, item in enumerate(cart.items):
        dish = dishes.get(item.item_id)
        if dish is None:
            raise _wrong(f"cart.items[{place}].item_id")
        options = options_of(dish, item.choices, dishes)
        basket = add_item(
            basket, dish, item.quantity, weight_grams=item.weight_grams, options=options
        )
    return _with_lines(basket, cart.lines)


def _with_lines(basket: Basket, added: tuple[CartLine, ...]) -> Basket:
    lines = list(basket.lines)
    for place, line in enumerate(added):
        new = BasketLine(
            number=len(lines) + 1,
            item_id=line.item_id,
            name=line.name,
            category=line.category,
            unit_price_fen=line.unit_price_fen,
            quantity=line.quantity,
            weight_grams=line.weight_grams,
            options=line.options,
            tax_basis_points=line.tax_basis_points,
        )
        if new.list_fen < 0:
            raise _wrong(f"cart.lines[{place}].options")
        if line.weight_grams and line.quantity != 1:
            raise _wrong(f"cart.lines[{place}].quantity")
        lines.append(new)
    within = len(lines) <= LARGEST_BASKET_LINES
    if not within or sum(line.list_fen for line in lines) > LARGEST_AMOUNT_FEN:
        raise TillfoldError(ErrorCode.ORDER_TOO_LARGE)
    return msgspec.structs.replace(basket, lines=tuple(lines))


def _wrong(where: str) -> TillfoldError:
    return TillfoldError(ErrorCode.REQUEST_MALFORMED, where=where)


def question_of(document: PriceDocument) -> Question:
    return Question(
        book=document.book,
        moment=moment_of(document),
        store=document.store,
        guest=document.guest,
        redeemed=frozenset(document.redeemed),
        uses=document.uses,
        earned_today=document.earned_today,
    )


def moment_of(document: PriceDocument) -> Moment:
    """The moment that the store's clock shows; its trusted time follows from the offset."""
    local = document.local_time
    days = local.date().toordinal() - _EPOCH_ORDINAL
    minute = local.hour * 60 + local.minute
    minutes = days * MINUTES_A_DAY + minute - document.utc_offset_minutes
    beyond_ms = local.second * 1_000 + local.microsecond // 1_000
    return Moment(now_ms=minutes * _MS_A_MINUTE + beyond_ms, day=local.date(), minute=minute)


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a document; as in `read_document`, no other field is allowed."""
    described = msgspec.json.schema(PriceDocument)
    for part in described["$defs"].values():
        if "properties" in part:
            part["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
