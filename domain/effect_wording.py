"""What a price rule gives, in words: 满100减15, 8折（封顶20）, 第二份半价."""

from collections.abc import Iterable

from domain.money import BASIS_POINTS, format_decimal, format_fen
from domain.offers import (
    AmountOff,
    Bundle,
    BuyAndGet,
    Exchange,
    FeeOff,
    Gift,
    NewPrice,
    PercentOff,
    Rule,
)
from domain.wording import Wording

_HALF = BASIS_POINTS // 2
_TENTH = BASIS_POINTS // 10
_PERCENT = BASIS_POINTS // 100


def effect_text(wording: Wording, rule: Rule) -> str:
    """The rule's effect and what it asks of the order; who and when is not told."""
    text = _effect(wording, rule)
    if rule.minimum_fen:
        threshold = _yuan(rule.minimum_fen)
        text = wording.text("effect.minimum", effect=text, threshold=threshold)
    if rule.minimum_quantity:
        quantity = rule.minimum_quantity
        text = wording.text("effect.minimum_units", effect=text, quantity=quantity)
    return text


def rate_text(wording: Wording, off_basis_points: int) -> str:
    """2,000 basis points off as 8折, or "20% off"."""
    if off_basis_points == BASIS_POINTS:
        return wording.text("effect.rate_free")
    if off_basis_points == _HALF:
        return wording.text("effect.rate_half")
    return wording.text(
        "effect.rate",
        tenths=format_decimal(BASIS_POINTS - off_basis_points, _TENTH),
        percent=percent_text(off_basis_points),
    )


def percent_text(basis_points: int) -> str:
    """1,250 basis points as "12.5"."""
    return format_decimal(basis_points, _PERCENT)


def _effect(wording: Wording, rule: Rule) -> str:  # noqa: C901, PLR0911 - one answer a kind
    match effect := rule.effect:
        case NewPrice():
            return _new_price(wording, effect)
        case BuyAndGet():
            return _buy_and_get(wording, effect)
        case Bundle():
            count = sum(part.quantity for part in effect.parts)
            return wording.text("effect.bundle", count=count, price=_yuan(effect.price_fen))
        case Exchange():
            key = "effect.exchange" if effect.price_fen else "effect.exchange_free"
            return wording.text(key, price=_yuan(effect.price_fen), quantity=effect.quantity)
        case AmountOff():
            return _joined(wording, _amounts_off(wording, effect))
        case PercentOff():
            return _percent_off(wording, effect)
        case Gift():
            key = "effect.gift_from" if effect.from_fen else "effect.gift"
            return wording.text(key, threshold=_yuan(effect.from_fen), quantity=effect.quantity)
        case FeeOff():
            return _fee_off(wording, effect)


def _new_price(wording: Wording, effect: NewPrice) -> str:
    prices = set(effect.prices.values())
    if len(prices) == 1 and not effect.off_basis_points:
        return wording.text("effect.new_price_one", price=_yuan(prices.pop()))
    if prices:
        return wording.text("effect.new_price")
    return rate_text(wording, effect.off_basis_points)


def _buy_and_get(wording: Wording, effect: BuyAndGet) -> str:
    free = effect.off_basis_points == BASIS_POINTS
    if effect.gets is not None:
        key = "buy_get_others"
    elif free:
        key = "buy_get_free"
    elif effect.get > 1:
        key = "next_units"
    else:
        key = "second_unit" if effect.buy == 1 else "next_unit"
    return wording.text(
        f"effect.{key}",
        buy=effect.buy,
        get=effect.get,
        ordinal=effect.buy + 1,
        rate=rate_text(wording, effect.off_basis_points),
    )


def _amounts_off(wording: Wording, effect: AmountOff) -> Iterable[str]:
    for step in effect.steps:
        key = "effect.amount_off"
        if step.from_fen:
            key = "effect.amount_off_every" if effect.every else "effect.amount_off_from"
        yield wording.text(key, threshold=_yuan(step.from_fen), saving=_yuan(step.saving_fen))


def _percent_off(wording: Wording, effect: PercentOff) -> str:
    texts = []
    for step in effect.steps:
        rate = rate_text(wording, step.off_basis_points)
        if step.from_fen:
            threshold = _yuan(step.from_fen)
            rate = wording.text("effect.percent_off_from", threshold=threshold, rate=rate)
        texts.append(rate)
    text = _joined(wording, texts)
    if effect.cap_fen is None:
        return text
    return wording.text("effect.cap", effect=text, cap=_yuan(effect.cap_fen))


def _fee_off(wording: Wording, effect: FeeOff) -> str:
    names = [wording.text(f"effect.fee_{kind}") for kind in effect.fees]
    fees = wording.text("effect.fee_joint").join(names)
    if effect.off_basis_points == BASIS_POINTS:
        return wording.text("effect.no_fee", fees=fees)
    rate = rate_text(wording, effect.off_basis_points)
    return wording.text("effect.fee_off", fees=fees, rate=rate)


def _joined(wording: Wording, texts: Iterable[str]) -> str:
    return wording.text("effect.joint").join(texts)


def _yuan(amount_fen: int) -> str:
    """12.50, and 15 where there are no fen."""
    return format_fen(amount_fen).removesuffix(".00")
