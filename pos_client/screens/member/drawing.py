"""From the facts of the member sheet to its state; pure."""

import msgspec

from domain.errors import TillfoldError
from domain.rights import Right
from domain.wording import Wording
from pos_client.screens.coupon_rows import coupon_row
from pos_client.screens.desk import Desk, yuan
from pos_client.screens.member.cards import CardFacts
from pos_client.screens.member.state import (
    Card,
    CardFigure,
    CardWait,
    EnrolForm,
    MemberState,
    PointsStepper,
)
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.use_cases.answers import MemberCard, MemberFound
from pos_client.widgets.faces import RowText


class MemberFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`searched`: `found` answers `query`. `take_first`: Enter came before the answer.

    `asking`: the server is being asked for `query`; `only_here`: it could not be.
    """

    query: str = ""
    searched: bool = False
    take_first: bool = False
    asking: bool = False
    only_here: bool = False
    found: tuple[MemberFound, ...] = ()
    enrolling: bool = False
    busy: bool = False
    error: TillfoldError | None = None


def draw_member(
    facts: MemberFacts, desk: Desk, order: OrderInHand, cards: CardFacts
) -> MemberState:
    card, wait, member = None, None, order.member
    if member is not None and cards.wanted:
        wait = _wait(desk.wording, member, cards)
    elif member is not None and not facts.enrolling:
        card = _card(desk, order, member)
    return MemberState(
        query=facts.query,
        found=tuple(_found_row(desk.wording, found) for found in facts.found),
        hint=_hint(facts, desk.wording),
        can_enrol=desk.signed_in is not None and Right.ENROL_MEMBER in desk.signed_in.rights,
        form=_form(facts, desk.wording) if facts.enrolling else None,
        wait=wait,
        card=card,
    )


def _found_row(wording: Wording, found: MemberFound) -> RowText:
    return RowText(
        title=found.masked_name,
        detail=found.shown_phone,
        note=wording.text("member.points", points=f"{found.points:,}"),
        icon="user-round",
    )


def _hint(facts: MemberFacts, wording: Wording) -> str:
    if not facts.query.strip():
        return wording.text("member.how_to_search")
    if not facts.searched or facts.found:
        return ""
    if facts.asking:
        return wording.text("member.asking")
    return wording.text("member.only_here" if facts.only_here else "member.nobody_found")


def _form(facts: MemberFacts, wording: Wording) -> EnrolForm:
    digits = facts.query.strip()
    error = facts.error
    return EnrolForm(
        phone=digits if digits.lstrip("+").isdigit() else "",
        message=wording.error(error.code, error.values) if error else "",
        busy=facts.busy,
    )


def _wait(wording: Wording, member: MemberCard, cards: CardFacts) -> CardWait:
    error = cards.error
    message = wording.error(error.code, error.values) if error else ""
    return CardWait(name=member.masked_name, message=message)


def _card(desk: Desk, order: OrderInHand, member: MemberCard) -> Card:
    wording, plastic = desk.wording, member.masked_card
    may_edit = desk.signed_in is not None and Right.EDIT_MEMBER in desk.signed_in.rights
    return Card(
        name=member.masked_name,
        plastic=wording.text("member.card", card=plastic)
        if plastic
        else wording.text("member.no_card"),
        give=wording.text("member.replace_card" if plastic else "member.give_card"),
        can_give=may_edit,
        can_take=may_edit and bool(plastic),
        phone=member.shown_phone,
        offline=wording.text("member.offline") if member.guest.offline else "",
        figures=_figures(desk, member),
        coupons=tuple(coupon_row(desk, order.use_of(terms)) for terms in member.coupons),
        no_coupons="" if member.coupons else wording.text("member.no_coupons"),
        points=_stepper(wording, order),
    )


def _figures(desk: Desk, member: MemberCard) -> tuple[CardFigure, ...]:
    wording = desk.wording
    last = desk.day(member.last_visit_ms) if member.last_visit_ms else wording.text("member.never")
    if member.elsewhere:
        unknown = CardFigure(label=wording.text("member.figure_points"), value="—")
        return (unknown,)
    figures = (
        ("member.figure_points", f"{member.guest.points:,}"),
        ("member.figure_spendable", f"{member.guest.points_spendable:,}"),
        ("member.figure_visits", f"{member.visits:,}"),
        ("member.figure_spent", yuan(member.spent_fen)),
        ("member.figure_last_visit", last),
    )
    return tuple(CardFigure(label=wording.text(key), value=value) for key, value in figures)


def _stepper(wording: Wording, order: OrderInHand) -> PointsStepper:
    rule, used, most = order.rules.book.points, order.priced.points_redeemed, order.most_points
    worth = wording.text("member.worth", amount=yuan(used * rule.value_fen)) if used else ""
    if most:
        limit = wording.text("member.at_most", points=f"{most:,}", step=f"{rule.step:,}")
    else:
        limit = wording.text("member.no_points_now", step=f"{rule.step:,}")
    return PointsStepper(
        wanted=f"{used:,}",
        worth=worth,
        limit=limit,
        can_add=used + rule.step <= most,
        can_take=used > 0,
    )
