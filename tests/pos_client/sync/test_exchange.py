"""Real tills and the real sync server over HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from sqlalchemy import delete

from domain.configuration import PointsRule, Role
from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponIssued, Fact, RulesPublished
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, Order
from domain.fold.cases import CaseKind
from domain.identifiers import MemberId, SaleId, StaffId
from domain.signatures import check_number
from hardware.timing import monotonic_ms
from pos_client.storage.identity import Identity, write_identity
from pos_client.storage.store import Store
from pos_client.storage.sync_state import read_sync_state
from pos_client.storage.tables import identity
from pos_client.sync import schedule
from pos_client.use_cases.answers import Connection, OrderToClose, TillStatus
from pos_client.use_cases.sales import Closing, close_sale
from sync_server.use_cases.head_office import decide
from tests.builders.facts import coupon_terms, enrolled, sale
from tests.builders.sync_server import BRAND, RunningServer, running_server, sqlite_settings
from tests.builders.till import (
    CASHIER,
    CASHIER_PIN,
    DUCK,
    IDENTITY,
    RICE,
    Till,
    appointed,
    configured,
    order,
    staffed,
    wait_until,
)
from tests.harness.network import Cable
from tests.pos_client.sync.strangers import PORTAL, Answer, http, never, stranger, through

CASHIER_B = StaffId("cashier-b")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    (tmp_path / "server").mkdir()
    with running_server(sqlite_settings(tmp_path / "server")) as running:
        at_b = appointed(CASHIER_B, Role.CASHIER, CASHIER_PIN, store="B")
        decide(running.context, BRAND, [*staffed(), *configured(), at_b], actor="hq")
        yield running


@pytest.fixture(autouse=True)
def quick_second_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(schedule, "LONGEST_PAUSE_S", 0.2)


class JoinedTill(Till):
    """A till of the brand that tells the test of every change."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.changed = threading.Event()

    def join(self, url: str, code: str) -> str:
        number = self.machinery.counter.join_brand(url, code)
        self.machinery.on_changed = lambda _keys: self.changed.set()
        return number

    def status(self) -> TillStatus:
        return self.machinery.counter.status()

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        wait_until(condition, self.changed, what)

    def wait_for_quiet(self) -> None:
        """Everything pushed and pulled."""
        self.machinery.sync_now()
        self.wait(
            lambda: (
                self.status().sync.connection is Connection.ONLINE
                and self.status().sync.waiting == 0
            ),
            "nothing waits",
        )


@pytest.fixture
def make_till(tmp_path: Path) -> Iterator[Callable[[str], JoinedTill]]:
    with ExitStack() as stack:

        def make(name: str) -> JoinedTill:
            till = JoinedTill(tmp_path / name)
            stack.callback(till.close)
            return till

        yield make
    running = [each.name for each in threading.enumerate()]
    assert not [name for name in running if name in {"sync", "live", "printing", "storage_0"}]


MakeTill = Callable[[str], JoinedTill]


@pytest.fixture
def till_a(server: RunningServer, make_till: MakeTill) -> JoinedTill:
    till = make_till("a")
    till.join(server.url, server.new_code("A1", "A"))
    till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
    return till


@pytest.fixture
def till_b(server: RunningServer, make_till: MakeTill) -> JoinedTill:
    till = make_till("b")
    till.join(server.url, server.new_code("B1", "B"))
    till.wait(lambda: bool(till.machinery.counter.home().menu.items), "the menu is here")
    return till


def enrol(till: JoinedTill, phone: str = "13800138000", name: str = "李小龙") -> MemberId:
    counter = till.machinery.counter
    return counter.enrol_member(CASHIER, phone=phone, name=name, birthday="").member_id


def test_joining_shows_the_number_that_the_server_shows_too(
    server: RunningServer, make_till: MakeTill
) -> None:
    till = make_till("a")
    number = till.join(f" {server.url}/ ", f" {server.new_code('A1')} ")
    assert number == check_number(server.context.keys.signer.public_key)
    home = till.machinery.counter.home()
    assert (home.brand_name, home.store_name, home.label) == ("示范餐厅", "一店", "A1")
    assert not home.standalone


@pytest.mark.parametrize("code", ["WRONG-CODE-1234", "x", "", "\u00e4" * 10])
def test_a_wrong_code_leaves_the_till_new(
    server: RunningServer, make_till: MakeTill, code: str
) -> None:
    till = make_till("a")
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.join_brand(server.url, code)
    assert caught.value.code in {ErrorCode.ENROLMENT_CODE_WRONG, ErrorCode.REQUEST_MALFORMED}
    assert till.machinery.is_new()
    till.join(server.url, server.new_code("A1"))


def test_a_till_with_books_of_its_own_cannot_join(
    server: RunningServer, make_till: MakeTill
) -> None:
    till = make_till("a")
    till.begin()
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.join_brand(server.url, server.new_code("A1"))
    assert caught.value.code is ErrorCode.TILL_HAS_OWN_BOOKS


def test_what_happens_at_one_store_is_seen_at_the_other(
    till_a: JoinedTill, till_b: JoinedTill
) -> None:
    member = enrol(till_a)
    till_a.sell(DUCK, total_fen=12_800, member=member)
    found = till_b.machinery.counter.find_members
    till_b.wait(lambda: any(row.points == 128 for row in found("lxl")), "the sale is here")
    (row,) = found("13800138000")
    assert row.member_id == member


def test_a_till_sells_on_without_its_server_and_catches_up(
    server: RunningServer, make_till: MakeTill, till_b: JoinedTill
) -> None:
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("a")
        till.join(cable.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        member = enrol(till)
        till.wait_for_quiet()
        cable.cut()
        till.machinery.sync_now()
        till.wait(lambda: till.status().sync.connection is Connection.OFFLINE, "it is offline")
        assert till.status().sync.error is ErrorCode.SERVER_UNREACHABLE
        for _ in range(5):
            till.sell(DUCK, total_fen=12_800, member=member)
        status = till.status().sync
        assert (status.waiting, status.connection) == (5, Connection.OFFLINE)
        till.restart()
        till.machinery.on_changed = lambda _keys: till.changed.set()
        assert till.status().sync.waiting == 5
        cable.join()
        till.wait_for_quiet()
        assert till.status().sync.last_contact_ms == server.clock.now_ms
        till_b.machinery.sync_now()
        found = till_b.machinery.counter.find_members
        till_b.wait(
            lambda: [row.points for row in found("13800138000")] == [640], "five sales are here"
        )
        till.close()


def test_an_answer_that_is_lost_after_the_server_applied_is_harmless(
    server: RunningServer, make_till: MakeTill
) -> None:
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("a")
        till.join(cable.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        till.wait_for_quiet()
        till.close()
    with stranger(*[through(port, deaf=True)] * 6, through(port)) as way:
        move(till, way.url)
        till.machinery.start()
        till.machinery.on_changed = lambda _keys: till.changed.set()
        member = enrol(till)
        closed = till.sell(DUCK, total_fen=12_800, member=member)
        till.wait_for_quiet()
        assert till.machinery.counter.open_member(member).points == 128
        orders = [key for key in till.shown() if key.kind is AggregateKind.ORDER]
        assert orders == [AggregateKey(AggregateKind.ORDER, closed.sale.sale_id)]
        till.close()


def move(till: JoinedTill, url: str) -> None:
    """The server got another address."""
    till.machinery = till.new_machinery()
    secrets = till.machinery._key_store.read()
    assert secrets is not None
    opener = till.machinery._opener_with(secrets)

    def work() -> None:
        store = opener.open().store
        moved = msgspec.structs.replace(store.identity, server_url=url)
        with store.write() as writing:
            writing.connection.execute(delete(identity))
            write_identity(writing.connection, moved)
        store.close()

    till.machinery.storage.run_first(work)


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
    decide(server.context, BRAND, [CouponIssued(terms=terms)], actor="hq")
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


def has(till: JoinedTill, key: AggregateKey) -> bool:
    return key in till.shown()


def has_the_case(till: JoinedTill) -> bool:
    return [case.kind for case in till.status().cases] == [CaseKind.COUPON_REDEEMED_TWICE]


def sell_at_once(till: JoinedTill, wanted: OrderToClose) -> str:
    """On the storage thread, before anything that the server sends can come in between."""
    closing = Closing(
        actor=CASHIER if till.run(lambda store: store.identity.store) == "A" else CASHIER_B,
        sale_id=SaleId(till.machinery.new_id()),
        offline=True,
        prints=False,
    )
    return till.run(
        lambda store: close_sale(store, wanted, closing, till.machinery.wording)
    ).sale.sale_id


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


def test_until_the_server_has_answered_the_offline_limit_holds(
    server: RunningServer, make_till: MakeTill, till_b: JoinedTill
) -> None:
    """A restart in an outage must not give the whole balance away."""
    rules = RulesPublished(version="r", points=PointsRule(offline_limit=300))
    decide(server.context, BRAND, [rules], actor="hq")
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("a")
        till.join(cable.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        member = enrol(till)
        till.write(sale("old", member=member, earned=5_000))
        till.wait_for_quiet()
        assert till.machinery.counter.open_member(member).points_spendable == 5_000
        cable.cut()
        till.restart()
        card = till.machinery.counter.open_member(member)
        assert (card.points, card.points_spendable, card.offline) == (5_000, 300, True)
        till.close()
    assert till_b.machinery.contact().online


def identity_at(url: str) -> Identity:
    return msgspec.structs.replace(IDENTITY, server_url=url, server_public_key=bytes(32))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (http(headers={"Content-Type": "text/html"}, body=PORTAL), ErrorCode.SERVER_NOT_OURS),
        (http("302 Found", {"Location": "http://portal/"}), ErrorCode.SERVER_NOT_OURS),
        (http("503 Service Unavailable"), ErrorCode.SERVER_FAILED),
    ],
)
def test_a_till_behind_a_portal_sells_on_and_says_what_is_wrong(
    make_till: MakeTill, answer: Answer, code: ErrorCode
) -> None:
    with stranger(answer) as portal:
        till = make_till("a")
        till.machinery.found(identity_at(portal.url))
        till.machinery.on_changed = lambda _keys: till.changed.set()
        till.write(*staffed(), *configured())
        till.machinery.sync_now()
        till.wait(lambda: till.status().sync.error is code, "the screen says so")
        till.sell(RICE, total_fen=300)
        assert till.status().sync.waiting == 5
        till.close()


def test_a_server_that_never_answers_does_not_hold_the_program_up(make_till: MakeTill) -> None:
    with stranger(never) as silent:
        till = make_till("a")
        till.machinery.found(identity_at(silent.url))
        till.write(*staffed(), *configured())
        assert silent.asked.wait(10)
        till.sell(RICE, total_fen=300)
        assert till.status().sync.connection in {Connection.PENDING, Connection.OFFLINE}
        before_ms = monotonic_ms()
        till.close()
        assert monotonic_ms() - before_ms < 5_000


def test_a_fault_in_the_exchange_is_not_shown_as_online(
    till_a: JoinedTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _details: heard.set())

    def broken(*_values: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(till_a.machinery._sync._session, "run", broken)  # type: ignore[union-attr]
    till_a.machinery.sync_now()
    assert heard.wait(20)
    assert till_a.status().sync.connection is Connection.OFFLINE
    assert till_a.status().sync.error is ErrorCode.SERVER_FAILED


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

    server.context.database.write(rename)

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
