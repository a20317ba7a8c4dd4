"""One of every document, from believable values, in a language."""

from datetime import date

from domain.allowances.rights import RightKind, UsedRight
from domain.allowances.subjects import Subject, SubjectKind
from domain.configuration import CouponTerms
from domain.identifiers import (
    AccountId,
    CouponId,
    ItemId,
    MemberId,
    PlanId,
    RefundId,
    RuleId,
    SaleId,
    StoreId,
)
from domain.offers import amount_off
from domain.orders import (
    ChosenOption,
    FeeLine,
    Sale,
    SaleLine,
    Share,
    Stage,
    TaxLine,
    Tender,
    TenderKind,
    UsedRule,
)
from domain.refunds.refund import Charge, ChargeCode, Refund, RefundedLine, RefundKind, RefundTender
from domain.stored_value.account import AccountKind, Amounts
from domain.stored_value.facts import ToppedUp
from domain.stored_value.plans import PlanCoupon
from domain.wording import Language
from hardware.receipt import Document
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.documents.coupon_slip import coupon_slip
from pos_client.use_cases.documents.kitchen_ticket import (
    KitchenTicket,
    TicketKind,
    TicketLine,
    kitchen_ticket,
)
from pos_client.use_cases.documents.label import Label, labels
from pos_client.use_cases.documents.parts import Paper
from pos_client.use_cases.documents.refund_slip import refund_slip
from pos_client.use_cases.documents.sale_receipt import GuestOnReceipt, sale_receipt
from pos_client.use_cases.documents.shift_report import ShiftReport, TenderTotal, shift_report
from pos_client.use_cases.documents.top_up_slip import top_up_slip
from tests.builders.facts import YEAR_MS
from tests.builders.terminal import START_MS
from tests.builders.till import IDENTITY

HER = MemberId("member-1")
LINES = (
    SaleLine(
        number=1,
        item_id=ItemId("D1"),
        name="招牌剁椒鱼头（大份）",
        quantity=1,
        unit_price_fen=12_800,
        list_fen=13_600,
        net_fen=11_600,
        category="热菜",
        options=(
            ChosenOption(name="手工面", price_fen=400, quantity=2),
            ChosenOption(name="少辣"),
        ),
    ),
    SaleLine(
        number=2,
        item_id=ItemId("D2"),
        name="酸梅汤",
        quantity=2,
        unit_price_fen=1_250,
        list_fen=2_500,
        net_fen=1_250,
        category="饮料",
    ),
    SaleLine(
        number=3,
        item_id=ItemId("D3"),
        name="椒盐濑尿虾",
        quantity=1,
        unit_price_fen=19_600,
        list_fen=6_860,
        net_fen=6_860,
        category="热菜",
        weight_grams=350,
    ),
    SaleLine(
        number=4,
        item_id=ItemId("SET"),
        name="商务套餐",
        quantity=2,
        unit_price_fen=4_800,
        list_fen=9_600,
        net_fen=9_600,
        category="套餐",
        options=(
            ChosenOption(name="烤鸭", item_id=ItemId("D4")),
            ChosenOption(name="豆浆", item_id=ItemId("D5")),
        ),
    ),
)


def sample_sale() -> Sale:
    """It balances, as every sale in a journal does."""
    rules = (
        UsedRule(
            rule_id=RuleId("half"), stage=Stage.ITEM_OFFER, name="第二杯半价", saving_fen=1250
        ),
        UsedRule(rule_id=RuleId("c"), stage=Stage.COUPON, name="满200减20券", saving_fen=2000),
    )
    sale = Sale(
        sale_id=SaleId("sale-1"),
        receipt_number="A1-000042",
        business_day="2026-11-21",
        lines=LINES,
        shares=(
            Share(line=1, rule_id=RuleId("c"), stage=Stage.COUPON, base_fen=13600, saving_fen=2000),
            Share(
                line=2,
                rule_id=RuleId("half"),
                stage=Stage.ITEM_OFFER,
                base_fen=2500,
                saving_fen=1250,
            ),
        ),
        used_rules=rules,
        list_fen=32_560,
        total_fen=30_310,
        tip_fen=500,
        fees=(
            FeeLine(
                rule_id=RuleId("f"), kind="service", name="茶位费", list_fen=1000, amount_fen=1000
            ),
        ),
        taxes=(TaxLine(tax_basis_points=600, gross_fen=30_310, tax_fen=1_716),),
        tenders=(
            Tender(kind=TenderKind.STORED_VALUE, amount_fen=8_800, received_fen=8_800),
            Tender(kind=TenderKind.CASH, amount_fen=22_010, received_fen=30_000, change_fen=7_990),
        ),
        member_id=HER,
        points_earned=303,
        coupon_ids=(CouponId("c"),),
        guest_count=4,
        order_type="takeaway",
        rights=(
            UsedRight(
                kind=RightKind.ALLOWANCE,
                subject=Subject(SubjectKind.STORED_VALUE, "account-1"),
                amount=8_800,
                right_id="a",
            ),
            UsedRight(
                kind=RightKind.AUTHORISATION,
                subject=Subject(SubjectKind.COUPON, "c"),
                amount=1,
                right_id="b",
            ),
        ),
    )
    assert sale.balances()
    return sale


def sample_refund() -> Refund:
    refund = Refund(
        refund_id=RefundId("refund-1"),
        sale_id=SaleId("sale-1"),
        sale_store=StoreId("A"),
        sale_day="2026-11-21",
        business_day="2026-11-21",
        kind=RefundKind.REFUND,
        reason="上错菜",
        lines=(RefundedLine(line=1, units=1, amount_fen=11_600, points_taken=116),),
        charges=(
            Charge(
                rule_id=RuleId("half"),
                name="第二杯半价",
                code=ChargeCode.THRESHOLD_LOST,
                amount_fen=1_250,
            ),
        ),
        total_fen=10_350,
        tenders=(
            RefundTender(place=1, kind=TenderKind.STORED_VALUE, amount_fen=3_000, bonus_fen=500),
            RefundTender(place=2, kind=TenderKind.CASH, amount_fen=7_350),
        ),
        member_id=HER,
    )
    assert refund.adds_up()
    return refund


def sample_shift(*, closed: bool) -> ShiftReport:
    return ShiftReport(
        number="A1-17",
        cashier="王芳",
        opened_ms=START_MS - 8 * 3_600_000,
        closed_ms=START_MS if closed else None,
        sales=128,
        list_fen=1_284_050,
        saved_fen=86_400,
        net_fen=1_197_650,
        tip_fen=500,
        tenders=(
            TenderTotal(kind=TenderKind.CASH, taken_fen=312_000, returned_fen=7_350),
            TenderTotal(kind=TenderKind.WECHAT_PAY, taken_fen=885_650),
        ),
        refunds=1,
        refunded_fen=10_350,
        top_ups=2,
        topped_up_fen=200_000,
        float_fen=50_000,
        paid_out_fen=3_000,
        expected_cash_fen=351_650,
        counted_cash_fen=351_600 if closed else None,
        points_earned=11_900,
        points_redeemed=2_400,
        drawer_openings=3,
    )


def sample_ticket(kind: TicketKind = TicketKind.ORDER) -> KitchenTicket:
    return KitchenTicket(
        number="A1-000042/1",
        station="热菜",
        kind=kind,
        table="A12",
        course="2",
        guests=4,
        waiter="赵敏",
        reason="客人等太久" if kind is TicketKind.VOIDED else "",
        lines=(
            TicketLine(
                quantity=1, name="剁椒鱼头", options=("手工面 × 2", "少辣"), note="不要香菜"
            ),
            TicketLine(quantity=1, name="濑尿虾", weight="0.350 kg"),
            TicketLine(quantity=2, name="烤鸭", within="商务套餐"),
        ),
    )


def sample_coupon() -> CouponTerms:
    return CouponTerms(
        coupon_id=CouponId("c"),
        code="C-7Q2X9K",
        rule=amount_off("c", "满200减20券", from_fen=20_000, saving_fen=2_000, stage=Stage.COUPON),
        valid_from_ms=START_MS,
        valid_until_ms=START_MS + YEAR_MS,
        member_id=HER,
    )


def paper_in(language: Language) -> Paper:
    return Paper(
        identity=IDENTITY,
        wording=wording_in(language),
        now_ms=START_MS,
        head=("东湖路 8 号  027-8888 0000",),
        foot=("发票请扫小票上的二维码",),
    )


def documents(language: Language) -> dict[str, Document]:
    paper = paper_in(language)
    guest = GuestOnReceipt(points_balance=1_240, code="M-member-1")
    top_up = ToppedUp(
        account_id=AccountId("account-1"),
        kind=AccountKind.NAMED,
        receipt_number="A1-000043",
        business_day=date(2026, 11, 21),
        principal_fen=100_000,
        bonus_fen=20_000,
        tenders=(Tender(kind=TenderKind.CASH, amount_fen=100_000, received_fen=100_000),),
        member_id=HER,
        plan_id=PlanId("plan"),
        points=100,
        coupons=(PlanCoupon(template_id="t", count=2),),
    )
    return {
        "sale": sale_receipt(sample_sale(), paper, guest),
        "refund": refund_slip(sample_sale(), sample_refund(), paper, number="A1-000044"),
        "top_up": top_up_slip(
            top_up, paper, balance=Amounts(120_000, 25_000), plan_name="充1000送200"
        ),
        "shift_x": shift_report(sample_shift(closed=False), paper),
        "shift_z": shift_report(sample_shift(closed=True), paper),
        "kitchen": kitchen_ticket(sample_ticket(), paper),
        "kitchen_added": kitchen_ticket(sample_ticket(TicketKind.ADDED), paper),
        "kitchen_voided": kitchen_ticket(sample_ticket(TicketKind.VOIDED), paper),
        "kitchen_rushed": kitchen_ticket(sample_ticket(TicketKind.RUSHED), paper),
        "coupon": coupon_slip(sample_coupon(), paper),
        "label": labels(
            [
                Label(
                    order_number="A1-000042",
                    dish="珍珠奶茶",
                    place=place,
                    count=2,
                    options=("半糖", "去冰"),
                )
                for place in (1, 2)
            ],
            paper,
        ),
    }
