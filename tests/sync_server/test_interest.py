"""A large brand's tills hold the members that their store meets, with all that is theirs."""

import random  # noqa: TID251 - seeded
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from domain.configuration import Staff
from domain.errors import ErrorCode
from domain.facts import CouponIssued, Fact, StaffAppointed
from domain.identifiers import MemberId, StaffId, StoreId
from domain.members.facts import MembersMerged
from domain.rights import CASHIER
from sync_server.settings import ServerSettings
from sync_server.use_cases.feed_upkeep import purge_tombstones, review_member_feed
from sync_server.use_cases.head_office import decide
from tests.builders import facts
from tests.builders.replica import Replica, fresh
from tests.builders.sync_client import Refused, SyncClient
from tests.builders.sync_server import BRAND, Clock, RunningServer, running_server

PHONES = {f"m-{number}": f"+86138001380{number:02d}" for number in range(40)}


@pytest.fixture
def large(settings: ServerSettings, clock: Clock) -> Iterator[RunningServer]:
    """A brand that is over its limit with one member: nobody is fed to all."""
    few = msgspec.structs.replace(settings, members_on_till=0, look_ups_per_minute=20)
    with running_server(few, clock) as server:
        first = server.enrolled_till("A0")
        write(first, enrolled("m-0"))
        assert review_member_feed(server.context, BRAND)
        yield server


def enrolled(member: str, phone: str = "") -> Fact:
    return facts.enrolled(member, phone=phone or PHONES[member], name=member)


def write(client: SyncClient, *new: Fact) -> None:
    sent = len(client.terminal.entries)
    for fact in new:
        client.terminal.write(fact)
    client.push(client.terminal.push_request(after=sent))


def own_coupon(coupon: str, member: str) -> CouponIssued:
    terms = facts.coupon_terms(coupon, code=coupon.upper())
    return CouponIssued(terms=msgspec.structs.replace(terms, member_id=MemberId(member)))


def appointed(store: str) -> StaffAppointed:
    staff = Staff(staff_id=StaffId("s"), name="王芳", role=CASHIER, pin_hash="x")
    return StaffAppointed(store=StoreId(store), staff=staff)


def test_a_member_of_a_large_brand_is_told_to_the_stores_that_met_her(
    large: RunningServer,
) -> None:
    a, b = Replica(large.enrolled_till("A1")), Replica(large.enrolled_till("B1", "B"))
    write(a.client, enrolled("m-1"), facts.sale("sale-1", member="m-1", earned=5))
    decide(large.context, BRAND, [own_coupon("coupon-1", "m-1")], actor="hq")
    a.pull()
    b.pull()
    assert (a.ids("member"), a.ids("coupon")) == (["m-0", "m-1"], ["coupon-1"])
    assert (b.ids("member"), b.ids("phone"), b.ids("coupon")) == ([], [], [])
    write(b.client, facts.sale("sale-2", member="m-1", earned=7))
    before = b.cursor
    received = b.pull()
    assert (b.ids("member"), b.ids("coupon"), b.ids("order")) == (["m-1"], ["coupon-1"], ["sale-2"])
    assert min(row.version for row in received) <= before, "older than the cursor, and here"
    a.pull()
    assert a.rows["member", "m-1"] == b.rows["member", "m-1"]
    assert a.rows == fresh(a.client)
    assert b.rows == fresh(b.client)


def test_a_member_that_is_looked_up_is_here_and_stays_up_to_date(large: RunningServer) -> None:
    a, b = Replica(large.enrolled_till("A1")), Replica(large.enrolled_till("B1", "B"))
    write(a.client, enrolled("m-1"), facts.sale("sale-1", member="m-1", earned=5))
    b.pull()
    answer = b.client.member(phone=PHONES["m-1"])
    assert {(row.kind, row.id) for row in answer.rows} == {
        ("member", "m-1"),
        ("phone", PHONES["m-1"]),
    }
    b.lay(answer)
    b.pull()
    write(a.client, facts.sale("sale-2", member="m-1", earned=5))
    assert [row.kind for row in b.pull()] == ["member"]
    assert b.client.member(member_id="m-1").rows == tuple(
        sorted((b.rows["member", "m-1"], b.rows["phone", PHONES["m-1"]]), key=lambda r: r.version)
    )


def test_a_look_up_is_exact_signed_and_counted(large: RunningServer) -> None:
    till = large.enrolled_till("B1", "B")
    assert till.member(phone="+8613999999999").rows == ()
    assert till.member(member_id="m-").rows == ()
    for wrong in ({}, {"phone": "1380013"}, {"phone": PHONES["m-0"], "member_id": "m-0"}):
        with pytest.raises(Refused) as refused:
            till.member(**wrong)
        assert refused.value.code in {ErrorCode.REQUEST_MALFORMED, ErrorCode.PHONE_MALFORMED}
    for _ in range(15):
        till.member(phone=PHONES["m-0"])
    with pytest.raises(Refused) as too_many:
        till.member(phone=PHONES["m-0"])
    assert too_many.value.code is ErrorCode.TOO_MANY_REQUESTS
    large.clock.advance(minutes=1)
    assert till.member(phone=PHONES["m-0"]).rows


def test_who_is_one_person_is_told_together(large: RunningServer) -> None:
    """A phone enrolled at both stores, and a merge: each store gets what it lacks."""
    a, b = Replica(large.enrolled_till("A1")), Replica(large.enrolled_till("B1", "B"))
    write(a.client, enrolled("m-1"), enrolled("m-3"))
    write(b.client, enrolled("m-2", PHONES["m-1"]), enrolled("m-4"))
    a.pull()
    b.pull()
    assert a.ids("member") == ["m-0", "m-1", "m-2", "m-3"]
    assert b.ids("member") == ["m-1", "m-2", "m-4"]
    merged = MembersMerged(member_id=MemberId("m-4"), into=MemberId("m-3"))
    decide(large.context, BRAND, [merged], actor="hq")
    a.pull()
    b.pull()
    assert a.ids("member") == ["m-0", "m-1", "m-2", "m-3", "m-4"]
    assert b.ids("member") == ["m-1", "m-2", "m-3", "m-4"]


def test_a_brand_that_outgrows_its_tills_goes_over_and_back(
    settings: ServerSettings, clock: Clock
) -> None:
    few = msgspec.structs.replace(settings, members_on_till=2)
    with running_server(few, clock) as server:
        a, b = Replica(server.enrolled_till("A1")), Replica(server.enrolled_till("B1", "B"))
        write(a.client, enrolled("m-0"), enrolled("m-1"))
        a.pull()
        b.pull()
        assert not review_member_feed(server.context, BRAND)
        assert len(b.ids("member")) == 2
        write(b.client, enrolled("m-2"))
        a.pull()
        assert review_member_feed(server.context, BRAND)
        assert not review_member_feed(server.context, BRAND)
        for replica in (a, b):
            with pytest.raises(Refused) as refused:
                replica.pull()
            assert (refused.value.code, refused.value.status) == (ErrorCode.MUST_REFETCH, 410)
        assert {key[1] for key in fresh(a.client) if key[0] == "member"} == {"m-0", "m-1"}
        assert {key[1] for key in fresh(b.client) if key[0] == "member"} == {"m-2"}
        with server.process_beside() as larger:
            object.__setattr__(larger, "members_on_till", 100)
            assert review_member_feed(larger, BRAND)
        assert {key[1] for key in fresh(b.client) if key[0] == "member"} == {"m-0", "m-1", "m-2"}


def test_a_row_that_leaves_a_store_is_told_until_the_horizon(server: RunningServer) -> None:
    a, b = Replica(server.enrolled_till("A1")), Replica(server.enrolled_till("B1", "B"))
    late = Replica(server.second_client(a.client))
    decide(server.context, BRAND, [appointed("A")], actor="hq")
    for replica in (a, b, late):
        replica.pull()
    assert (a.ids("staff"), b.ids("staff")) == (["s"], [])
    decide(server.context, BRAND, [appointed("B")], actor="hq")
    assert [(row.kind, row.body) for row in a.pull()] == [("staff", None)]
    b.pull()
    assert (a.ids("staff"), b.ids("staff")) == ([], ["s"])
    begun = server.second_client(a.client).feed(limit=1)
    assert purge_tombstones(server.context, BRAND) == 0
    server.clock.advance(minutes=31 * 24 * 60)
    assert purge_tombstones(server.context, BRAND) == 1
    with pytest.raises(Refused) as refused:
        late.pull()
    assert refused.value.code is ErrorCode.MUST_REFETCH
    a.pull()
    assert fresh(late.client) == a.rows
    # A first sync that began behind the horizon goes on, though its cursor is before it.
    going_on = Replica(late.client)
    going_on.lay(begun)
    going_on.cursor, going_on.began = begun.next_cursor, begun.head
    going_on.pull()
    assert going_on.rows == a.rows


def test_a_first_sync_is_spared_what_was_gone_before_it(server: RunningServer) -> None:
    decide(server.context, BRAND, [appointed("A")], actor="hq")
    decide(server.context, BRAND, [appointed("B")], actor="hq")
    replica = Replica(server.enrolled_till("A1"), limit=1)
    assert all(row.body is not None for row in replica.pull())


def random_fact(chance: random.Random, number: int) -> Fact:
    member = f"m-{chance.randrange(40)}"
    match chance.randrange(6):
        case 0:
            return enrolled(member)
        case 1:
            return enrolled(f"other-{number}", PHONES[member])
        case 2:
            return own_coupon(f"c-{number}", member)
        case 3:
            return facts.sale(f"s-{number}", member=member, earned=1, coupon=f"c-{number - 1}")
        case _:
            return facts.sale(f"s-{number}", member=member, earned=1)


@pytest.mark.parametrize("limit", [1, 7])
def test_following_the_feed_brings_what_a_fresh_start_brings(
    large: RunningServer, limit: int
) -> None:
    chance = random.Random(limit)
    tills = [
        Replica(large.enrolled_till(f"{store}{place}", store), limit=limit)
        for place, store in enumerate("AB", start=1)
    ]
    for number in range(60):
        till = chance.choice(tills)
        match chance.randrange(5):
            case 0:
                till.pull()
            case 1:
                large.clock.advance(minutes=1)
                till.lay(till.client.member(phone=PHONES[f"m-{chance.randrange(40)}"]))
            case _:
                write(till.client, *(random_fact(chance, 10 * number + one) for one in range(3)))
    for till in tills:
        till.pull()
        assert till.rows == fresh(till.client)


def test_eight_tills_and_their_look_ups_lose_no_row_of_a_reader(large: RunningServer) -> None:
    sellers = [large.enrolled_till(f"B{place}", "B") for place in range(8)]
    reader = Replica(large.enrolled_till("A9"), limit=3)
    seeker = large.second_client(reader.client)
    write(sellers[0], *(enrolled(f"m-{number}") for number in range(1, 9)))

    def sell(place: int) -> None:
        for number in range(8):
            member = f"m-{1 + (place + number) % 8}"
            write(sellers[place], facts.sale(f"s-{place}-{number}", member=member, earned=1))

    def seek() -> None:
        for number in range(1, 9):
            seeker.member(member_id=f"m-{number}")
            reader.pull()

    with ThreadPoolExecutor(9) as pool:
        working = [pool.submit(seek), *(pool.submit(sell, place) for place in range(8))]
        for work in working:
            work.result(timeout=100)
    reader.pull()
    assert reader.ids("member") == sorted(f"m-{number}" for number in range(9))
    assert reader.ids("order") == []
    assert reader.rows == fresh(reader.client)
