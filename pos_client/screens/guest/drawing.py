"""From what happens at the counter to what the guest sees, on a screen and on a pole; pure."""

import msgspec

from domain.money import format_fen
from domain.wording import Wording
from hardware.displays.content import PoleContent, PoleLabel
from pos_client.screens.desk import Desk, plain_amount, yuan
from pos_client.screens.flow import Flow, Page, Sheet
from pos_client.screens.guest.state import GuestCodes, GuestMode, GuestQr, GuestState
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.sell.cart_lines import cart_lines
from pos_client.screens.sell.drawing import extras_of
from pos_client.use_cases.answers import ClosedSale
from pos_client.use_cases.breakdown import saved_fen


class GuestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`left_fen` is what is still to be paid; `closed` the sale whose change is being given."""

    left_fen: int = 0
    closed: ClosedSale | None = None


def mode_of(flow: Flow, order: OrderInHand, facts: GuestFacts) -> GuestMode:
    if facts.closed is not None:
        return GuestMode.DONE
    if flow.page is not Page.SELL or not order.basket.lines:
        return GuestMode.IDLE
    return GuestMode.PAYING if flow.sheet is Sheet.PAY else GuestMode.ORDER


def draw_guest(
    mode: GuestMode, desk: Desk, order: OrderInHand, facts: GuestFacts, codes: GuestCodes
) -> GuestState:
    bare = GuestState(mode=mode, store=desk.home.store_name if desk.home else "")
    match mode:
        case GuestMode.IDLE:
            return _idle(bare, desk.wording, codes)
        case GuestMode.ORDER | GuestMode.PAYING:
            return _order(bare, desk.wording, order, facts, codes)
        case GuestMode.DONE:
            return _done(bare, desk.wording, facts)


def _idle(bare: GuestState, wording: Wording, codes: GuestCodes) -> GuestState:
    return msgspec.structs.replace(
        bare,
        note=wording.text("guest.welcome"),
        qr=_qr(codes.enrolment, wording.text("guest.enrol")),
    )


def _order(
    bare: GuestState, wording: Wording, order: OrderInHand, facts: GuestFacts, codes: GuestCodes
) -> GuestState:
    saved, extras, member = saved_fen(order.priced), extras_of(wording, order), order.member
    paying = bare.mode is GuestMode.PAYING
    enrol = _qr(codes.enrolment, wording.text("guest.enrol")) if member is None else None
    return msgspec.structs.replace(
        bare,
        name=member.masked_name if member is not None else "",
        points=_points(wording, order),
        lines=cart_lines(wording, order, selected=_last_line(order), flashing={}),
        list_words=wording.text("sell.list_amount") if saved or extras else "",
        list_amount=plain_amount(order.priced.list_fen) if saved or extras else "",
        saving_words=wording.text("sell.saving") if saved else "",
        saving=plain_amount(-saved) if saved else "",
        extras=extras,
        figure_words=wording.text("guest.to_pay"),
        figure=yuan(facts.left_fen if paying else order.priced.due_fen),
        qr=_qr(codes.payment, wording.text("guest.pay")) if paying else enrol,
    )


def _done(bare: GuestState, wording: Wording, facts: GuestFacts) -> GuestState:
    assert facts.closed is not None, "done with a sale"
    closed = facts.closed
    points = ""
    if closed.points_balance is not None:
        points = wording.text(
            "guest.earned",
            points=f"{closed.sale.points_earned:,}",
            balance=f"{closed.points_balance:,}",
        )
    return msgspec.structs.replace(
        bare,
        points=points,
        figure_words=wording.text("guest.change") if closed.change_fen else "",
        figure=yuan(closed.change_fen) if closed.change_fen else "",
        note=wording.text("guest.thanks"),
    )


def _points(wording: Wording, order: OrderInHand) -> str:
    """None where this till does not know them: a balance that may be wrong is not shown."""
    if order.member is None or order.member.elsewhere:
        return ""
    return wording.text("guest.points", points=f"{order.member.guest.points:,}")


def _last_line(order: OrderInHand) -> int:
    return order.basket.lines[-1].number


def _qr(content: str, caption: str) -> GuestQr | None:
    return GuestQr(content, caption) if content else None


def draw_pole(mode: GuestMode, order: OrderInHand, facts: GuestFacts) -> PoleContent:
    """In English and figures: these displays have no Chinese."""
    match mode:
        case GuestMode.IDLE:
            return PoleContent()
        case GuestMode.ORDER:
            return PoleContent(
                label=PoleLabel.TOTAL,
                amount=format_fen(order.priced.due_fen),
                upper=_last_dish(order),
                lower="TOTAL",
            )
        case GuestMode.PAYING:
            return PoleContent(
                label=PoleLabel.TOTAL, amount=format_fen(facts.left_fen), lower="TO PAY"
            )
        case GuestMode.DONE:
            assert facts.closed is not None, "done with a sale"
            change = format_fen(facts.closed.change_fen)
            return PoleContent(
                label=PoleLabel.CHANGE, amount=change, upper="THANK YOU", lower="CHANGE"
            )


def _last_dish(order: OrderInHand) -> str:
    line = order.basket.lines[-1]
    return f"{line.quantity} x {line.name} {format_fen(line.list_fen)}"
