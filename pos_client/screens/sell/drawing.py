"""From the facts of the sell screen to its state; pure."""

from collections.abc import Mapping, Sequence

import msgspec

from domain.conditions import OrderType
from domain.fold.aggregates import Menu
from domain.menu import MenuItem
from domain.rights import Right
from domain.wording import Wording
from pos_client.screens.desk import Desk, plain_amount, yuan
from pos_client.screens.notices import Notice
from pos_client.screens.order_in_hand import OrderInHand
from pos_client.screens.sell.cart_lines import cart_lines
from pos_client.screens.sell.search import find_dishes
from pos_client.screens.sell.state import MemberBar, SellState, TopBar, Totals
from pos_client.use_cases.answers import Connection, MemberCard, SyncStatus
from pos_client.use_cases.breakdown import PartKind, parts_of, saved_fen
from pos_client.widgets.faces import DishFace


class SellFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`flash` counts the changes of lines; `changed` is the number of the line changed last."""

    category: str = ""
    search: str = ""
    selected: int = 0
    entry: str = ""
    changed: int = 0
    flash: int = 0
    sync: SyncStatus | None = None
    notice: Notice | None = None


def draw_sell(facts: SellFacts, desk: Desk, order: OrderInHand) -> SellState:
    menu = desk.home.menu if desk.home else Menu()
    dishes = _dishes(facts, desk.wording, menu, counts=_counts(order))
    rights = desk.signed_in.rights if desk.signed_in else frozenset()
    return SellState(
        top=_top(facts, desk),
        member=_member_bar(desk.wording, order),
        notice=facts.notice,
        confirm=desk.wording.text("sell.confirm"),
        lines=cart_lines(
            desk.wording, order, selected=facts.selected, flashing={facts.changed: facts.flash}
        ),
        order_type=desk.wording.text(f"order_type.{order.basket.order_type}"),
        takes_away=order.basket.order_type is not OrderType.DINE_IN,
        guests=_guests(desk.wording, order.basket.guest_count),
        totals=_totals(facts, desk.wording, order),
        categories=categories_of(menu),
        category="" if facts.search.strip() else facts.category,
        dishes=dishes,
        empty="" if dishes else _empty(facts, desk.wording, menu),
        search=facts.search,
        can_pay=bool(order.basket.lines),
        can_import=Right.IMPORT_DATA in rights,
    )


def categories_of(menu: Menu) -> tuple[str, ...]:
    """In the order in which the menu names them; it also gives each its tint."""
    return tuple(dict.fromkeys(item.category for item in menu.items))


def connection_text(desk: Desk, sync: SyncStatus | None) -> tuple[str, str]:
    """What the dot in the top bar says, and its tone."""
    wording = desk.wording
    if sync is None or sync.connection is Connection.PENDING:
        return wording.text("connection.pending"), "muted"
    if sync.connection is Connection.STANDALONE:
        return wording.text("connection.standalone"), "muted"
    waiting = wording.text("connection.waiting", count=sync.waiting)
    if sync.connection is Connection.ONLINE:
        return f"{wording.text('connection.online')} · {waiting}", "positive"
    since = wording.text("connection.offline_since", clock=desk.moment(sync.since_ms))
    return f"{since} · {waiting}", "warning"


def _top(facts: SellFacts, desk: Desk) -> TopBar:
    text, tone = connection_text(desk, facts.sync)
    return TopBar(
        store=desk.home.store_name if desk.home else "",
        till=desk.home.label if desk.home else "",
        connection=text,
        connection_tone=tone,
        clock=desk.clock(desk.now_ms()),
        cashier=desk.signed_in.name if desk.signed_in else "",
    )


def _member_bar(wording: Wording, order: OrderInHand) -> MemberBar:
    member = order.member
    if member is None:
        return MemberBar(hint=wording.text("member_bar.hint"))
    usable = order.usable_coupons()
    if member.elsewhere:
        return MemberBar(
            hint="",
            name=member.masked_name,
            points=wording.text("member_bar.elsewhere"),
            coupons=wording.text("member_bar.coupons", count=usable) if usable else "",
        )
    return MemberBar(
        hint="",
        name=member.masked_name,
        phone=member.shown_phone,
        points=wording.text("member_bar.points", points=f"{member.guest.points:,}"),
        coupons=wording.text("member_bar.coupons", count=usable) if usable else "",
        offline=_offline(wording, member),
    )


def _offline(wording: Wording, member: MemberCard) -> str:
    """What this till can do for her without the server, in one sentence."""
    points = f"{member.offline_points:,}"
    if member.offline_fen is None:
        return wording.text("member_bar.offline", points=points)
    amount = plain_amount(member.offline_fen)
    return wording.text("member_bar.offline_money", amount=amount, points=points)


def _guests(wording: Wording, count: int) -> str:
    return wording.text("sell.guest_count", count=count) if count else wording.text("sell.guests")


def _totals(facts: SellFacts, wording: Wording, order: OrderInHand) -> Totals:
    priced = order.priced
    saved = saved_fen(priced)
    return Totals(
        items=wording.text("sell.items", count=order.basket.item_count),
        list_amount=plain_amount(priced.list_fen),
        saving=plain_amount(-saved) if saved else "",
        extras=extras_of(wording, order),
        due=yuan(priced.due_fen),
        entry=facts.entry,
    )


def extras_of(wording: Wording, order: OrderInHand) -> str:
    """Fees, rounding and tip with their names: what the saving does not tell of the amount due."""
    return " · ".join(
        f"{part.name or wording.text('sum.tip')} {plain_amount(part.amount_fen)}"
        for part in parts_of(order.priced)
        if part.kind is not PartKind.SAVING
    )


def shown_items(facts: SellFacts, menu: Menu) -> Sequence[MenuItem]:
    if facts.search.strip():
        return find_dishes(menu.items, facts.search)
    return tuple(item for item in menu.items if item.category == facts.category)


def _dishes(
    facts: SellFacts, wording: Wording, menu: Menu, *, counts: Mapping[str, int]
) -> tuple[DishFace, ...]:
    tints = {name: place for place, name in enumerate(categories_of(menu))}
    sold_out = wording.text("sell.sold_out")
    return tuple(
        DishFace(
            item_id=item.item_id,
            name=item.name,
            price=yuan(item.unit_price_fen),
            tint=tints[item.category],
            count=counts.get(item.item_id, 0),
            sold_out=sold_out if item.sold_out else "",
        )
        for item in shown_items(facts, menu)
    )


def _counts(order: OrderInHand) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in order.basket.lines:
        counts[line.item_id] = counts.get(line.item_id, 0) + line.quantity
    return counts


def _empty(facts: SellFacts, wording: Wording, menu: Menu) -> str:
    if facts.search.strip():
        return wording.text("sell.nothing_found", text=facts.search.strip())
    return wording.text("sell.no_dishes" if menu.items else "sell.no_menu")
