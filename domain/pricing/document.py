"""A cart, its rules and its circumstances as one JSON document. Prose: docs/price-command.md.

Head office tries rules with it before they go live, support replays an order. What is not known
is refused: a misspelt field would give another price than the one that was asked for.
"""

from datetime import date
from typing import Final

import msgspec

from domain.conditions import EPOCH_ORDINAL, MINUTES_A_DAY, MS_A_MINUTE, Guest, Moment
from domain.errors import ErrorCode, TillfoldError
from domain.money import LARGEST_AMOUNT_FEN
from domain.pricing.basket import (
    LARGEST_BASKET_LINES,
    Basket,
    BasketLine,
    add_item,
)
from domain.pricing.choosing import options_of
from domain.pricing.document_schema import CartLine, PriceDocument
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rule_flaws import Flaw
from domain.strict_reading import read_strictly

LARGEST_DOCUMENT_BYTES: Final = 8 * 1024 * 1024


# Some editors on Windows write it in front of UTF-8.
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


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
        values = msgspec.json.decode(data.removeprefix(_BYTE_ORDER_MARK))
        return read_strictly(values, PriceDocument)
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
    days = local.date().toordinal() - EPOCH_ORDINAL
    minute = local.hour * 60 + local.minute
    minutes = days * MINUTES_A_DAY + minute - document.utc_offset_minutes
    beyond_ms = local.second * 1_000 + local.microsecond // 1_000
    return Moment(now_ms=minutes * MS_A_MINUTE + beyond_ms, day=local.date(), minute=minute)
