"""One fact of every kind that a journal can hold."""

from datetime import date

from domain.cases.decided import CaseDecided
from domain.cases.kinds import CaseKind, Decision
from domain.cases.repriced import Differs, PriceDifference, SaleRepriced
from domain.configuration import PointsRule, Staff
from domain.facts import (
    CouponRevoked,
    CouponTransferred,
    DrawerOpened,
    Fact,
    RulesPublished,
    StaffAppointed,
    StoreOpened,
)
from domain.identifiers import (
    AccountId,
    CouponId,
    MemberId,
    PassId,
    RefundId,
    RewardId,
    SaleId,
    StaffId,
    StoreId,
    TerminalId,
    TierId,
)
from domain.journals import EpochBegun, JournalForked, JournalTakenBack
from domain.loyalty.benefits import BothLanguages
from domain.loyalty.facts import (
    BenefitHandedOut,
    PointsAdjusted,
    PointsFrozen,
    RewardExchanged,
    TierGranted,
)
from domain.loyalty.rewards import GoodsReward
from domain.members.consents import ConsentPurpose
from domain.members.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberClosed,
    MemberFrozen,
    MembersKeptApart,
    MembersMerged,
    MembersParted,
    MemberTagged,
    MemberUnfrozen,
    MemberUntagged,
)
from domain.offers import amount_off
from domain.orders import Tender, TenderKind
from domain.origins import Origin
from domain.passes.facts import PassRefunded, PassSold
from domain.passes.refunds import PassRefundStep, PassRefundStepCode
from domain.passes.terms import PassTemplateId, PassTerms
from domain.refunds.facts import RefundMade
from domain.refunds.refund import Refund, RefundedLine, RefundKind, RefundTender
from domain.rights import CASHIER
from domain.rulebook import RuleBook
from domain.stamps import Stamp
from domain.stored_value.account import AccountKind
from domain.stored_value.facts import (
    AccountFrozen,
    AdjustmentReason,
    BalanceAdjusted,
    BalanceRefunded,
    GiftCardSold,
    ToppedUp,
)
from domain.stored_value.refunds import BalanceRefundStep, BalanceRefundStepCode
from tests.domain.builders import coupon_issued, edit, enrolment, menu, sale_of

DAY = date(2026, 11, 21)
MEMBER = MemberId("m1")
ACCOUNT = AccountId("m1")


def cash(amount_fen: int) -> tuple[Tender, ...]:
    return (Tender(kind=TenderKind.CASH, amount_fen=amount_fen, received_fen=amount_fen),)


OFFER = amount_off("o1", "满100减15", from_fen=10_000, saving_fen=1_500)
STAFF = Staff(staff_id=StaffId("s1"), name="王芳", role=CASHIER, pin_hash="$argon2id$x")
SAMPLES: list[Fact] = [
    enrolment("m1", birthday="1990-05-20"),
    edit("m1", name="王五", note=""),
    sale_of("s1", member="m1", earned=10, coupon="coupon-1", coupon_saving_fen=100),
    coupon_issued(),
    menu("2026-1"),
    CouponRevoked(coupon_id=CouponId("coupon-1"), reason="误发"),
    DrawerOpened(note="换零钱"),
    CouponTransferred(coupon_id=CouponId("coupon-1"), to=MemberId("m2")),
    SaleRepriced(
        sale_id=SaleId("s1"),
        menu_version="2026-1",
        rules_version="7",
        said_fen=900,
        expected_fen=950,
        differences=(
            PriceDifference(what=Differs.UNIT_PRICE, said=900, expected=950, line=1, name="米饭"),
        ),
    ),
    CaseDecided(
        case=CaseKind.COUPON_REDEEMED_TWICE,
        source_id="coupon-1",
        decision=Decision.STORE_LOSS,
        note="已与店长核对",
        sides=(Origin(Stamp(1), TerminalId("till-a"), StoreId("store-1"), 1, 1),),
        cost_fen=500,
    ),
    RulesPublished(version="7", book=RuleBook(rules=(OFFER,), points=PointsRule(step=50))),
    StaffAppointed(store=StoreId("store-1"), staff=STAFF),
    StoreOpened(store=StoreId("store-1"), name="人民路店"),
    MemberTagged(member_id=MemberId("m1"), tags=("素食", "靠窗")),
    MemberUntagged(member_id=MemberId("m1"), tags=("素食",)),
    ConsentGiven(
        member_id=MemberId("m1"),
        purpose=ConsentPurpose.MARKETING_SMS,
        version="2026-11",
        answers=Origin(Stamp(1), TerminalId("till-a"), StoreId("store-1"), 1, 1),
    ),
    ConsentWithdrawn(member_id=MemberId("m1"), purpose=ConsentPurpose.PROFILING),
    MemberClosed(member_id=MemberId("m1"), phone="+8613800138000"),
    MembersMerged(member_id=MemberId("m2"), into=MemberId("m1")),
    MembersParted(member_id=MemberId("m2"), parted_from=MemberId("m1")),
    MembersKeptApart(member_id=MemberId("m2"), other=MemberId("m1")),
    MemberFrozen(member_id=MemberId("m1"), reason="挂失"),
    MemberUnfrozen(member_id=MemberId("m1")),
    PointsAdjusted(member_id=MEMBER, points=-50, day=DAY, reason="多记"),
    PointsFrozen(member_id=MEMBER, points=200, day=DAY, reason="核查"),
    RewardExchanged(
        exchange_id="e1",
        member_id=MEMBER,
        reward_id=RewardId("mug"),
        name="马克杯",
        gives=GoodsReward(text=BothLanguages(zh="马克杯", en="Mug")),
        points=800,
        day=DAY,
    ),
    TierGranted(member_id=MEMBER, tier_id=TierId("gold"), until=DAY, reason="店长推荐"),
    BenefitHandedOut(member_id=MEMBER, key="tier:2026-11:tea", name="赠茶券"),
    ToppedUp(
        account_id=ACCOUNT,
        kind=AccountKind.NAMED,
        receipt_number="A1-000007",
        business_day=DAY,
        principal_fen=100_000,
        bonus_fen=20_000,
        tenders=cash(100_000),
        member_id=MEMBER,
        points=100,
    ),
    GiftCardSold(
        account_id=AccountId("g1"),
        receipt_number="A1-000008",
        business_day=DAY,
        face_fen=20_000,
        paid_fen=18_000,
        tenders=cash(18_000),
    ),
    BalanceRefunded(
        account_id=ACCOUNT,
        receipt_number="A1-000009",
        business_day=DAY,
        principal_fen=95_000,
        bonus_fen=19_000,
        used_principal_fen=5_000,
        used_bonus_fen=1_000,
        paid_out_fen=95_000,
        steps=(BalanceRefundStep(BalanceRefundStepCode.PAID_IN, 100_000),),
        tenders=cash(95_000),
    ),
    BalanceAdjusted(
        account_id=ACCOUNT, reason=AdjustmentReason.GOODWILL, bonus_fen=500, note="等位补偿"
    ),
    AccountFrozen(account_id=ACCOUNT, frozen=True),
    PassSold(
        pass_id=PassId("p1"),
        terms=PassTerms(
            template_id=PassTemplateId("coffee10"), name="咖啡十次卡", price_fen=18_000, uses=10
        ),
        receipt_number="A1-000010",
        business_day=DAY,
        paid_fen=18_000,
        tenders=cash(18_000),
    ),
    PassRefunded(
        pass_id=PassId("p1"),
        receipt_number="A1-000011",
        business_day=DAY,
        uses=8,
        paid_out_fen=14_400,
        steps=(PassRefundStep(PassRefundStepCode.PAID, 18_000),),
        tenders=cash(14_400),
    ),
    RefundMade(
        refund=Refund(
            refund_id=RefundId("r1"),
            sale_id=SaleId("s1"),
            sale_store=StoreId("store-1"),
            sale_day="2026-11-21",
            business_day="2026-11-22",
            kind=RefundKind.REFUND,
            reason="上错菜",
            lines=(RefundedLine(line=1, units=1, amount_fen=900, points_taken=10),),
            total_fen=900,
            tenders=(RefundTender(place=1, kind=TenderKind.CASH, amount_fen=900),),
            member_id=MEMBER,
            whole=True,
        )
    ),
    JournalForked(
        terminal=TerminalId("till-a"),
        store=StoreId("store-1"),
        held=Origin(Stamp(2), TerminalId("till-a"), StoreId("store-1"), 1, 2),
        other=Origin(Stamp(3), TerminalId("till-a"), StoreId("store-1"), 1, 2),
    ),
    EpochBegun(
        terminal=TerminalId("till-a"),
        from_epoch=1,
        after=7,
        after_hash=b"\1" * 32,
        branch=b"\2" * 32,
    ),
    JournalTakenBack(terminal=TerminalId("till-a"), epoch=1, first=8, up_to=9),
]
