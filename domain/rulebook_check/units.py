"""Effects on units of dishes: another price, buy and get, bundles, exchange."""

from collections.abc import Iterator, Sequence
from typing import Final

from domain.conditions import Scope
from domain.menu import MenuItem
from domain.money import format_fen
from domain.offers import Bundle, BuyAndGet, Exchange, NewPrice, Rule
from domain.rule_flaws import Flaw, RuleFlaw, flaw
from domain.rulebook_check.dish_prices import dearest_unit_fen
from domain.rulebook_check.known import Known
from domain.rulebook_check.scopes import check_scope

# Units that one use of an offer may take together.
LARGEST_UNITS_TOGETHER: Final = 100


def check_new_price(effect: NewPrice, rule: Rule, where: str, known: Known) -> Iterator[Flaw]:
    if not effect.prices and not effect.off_basis_points:
        yield flaw(RuleFlaw.SAVES_NOTHING, where)
    here = f"{where}.prices"
    for item in known.unknown_items(tuple(effect.prices)):
        yield flaw(RuleFlaw.ITEM_UNKNOWN, here, item=item)
    for item_id, price_fen in effect.prices.items():
        dish = (known.items or {}).get(item_id)
        if dish is None:
            continue
        if not rule.scope.holds(item_id, dish.category):
            yield flaw(RuleFlaw.PRICE_OUTSIDE_SCOPE, here, item=item_id)
        elif price_fen >= dish.unit_price_fen:
            yield _not_below(here, price_fen, dish.unit_price_fen)


def check_buy_and_get(effect: BuyAndGet, where: str, known: Known) -> Iterator[Flaw]:
    if effect.buy + effect.get > LARGEST_UNITS_TOGETHER:
        yield _too_large(where, effect.buy + effect.get)
    if not effect.off_basis_points:
        yield flaw(RuleFlaw.SAVES_NOTHING, f"{where}.off_basis_points")
    if effect.gets is not None:
        yield from check_scope(effect.gets, f"{where}.gets", known)


def check_bundle(effect: Bundle, rule: Rule, where: str, known: Known) -> Iterator[Flaw]:
    quantity = sum(part.quantity for part in effect.parts)
    if quantity > LARGEST_UNITS_TOGETHER:
        yield _too_large(f"{where}.parts", quantity)
    fillings: list[int | None] = []
    for place, part in enumerate(effect.parts):
        here = f"{where}.parts[{place}].scope"
        flaws = tuple(check_scope(part.scope, here, known))
        yield from flaws
        dishes = _in_both(part.scope, rule.scope, known)
        if not flaws and dishes == []:
            yield flaw(RuleFlaw.SCOPE_EMPTY, here)
        dearest_fen = dearest_unit_fen(dishes) if dishes else None
        fillings.append(None if dearest_fen is None else dearest_fen * part.quantity)
    known_fen = [filling for filling in fillings if filling is not None]
    if len(known_fen) == len(fillings) and effect.price_fen >= sum(known_fen):
        yield _not_below(f"{where}.price_fen", effect.price_fen, sum(known_fen))


def check_exchange(effect: Exchange, rule: Rule, where: str, known: Known) -> Iterator[Flaw]:
    dishes = known.dishes(rule.scope)
    dearest_fen = dearest_unit_fen(dishes) if dishes else None
    if dearest_fen is not None and effect.price_fen >= dearest_fen:
        yield _not_below(f"{where}.price_fen", effect.price_fen, dearest_fen)


def _in_both(scope: Scope, other: Scope, known: Known) -> Sequence[MenuItem] | None:
    """The dishes in both scopes: a rule's own scope bounds that of every part."""
    dishes = known.dishes(scope)
    if dishes is None:
        return None
    return [dish for dish in dishes if other.holds(dish.item_id, dish.category)]


def _too_large(where: str, units: int) -> Flaw:
    return flaw(RuleFlaw.GROUP_TOO_LARGE, where, units=units, largest=LARGEST_UNITS_TOGETHER)


def _not_below(where: str, price_fen: int, list_fen: int) -> Flaw:
    return flaw(
        RuleFlaw.PRICE_NOT_BELOW_LIST, where, price=format_fen(price_fen), list=format_fen(list_fen)
    )
