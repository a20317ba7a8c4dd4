"""What an order earns and spends by line, with bonus money and with rules that have a limit."""

from domain.conditions import Guest, moment_at
from domain.identifiers import ItemId, MemberId, RewardId, RuleId
from domain.loyalty.earning_terms import EarningRule, EarningTerms, Ledger
from domain.loyalty.rewards import DishReward, Reward
from domain.loyalty.terms import LoyaltyTerms
from domain.menu import MenuItem
from domain.pricing.basket import Basket, add_item
from domain.pricing.earnings import earned_by_limited_rules, with_earnings
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.rulebook import RuleBook

FISH = MenuItem(item_id=ItemId("fish"), name="鱼", category="热菜", unit_price_fen=8_000)
TEA = MenuItem(item_id=ItemId("tea"), name="茶", category="饮品", unit_price_fen=1_000)
GUEST = Guest(member_id=MemberId("m1"), points=2_000, points_spendable=2_000)
FREE_TEA = Reward(
    reward_id=RewardId("tea"),
    name="兑换茶",
    gives=DishReward(item_id=ItemId("tea")),
    points=300,
)
RULES = (
    EarningRule(rule_id=RuleId("each"), name="消费积分"),
    EarningRule(rule_id=RuleId("daily"), name="每日积分", at_most_a_day=50),
    EarningRule(rule_id=RuleId("growth"), name="成长值", ledger=Ledger.GROWTH),
)
BOOK = RuleBook(loyalty=LoyaltyTerms(earning=EarningTerms(rules=RULES), rewards=(FREE_TEA,)))


def asked(earned_today: int = 0) -> Question:
    return Question(
        book=BOOK,
        moment=moment_at(0, 480),
        guest=GUEST,
        earned_today={RuleId("daily"): earned_today},
    )


def basket(points_wanted: int = 0, rewards: tuple[RewardId, ...] = ()) -> Basket:
    lines = add_item(add_item(Basket(), FISH), TEA)
    return Basket(lines=lines.lines, points_wanted=points_wanted, rewards=rewards)


def test_only_what_rules_with_a_limit_a_day_gave_is_counted_beyond_the_order() -> None:
    order = price(basket(), asked())
    assert order.points_earned == 90 + 50
    assert earned_by_limited_rules(order, asked()) == ((RuleId("daily"), 50),)


def test_what_the_limit_left_of_a_rule_is_nothing_to_count() -> None:
    order = price(basket(), asked(earned_today=50))
    assert order.points_earned == 90
    assert earned_by_limited_rules(order, asked(earned_today=50)) == ()


def test_bonus_money_is_taken_off_what_earns_and_leaves_what_was_spent() -> None:
    plain = price(basket(points_wanted=900), asked())
    assert (plain.total_fen, plain.points_redeemed, plain.growth_earned) == (8_100, 900, 81)
    paid = with_earnings(plain, basket(points_wanted=900), asked(), bonus_fen=1_000)
    assert paid.growth_earned == 71
    assert [line.growth_earned for line in paid.loyalty] == [63, 8]
    assert [line.points_redeemed for line in paid.loyalty] == [800, 100]


def test_a_reward_spends_its_points_on_its_own_line() -> None:
    order = price(basket(points_wanted=800, rewards=(RewardId("tea"),)), asked())
    assert order.reward_ids == (RewardId("tea"),)
    assert order.points_redeemed == 300 + 800
    assert {line.line: line.points_redeemed for line in order.loyalty} == {1: 800, 2: 300}
    again = with_earnings(order, basket(), asked())
    assert {line.line: line.points_redeemed for line in again.loyalty} == {1: 800, 2: 300}
