"""What a grant by hand leaves in the state, what top-ups earn, and the order of a statement."""

from datetime import date

from domain.conditions import Conditions, Guest, Setting, moment_at
from domain.identifiers import MemberId, RuleId, TerminalId, TierId
from domain.loyalty.earning import earn_top_up
from domain.loyalty.earning_terms import EarningRule, EarningTerms, Measure, Multiplier
from domain.loyalty.expiry import RollingMonths, expiry_of
from domain.loyalty.facts import TierGranted
from domain.loyalty.lines import earned_line, post_all, redeemed_line
from domain.loyalty.points_account import NO_POINTS
from domain.loyalty.points_standing import standing
from domain.loyalty.state import NO_LOYALTY, fold_loyalty
from domain.loyalty.statement import statement
from domain.loyalty.tiers import TierGrant
from domain.months import Month, last_day, month_of
from domain.reasons import LedgerReason, Reason
from domain.stamps import Stamp

TODAY = date(2026, 11, 22)
GUEST = Guest(member_id=MemberId("m1"), tier_id=TierId("gold"))
AT_THE_COUNTER = Setting(moment=moment_at(0, 480), guest=GUEST)
DOUBLE_FOR_GOLD = Multiplier(
    name="金卡双倍", rate_basis_points=20_000, conditions=Conditions(tiers=(TierId("gold"),))
)
RULE = EarningRule(
    rule_id=RuleId("top-up"),
    name="充值积分",
    measure=Measure.TOP_UP,
    at_most_a_day=150,
    multipliers=(DOUBLE_FOR_GOLD,),
)
TERMS = EarningTerms(rules=(RULE,))


def test_a_grant_is_kept_as_it_was_given() -> None:
    fact = TierGranted(
        member_id=MemberId("m1"), tier_id=TierId("gold"), until=TODAY, reason="店长推荐"
    )
    state = fold_loyalty(NO_LOYALTY, fact, stamp=Stamp(7), terminal=TerminalId("till-a"))
    assert state.grant == TierGrant(
        tier_id=TierId("gold"), until=TODAY, stamp=Stamp(7), terminal=TerminalId("till-a")
    )


def test_the_guest_decides_what_multiplies_a_top_up() -> None:
    assert earn_top_up(TERMS, 5_000, AT_THE_COUNTER).points == 100
    silver = Setting(
        moment=moment_at(0, 480), guest=Guest(member_id=MemberId("m1"), tier_id=TierId("silver"))
    )
    assert earn_top_up(TERMS, 5_000, silver).points == 50


def test_a_top_up_earns_what_the_day_has_left() -> None:
    earned = earn_top_up(TERMS, 100_000, AT_THE_COUNTER, earned_today={RuleId("top-up"): 30})
    assert earned.points == 120
    spent = earn_top_up(TERMS, 100_000, AT_THE_COUNTER, earned_today={RuleId("top-up"): 150})
    assert [rule.reason for rule in spent.unused] == [Reason.LIMIT_PER_DAY]


def test_the_tier_of_before_multiplies_beside_the_rule() -> None:
    tier = Multiplier(name="金卡", rate_basis_points=15_000, group="tier")
    assert earn_top_up(TERMS, 4_000, AT_THE_COUNTER, tier=tier).points == 120


def test_a_top_up_of_nothing_earns_nothing() -> None:
    nothing = earn_top_up(TERMS, 0, AT_THE_COUNTER)
    assert [rule.reason for rule in nothing.unused] == [Reason.NO_ITEM]


def test_points_expire_after_all_else_of_their_day_and_lines_keep_their_order() -> None:
    november = month_of(TODAY)
    last = last_day(november)
    spent, earned = (
        redeemed_line(10, month=november),
        earned_line(40, month=november, expiry=expiry_of(RollingMonths(months=1), november)),
    )
    account = post_all(NO_POINTS, (earned, spent))
    then = standing(account, Month(november + 2))
    december = last_day(Month(november + 1))
    rows = statement(then, [(december, spent), (last, earned), (december, earned)])
    assert [(row.day, row.reason) for row in rows] == [
        (last, LedgerReason.EARNED),
        (december, LedgerReason.REDEEMED),
        (december, LedgerReason.EARNED),
        (december, LedgerReason.EXPIRED),
    ]
    assert [row.points for row in rows] == [40, -10, 40, -30]
    assert rows[-1].balance == then.balance == 0
