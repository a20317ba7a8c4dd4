"""A guest whom this store never met: the server is asked, quickly or not at all."""

from urllib.parse import urlsplit

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import MemberId
from hardware.timing import monotonic_ms
from pos_client.sync import looking_up
from pos_client.use_cases.answers import Connection
from sync_server.use_cases.feed_upkeep import review_member_feed
from tests.builders.facts import sale
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import CASHIER, DUCK
from tests.harness.network import Cable
from tests.pos_client.sync.joined import JoinedTill, MakeTill, enrol
from tests.pos_client.sync.strangers import never, stranger
from tests.pos_client.sync.test_outages import identity_at

PHONE = "13800138000"


@pytest.fixture
def large(server: RunningServer, till_a: JoinedTill) -> RunningServer:
    """A brand whose tills hold only members that their store met."""
    enrol(till_a, PHONE)
    till_a.wait_for_quiet()
    object.__setattr__(server.context, "members_on_till", 0)
    assert review_member_feed(server.context, BRAND)
    return server


def test_a_member_of_another_store_is_asked_for_and_then_stays(
    large: RunningServer, till_a: JoinedTill, till_b: JoinedTill
) -> None:
    counter = till_b.machinery.counter
    assert counter.find_members(PHONE) == ()
    (row,) = counter.look_up_member(PHONE)
    assert counter.find_members(PHONE) == (row,)
    till_a.sell(DUCK, total_fen=12_800, member=row.member_id)
    till_a.wait_for_quiet()
    till_b.wait(
        lambda: [found.points for found in counter.find_members(PHONE)] == [128], "she is followed"
    )
    till_b.wait_for_quiet()
    assert till_b.status().sync.repairs == 0
    assert counter.look_up_member("13999999999") == ()


def test_a_member_who_is_proven_by_a_code_is_fetched_by_her_id(
    large: RunningServer, till_a: JoinedTill, till_b: JoinedTill
) -> None:
    (her,) = till_a.machinery.counter.find_members(PHONE)
    till_a.write(sale("earlier", member=her.member_id, earned=70))
    till_a.wait_for_quiet()
    card = till_b.machinery.counter.fetch_member(her.member_id)
    assert (card.guest.points, card.elsewhere, card.visits) == (70, False, 1)
    with pytest.raises(TillfoldError) as caught:
        till_b.machinery.counter.fetch_member(MemberId("nobody"))
    assert caught.value.code is ErrorCode.MEMBER_UNKNOWN


def test_offline_nobody_waits(
    large: RunningServer, make_till: MakeTill, till_b: JoinedTill
) -> None:
    port = urlsplit(large.url).port
    assert port is not None
    with Cable(port) as cable:
        till = make_till("c")
        till.join(cable.url, large.new_code("B2", "B"))
        till.wait(lambda: bool(till.machinery.counter.home().menu.items), "the menu is here")
        till.wait_for_quiet()
        cable.cut()
        till.machinery.sync_now()
        till.wait(lambda: till.status().sync.connection is Connection.OFFLINE, "it is offline")
        with pytest.raises(TillfoldError) as caught:
            till.machinery.counter.look_up_member(PHONE)
        assert caught.value.code is ErrorCode.SERVER_UNREACHABLE
        till.close()


def test_a_server_that_does_not_answer_is_given_up_in_time(make_till: MakeTill) -> None:
    with stranger(never) as silent:
        till = make_till("a")
        till.machinery.found(identity_at(silent.url))
        before_ms = monotonic_ms()
        with pytest.raises(TillfoldError) as caught:
            till.machinery.counter.look_up_member(PHONE)
        assert caught.value.code is ErrorCode.SERVER_UNREACHABLE
        assert monotonic_ms() - before_ms < 1_000 * looking_up.LONGEST_S + 1_500
        till.close()


def test_a_till_of_its_own_asks_nobody(make_till: MakeTill) -> None:
    till = make_till("a")
    till.begin()
    assert till.machinery.counter.look_up_member(PHONE) == ()
    till.close()


CARD = "uid-04A224B1C23D80"


def test_a_card_of_another_store_is_asked_for_and_a_replaced_one_is_nobodys(
    large: RunningServer, till_a: JoinedTill, till_b: JoinedTill
) -> None:
    (her,) = till_a.machinery.counter.find_members(PHONE)
    till_a.machinery.counter.cards.give(CASHIER, her.member_id, CARD)
    till_a.wait_for_quiet()
    at_b = till_b.machinery.counter.cards
    with pytest.raises(TillfoldError):
        at_b.open_member(CARD)
    assert at_b.fetch_member(CARD).member_id == her.member_id
    assert at_b.open_member(CARD).masked_card == "…3D80"
    till_a.machinery.counter.cards.give(CASHIER, her.member_id, "mag-6000123456")
    till_b.wait(lambda: holder(till_b, "mag-6000123456") == her.member_id, "the new card is here")
    assert holder(till_b, CARD) == ErrorCode.CARD_UNKNOWN
    with pytest.raises(TillfoldError) as caught:
        at_b.fetch_member(CARD)
    assert caught.value.code is ErrorCode.CARD_UNKNOWN


def holder(till: JoinedTill, card: str) -> str:
    try:
        return till.machinery.counter.cards.open_member(card).member_id
    except TillfoldError as error:
        return error.code
