"""Real tills whose way to the server is cut, strange or silent."""

from urllib.parse import urlsplit

import msgspec
import pytest
from sqlalchemy import delete

from domain.errors import ErrorCode
from domain.facts import StoreOpened
from domain.fold.aggregates import AggregateKey, AggregateKind
from domain.identifiers import StoreId
from hardware.timing import monotonic_ms
from pos_client.storage.identity import Identity, write_identity
from pos_client.storage.tables import identity
from pos_client.use_cases.answers import Connection
from sync_server.use_cases.head_office import decide
from tests.builders.facts import sale
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import (
    DUCK,
    IDENTITY,
    RICE,
    configured,
    staffed,
)
from tests.harness.network import Cable
from tests.pos_client.sync.joined import JoinedTill, MakeTill, enrol
from tests.pos_client.sync.strangers import PORTAL, Answer, http, never, stranger, through


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
        assert till.machinery.counter.open_member(member).guest.points == 128
        orders = [key for key in till.shown() if key.kind is AggregateKind.ORDER]
        assert orders == [AggregateKey(AggregateKind.ORDER, closed.sale.sale_id)]
        till.close()


def test_after_an_outage_of_many_attempts_a_till_converges_without_a_new_entry(
    server: RunningServer, make_till: MakeTill
) -> None:
    """Nobody sells, nobody presses a button: the pauses alone bring it back."""
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("a")
        till.join(cable.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        till.wait_for_quiet()
        cable.cut()
        sold = till.sell(RICE, total_fen=300)
        till.wait(lambda: till.status().sync.connection is Connection.OFFLINE, "it is offline")
        cable.wait_for_refused(12, within_s=10)
        decide(server.context, BRAND, [StoreOpened(store=StoreId("C"), name="三店")], actor="hq")
        cable.join()
        till.wait(lambda: "三店" in till.machinery.counter.home().store_names.values(), "news")
        till.wait(lambda: till.status().sync.waiting == 0, "what waited is sent")
        assert AggregateKey(AggregateKind.ORDER, sold.sale.sale_id) in till.shown()
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


def test_until_the_server_has_answered_only_allowances_are_spent(
    server: RunningServer, make_till: MakeTill, till_b: JoinedTill
) -> None:
    """A restart in an outage must not give the whole balance away."""
    port = urlsplit(server.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("a")
        till.join(cable.url, server.new_code("A1"))
        till.wait(lambda: till.machinery.counter.home().staffed, "the staff is here")
        member = enrol(till)
        till.write(sale("old", member=member, earned=25_000))
        till.wait_for_quiet()
        counter = till.machinery.counter
        assert counter.open_member(member).guest.points_spendable == 25_000
        assert counter.open_member(member).offline_points == 0
        counter.ask_allowances(member)
        till.wait(lambda: counter.open_member(member).offline_points == 20_000, "an allowance")
        cable.cut()
        till.restart()
        card = till.machinery.counter.open_member(member)
        assert (card.guest.points, card.guest.points_spendable, card.guest.offline) == (
            25_000,
            20_000,
            True,
        )
        till.close()


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


def test_a_fault_in_the_exchange_is_not_shown_as_online_and_does_not_end_it(
    till_a: JoinedTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_values: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as fault:
        fault.setattr(till_a.machinery._sync._session, "run", broken)  # type: ignore[union-attr]
        till_a.machinery.sync_now()
        till_a.wait(lambda: till_a.status().sync.connection is Connection.OFFLINE, "offline")
        assert till_a.status().sync.error is ErrorCode.SERVER_FAILED
    till_a.machinery.sync_now()
    till_a.wait(lambda: till_a.status().sync.connection is Connection.ONLINE, "online again")
