"""What rules may do to an order, what may not matter, and which of them are chosen."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import Conditions, moment_at
from domain.configuration import CouponTerms
from domain.identifiers import CouponId, RuleId, StoreId
from domain.loyalty.terms import DEFAULT_LOYALTY
from domain.menu import MenuItem
from domain.offers import Combination, Rule
from domain.orders import Stage
from domain.pricing.basket import Basket, add_item, set_quantity
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.reasons import Reason
from domain.rulebook import RuleBook
from tests.domain.pricing.drawn_rules import DISHES, NOW_MS, any_rule, order_coupons, order_offers
from tests.domain.pricing.orders import by_dish, renumbered, rules_by_id, used_of
from tests.domain.pricing.strategies import Order, baskets, examples, orders, questions, scanned

# --- what may not matter ---------------------------------------------------------------------


@examples
@given(orders, st.lists(st.integers(0, 9), min_size=16, max_size=16))
def test_the_order_of_lines_rules_and_coupons_changes_nothing(
    asked: Order, keys: list[int]
) -> None:
    basket, question = asked
    shuffled = renumbered(basket, _shuffle(range(len(basket.lines)), keys))
    shuffled = msgspec.structs.replace(
        shuffled,
        coupons=tuple(_shuffle(basket.coupons, keys)),
        staff_discounts=tuple(_shuffle(shuffled.staff_discounts, keys)),
        rewards=tuple(_shuffle(basket.rewards, keys)),
    )
    book = msgspec.structs.replace(
        question.book,
        rules=tuple(_shuffle(question.book.rules, keys)),
        fees=tuple(_shuffle(question.book.fees, keys)),
    )
    other = price(shuffled, msgspec.structs.replace(question, book=book))
    assert by_dish(other) == by_dish(price(basket, question))


def _shuffle(values: Iterable[Any], keys: list[int]) -> list[Any]:
    numbered = list(enumerate(values))
    return [value for number, value in sorted(numbered, key=lambda pair: keys[pair[0]])]


@examples
@given(orders, any_rule)
def test_a_rule_whose_conditions_fail_adds_its_reason_and_changes_nothing(
    asked: Order, rule: Rule
) -> None:
    basket, question = asked
    elsewhere = msgspec.structs.replace(
        rule, rule_id=RuleId("elsewhere"), conditions=Conditions(stores=(StoreId("elsewhere"),))
    )
    rules = (*question.book.rules, elsewhere)
    book = msgspec.structs.replace(question.book, rules=rules)
    without, order = price(basket, question), price(basket, _with(question, book))
    (told,) = [one for one in order.unused_rules if one.rule_id == "elsewhere"]
    assert told.reason is Reason.OTHER_STORE
    others = tuple(one for one in order.unused_rules if one is not told)
    assert msgspec.structs.replace(order, unused_rules=others) == without


def _with(question: Question, book: RuleBook) -> Question:
    return msgspec.structs.replace(question, book=book)


@examples
@given(orders)
def test_without_the_rules_and_coupons_that_were_not_used_no_amount_is_higher(
    asked: Order,
) -> None:
    """What was used needs nothing that was not; a place that is free may serve another better."""
    basket, question = asked
    order = price(basket, question)
    used = {str(rule.rule_id) for rule in order.used_rules}
    kept = msgspec.structs.replace(
        basket, coupons=tuple(one for one in basket.coupons if one.coupon_id in used)
    )
    rules = tuple(rule for rule in question.book.rules if rule.rule_id in used)
    again = price(kept, _with(question, msgspec.structs.replace(question.book, rules=rules)))
    assert again.lines == order.lines
    assert again.fees == order.fees
    assert {rule.rule_id for rule in again.used_rules} == used


@examples
@given(orders)
def test_a_book_and_a_basket_that_went_over_a_wire_give_the_same_answer(asked: Order) -> None:
    basket, question = asked
    sent = msgspec.json.decode(msgspec.json.encode(basket), type=Basket)
    book = msgspec.json.decode(msgspec.json.encode(question.book), type=RuleBook)
    assert price(sent, _with(question, book)) == price(basket, question)


@examples
@given(orders, st.sampled_from([dish for dish in DISHES if not dish.by_weight]))
def test_a_dish_put_on_and_taken_off_again_leaves_no_trace(asked: Order, dish: MenuItem) -> None:
    """Nothing stacks from one change of the order to the next."""
    basket, question = asked
    more = add_item(basket, dish)
    price(more, question)
    (changed,) = set(more.lines) - set(basket.lines)
    before = {line.number: line.quantity for line in basket.lines}
    fewer = set_quantity(more, changed.number, before.get(changed.number, 0))
    assert price(fewer, question) == price(basket, question)


# --- what rules may do -----------------------------------------------------------------------


@examples
@given(orders)
def test_no_more_coupons_are_used_than_allowed_and_of_a_group_one(asked: Order) -> None:
    basket, question = asked
    order = price(basket, question)
    laid = {terms.coupon_id for terms in basket.coupons}
    used = used_of(asked, order)
    assert set(order.coupon_ids) == laid & set(used)
    assert len(order.coupon_ids) == len(set(order.coupon_ids))
    counted = [
        rule
        for rule_id, rule in used.items()
        if rule_id in laid and rule.combination is not Combination.ALWAYS
    ]
    assert len(counted) <= question.book.coupons_per_order
    groups = [rule.group for rule in counted if rule.group]
    assert len(groups) == len(set(groups))


@examples
@given(orders)
def test_of_an_exclusive_group_one_rule_of_the_book_is_used_in_a_stage(asked: Order) -> None:
    basket, _ = asked
    laid = {terms.coupon_id for terms in basket.coupons}
    groups: Counter[tuple[Stage, str]] = Counter()
    for rule_id, rule in used_of(asked, price(*asked)).items():
        if rule_id in laid or rule.combination is Combination.ALWAYS:
            continue
        if rule.group or rule.stage is Stage.ORDER_OFFER:
            groups[rule.stage, rule.group] += 1
    assert all(count == 1 for count in groups.values())


@examples
@given(orders)
def test_who_goes_alone_in_its_stage_or_order_goes_alone(asked: Order) -> None:
    order = price(*asked)
    others = {
        rule_id: rule
        for rule_id, rule in used_of(asked, order).items()
        if rule.combination is not Combination.ALWAYS
    }
    of_tier = any(rule.rule_id.startswith("tier:") for rule in order.used_rules)
    stages = Counter(rule.stage for rule in others.values())
    for rule in others.values():
        if rule.combination is Combination.ALONE_IN_ORDER:
            assert len(others) == 1
            assert not of_tier
        if rule.combination is Combination.ALONE_IN_STAGE:
            assert stages[rule.stage] == 1


@examples
@given(orders)
def test_limits_and_budgets_are_never_exceeded(asked: Order) -> None:
    order = price(*asked)
    used = used_of(asked, order)
    for told in order.used_rules:
        rule = used.get(told.rule_id)
        if rule is None:
            continue
        limits, before = rule.limits, asked[1].uses.get(rule.rule_id)
        if before is None or told.rule_id.startswith("c"):
            assert not limits.per_order or told.times <= limits.per_order
            continue
        for limit, so_far in (
            (limits.per_order, 0),
            (limits.per_member, before.by_member),
            (limits.per_member_a_day, before.by_member_today),
            (limits.per_day, before.today),
            (limits.quota, before.total),
        ):
            assert not limit or so_far + told.times <= limit
        assert not limits.budget_fen or before.total_fen + told.saving_fen <= limits.budget_fen


@examples
@given(orders)
def test_points_are_whole_steps_within_wish_cap_and_balance(asked: Order) -> None:
    basket, question = asked
    order = price(basket, question)
    terms, guest = question.book.points, question.guest
    saved_fen = sum(one.saving_fen for one in order.used_rules if one.stage is Stage.POINTS)
    points, rest = divmod(saved_fen, terms.value_fen)
    assert (points % terms.step, rest) == (0, 0)
    assert points <= max(0, basket.points_wanted)
    assert points <= order.points_possible
    if guest is None:
        assert order.points_redeemed == 0
    else:
        assert order.points_redeemed <= max(0, guest.points_spendable)
    barred = [rule for rule in used_of(asked, order).values() if not rule.points_allowed]
    assert not (barred and points)
    assert sum(one.points_redeemed for one in order.loyalty) == order.points_redeemed


@examples
@given(orders)
def test_a_line_with_a_discount_by_hand_is_in_no_price_item_offer_or_tier_discount(
    asked: Order,
) -> None:
    order = price(*asked)
    stages: dict[int, set[Stage]] = defaultdict(set)
    hand: set[int] = set()
    for share in order.shares:
        stages[share.line].add(share.stage)
        if share.rule_id.startswith("staff:") and not share.rule_id.startswith("staff:order"):
            hand.add(share.line)
    replaced = {Stage.PRICE_REPLACEMENT, Stage.ITEM_OFFER, Stage.TIER_DISCOUNT}
    assert not [line for line in hand if stages[line] & replaced]


@examples
@given(orders)
def test_each_unit_is_used_up_by_one_item_offer(asked: Order) -> None:
    order = price(*asked)
    units: Counter[int] = Counter()
    for share in order.shares:
        if share.stage is Stage.ITEM_OFFER:
            units[share.line] += share.units
    assert all(units[line.number] <= line.quantity for line in order.lines)


# --- alone in the order ----------------------------------------------------------------------

plain_orders = st.tuples(
    baskets().map(
        lambda basket: msgspec.structs.replace(
            basket, points_wanted=0, rewards=(), staff_discounts=()
        )
    ),
    questions.map(
        lambda question: _with(
            question,
            msgspec.structs.replace(question.book, rounding=None, loyalty=DEFAULT_LOYALTY),
        )
    ),
)


@examples
@given(plain_orders)
def test_the_total_is_the_smallest_of_the_pricings_with_and_without_rules_that_go_alone(
    asked: Order,
) -> None:
    totals = [_only(asked, None).total_fen]
    for rule_id, rule in rules_by_id(asked).items():
        if rule.combination is Combination.ALONE_IN_ORDER:
            order = _only(asked, rule_id)
            if any(used.rule_id == rule_id for used in order.used_rules):
                totals.append(order.total_fen)
    assert price(*asked).total_fen == min(totals)


def _only(asked: Order, alone: str | None) -> PricedOrder:
    """Priced with one rule that goes alone, or with none that does, beside what always goes."""
    basket, question = asked

    def admitted(rule_id: str, rule: Rule) -> bool:
        if rule.combination is Combination.ALWAYS or rule_id == alone:
            return True
        return alone is None and rule.combination is not Combination.ALONE_IN_ORDER

    rules = tuple(rule for rule in question.book.rules if admitted(rule.rule_id, rule))
    coupons = tuple(one for one in basket.coupons if admitted(one.coupon_id, one.rule))
    return price(
        msgspec.structs.replace(basket, coupons=coupons),
        _with(question, msgspec.structs.replace(question.book, rules=rules)),
    )


# --- choice ----------------------------------------------------------------------------------


def freely_combined(rules: list[Rule]) -> list[Rule]:
    """Rules of one stage that exclude each other by nothing but going alone in it."""
    free = (Combination.NORMAL, Combination.ALONE_IN_STAGE)
    return [
        msgspec.structs.replace(
            rule,
            rule_id=RuleId(f"r{number}"),
            group=f"g{number}",
            combination=rule.combination if rule.combination in free else Combination.NORMAL,
        )
        for number, rule in enumerate(rules)
    ]


@examples
@given(
    scanned,
    st.lists(order_offers, min_size=2, max_size=4).map(freely_combined),
    st.integers(0, 3),
)
def test_an_order_offer_more_never_makes_an_order_dearer(
    basket: Basket, rules: list[Rule], left_out: int
) -> None:
    fewer = [rule for number, rule in enumerate(rules) if number != left_out]
    with_all, without = (
        price(basket, Question(book=RuleBook(rules=tuple(some)))) for some in (rules, fewer)
    )
    assert with_all.total_fen <= without.total_fen


@examples
@given(
    scanned,
    st.lists(order_coupons, min_size=2, max_size=4),
    st.integers(0, 3),
    st.integers(0, 4),
)
def test_a_coupon_for_the_order_more_never_makes_an_order_dearer(
    basket: Basket, coupons: list[CouponTerms], left_out: int, at_most: int
) -> None:
    question = Question(book=RuleBook(coupons_per_order=at_most), moment=moment_at(NOW_MS, 0))
    laid = tuple(
        msgspec.structs.replace(one, coupon_id=CouponId(f"c{number}"), rule=rule)
        for number, (one, rule) in enumerate(
            zip(coupons, freely_combined([one.rule for one in coupons]), strict=True)
        )
    )
    fewer = tuple(one for number, one in enumerate(laid) if number != left_out)
    with_all, without = (
        price(msgspec.structs.replace(basket, coupons=some), question) for some in (laid, fewer)
    )
    assert with_all.total_fen <= without.total_fen
