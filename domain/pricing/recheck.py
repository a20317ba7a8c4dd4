"""A closed sale priced again, as far as it holds what pricing asks for. See docs/cases.md.

Given are the sale, the menu and the rule book that it names, and the terms of its coupons. What a
sale does not hold is taken as it says: that a rule's hours, days, tier, tag, birthday and limits
held, how many points the guest had, what staff took off. Which rules it leaves unused, and what
it earned, is not looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from domain.cases.repriced import MOST_DIFFERENCES, Differs, PriceDifference
from domain.conditions import NO_CONDITIONS, Channel, Conditions, Guest, Moment, OrderType
from domain.configuration import CouponTerms
from domain.fees import StaffDiscount, StaffDiscountKind
from domain.identifiers import CouponId, ItemId, RuleId, StoreId, TierId
from domain.loyalty.rewards import Reward, reward_rule_id
from domain.menu import ChoiceGroup, MenuItem, Modifier, ModifierGroup, SetChoice
from domain.money import LARGEST_AMOUNT_FEN
from domain.offers import NO_LIMITS, Limits, Rule
from domain.orders import ChosenOption, Sale, SaleLine, Stage, UsedRule
from domain.pricing.basket import Basket, BasketLine
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.rulebook import RuleBook

_LAST_MS = (1 << 47) - 1


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a sale names: dishes by id, the book, and the terms of the coupons that are known."""

    dishes: Mapping[ItemId, MenuItem]
    book: RuleBook
    coupons: Mapping[CouponId, CouponTerms]


def differences_of(
    sale: Sale, published: Published, *, store: StoreId
) -> tuple[tuple[PriceDifference, ...], int]:
    """What differs, and the total that would have been right; nothing where nothing does.

    The total is left alone where a coupon's terms are not known, or a dish is not on the menu.
    """
    found = [one for line in sale.lines for one in _of_line(line, published.dishes)]
    found += _of_rules(sale, published)
    expected_fen = _expected_fen(sale, published, store=store)
    if expected_fen is not None and expected_fen != sale.total_fen:
        found.append(
            PriceDifference(what=Differs.TOTAL, said=sale.total_fen, expected=expected_fen)
        )
    right_fen = sale.total_fen if expected_fen is None else expected_fen
    return tuple(found[:MOST_DIFFERENCES]), right_fen


def _of_line(line: SaleLine, dishes: Mapping[ItemId, MenuItem]) -> list[PriceDifference]:
    dish = dishes.get(line.item_id)
    if dish is None:
        return [_at(line, Differs.DISH_UNKNOWN, line.unit_price_fen, 0, name=line.name)]
    found = []
    if line.unit_price_fen != dish.unit_price_fen:
        said, expected = line.unit_price_fen, dish.unit_price_fen
        found.append(_at(line, Differs.UNIT_PRICE, said, expected, name=line.name))
    if line.tax_basis_points != dish.tax_basis_points:
        said, expected = line.tax_basis_points, dish.tax_basis_points
        found.append(_at(line, Differs.TAX_RATE, said, expected, name=line.name))
    for option in line.options:
        expected = _option_fen(option, dish)
        if option.price_fen != expected:
            said = option.price_fen
            found.append(_at(line, Differs.OPTION_PRICE, said, expected, name=option.name))
    return found


def _at(line: SaleLine, what: Differs, said: int, expected: int, *, name: str) -> PriceDifference:
    return PriceDifference(what=what, said=said, expected=expected, line=line.number, name=name)


def _option_fen(option: ChosenOption, dish: MenuItem) -> int:
    """What the menu asks for an option; of several of that id the one that costs what was said."""
    prices: list[int] = []
    groups: tuple[ModifierGroup | ChoiceGroup, ...] = (*dish.modifier_groups, *dish.choice_groups)
    for group in groups:
        offered: Sequence[Modifier | SetChoice] = group.options
        for one in offered:
            if isinstance(one, Modifier) and one.modifier_id == option.modifier_id != "":
                prices.append(one.price_fen)
            elif isinstance(one, SetChoice) and one.item_id == option.item_id:
                prices.append(one.surcharge_fen)
    if option.price_fen in prices:
        return option.price_fen
    return prices[0] if prices else 0


def _of_rules(sale: Sale, published: Published) -> list[PriceDifference]:
    """Rules that the sale used and the book does not have."""
    book = published.book
    known = {
        *(rule.rule_id for rule in book.rules),
        *(fee.rule_id for fee in book.fees),
        *(reward_rule_id(reward.reward_id) for reward in book.loyalty.rewards),
        *(RuleId(coupon_id) for coupon_id in sale.coupon_ids),
        book.points.rule_id,
        *([book.rounding.rule_id] if book.rounding else []),
    }
    return [
        PriceDifference(what=Differs.RULE_UNKNOWN, said=used.saving_fen, expected=0, name=used.name)
        for used in sale.used_rules
        if used.rule_id not in known
        and used.stage is not Stage.STAFF_DISCOUNT
        and _tier_of(used) is None
    ] + [
        PriceDifference(what=Differs.RULE_UNKNOWN, said=fee.amount_fen, expected=0, name=fee.name)
        for fee in sale.fees
        if fee.rule_id not in known
    ]


def _tier_of(used: UsedRule) -> TierId | None:
    """The tier whose discount this is (`domain.pricing.candidates.tier_rules`)."""
    parts = used.rule_id.split(":")
    if used.stage is not Stage.TIER_DISCOUNT or parts[0] != "tier":
        return None
    return TierId(":".join(parts[1:-1]))


def _expected_fen(sale: Sale, published: Published, *, store: StoreId) -> int | None:
    """The total of the same order, with the rules that it used and their published amounts."""
    basket = _basket(sale, published)
    if basket is None:
        return None
    tiers = [tier for used in sale.used_rules if (tier := _tier_of(used)) is not None]
    guest = None
    if sale.member_id is not None:
        guest = Guest(
            member_id=sale.member_id,
            points=LARGEST_AMOUNT_FEN,
            points_spendable=LARGEST_AMOUNT_FEN,
            tier_id=tiers[0] if tiers else None,
        )
    day = date.fromisoformat(sale.business_day)
    question = Question(
        book=_book_of(sale, published.book),
        moment=Moment(now_ms=0, day=day, minute=0),
        store=store,
        guest=guest,
    )
    return price(basket, question).total_fen


def _basket(sale: Sale, published: Published) -> Basket | None:
    terms = [published.coupons.get(coupon_id) for coupon_id in sale.coupon_ids]
    coupons = [_at_any_time(one, sale) for one in terms if one is not None]
    lines = [_line_of(line, published.dishes) for line in sale.lines]
    known = [line for line in lines if line is not None]
    kinds = _kinds(sale)
    if len(coupons) < len(terms) or len(known) < len(lines) or kinds is None:
        return None
    used = {rule.rule_id: rule for rule in sale.used_rules}
    points = published.book.points
    as_money = used.get(points.rule_id)
    return Basket(
        lines=tuple(known),
        coupons=tuple(coupons),
        points_wanted=as_money.saving_fen // points.value_fen if as_money else 0,
        rewards=sale.reward_ids,
        staff_discounts=tuple(_by_staff(sale.used_rules)),
        waived_fees=frozenset(
            rule.rule_id
            for rule in sale.used_rules
            if rule.stage is Stage.STAFF_DISCOUNT and not _is_staff(rule)
        ),
        order_type=kinds[0],
        channel=kinds[1],
        guest_count=sale.guest_count,
        tip_fen=sale.tip_fen,
    )


def _kinds(sale: Sale) -> tuple[OrderType, Channel] | None:
    """None: a later release has more kinds of orders."""
    try:
        return OrderType(sale.order_type), Channel(sale.channel)
    except ValueError:
        return None


def _line_of(line: SaleLine, dishes: Mapping[ItemId, MenuItem]) -> BasketLine | None:
    dish = dishes.get(line.item_id)
    if dish is None:
        return None
    options = tuple(
        msgspec.structs.replace(option, price_fen=_option_fen(option, dish))
        for option in line.options
    )
    return BasketLine(
        number=line.number,
        item_id=line.item_id,
        name=line.name,
        category=dish.category,
        unit_price_fen=dish.unit_price_fen,
        quantity=line.quantity,
        weight_grams=line.weight_grams,
        options=options,
        tax_basis_points=dish.tax_basis_points,
    )


def _is_staff(used: UsedRule) -> bool:
    return used.rule_id.startswith("staff:")


def _by_staff(used_rules: Iterable[UsedRule]) -> list[StaffDiscount]:
    """What staff took off, as amounts: a sale does not say of what a percentage was taken."""
    found = []
    for used in used_rules:
        if used.stage is not Stage.STAFF_DISCOUNT or not _is_staff(used):
            continue
        _, where, kind = used.rule_id.split(":")
        comp = kind == StaffDiscountKind.COMP
        found.append(
            StaffDiscount(
                kind=StaffDiscountKind.COMP if comp else StaffDiscountKind.AMOUNT,
                value=0 if comp else used.saving_fen,
                line=0 if where == "order" else int(where),
                reason=used.name,
            )
        )
    return found


def _at_any_time(terms: CouponTerms, sale: Sale) -> CouponTerms:
    return msgspec.structs.replace(
        terms,
        rule=_as_used(terms.rule, _times(sale, RuleId(terms.coupon_id))),
        valid_from_ms=0,
        valid_until_ms=_LAST_MS,
        member_id=None,
    )


def _times(sale: Sale, rule_id: RuleId) -> int:
    return next((used.times for used in sale.used_rules if used.rule_id == rule_id), 1)


def _book_of(sale: Sale, book: RuleBook) -> RuleBook:
    """The book with what the sale used of it, and of its conditions those that a sale can tell."""
    used = {rule.rule_id for rule in sale.used_rules}
    fees = {fee.rule_id for fee in sale.fees}
    rounded = book.rounding is not None and book.rounding.rule_id in used
    rewards = tuple(_without_limits(reward) for reward in book.loyalty.rewards)
    return msgspec.structs.replace(
        book,
        rules=tuple(
            _as_used(rule, _times(sale, rule.rule_id))
            for rule in book.rules
            if rule.rule_id in used
        ),
        fees=tuple(
            msgspec.structs.replace(fee, conditions=_told(fee.conditions))
            for fee in book.fees
            if fee.rule_id in fees
        ),
        rounding=msgspec.structs.replace(book.rounding, conditions=NO_CONDITIONS)
        if rounded and book.rounding is not None
        else None,
        loyalty=msgspec.structs.replace(book.loyalty, rewards=rewards),
    )


def _without_limits(reward: Reward) -> Reward:
    return msgspec.structs.replace(
        reward,
        conditions=_told(reward.conditions),
        limit_per_member=None,
        limit_per_member_a_day=None,
        quota=None,
    )


def _as_used(rule: Rule, times: int) -> Rule:
    """The rule with no limit but how often it was used, which may have been a limit's doing."""
    limits = rule.limits
    if limits != NO_LIMITS:
        per_order = min(times, limits.per_order) if limits.per_order else times
        limits = Limits(per_order=per_order)
    return msgspec.structs.replace(rule, conditions=_told(rule.conditions), limits=limits)


def _told(conditions: Conditions) -> Conditions:
    """Of conditions those that a sale itself answers: where, how, for how many, for a member."""
    if conditions == NO_CONDITIONS:
        return NO_CONDITIONS
    return Conditions(
        stores=conditions.stores,
        channels=conditions.channels,
        order_types=conditions.order_types,
        guests_from=conditions.guests_from,
        member=conditions.member,
    )
