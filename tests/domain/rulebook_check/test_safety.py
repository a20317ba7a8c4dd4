"""What the check lets through can be priced; what it refuses never surprises the check itself."""

import msgspec
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from domain.pricing.basket import Basket
from domain.pricing.explain import explain
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.rule_flaws import UNSAFE_FLAWS
from domain.rulebook import RuleBook
from domain.rulebook_check.book import check_book, check_coupon
from domain.rulebook_check.known import known
from domain.rulebook_check.rules import check_rule
from domain.strict_reading import read_strictly
from domain.wording import Language, Wording
from tests.domain.rulebook_check.books import BOOKS, LOYALTY, MENU, baskets, questions

# Drawing a book takes longer than pricing it.
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
TIERS = frozenset(tier.tier_id for tier in LOYALTY.tiers.tiers)
CHINESE, ENGLISH = (Wording(language, {}) for language in Language)


def assert_priced_soundly(order: PricedOrder) -> None:
    assert all(line.net_fen >= 0 for line in order.lines)
    assert all(0 <= fee.amount_fen <= fee.list_fen for fee in order.fees)
    taken_fen = sum(share.saving_fen for share in order.shares)
    fees_fen = sum(fee.amount_fen for fee in order.fees)
    assert order.total_fen == order.list_fen - taken_fen + fees_fen >= 0


def repaired(book: RuleBook) -> RuleBook:
    """The book without those of its rules that have flaws, and with one of each id."""
    there = known(MENU, tiers=TIERS)
    rules = {rule.rule_id: rule for rule in book.rules if not [*check_rule(rule, "", there)]}
    fees = {fee.rule_id: fee for fee in book.fees}
    return msgspec.structs.replace(book, rules=tuple(rules.values()), fees=tuple(fees.values()))


@SLOW
@given(st.data(), BOOKS.map(repaired), baskets())
def test_a_book_without_flaws_is_priced_and_its_sale_can_travel(
    data: st.DataObject, book: RuleBook, basket: Basket
) -> None:
    assume(not check_book(book, MENU))
    coupons = [terms for terms in basket.coupons if not check_coupon(terms.rule, MENU, tiers=TIERS)]
    basket = msgspec.structs.replace(basket, coupons=tuple(coupons))
    order = price(basket, data.draw(questions(book)))
    event(f"rules used: {len(order.used_rules)}")
    assert_priced_soundly(order)
    # All parts of a priced order are parts of a sale: read with their limits, as the server does.
    assert msgspec.convert(msgspec.to_builtins(order), PricedOrder) == order


@SLOW
@given(st.data(), BOOKS, baskets())
def test_flaws_that_are_not_unsafe_do_not_keep_an_order_from_being_priced(
    data: st.DataObject, book: RuleBook, basket: Basket
) -> None:
    found = {flaw.code for flaw in check_book(book, MENU)}
    assume(UNSAFE_FLAWS.isdisjoint(found))
    question: Question = data.draw(questions(book))
    order = price(basket, question)
    assert_priced_soundly(order)
    for wording in (CHINESE, ENGLISH):
        assert all(line.isprintable() for line in explain(order, wording))


@SLOW
@given(BOOKS)
def test_any_book_is_checked_and_every_flaw_can_be_told(book: RuleBook) -> None:
    found = check_book(book, MENU)
    assert check_book(book, MENU) == found
    for flaw in found:
        for wording in (CHINESE, ENGLISH):
            assert "…" not in wording.flaw(flaw)
    assert read_strictly(msgspec.to_builtins(book), RuleBook) == book
