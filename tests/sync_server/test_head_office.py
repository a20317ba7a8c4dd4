"""Head office's decisions: entries like any other, in the server's own signed chain."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import Connection

from domain.conditions import Conditions, Scope
from domain.configuration import PointsRule, Staff
from domain.entries import GENESIS, decode_entry, hash_entry
from domain.errors import ErrorCode, TillfoldError
from domain.facts import StaffAppointed
from domain.fold.aggregates import AggregateKind, Menu, StaffMember, decode_aggregate
from domain.identifiers import HEAD_OFFICE, ItemId, MemberId, RoleId, RuleId, StaffId, StoreId
from domain.menu import MenuItem, Modifier, ModifierGroup
from domain.offers import NewPrice, Rule, amount_off
from domain.orders import Stage
from domain.protocol import FeedPage
from domain.rights import CASHIER, STORE_MANAGER, Right, Role
from domain.rule_flaws import RuleFlaw, RulesRefusedError
from domain.rulebook import RuleBook
from domain.stamps import LARGEST_LEAD_MS, Stamp, stamp_at
from sync_server.database.journal import read_journal
from sync_server.database.terminals import find_terminal
from sync_server.use_cases.books import read_books
from sync_server.use_cases.brands import add_brand
from sync_server.use_cases.configuration import (
    Appointment,
    CouponOrder,
    appoint,
    issue_coupons,
    list_coupons,
    publish_menu,
    publish_rules,
)
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.terminal import START_MS

_ORDER = CouponOrder(
    rule=amount_off("ten", "满50减10", from_fen=5_000, saving_fen=1_000, stage=Stage.COUPON),
    valid_from_ms=START_MS,
    valid_until_ms=START_MS + 1_000,
    count=3,
)

_OFF_NOTHING = amount_off("none", "满50减0", from_fen=5_000, saving_fen=0, stage=Stage.COUPON)
_OFF_BY_ITSELF = amount_off("offer", "满50减10", from_fen=5_000, saving_fen=1_000)


def dish(number: str) -> MenuItem:
    return MenuItem(item_id=ItemId(number), name="酸梅汤", category="饮品", unit_price_fen=600)


def rows_by_kind(page: FeedPage, kind: AggregateKind) -> list[object]:
    return [decode_aggregate(kind, row.body or b"") for row in page.rows if row.kind == kind]


def test_what_head_office_publishes_reaches_a_till(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    publish_menu(server.context, BRAND, "v1", [dish("1"), dish("2")], actor="hq")
    publish_rules(server.context, BRAND, "r1", RuleBook(points=PointsRule(step=50)), actor="hq")
    issue_coupons(server.context, BRAND, _ORDER, actor="hq")
    page = till.feed()
    (menu,) = rows_by_kind(page, AggregateKind.MENU)
    assert isinstance(menu, Menu)
    assert [item.item_id for item in menu.items] == ["1", "2"]
    assert len(rows_by_kind(page, AggregateKind.COUPON)) == 3
    assert page.head == server.first_head + 5


def test_staff_are_fed_to_their_store_alone(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    new = Appointment(store_id=StoreId("A"), name="王", role=CASHIER, pin="284716")
    appoint(server.context, BRAND, new, actor="hq")
    (staff,) = rows_by_kind(a.feed(), AggregateKind.STAFF)
    assert isinstance(staff, StaffMember)
    assert staff.staff.pin_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert b.feed(server.first_head).rows == ()


def test_head_office_s_journal_is_one_signed_chain(server: RunningServer) -> None:
    for version in ("v1", "v2", "v3"):
        publish_menu(server.context, BRAND, version, [dish("1")], actor="hq-user")
    held = server.context.database.read(lambda c: find_terminal(c, BRAND, HEAD_OFFICE), brand=BRAND)
    assert held is not None
    stored = server.context.database.read(lambda c: list(read_journal(c, held)), brand=BRAND)
    entries = [decode_entry(one.content) for one in stored]
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.kind for entry in entries[-3:]] == ["menu_published"] * 3
    assert [entry.prev_hash for entry in entries] == [
        GENESIS,
        *(hash_entry(one.content) for one in stored[:-1]),
    ]
    assert [entry.stamp for entry in entries] == sorted({entry.stamp for entry in entries})
    assert {entry.actor for entry in entries[-3:]} == {StaffId("hq-user")}
    assert verify(server.context, BRAND).findings == []


def test_decisions_made_at_once_keep_the_chain_whole(server: RunningServer) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [
            pool.submit(publish_menu, server.context, BRAND, f"v{n}", [dish("1")], actor="hq")
            for n in range(12)
        ]
        heads = {one.result(timeout=60) for one in made}
    first = server.first_head
    assert heads == set(range(first + 1, first + 13))
    assert verify(server.context, BRAND).findings == []
    assert read_books(server.context, BRAND).terminals[0].head_number == first + 12


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"count": 0}, ErrorCode.REQUEST_MALFORMED),
        ({"count": 501}, ErrorCode.REQUEST_MALFORMED),
        ({"code": "EINS", "count": 2}, ErrorCode.REQUEST_MALFORMED),
        ({"code": "abc", "count": 1}, ErrorCode.REQUEST_MALFORMED),
        ({"rule": _OFF_NOTHING}, ErrorCode.RULES_REFUSED),
        ({"rule": _OFF_BY_ITSELF}, ErrorCode.RULES_REFUSED),
        ({"valid_until_ms": START_MS}, ErrorCode.REQUEST_MALFORMED),
        ({"rule": msgspec.structs.replace(_ORDER.rule, name=" ")}, ErrorCode.NAME_MISSING),
        ({"member_id": MemberId("nobody")}, ErrorCode.MEMBER_UNKNOWN),
    ],
)
def test_a_coupon_that_does_not_fit_is_refused_whole(
    server: RunningServer, change: dict[str, object], code: ErrorCode
) -> None:
    fields = {name: getattr(_ORDER, name) for name in _ORDER.__struct_fields__}
    with pytest.raises(TillfoldError) as refused:
        issue_coupons(server.context, BRAND, CouponOrder(**(fields | change)), actor="hq")
    assert refused.value.code is code
    assert read_books(server.context, BRAND).feed_head == server.first_head


def test_rules_that_name_what_is_not_there_are_refused_with_the_place(
    server: RunningServer,
) -> None:
    lost = Conditions(stores=(StoreId("A"), StoreId("Z")))
    rule = msgspec.structs.replace(_OFF_BY_ITSELF, conditions=lost)
    noodles = msgspec.structs.replace(
        _OFF_BY_ITSELF, rule_id=RuleId("noodles"), scope=Scope(items=(ItemId("9"),))
    )
    publish_menu(server.context, BRAND, "v1", [dish("1")], actor="hq")
    head = read_books(server.context, BRAND).feed_head
    with pytest.raises(RulesRefusedError) as refused:
        publish_rules(server.context, BRAND, "r1", RuleBook(rules=(rule, noodles)), actor="hq")
    assert [(flaw.code, flaw.where) for flaw in refused.value.flaws] == [
        (RuleFlaw.STORE_UNKNOWN, "book.rules[0].conditions.stores"),
        (RuleFlaw.ITEM_UNKNOWN, "book.rules[1].scope.items"),
    ]
    assert read_books(server.context, BRAND).feed_head == head


def test_a_book_that_no_entry_holds_is_refused_whole(server: RunningServer) -> None:
    prices = {ItemId(f"dish-{number:060d}"): 100 for number in range(2_000)}
    rules = tuple(
        Rule(
            rule_id=RuleId(f"r{number}"),
            name="特价",
            stage=Stage.PRICE_REPLACEMENT,
            effect=NewPrice(prices=prices),
        )
        for number in range(3)
    )
    with pytest.raises(TillfoldError) as refused:
        publish_rules(server.context, BRAND, "r1", RuleBook(rules=rules), actor="hq")
    assert refused.value.code is ErrorCode.REQUEST_TOO_LARGE
    assert read_books(server.context, BRAND).feed_head == server.first_head


def test_a_dish_that_nobody_can_order_is_refused(server: RunningServer) -> None:
    group = ModifierGroup(name="辣度", options=(Modifier(modifier_id="m", name="微辣"),), least=2)
    odd = msgspec.structs.replace(dish("1"), modifier_groups=(group,))
    with pytest.raises(RulesRefusedError) as refused:
        publish_menu(server.context, BRAND, "v1", [odd], actor="hq")
    assert {flaw.where for flaw in refused.value.flaws} == {"items[0].modifier_groups[0].most"}


def test_a_menu_with_one_dish_twice_is_refused(server: RunningServer) -> None:
    with pytest.raises(TillfoldError) as refused:
        publish_menu(server.context, BRAND, "v1", [dish("1"), dish("1")], actor="hq")
    assert (refused.value.code, refused.value.values) == (ErrorCode.ITEM_TWICE_IN_FILE, {"row": 1})


def test_a_coupon_code_is_given_to_one_coupon_of_a_brand(server: RunningServer) -> None:
    order = msgspec.structs.replace(_ORDER, count=1, code="welcome1")
    issue_coupons(server.context, BRAND, order, actor="hq")
    for code in ("welcome1", " WELCOME1 "):
        again = msgspec.structs.replace(order, code=code)
        with pytest.raises(TillfoldError) as refused:
            issue_coupons(server.context, BRAND, again, actor="hq")
        assert refused.value.code is ErrorCode.ALREADY_EXISTS
    assert len(list_coupons(server.context, BRAND, after="", limit=10)) == 1
    other = add_brand(server.context, "别家", brand_id="other").brand_id
    assert len(issue_coupons(server.context, other, order, actor="hq")) == 1


def test_of_two_who_issue_a_code_at_once_one_is_refused(server: RunningServer) -> None:
    order = msgspec.structs.replace(_ORDER, count=1, code="welcome1")

    def issue(_: int) -> str:
        try:
            issue_coupons(server.context, BRAND, order, actor="hq")
        except TillfoldError as error:
            return error.code
        return "issued"

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(issue, range(4)))
    assert outcomes == [*["already_exists"] * 3, "issued"]
    assert verify(server.context, BRAND).holds


def test_head_office_s_decisions_are_later_than_what_it_has_seen_of_tills(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    ahead_ms = START_MS + LARGEST_LEAD_MS
    seen = [
        till.terminal.write(facts.enrolled(), now_ms=ahead_ms),
        till.terminal.write_raw("kind_of_tomorrow", 1, b"", now_ms=ahead_ms),
    ]
    till.push()
    publish_menu(server.context, BRAND, "v1", [], actor="hq")
    assert decided_last(server) > max(decode_entry(one.content).stamp for one in seen)
    till.terminal.write(facts.enrolled("m-2"), now_ms=ahead_ms + 60_000)
    till.push()
    publish_menu(server.context, BRAND, "v2", [], actor="hq")
    assert decided_last(server) < stamp_at(ahead_ms + 60_000)


def test_head_office_s_clock_goes_on_where_the_server_s_is_set_back(
    server: RunningServer,
) -> None:
    stamps = []
    for version in range(3):
        publish_menu(server.context, BRAND, f"v{version}", [], actor="hq")
        stamps.append(decided_last(server))
        server.clock.advance(minutes=-60)
    assert stamps == sorted(set(stamps))


def decided_last(server: RunningServer) -> Stamp:
    """The stamp of head office's newest entry."""

    def work(connection: Connection) -> Stamp:
        journal = find_terminal(connection, BRAND, HEAD_OFFICE)
        assert journal is not None
        *_, newest = read_journal(connection, journal)
        return decode_entry(newest.content).stamp

    return server.context.database.read(work, brand=BRAND)


def test_a_person_of_one_store_is_not_taken_over_by_another(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    at_b = Appointment(
        store_id=StoreId("B"), name="王", role=CASHIER, pin="284716", staff_id="wang"
    )
    appoint(server.context, BRAND, at_b, actor="hq")
    moved = msgspec.structs.replace(at_b, store_id=StoreId("A"))
    with pytest.raises(TillfoldError) as refused:
        appoint(server.context, BRAND, moved, actor="hq")
    assert refused.value.code is ErrorCode.ALREADY_EXISTS
    thief = Staff(staff_id=StaffId("wang"), name="x", role=STORE_MANAGER, pin_hash="x")
    a.terminal.write(StaffAppointed(store=StoreId("A"), staff=thief))
    a.push()
    assert rows_by_kind(a.feed(), AggregateKind.STAFF) == []
    (known,) = rows_by_kind(b.feed(), AggregateKind.STAFF)
    assert isinstance(known, StaffMember)
    assert (known.store, known.staff.role) == ("B", CASHIER)
    again = msgspec.structs.replace(at_b, role=STORE_MANAGER)
    assert appoint(server.context, BRAND, again, actor="hq").role is STORE_MANAGER


def test_staff_are_appointed_to_a_role_that_is_published(server: RunningServer) -> None:
    chef = Role(role_id=RoleId("chef"), name="主厨", rights=frozenset({Right.MANAGE_STAFF}))
    new = Appointment(store_id=StoreId("A"), name="王", role=chef.role_id, pin="284716")
    with pytest.raises(TillfoldError) as caught:
        appoint(server.context, BRAND, new, actor="hq")
    assert (caught.value.code, caught.value.values) == (
        ErrorCode.REQUEST_MALFORMED,
        {"where": "role"},
    )
    publish_rules(server.context, BRAND, "r1", RuleBook(roles=(chef,)), actor="hq")
    assert appoint(server.context, BRAND, new, actor="hq").role == "chef"
    as_cashier = msgspec.structs.replace(new, role=CASHIER)
    with pytest.raises(TillfoldError):
        appoint(server.context, BRAND, as_cashier, actor="hq")
