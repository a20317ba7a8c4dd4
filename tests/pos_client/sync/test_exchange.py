"""Real tills and the real sync server over HTTP."""

from functools import partial
from pathlib import Path

import msgspec

from domain.allowances.terms import CourtesyTerms, SpendingTerms
from domain.cases.kinds import Decision
from domain.errors import ErrorCode
from domain.facts import CouponIssued, Fact, RulesPublished
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, Order
from domain.fold.cases import CaseKind
from domain.identifiers import SaleId, StaffId
from domain.rulebook import RuleBook
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.use_cases.answers import OrderToClose
from pos_client.use_cases.sales import Closing, close_sale
from sync_server.use_cases.case_deciding import Wish, decide_case
from sync_server.use_cases.head_office import decide
from tests.builders.facts import coupon_terms, enrolled
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import (
    CASHIER,
    DUCK,
    RICE,
    order,
)
from tests.pos_client.sync.joined import CASHIER_B, JoinedTill, MakeTill, enrol
from tests.pos_client.sync.test_looking_up import holder


def test_what_happens_at_one_store_is_seen_at_the_other(
    till_a: JoinedTill, till_b: JoinedTill
) -> None:
    member = enrol(till_a)
    till_a.sell(DUCK, total_fen=12_800, member=member)
    found = till_b.machinery.counter.find_members
    till_b.wait(lambda: any(row.points == 128 for row in found("lxl")), "the sale is here")
    (row,) = found("13800138000")
    assert row.member_id == member


def test_what_the_server_sets_aside_is_counted_and_blocks_nothing(till_a: JoinedTill) -> None:
    """Only head office issues coupons: a till's own is kept out, visibly on both sides."""
    till_a.write(CouponIssued(terms=coupon_terms()))
    till_a.sell(RICE, total_fen=300)
    till_a.wait_for_quiet()
    till_a.wait(lambda: till_a.status().sync.quarantined == 1, "the entry is set aside")
    shown = till_a.shown()
    assert AggregateKey(AggregateKind.COUPON, "coupon-1") not in shown
    assert [value for value in shown.values() if isinstance(value, Order)]
    till_a.machinery.sync_now()
    till_a.wait_for_quiet()
    assert till_a.status().sync.quarantined == 1


def test_one_coupon_used_at_two_stores_is_a_case_at_both(
    server: RunningServer, till_a: JoinedTill, till_b: JoinedTill
) -> None:
    terms = coupon_terms()
    courtesy = SpendingTerms(courtesy=CourtesyTerms())
    rules = RulesPublished(version="kind", book=RuleBook(spending=courtesy))
    decide(server.context, BRAND, [rules, CouponIssued(terms=terms)], actor="hq")
    key = AggregateKey(AggregateKind.COUPON, terms.coupon_id)
    for till in (till_a, till_b):
        till.wait(partial(has, till, key), "the coupon is here")
    plain = order(DUCK, total_fen=11_800)
    basket = msgspec.structs.replace(plain.basket, coupons=(terms,))
    wanted = msgspec.structs.replace(plain, basket=basket)
    sold = [sell_at_once(till, wanted) for till in (till_a, till_b)]
    for till in (till_a, till_b):
        till.wait(partial(has_the_case, till), "the case is open")
        coupon = till.shown()[AggregateKey(AggregateKind.COUPON, terms.coupon_id)]
        assert isinstance(coupon, Coupon)
        assert {used.sale_id for used in coupon.redemptions} == set(sold)
    wish = Wish(decision=Decision.STORE_LOSS, note="已核对")
    case_id = f"{CaseKind.COUPON_REDEEMED_TWICE}:{terms.coupon_id}"
    decide_case(server.context, BRAND, case_id, wish, actor="test")
    for till in (till_a, till_b):
        till.wait(partial(has_no_case, till), "the decision has closed the case")


def has(till: JoinedTill, key: AggregateKey) -> bool:
    return key in till.shown()


def has_the_case(till: JoinedTill) -> bool:
    return [case.kind for case in till.status().cases] == [CaseKind.COUPON_REDEEMED_TWICE]


def has_no_case(till: JoinedTill) -> bool:
    return till.status().cases == ()


def sell_at_once(till: JoinedTill, wanted: OrderToClose) -> str:
    """On the storage thread, before anything that the server sends can come in between."""
    closing = Closing(
        actor=CASHIER if till.run(lambda store: store.identity.store) == "A" else CASHIER_B,
        sale_id=SaleId(till.machinery.new_id()),
        offline=True,
    )
    return till.run(lambda store: close_sale(store, wanted, closing)).sale.sale_id


def test_the_first_sync_brings_thousands_and_selling_is_possible_meanwhile(
    server: RunningServer, make_till: MakeTill
) -> None:
    other = server.enrolled_till("B1", "B")
    for start in range(0, 3_000, 1_000):
        for number in range(start, start + 1_000):
            fact = enrolled(f"m{number}", phone=f"+86138{number:08d}", name="李雷")
            other.terminal.write(fact)
        other.push(other.terminal.push_request(start))
    till = make_till("a")
    till.join(server.url, server.new_code("A1"))
    till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
    till.sell(RICE, total_fen=300)
    till.wait_for_quiet()
    members = [key for key in till.shown() if key.kind is AggregateKind.MEMBER]
    assert len(members) == 3_000
    assert till.machinery.counter.find_members("13800002999")


def test_another_history_is_seen_by_both_sides_alike(
    server: RunningServer, till_a: JoinedTill
) -> None:
    """The history's name alone changes: everything is taken from zero, and nothing is doubled."""
    member = enrol(till_a)
    till_a.sell(DUCK, total_fen=12_800, member=member)
    till_a.wait_for_quiet()
    before = till_a.shown()

    def rename(connection: object) -> None:
        connection.exec_driver_sql("UPDATE brand SET history = 'restored'")  # type: ignore[attr-defined]

    server.context.database.write(rename, brand=BRAND)

    def history(store: Store) -> str:
        with store.read() as connection:
            return read_sync_state(connection).history

    till_a.machinery.sync_now()
    till_a.wait(lambda: till_a.run(history) == "restored", "the new history is taken")
    till_a.wait_for_quiet()
    assert till_a.shown() == before


def test_a_lost_second_journal_and_database_come_back_from_key_and_server(
    server: RunningServer, till_a: JoinedTill
) -> None:
    """The database is rebuilt; what the feed brought is taken again, nothing is counted twice."""
    member = enrol(till_a)
    till_a.sell(DUCK, total_fen=12_800, member=member)
    till_a.wait_for_quiet()
    before = till_a.shown()
    till_a.machinery.close()
    Path(till_a.settings.data_directory, "till.db").unlink()
    till_a.machinery = till_a.new_machinery()
    till_a.machinery.on_changed = lambda _keys: till_a.changed.set()
    assert till_a.machinery.rebuild() is ErrorCode.DATABASE_DAMAGED
    till_a.wait_for_quiet()
    till_a.wait(lambda: till_a.shown() == before, "everything is as it was")


def facts_nobody_may_write() -> list[Fact]:
    return [CouponIssued(terms=coupon_terms()), RulesPublished(version="own")]


def test_own_rules_of_a_till_do_not_outlive_the_servers(
    server: RunningServer, till_a: JoinedTill
) -> None:
    till_a.write(*facts_nobody_may_write())
    till_a.wait_for_quiet()
    till_a.wait(
        lambda: till_a.machinery.counter.home().rules.version == "rules-1", "head office's rules"
    )
    assert StaffId("manager") in {key.id for key in till_a.shown()}


def test_a_card_given_at_one_till_stops_the_lost_one_at_the_other(
    till_a: JoinedTill, till_b: JoinedTill
) -> None:
    member = enrol(till_a)
    lost, new = "uid-04A224B1C23D80", "mag-6000123456"
    till_a.machinery.counter.cards.give(CASHIER, member, lost)
    till_b.wait(lambda: holder(till_b, lost) == member, "the card is here")
    till_b.machinery.counter.cards.give(CASHIER_B, member, new)
    assert holder(till_b, lost) == ErrorCode.CARD_UNKNOWN
    till_a.wait(lambda: holder(till_a, new) == member, "the new card is here")
    assert holder(till_a, lost) == ErrorCode.CARD_UNKNOWN
