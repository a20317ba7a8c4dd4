"""What holds for every order and every rule book, written by someone who trusts neither."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.conditions import Conditions, moment_at
from domain.configuration import CouponTerms
from domain.facts import SaleClosed, decode_fact, encode_fact
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
from domain.rule_flaws import RuleFlaw
from domain.rulebook import RuleBook
from domain.rulebook_check.book import check_book, check_coupon
from tests.domain.pricing.orders import by_dish, renumbered
from tests.domain.pricing.sales import closed
from tests.domain.pricing.strategies import (
    DISHES,
    NOW_MS,
    any_rule,
    baskets,
    order_coupons,
    order_offers,
    orders,
    questions,
    scanned,
)

Order = tuple[Basket, Question]
examples = settings(max_examples=min(60, settings().max_examples))


def by_hand(rule_id: str) -> bool:
    return rule_id.startswith("staff:")


# --- amounts ---------------------------------------------------------------------------------


@examples
@given(orders)
def test_each_share_comes_off_what_the_shares_before_left(asked: Order) -> None:
    order = price(*asked)
    left = {line.number: line.list_fen for line in order.lines}
    for share in order.shares:
        assert share.base_fen == left[share.line]
        left[share.line] -= share.saving_fen
        assert left[share.line] >= 0
        assert share.saving_fen > 0 or share.stage is Stage.ROUNDING
    assert left == {line.number: line.net_fen for line in order.lines}


@examples
@given(orders)
def test_the_total_is_the_list_less_all_shares_and_the_fees(asked: Order) -> None:
    order = price(*asked)
    taken_fen = sum(share.saving_fen for share in order.shares)
    fees_fen = sum(fee.amount_fen for fee in order.fees)
    assert order.list_fen == sum(line.list_fen for line in order.lines)
    assert order.total_fen == order.list_fen - taken_fen + fees_fen
    assert order.total_fen == sum(line.net_fen for line in order.lines) + fees_fen
    assert order.due_fen == order.total_fen + asked[0].tip_fen
    assert all(0 <= fee.amount_fen <= fee.list_fen for fee in order.fees)


@examples
@given(orders)
def test_the_shares_of_every_rule_add_up_to_its_saving(asked: Order) -> None:
    order = price(*asked)
    shares: Counter[str] = Counter()
    for share in order.shares:
        shares[share.rule_id] += share.saving_fen
    fees = {fee.rule_id for fee in order.fees}
    savings: Counter[str] = Counter()
    off_fees_fen = 0
    for rule in order.used_rules:
        if rule.stage is Stage.FEE or rule.rule_id in fees:
            off_fees_fen += rule.saving_fen
        else:
            savings[rule.rule_id] += rule.saving_fen
        assert rule.saving_fen > 0 or rule.stage is Stage.ROUNDING
    assert shares == savings
    assert off_fees_fen == sum(fee.list_fen - fee.amount_fen for fee in order.fees)


@examples
@given(orders)
def test_the_tax_summary_holds_every_net_and_fee_of_a_rate_once(asked: Order) -> None:
    order = price(*asked)
    gross: Counter[int] = Counter()
    for line in order.lines:
        gross[line.tax_basis_points] += line.net_fen
    for fee in order.fees:
        gross[fee.tax_basis_points] += fee.amount_fen
    assert {tax.tax_basis_points: tax.gross_fen for tax in order.taxes} == {
        rate: fen for rate, fen in gross.items() if rate and fen
    }
    for tax in order.taxes:
        # Within half a fen of gross × rate / (10,000 + rate), and up at exactly half.
        whole = 10_000 + tax.tax_basis_points
        error = 2 * (tax.tax_fen * whole - tax.gross_fen * tax.tax_basis_points)
        assert -whole < error <= whole


@examples
@given(orders)
def test_rounding_brings_the_total_to_a_step_or_leaves_it(asked: Order) -> None:
    order = price(*asked)
    rounding = asked[1].book.rounding
    used = [rule for rule in order.used_rules if rule.stage is Stage.ROUNDING]
    if used and rounding is not None:
        assert order.total_fen % rounding.step_fen == 0
        assert 0 < abs(used[0].saving_fen) < rounding.step_fen


# --- what stands in the answer ---------------------------------------------------------------


@examples
@given(orders)
def test_every_rule_is_either_used_or_has_one_reason(asked: Order) -> None:
    basket, question = asked
    order = price(basket, question)
    fees = {fee.rule_id for fee in order.fees}
    told = [(rule.rule_id, rule.stage) for rule in order.used_rules]
    told += [(rule.rule_id, rule.stage) for rule in order.unused_rules]
    answered = Counter(
        str(rule_id)
        for rule_id, stage in told
        if stage is not Stage.ROUNDING and rule_id not in fees
    )
    assert answered == Counter(_expected_to_be_answered(basket, question))


def _expected_to_be_answered(basket: Basket, question: Question) -> Iterator[str]:
    """Every rule, coupon, reward, wish for points and discount by hand."""
    book, guest = question.book, question.guest
    yield from (rule.rule_id for rule in book.rules)
    yield from (terms.coupon_id for terms in basket.coupons)
    yield from (f"reward:{reward_id}" for reward_id in set(basket.rewards))
    if basket.points_wanted > 0:
        yield book.points.rule_id
    if guest is not None and book.loyalty.tiers.tier(guest.tier_id) is not None:
        yield from ("tier:gold:1", "tier:gold:2")
    numbers = {line.number for line in basket.lines}
    for discount in basket.staff_discounts:
        if discount.line in numbers:
            yield f"staff:{discount.line}:{discount.kind}"
        elif not discount.line:
            yield f"staff:order:{discount.kind}"


@examples
@given(orders)
def test_what_lacks_is_told_with_the_reasons_that_speak_of_it(asked: Order) -> None:
    for rule in price(*asked).unused_rules:
        assert (rule.missing_fen > 0) == (rule.reason is Reason.THRESHOLD_NOT_MET)
        assert (rule.missing_units > 0) == (rule.reason is Reason.QUANTITY_NOT_MET)


@examples
@given(orders)
def test_rules_are_used_in_the_order_of_the_stages(asked: Order) -> None:
    order = price(*asked)
    stages = [
        list(Stage).index(rule.stage)
        for rule in order.used_rules
        if rule.stage is not Stage.STAFF_DISCOUNT
    ]
    assert stages == sorted(stages)


@examples
@given(orders)
def test_nothing_in_an_answer_is_a_float(asked: Order) -> None:
    assert not [value for value in _leaves(price(*asked)) if isinstance(value, float)]


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _leaves(getattr(value, field))
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _leaves(pair)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


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


def rules_by_id(asked: Order) -> dict[str, Rule]:
    basket, question = asked
    of_book = {str(rule.rule_id): rule for rule in question.book.rules}
    return of_book | {str(terms.coupon_id): terms.rule for terms in basket.coupons}


def used_of(asked: Order, order: PricedOrder) -> dict[str, Rule]:
    """The rules of the book and the coupons that were used; those of tiers and rewards are not."""
    known = rules_by_id(asked)
    return {one.rule_id: known[one.rule_id] for one in order.used_rules if one.rule_id in known}


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
        if by_hand(share.rule_id) and not share.rule_id.startswith("staff:order"):
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


# --- afterwards ------------------------------------------------------------------------------


@examples
@given(orders.filter(lambda asked: bool(asked[0].lines)))
def test_a_closed_sale_of_the_answer_balances_and_reaches_every_server(asked: Order) -> None:
    basket, question = asked
    sale = closed(price(basket, question), basket, question)
    assert sale.balances()
    fact = SaleClosed(sale=sale)
    assert decode_fact(*encode_fact(fact)) == fact


@examples
@given(orders)
def test_the_books_of_these_laws_are_books_that_head_office_could_publish(asked: Order) -> None:
    basket, question = asked
    flaws = {flaw.code for flaw in check_book(question.book, None)}
    # Tiers that a book does not know, and fees it has none of, make a rule idle and nothing worse.
    assert flaws <= {RuleFlaw.TIER_UNKNOWN, RuleFlaw.FEE_MISSING}
    for terms in basket.coupons:
        assert check_coupon(terms.rule, None) == ()
