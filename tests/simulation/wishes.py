"""What cashiers do: the real use cases where there are any, else facts as use cases make them."""

from collections.abc import Callable
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued
from domain.fold.aggregates import AggregateKind, Order
from domain.identifiers import AccountId, MemberId, PassId, RefundId
from domain.members.consents import ConsentPurpose
from domain.members.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberEdited,
    MemberTagged,
    MemberUntagged,
)
from domain.orders import Tender, TenderKind
from domain.passes.facts import PassSold
from domain.refunds.facts import RefundMade
from domain.refunds.quote import RefundQuestion, RefundWish, quote_refund
from domain.stored_value.account import AccountKind
from domain.stored_value.facts import GiftCardSold, ToppedUp
from pos_client.sync.authoriser import Ask
from pos_client.use_cases.answers import ClosedSale
from pos_client.use_cases.members import enrol_member
from tests.builders.facts import coupon_terms
from tests.simulation.cashier import Counter
from tests.simulation.later_release import record_with_unknown_fields
from tests.simulation.selling import ready_to_sell
from tests.simulation.template import PASS

PHONES: Final = 30
# A cashier is told, and the guest asks for something else.
NOT_NOW: Final = frozenset(
    {
        ErrorCode.PHONE_ALREADY_ENROLLED,
        ErrorCode.MEMBER_UNKNOWN,
        # A page of the feed came between what the screen showed and the cashier's confirmation.
        ErrorCode.PRICE_CHANGED,
        ErrorCode.RIGHT_MISSING,
        ErrorCode.REFUND_NOTHING_LEFT,
        ErrorCode.REFUND_EXCEEDS_LEFT,
        ErrorCode.REFUND_LINE_UNKNOWN,
        ErrorCode.REFUND_EMPTY,
        ErrorCode.POINTS_HELD_BACK,
        ErrorCode.STORED_VALUE_HELD_BACK,
        ErrorCode.PASS_HELD_BACK,
        ErrorCode.COUPON_HELD_BACK,
    }
)

# How a sale is closed, where the server may be asked first; else all is done.
Rest = Callable[[Ask], ClosedSale] | None
Action = Callable[[Counter], Rest]


def serve(counter: Counter, wish: str) -> Rest:
    """Do what a guest wants, as far as it can be done at once.

    Raises:
        MachineCrashed: in the middle of it.
    """
    try:
        return WISHES[wish](counter)
    except TillfoldError as error:
        tell(counter, error)
        return None


def tell(counter: Counter, error: TillfoldError) -> None:
    """Raises TillfoldError where no cashier should ever hear of it."""
    if error.code not in NOT_NOW:
        raise error
    if error.code is ErrorCode.PHONE_ALREADY_ENROLLED:
        counter.reached.note("phone already enrolled")
    elif error.code.endswith("held_back"):
        counter.reached.note("spending held back")


def cash(amount_fen: int) -> tuple[Tender, ...]:
    return (Tender(kind=TenderKind.CASH, amount_fen=amount_fen, received_fen=amount_fen),)


def _sell(counter: Counter) -> Rest:
    if not counter.menu().items:
        return None
    wants_member = counter.chance.happens(70)
    member = counter.some_member() if wants_member else None
    return ready_to_sell(counter, counter.dishes(), member)


def _enrol(counter: Counter) -> None:
    member_id = MemberId(counter.till.new_id())
    phone = f"139001390{counter.chance.randrange(PHONES):02d}"
    counter.till.work(
        lambda store: enrol_member(
            store, counter.actor, member_id, phone=phone, name="张三", birthday=""
        )
    )
    counter.reached.note("member enrolled")


def _edit(counter: Counter) -> None:
    member = counter.some_member()
    if member is not None:
        field = counter.chance.choice(("note", "name", "address", "custom.seat"))
        text = f"{field} {counter.till.new_id()[-6:]}"
        counter.record(MemberEdited(member_id=member, changes={field: text}))
        counter.reached.note("member edited")


def _consent(counter: Counter) -> None:
    member = counter.some_member()
    if member is None:
        return
    purpose = ConsentPurpose.MARKETING_SMS
    gives = ConsentGiven(member_id=member, purpose=purpose, version="1")
    takes = ConsentWithdrawn(member_id=member, purpose=purpose)
    counter.record(counter.chance.choice((gives, takes)))
    counter.reached.note("consent given and withdrawn")


def _tag(counter: Counter) -> None:
    member = counter.some_member()
    if member is not None:
        kind = counter.chance.choice((MemberTagged, MemberTagged, MemberUntagged))
        counter.record(kind(member_id=member, tags=(counter.chance.choice(("素食", "靠窗")),)))
        counter.reached.note("member tagged")


def _top_up(counter: Counter) -> None:
    member = counter.some_member()
    if member is None:
        return
    amount_fen = counter.chance.choice((10_000, 20_000))
    counter.record(
        ToppedUp(
            account_id=AccountId(member),
            kind=AccountKind.NAMED,
            receipt_number=counter.next_receipt(),
            business_day=counter.day,
            principal_fen=amount_fen,
            bonus_fen=amount_fen // 10,
            tenders=cash(amount_fen),
            member_id=member,
            points=50,
        )
    )
    counter.reached.note("topped up")


def _sell_gift_card(counter: Counter) -> None:
    counter.record(
        GiftCardSold(
            account_id=AccountId(counter.till.new_id()),
            receipt_number=counter.next_receipt(),
            business_day=counter.day,
            face_fen=20_000,
            paid_fen=18_000,
            tenders=cash(18_000),
        )
    )
    counter.reached.note("gift card sold")


def _sell_pass(counter: Counter) -> None:
    member = counter.some_member()
    if member is not None:
        counter.record(
            PassSold(
                pass_id=PassId(counter.till.new_id()),
                terms=PASS,
                receipt_number=counter.next_receipt(),
                business_day=counter.day,
                paid_fen=PASS.price_fen,
                tenders=cash(PASS.price_fen),
                member_id=member,
            )
        )
        counter.reached.note("pass sold")


def _refund(counter: Counter) -> None:
    """Of an order of this store, wherever it was closed; the newest are asked for most."""
    orders = [
        one
        for one in counter.known(AggregateKind.ORDER)
        if isinstance(one, Order) and one.sale is not None and one.store is not None
    ]
    if not orders:
        return
    order = counter.chance.choice(orders[-3:])
    assert order.sale is not None
    assert order.store is not None
    whole = counter.chance.happens(50)
    line = counter.chance.choice(order.sale.lines)
    units = {each.number: each.quantity for each in order.sale.lines} if whole else {line.number: 1}
    for sums in order.refunded.lines:
        units[sums.line] = units.get(sums.line, 0) - (sums.units if whole else 0)
    question = RefundQuestion(sale=order.sale, sale_store=order.store, refunded=order.refunded)
    wish = RefundWish(
        refund_id=RefundId(counter.till.new_id()),
        business_day=counter.day.isoformat(),
        reason="菜品问题",
        lines={number: count for number, count in units.items() if count > 0 and number},
    )
    counter.record(RefundMade(refund=quote_refund(question, wish)))
    counter.reached.note("refund of all that is left" if whole else "refund")


def _poison(counter: Counter) -> None:
    """Only head office issues coupons: the server sets it aside."""
    coupon = f"poison-{counter.till.new_id()}"
    counter.record(CouponIssued(terms=coupon_terms(coupon, code=coupon[-12:].upper())))
    counter.reached.note("entry set aside")


def _later_release(counter: Counter) -> None:
    """A till of a later release at work on this journal: known facts with fields of its own."""
    member = counter.some_member()
    if member is not None:
        fact = MemberEdited(member_id=member, changes={"note": "later"})
        actor = counter.actor
        counter.till.work(lambda store: record_with_unknown_fields(store, fact, actor))
        counter.reached.note("fact with fields of a later release")


WISHES: Final[dict[str, Action]] = {
    "sell": _sell,
    "enrol": _enrol,
    "edit": _edit,
    "consent": _consent,
    "tag": _tag,
    "top up": _top_up,
    "sell gift card": _sell_gift_card,
    "sell pass": _sell_pass,
    "refund": _refund,
    "poison": _poison,
    "later release": _later_release,
}
# How often each is wanted.
WEIGHTS: Final = {
    "sell": 50,
    "enrol": 8,
    "edit": 8,
    "consent": 4,
    "tag": 3,
    "top up": 7,
    "sell gift card": 2,
    "sell pass": 3,
    "refund": 12,
    "poison": 2,
    "later release": 3,
}
