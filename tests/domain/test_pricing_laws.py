"""What holds for carts of any amounts under offers and coupons; all rules: tests/domain/pricing."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions import Guest, Scope, moment_at
from domain.configuration import CouponTerms, PointsRule
from domain.facts import SaleClosed, decode_fact, encode_fact
from domain.identifiers import CouponId, ItemId, MemberId, SaleId
from domain.menu import MenuItem
from domain.money import BASIS_POINTS
from domain.offers import Rule, amount_off
from domain.orders import Sale, Stage, Tender, TenderKind
from domain.pricing.basket import Basket, add_item, lay_coupon
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rulebook import RuleBook

CATEGORIES = ("热菜", "饮品", "酒水")
NOW_MS = 1_500
MEMBER_IDS = st.sampled_from([MemberId("guest"), MemberId("other")])
# Small savings leave single fen to share, where the order of scanning could creep in.
AMOUNTS = st.integers(0, 60_000) | st.integers(0, 5)


def offer_of(rule_id: str, from_fen: int, saving_fen: int, **fields: object) -> Rule:
    plain = amount_off(rule_id, "offer", from_fen=from_fen, saving_fen=saving_fen)
    return msgspec.structs.replace(plain, **fields)


scans = st.lists(
    st.tuples(
        st.builds(
            MenuItem,
            item_id=st.sampled_from("abcdef").map(ItemId),
            name=st.just("dish"),
            category=st.sampled_from(CATEGORIES),
            # Few prices: equal fractions and equal lines are where order could creep in.
            unit_price_fen=st.sampled_from([0, 1, 10, 333, 1000, 1000, 8888]),
        ),
        st.integers(1, 9),
    ),
    max_size=8,
    # The same dish at the same price would add to its line.
    unique_by=lambda scan: (scan[0].item_id, scan[0].unit_price_fen),
)
offers = st.lists(
    st.builds(
        offer_of,
        st.sampled_from(["o1", "o2", "o3", "o4"]),
        AMOUNTS,
        AMOUNTS,
        priority=st.integers(0, 2),
        scope=st.builds(
            Scope,
            excluded_categories=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
        ),
    ),
    max_size=4,
    unique_by=lambda offer: offer.rule_id,
)
coupons = st.lists(
    st.builds(
        CouponTerms,
        coupon_id=st.sampled_from(["c1", "c2", "c3"]).map(CouponId),
        code=st.just("CODE"),
        rule=st.builds(offer_of, st.just("coupon"), AMOUNTS, AMOUNTS, stage=st.just(Stage.COUPON)),
        valid_from_ms=st.sampled_from([0, NOW_MS, NOW_MS + 1]),
        valid_until_ms=st.sampled_from([NOW_MS - 1, NOW_MS, 2 * NOW_MS]),
        member_id=st.none() | MEMBER_IDS,
    ),
    max_size=3,
    unique_by=lambda terms: terms.coupon_id,
)
questions = st.builds(
    Question,
    book=st.builds(
        RuleBook,
        rules=offers.map(tuple),
        points=st.builds(
            PointsRule,
            value_fen=st.integers(1, 3),
            step=st.sampled_from([1, 7, 100]),
            cap_basis_points=st.sampled_from([0, 3_000, 10_000]),
        ),
    ),
    moment=st.just(moment_at(NOW_MS, 0)),
    guest=st.none()
    | st.builds(
        Guest,
        member_id=MEMBER_IDS,
        points_spendable=st.integers(0, 20_000),
        offline=st.booleans(),
    ),
    redeemed=st.frozensets(st.sampled_from(["c1", "c2"]).map(CouponId)),
)
wishes = st.integers(0, 20_000)
Scans = list[tuple[MenuItem, int]]


def basket_of(scanned: Scans, laid: Sequence[CouponTerms], points: int = 0) -> Basket:
    basket = Basket(points_wanted=points)
    for item, quantity in scanned:
        basket = add_item(basket, item, quantity)
    for terms in laid:
        basket = lay_coupon(basket, terms)
    return basket


@given(scans, coupons, wishes, questions)
def test_total_is_list_less_shares_and_no_line_is_below_zero(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question
) -> None:
    order = price(basket_of(scanned, laid, points), question)
    taken: dict[int, int] = defaultdict(int)
    for share in order.shares:
        assert 0 < share.saving_fen <= share.base_fen
        taken[share.line] += share.saving_fen
    for line in order.lines:
        assert line.net_fen == line.list_fen - taken.pop(line.number, 0)
        assert line.net_fen >= 0
    assert not taken
    assert order.list_fen == sum(line.list_fen for line in order.lines)
    assert order.total_fen == sum(line.net_fen for line in order.lines)
    assert order.total_fen == order.list_fen - sum(share.saving_fen for share in order.shares)


@given(scans, coupons, wishes, questions)
def test_the_shares_of_a_rule_add_up_to_its_saving(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question
) -> None:
    order = price(basket_of(scanned, laid, points), question)
    for rule in order.used_rules:
        shares = [share for share in order.shares if share.rule_id == rule.rule_id]
        assert sum(share.saving_fen for share in shares) == rule.saving_fen > 0
        assert {share.stage for share in shares} == {rule.stage}
    assert {share.rule_id for share in order.shares} == {rule.rule_id for rule in order.used_rules}


@given(scans, coupons, wishes, questions)
def test_every_rule_is_used_or_has_one_reason(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question
) -> None:
    order = price(basket_of(scanned, laid, points), question)
    answered = [str(rule.rule_id) for rule in order.used_rules]
    answered += [str(rule.rule_id) for rule in order.unused_rules]
    asked = [str(offer.rule_id) for offer in question.book.rules]
    asked += [str(terms.coupon_id) for terms in laid]
    asked += [str(question.book.points.rule_id)] if points else []
    assert sorted(answered) == sorted(asked)
    stages = [rule.stage for rule in order.used_rules]
    assert stages == sorted(set(stages), key=list(Stage).index)


@given(
    scans.flatmap(lambda scanned: st.tuples(st.just(scanned), st.permutations(scanned))),
    coupons.flatmap(lambda laid: st.tuples(st.just(laid), st.permutations(laid))),
    wishes,
    questions,
)
def test_the_order_of_scanning_changes_nothing_but_line_numbers(
    scanned: tuple[Scans, Scans],
    laid: tuple[list[CouponTerms], list[CouponTerms]],
    points: int,
    question: Question,
) -> None:
    first, second = (
        _by_dish(price(basket_of(scanned[place], laid[place], points), question))
        for place in (0, 1)
    )
    assert first == second


def test_a_fen_that_two_equal_dishes_claim_goes_to_the_same_one_in_any_order() -> None:
    dishes = [
        (MenuItem(item_id=ItemId(name), name=name, category="热菜", unit_price_fen=10), 1)
        for name in "ab"
    ]
    question = Question(book=RuleBook(rules=(offer_of("o1", 0, 1),)))
    for order in (dishes, dishes[::-1]):
        lines = price(basket_of(order, []), question).lines
        assert {line.item_id: line.net_fen for line in lines} == {"a": 9, "b": 10}


def _by_dish(order: PricedOrder) -> object:
    dish = {line.number: (line.item_id, line.unit_price_fen) for line in order.lines}
    return (
        sorted((dish[line.number], line.quantity, line.net_fen) for line in order.lines),
        sorted((dish[s.line], s.rule_id, s.stage, s.base_fen, s.saving_fen) for s in order.shares),
        sorted((dish[one.line], one.points_earned, one.points_redeemed) for one in order.loyalty),
        (order.used_rules, order.unused_rules, order.coupon_ids),
        (order.list_fen, order.total_fen, order.points_earned, order.points_redeemed),
    )


@given(scans, coupons, wishes, questions, st.integers(1, 60_000))
def test_an_offer_that_does_not_apply_changes_no_amount(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question, saving_fen: int
) -> None:
    basket = basket_of(scanned, laid, points)
    before = price(basket, question)
    out_of_reach = offer_of("a-new-one", before.list_fen + 1, saving_fen, priority=-1)
    book = msgspec.structs.replace(question.book, rules=(out_of_reach, *question.book.rules))
    after = price(basket, msgspec.structs.replace(question, book=book))
    unchanged = msgspec.structs.replace(after, unused_rules=before.unused_rules)
    assert unchanged == before
    assert {rule.rule_id for rule in after.unused_rules} > {
        rule.rule_id for rule in before.unused_rules
    }


@given(scans, coupons, wishes, questions)
def test_points_are_whole_steps_within_wish_balance_and_cap(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question
) -> None:
    order = price(basket_of(scanned, laid, points), question)
    rule, taken = question.book.points, order.points_redeemed
    spendable = question.guest.points_spendable if question.guest else 0
    assert 0 <= taken <= min(points, spendable)
    assert taken % rule.step == 0
    before_points = order.total_fen + taken * rule.value_fen
    # Half a fen of the cap is rounded up.
    assert 2 * taken * rule.value_fen * BASIS_POINTS <= (
        2 * before_points * rule.cap_basis_points + BASIS_POINTS
    )
    saved = sum(used.saving_fen for used in order.used_rules if used.stage is Stage.POINTS)
    assert saved == taken * rule.value_fen


@given(scans, coupons, wishes, questions)
def test_earned_and_redeemed_points_are_shared_to_the_last_one(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question
) -> None:
    order = price(basket_of(scanned, laid, points), question)
    assert sum(one.points_earned for one in order.loyalty) == order.points_earned
    assert sum(one.points_redeemed for one in order.loyalty) == order.points_redeemed
    if question.guest is None:
        assert order.points_earned == 0
    else:
        assert order.points_earned == order.total_fen // 100


@given(scans.filter(bool), coupons, wishes, questions)
def test_a_priced_order_makes_a_sale_that_every_server_reads(
    scanned: Scans, laid: list[CouponTerms], points: int, question: Question
) -> None:
    order = price(basket_of(scanned, laid, points), question)
    paid = Tender(
        kind=TenderKind.CASH,
        amount_fen=order.total_fen,
        received_fen=order.total_fen + 7,
        change_fen=7,
    )
    sale = Sale(
        sale_id=SaleId("s1"),
        receipt_number="A1-1",
        business_day="2026-11-21",
        lines=order.lines,
        shares=order.shares,
        used_rules=order.used_rules,
        list_fen=order.list_fen,
        total_fen=order.total_fen,
        tenders=(paid,),
        points_earned=order.points_earned,
        points_redeemed=order.points_redeemed,
        coupon_ids=order.coupon_ids,
    )
    assert decode_fact(*encode_fact(SaleClosed(sale=sale))) == SaleClosed(sale=sale)
    assert sale.saving_fen == order.saving_fen == order.list_fen - order.total_fen
