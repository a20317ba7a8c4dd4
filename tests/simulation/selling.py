"""Closing a sale at a simulated till, through the real use case."""

from collections.abc import Callable

import msgspec

from domain.allowances.rights import RightKind
from domain.fold.aggregates import AggregateKind, Coupon
from domain.identifiers import AccountId, MemberId, SaleId
from domain.menu import MenuItem
from domain.orders import Sale, Tender, TenderKind
from domain.passes.account import PassAccount
from domain.passes.cover import Cover, PayableLine, cover
from domain.pricing.basket import Basket, add_item
from domain.pricing.price import price
from domain.pricing.question import Question
from domain.pricing.result import PricedOrder
from domain.stored_value.account import StoredValueAccount
from domain.stored_value.spending import split_spend
from domain.stored_value.terms import OrderOfUse
from domain.wording import Language
from pos_client.storage.store import Store
from pos_client.sync.authoriser import Ask
from pos_client.texts.catalogue import wording_in
from pos_client.use_cases.answers import ClosedSale, OrderToClose
from pos_client.use_cases.asking import Asking, close_by_right
from pos_client.use_cases.members import rules_now
from pos_client.use_cases.routing import Routing
from pos_client.use_cases.sale_printing import Printing
from pos_client.use_cases.sales import Closing, _known
from tests.simulation.cashier import Counter

PRINTING = Printing(routing=Routing(receipts="receipt"), wording=wording_in(Language.CHINESE))


def ready_to_sell(
    counter: Counter, dishes: list[MenuItem], member: MemberId | None
) -> Callable[[Ask], ClosedSale]:
    """What the cashier confirms; answers how the sale is then closed, step by step."""
    till, chance = counter.till, counter.chance
    order = OrderToClose(
        basket=_basket(counter, dishes, member),
        tenders=(),
        expected_total_fen=0,
        member_id=member,
        menu_version=counter.menu().version,
    )
    closing = Closing(
        actor=counter.actor,
        sale_id=SaleId(till.new_id()),
        offline=not till.online,
        printing=PRINTING if chance.happens(20) else None,
    )

    def confirm(store: Store) -> OrderToClose:
        question, priced = _priced(store, order, closing)
        return msgspec.structs.replace(
            order,
            expected_total_fen=priced.total_fen,
            tenders=_tenders(counter, priced, order, question),
        )

    confirmed = till.work(confirm)
    operation_id = till.new_id()

    def close(ask: Ask) -> ClosedSale:
        asking = Asking(operation_id=operation_id, ask=ask)
        return close_by_right(till.guest_storage, confirmed, closing, asking)

    return close


def _basket(counter: Counter, dishes: list[MenuItem], member: MemberId | None) -> Basket:
    chance = counter.chance
    basket = Basket(points_wanted=chance.choice((0, 10, 50, 200)) if member else 0)
    for dish in dishes:
        basket = add_item(basket, dish)
    if not chance.happens(35):
        return basket
    coupons = [
        one.terms
        for one in counter.known(AggregateKind.COUPON)
        if isinstance(one, Coupon)
        and one.terms is not None
        and not one.redemptions
        and not one.coupon_id.startswith("poison")
    ]
    # Everybody goes for the same ones.
    return msgspec.structs.replace(basket, coupons=tuple(coupons[:1]))


def _priced(store: Store, order: OrderToClose, closing: Closing) -> tuple[Question, PricedOrder]:
    """What the screen shows before the cashier confirms."""
    with store.read() as connection:
        rules = rules_now(connection)
        question = _known(store, connection, order, rules, closing=closing).question
    return question, price(order.basket, question)


def _tenders(
    counter: Counter, priced: PricedOrder, order: OrderToClose, question: Question
) -> tuple[Tender, ...]:
    due_fen, tenders = priced.due_fen, []
    if order.member_id is not None and counter.chance.happens(50):
        for tender in (
            _pass_tender(counter, priced, order, question),
            _value_tender(counter, order.member_id, due_fen),
        ):
            if tender is not None and 0 < tender.amount_fen <= due_fen:
                tenders.append(tender)
                due_fen -= tender.amount_fen
    if due_fen and counter.chance.happens(20):
        half_fen = due_fen // 2
        kind = TenderKind.WECHAT_PAY
        tenders.append(Tender(kind=kind, amount_fen=half_fen, received_fen=half_fen))
        due_fen -= half_fen
    if due_fen:
        tenders.append(Tender(kind=TenderKind.CASH, amount_fen=due_fen, received_fen=due_fen))
    return tuple(tenders)


def _value_tender(counter: Counter, member: MemberId, due_fen: int) -> Tender | None:
    """As much as the account is known to hold here; another till may know of another spend."""
    account = next(
        (
            one
            for one in counter.known(AggregateKind.STORED_VALUE)
            if isinstance(one, StoredValueAccount) and one.account_id == AccountId(member)
        ),
        None,
    )
    amount_fen = min(due_fen, account.balance.total_fen) if account else 0
    if account is None or amount_fen <= 0:
        return None
    split = split_spend(account.balance, amount_fen, OrderOfUse.PRINCIPAL_FIRST)
    return Tender(
        kind=TenderKind.STORED_VALUE,
        amount_fen=amount_fen,
        received_fen=amount_fen,
        bonus_fen=split.bonus_fen,
        account_id=AccountId(member),
    )


def _pass_tender(
    counter: Counter, priced: PricedOrder, order: OrderToClose, question: Question
) -> Tender | None:
    for held in counter.known(AggregateKind.PASS):
        if not isinstance(held, PassAccount) or held.sale is None:
            continue
        if held.sale.member_id != order.member_id:
            continue
        lines = [
            PayableLine(
                number=line.number,
                item_id=line.item_id,
                category=line.category,
                quantity=line.quantity,
                net_fen=line.net_fen,
            )
            for line in priced.lines
        ]
        covered = cover(held, lines, question.setting(order.basket), wanted=1)
        if isinstance(covered, Cover) and covered.amount_fen:
            return Tender(
                kind=TenderKind.PASS,
                amount_fen=covered.amount_fen,
                received_fen=covered.amount_fen,
                account_id=AccountId(held.pass_id),
                covered=tuple((line.number, line.units) for line in covered.lines),
            )
    return None


def note_sale(counter: Counter, sale: Sale) -> None:
    note, how = counter.reached.note, {right.kind for right in sale.rights}
    kinds = {tender.kind for tender in sale.tenders}
    for name, reached in {
        "sale": True,
        "sale to a member": sale.member_id is not None,
        "sale with a coupon": bool(sale.coupon_ids),
        "sale paid with points": sale.points_redeemed > 0,
        "sale offline": not counter.till.online,
        "sold before the first contact of a boot": not counter.till.contacted,
        "sale paid with stored value": TenderKind.STORED_VALUE in kinds,
        "sale paid with a pass": TenderKind.PASS in kinds,
        "sale that spends what the server held for it": RightKind.AUTHORISATION in how,
        "sale that spends out of an allowance": RightKind.ALLOWANCE in how,
        "sale without network that spends": bool(how) and not counter.till.online,
        "sale paid with two tenders": len(sale.tenders) > 1,
    }.items():
        if reached:
            note(name)
