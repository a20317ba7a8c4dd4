"""Facts, entries and sales for the tests of the rules."""

from collections.abc import Iterable

from domain.configuration import CouponTerms
from domain.entries import GENESIS, Entry
from domain.facts import CouponIssued, Fact, MenuPublished, SaleClosed, encode_fact
from domain.fold import fold, touched
from domain.fold.aggregates import Aggregate, AggregateKey
from domain.identifiers import (
    BrandId,
    CouponId,
    ItemId,
    MemberId,
    RuleId,
    SaleId,
    StaffId,
    StoreId,
    TerminalId,
)
from domain.members.facts import MemberEdited, MemberEnrolled
from domain.menu import MenuItem
from domain.offers import amount_off
from domain.orders import Sale, SaleLine, Share, Stage, Tender, TenderKind
from domain.stamps import Stamp

State = dict[AggregateKey, Aggregate]


def entry_of(
    fact: Fact, *, stamp: int = 1, terminal: str = "till-a", store: str = "store-1", number: int = 1
) -> Entry:
    kind, schema, body = encode_fact(fact)
    return Entry(
        brand=BrandId("brand"),
        store=StoreId(store),
        terminal=TerminalId(terminal),
        epoch=1,
        number=number,
        stamp=Stamp(stamp),
        actor=StaffId("staff"),
        approver=None,
        kind=kind,
        schema=schema,
        body=body,
        prev_hash=GENESIS,
    )


def folded(entries: Iterable[tuple[Entry, Fact]]) -> State:
    state: State = {}
    for entry, fact in entries:
        for key in touched(fact):
            state[key] = fold(key, state.get(key), entry, fact)
    return state


def sale_of(
    sale_id: str,
    *,
    member: str | None = None,
    list_fen: int = 1_000,
    earned: int = 0,
    redeemed: int = 0,
    coupon: str | None = None,
    coupon_saving_fen: int = 0,
) -> SaleClosed:
    """One dish; a coupon takes `coupon_saving_fen` off it."""
    total_fen = list_fen - coupon_saving_fen
    line = SaleLine(
        number=1,
        item_id=ItemId("D1"),
        name="米饭",
        quantity=1,
        unit_price_fen=list_fen,
        list_fen=list_fen,
        net_fen=total_fen,
    )
    share = Share(
        line=1,
        rule_id=RuleId(coupon or ""),
        stage=Stage.COUPON,
        base_fen=list_fen,
        saving_fen=coupon_saving_fen,
    )
    tender = Tender(kind=TenderKind.CASH, amount_fen=total_fen, received_fen=total_fen)
    return SaleClosed(
        sale=Sale(
            sale_id=SaleId(sale_id),
            receipt_number=f"A1-{sale_id}",
            business_day="2026-11-21",
            lines=(line,),
            shares=(share,) if coupon else (),
            used_rules=(),
            list_fen=list_fen,
            total_fen=total_fen,
            tenders=(tender,),
            member_id=MemberId(member) if member else None,
            points_earned=earned,
            points_redeemed=redeemed,
            coupon_ids=(CouponId(coupon),) if coupon else (),
        )
    )


def enrolment(
    member: str, *, phone: str = "+8613800138000", name: str = "李四", birthday: str = ""
) -> MemberEnrolled:
    return MemberEnrolled(member_id=MemberId(member), phone=phone, name=name, birthday=birthday)


def edit(member: str, **changes: str) -> MemberEdited:
    return MemberEdited(
        member_id=MemberId(member),
        changes=changes,
    )


def coupon_terms(coupon: str = "coupon-1", *, saving_fen: int = 500) -> CouponTerms:
    return CouponTerms(
        coupon_id=CouponId(coupon),
        code=f"CODE-{coupon}",
        rule=amount_off(coupon, "满减券", from_fen=0, saving_fen=saving_fen, stage=Stage.COUPON),
        valid_from_ms=0,
        valid_until_ms=10_000,
    )


def coupon_issued(coupon: str = "coupon-1") -> CouponIssued:
    return CouponIssued(terms=coupon_terms(coupon))


def menu(version: str) -> MenuPublished:
    dish = MenuItem(item_id=ItemId("D1"), name="米饭", category="主食", unit_price_fen=300)
    return MenuPublished(version=version, items=(dish,))
