"""What rules, fees, the clock and the member put into a closed sale and onto its receipt."""

from datetime import date

import msgspec

from domain.conditions import BirthdaySpan, Conditions, OrderType, TimeWindow
from domain.errors import ErrorCode
from domain.facts import RulesPublished
from domain.fees import FeeRule, Rounding
from domain.identifiers import ItemId, MemberId, RuleId, StoreId, TierId
from domain.loyalty.expiry import RollingMonths
from domain.loyalty.terms import LoyaltyTerms
from domain.loyalty.tiers import Thresholds, Tier, TierTerms
from domain.members.facts import MemberEdited
from domain.members.profile import ProfileField
from domain.offers import FeeKind, amount_off
from domain.rulebook import RuleBook
from hardware.receipt import TwoColumns, decode_document
from pos_client.use_cases.answers import OrderToClose
from tests.builders.facts import enrolled
from tests.builders.till import (
    CASHIER,
    DUCK,
    RICE,
    Till,
    basket_of,
    cash,
    order,
)
from tests.pos_client.use_cases.test_sales import jobs, refusal

PLAIN_TEA = msgspec.structs.replace(
    RICE, item_id=ItemId("D9"), name="茶", unit_price_fen=1_007, tax_basis_points=600
)


def with_everything(member: str | None = None) -> OrderToClose:
    """Tea to take away for two, with a fee, rounding and a tip."""
    basket = msgspec.structs.replace(
        basket_of(PLAIN_TEA), order_type=OrderType.TAKEAWAY, guest_count=2, tip_fen=500
    )
    return OrderToClose(
        basket=basket,
        tenders=(cash(1_700),),
        expected_total_fen=1_200,
        member_id=MemberId(member) if member else None,
    )


def rich_book() -> RuleBook:
    packing = FeeRule(
        rule_id=RuleId("packing"), name="打包费", kind=FeeKind.PACKING, amount_fen=200
    )
    return RuleBook(fees=(packing,), rounding=Rounding())


def test_a_sale_keeps_fees_rounding_tip_taxes_and_how_it_was_eaten(printing_till: Till) -> None:
    till = printing_till
    till.write(RulesPublished(version="rules-2", book=rich_book()))
    sale = till.machinery.counter.close_sale(CASHIER, with_everything()).sale
    assert [(fee.name, fee.amount_fen) for fee in sale.fees] == [("打包费", 200)]
    assert (sale.list_fen, sale.total_fen, sale.tip_fen) == (1_007, 1_200, 500)
    assert [(tax.tax_basis_points, tax.gross_fen, tax.tax_fen) for tax in sale.taxes] == [
        (600, 1_000, 57)
    ]
    assert (sale.order_type, sale.channel, sale.guest_count) == ("takeaway", "counter", 2)
    ((_, content, _),) = till.run(jobs)
    columns = [
        (block.left, block.right)
        for block in decode_document(content).blocks
        if isinstance(block, TwoColumns)
    ]
    assert columns[2:] == [
        ("用餐方式", "外带"),
        ("人数", "2"),
        ("小计", "10.07"),
        ("打包费", "2.00"),
        ("抹零", "-0.07"),
        ("小费", "5.00"),
        ("应付", "¥17.00"),
        ("其中税额 6%", "0.57"),
        ("现金", "17.00"),
    ]


def test_a_tip_has_to_be_paid_too(till: Till) -> None:
    till.write(RulesPublished(version="rules-2", book=rich_book()))
    wanted = msgspec.structs.replace(with_everything(), tenders=(cash(1_200),))
    refused = refusal(till, wanted)
    assert (refused.code, refused.values) == (ErrorCode.TENDER_INSUFFICIENT, {"missing": "5.00"})


def test_rules_hold_by_the_clock_of_the_store(till: Till) -> None:
    """06:26 in Shanghai, where UTC still has the evening before."""
    window = TimeWindow(start_minute=6 * 60, until_minute=7 * 60)
    conditions = Conditions(windows=(window,), stores=(StoreId("A"),), from_day=date(2026, 11, 22))
    early = msgspec.structs.replace(
        amount_off("early", "早市减3", from_fen=0, saving_fen=300), conditions=conditions
    )
    till.write(RulesPublished(version="rules-2", book=RuleBook(rules=(early,))))
    till.sell(DUCK, total_fen=12_500)
    till.clock.advance(60 * 60_000)
    assert refusal(till, order(DUCK, total_fen=12_500)).code is ErrorCode.PRICE_CHANGED


def test_a_member_s_tier_and_birthday_count_at_the_counter(till: Till) -> None:
    gold = Tier(
        tier_id=TierId("gold"), name="金卡", rank=1, thresholds=Thresholds(spend_fen=12_000)
    )
    for_gold = msgspec.structs.replace(
        amount_off("gold", "金卡减10", from_fen=0, saving_fen=1_000),
        conditions=Conditions(tiers=(TierId("gold"),)),
    )
    on_birthdays = msgspec.structs.replace(
        amount_off("birthday", "生日减5", from_fen=0, saving_fen=500),
        conditions=Conditions(birthday=BirthdaySpan.DAY),
        group="birthday",
    )
    loyalty = LoyaltyTerms(tiers=TierTerms(tiers=(gold,)))
    book = RuleBook(rules=(for_gold, on_birthdays), loyalty=loyalty)
    till.write(
        enrolled(),
        MemberEdited(member_id=MemberId("member-1"), changes={ProfileField.BIRTHDAY: "1990-11-22"}),
        RulesPublished(version="rules-2", book=book),
    )
    till.sell(DUCK, total_fen=12_300, member="member-1")
    till.sell(DUCK, total_fen=11_300, member="member-1")


def test_points_of_a_sale_can_be_used_up_to_the_month_that_the_rules_say(till: Till) -> None:
    loyalty = LoyaltyTerms(expiry=RollingMonths(months=12))
    till.write(enrolled(), RulesPublished(version="r2", book=RuleBook(loyalty=loyalty)))
    sale = till.sell(DUCK, total_fen=12_800, member="member-1").sale
    assert (sale.points_earned, sale.points_expiry) == (128, 2027 * 12 + 10)
    month_ms = 31 * 24 * 60 * 60_000
    till.clock.advance(13 * month_ms)
    card = till.machinery.counter.open_member(MemberId("member-1"))
    assert (card.guest.points, card.guest.points_spendable) == (0, 0)
