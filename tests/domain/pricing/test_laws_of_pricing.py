"""What holds for every order and every rule book: amounts, shares, reasons, the closed sale."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import msgspec
from hypothesis import given

from domain.facts import SaleClosed, decode_fact, encode_fact
from domain.orders import Stage
from domain.pricing.basket import Basket
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.reasons import Reason
from domain.rule_flaws import RuleFlaw
from domain.rulebook_check.book import check_book, check_coupon
from tests.domain.pricing.orders import rules_by_id
from tests.domain.pricing.sales import closed
from tests.domain.pricing.strategies import Order, examples, orders

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
def test_shares_of_the_order_are_in_proportion_to_what_is_left_by_largest_remainder(
    asked: Order,
) -> None:
    basket, question = asked
    order = price(basket, question)
    scope_of = {str(rule_id): rule.scope for rule_id, rule in rules_by_id(asked).items()}
    scope_of[question.book.points.rule_id] = question.book.points.scope
    left = {line.number: line.list_fen for line in order.lines}
    replaced: set[int] = set()
    for (stage, rule_id), group in groupby(
        order.shares, key=lambda share: (share.stage, str(share.rule_id))
    ):
        taken = {share.line: share.saving_fen for share in group}
        gift = any(used.gift for used in order.used_rules if used.rule_id == rule_id)
        if stage in (Stage.ORDER_OFFER, Stage.COUPON, Stage.POINTS) and not gift:
            scope = scope_of[rule_id]
            inside = [
                line.number
                for line in order.lines
                if scope.holds(line.item_id, line.category)
                and not (scope.list_price_only and line.number in replaced)
            ]
            assert set(taken) <= set(inside)
            _check_proportion({number: left[number] for number in inside}, taken)
        if stage is Stage.ROUNDING or rule_id.startswith("staff:order"):
            _check_proportion(left, taken)
        if stage is Stage.PRICE_REPLACEMENT:
            replaced |= set(taken)
        for number, fen in taken.items():
            left[number] -= fen


def _check_proportion(left: dict[int, int], taken: dict[int, int]) -> None:
    """Each share is its exact part rounded down, or one more; those with more claim most."""
    whole, saving = sum(left.values()), sum(abs(fen) for fen in taken.values())
    down: list[tuple[int, int]] = []
    up: list[tuple[int, int]] = []
    for number, fen in left.items():
        share, (part, fraction) = abs(taken.get(number, 0)), divmod(saving * fen, whole)
        assert share in (part, part + 1)
        (up if share > part else down).append((fraction, fen))
    assert not up or not down or min(up) >= max(down)


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
