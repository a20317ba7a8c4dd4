"""A hold for a sale under way: what is held for one till no other can spend."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.allowances.messages import (
    PATH_AUTHORISE,
    AuthoriseAnswer,
    AuthoriseRequest,
    RightsRequest,
    Want,
)
from domain.allowances.subjects import Subject, SubjectKind
from domain.errors import ErrorCode
from domain.identifiers import AccountId, MemberId
from domain.members.facts import MemberFrozen, MembersMerged
from domain.stored_value.account import AccountKind
from domain.stored_value.facts import ToppedUp
from sync_server.use_cases.head_office import decide
from sync_server.use_cases.spending_jobs import lapse_due
from tests.builders import facts
from tests.builders.spending import (
    POINTS,
    authorise,
    by_hold,
    member_with,
    rights,
    row_of,
    spends,
)
from tests.builders.sync_client import Refused, SyncClient, packed
from tests.builders.sync_server import BRAND, RunningServer


def till_with(server: RunningServer, points: int) -> SyncClient:
    till = server.enrolled_till("A1")
    for fact in member_with(points):
        till.terminal.write(fact)
    till.push()
    return till


def test_what_is_held_for_one_till_is_not_there_for_another(server: RunningServer) -> None:
    first = till_with(server, 500)
    second = server.enrolled_till("B1", "B")
    assert authorise(first, "op-1", 400).granted
    refused = authorise(second, "op-2", 200)
    assert (refused.granted, refused.available, refused.recalled) == (False, 100, False)
    assert refused.short == POINTS
    assert authorise(second, "op-3", 100).granted
    assert (row_of(server.context).held, row_of(server.context).free) == (500, 0)


def test_a_lost_answer_and_the_same_request_again_make_one_hold(server: RunningServer) -> None:
    till = till_with(server, 500)
    first = authorise(till, "op-1", 300)
    assert [authorise(till, "op-1", 300) for _ in range(3)] == [first] * 3
    assert row_of(server.context).held == 300


def test_two_requests_of_one_operation_at_once_make_one_hold(server: RunningServer) -> None:
    till = till_with(server, 500)
    clients = [server.second_client(till) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: authorise(client, "op-1", 300), clients))
    assert all(answer.granted for answer in answers)
    assert row_of(server.context).held == 300


def test_the_sale_takes_the_place_of_its_hold(server: RunningServer) -> None:
    till = till_with(server, 500)
    authorise(till, "op-1", 300)
    till.terminal.write(spends("s1", 300, by_hold("op-1", 300)))
    till.push()
    row = row_of(server.context)
    assert (row.balance, row.held, row.forced, row.free) == (200, 0, 0, 200)


def test_a_sale_that_comes_after_the_hold_has_run_out_is_booked(server: RunningServer) -> None:
    till = till_with(server, 500)
    authorise(till, "op-1", 500)
    server.clock.advance(minutes=97 * 60)
    assert lapse_due(server.context, BRAND) == 1
    assert lapse_due(server.context, BRAND) == 0
    assert row_of(server.context).held == 0
    assert authorise(server.enrolled_till("B1", "B"), "op-2", 200).granted
    till.terminal.write(spends("s1", 500, by_hold("op-1", 500)))
    assert till.push().verdicts[-1].outcome == "applied"
    row = row_of(server.context)
    assert (row.balance, row.held, row.forced) == (0, 200, 200)


def test_a_hold_stays_for_lease_and_grace(server: RunningServer) -> None:
    till = till_with(server, 500)
    authorise(till, "op-1", 500)
    server.clock.advance(minutes=96 * 60)
    assert lapse_due(server.context, BRAND) == 0


def test_a_released_operation_frees_what_it_held(server: RunningServer) -> None:
    till = till_with(server, 500)
    authorise(till, "op-1", 300)
    for _ in range(2):
        rights(till, RightsRequest(released=("op-1",)))
        assert row_of(server.context).held == 0
    assert not authorise(till, "op-1", 300).granted


def test_a_request_that_its_release_overtook_holds_nothing(server: RunningServer) -> None:
    till = till_with(server, 500)
    rights(till, RightsRequest(released=("op-1",)))
    assert not authorise(till, "op-1", 300).granted
    assert row_of(server.context).held == 0


def test_an_operation_s_name_belongs_to_its_till(server: RunningServer) -> None:
    till = till_with(server, 500)
    other = server.enrolled_till("A2")
    authorise(till, "op-1", 300)
    rights(other, RightsRequest(released=("op-1",)))
    other.terminal.write(spends("s1", 100, by_hold("op-1", 300)))
    other.push()
    assert row_of(server.context).held == 300


def test_as_much_is_held_as_the_till_s_own_allowance_leaves_open(server: RunningServer) -> None:
    till = till_with(server, 500)
    answer = authorise(till, "op-1", 800, least=300)
    assert answer.granted
    assert [held.amount for held in answer.held] == [500]
    assert not authorise(till, "op-2", 800, least=300).granted


def test_all_is_held_or_nothing(server: RunningServer) -> None:
    till = till_with(server, 500)
    nowhere = Subject(SubjectKind.STORED_VALUE, "acc")
    wants = tuple(Want(subject=each, amount=100, least=100) for each in (POINTS, nowhere))
    body = packed(AuthoriseRequest(operation_id="op-1", wants=wants))
    answer = till.ask("POST", PATH_AUTHORISE, AuthoriseAnswer, body=body)
    assert (answer.granted, answer.short) == (False, nowhere)
    assert row_of(server.context).held == 0


def test_one_subject_twice_is_malformed(server: RunningServer) -> None:
    till = till_with(server, 500)
    want = Want(subject=POINTS, amount=100, least=100)
    body = packed(AuthoriseRequest(operation_id="op-1", wants=(want, want)))
    with pytest.raises(Refused) as refused:
        till.ask("POST", PATH_AUTHORISE, AuthoriseAnswer, body=body)
    assert refused.value.code is ErrorCode.REQUEST_MALFORMED


def test_a_coupon_is_held_once(server: RunningServer) -> None:
    till, other = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    decide(server.context, BRAND, [facts.coupon_issued()], actor="hq")
    coupon = Subject(SubjectKind.COUPON, "coupon-1")
    assert authorise(till, "op-1", 1, subject=coupon).granted
    assert not authorise(other, "op-2", 1, subject=coupon).granted
    till.terminal.write(facts.sale("s", coupon="coupon-1"))
    till.push()
    rights(till, RightsRequest(released=("op-1",)))
    assert not authorise(other, "op-3", 1, subject=coupon).granted


def test_a_signed_coupon_that_the_server_has_not_heard_of_is_held_once(
    server: RunningServer,
) -> None:
    till, other = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    coupon = Subject(SubjectKind.COUPON, "coupon-9")
    assert authorise(till, "op-1", 1, subject=coupon).granted
    assert not authorise(other, "op-2", 1, subject=coupon).granted


def test_stored_value_counts_as_its_balance(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(
        ToppedUp(
            account_id=AccountId("acc"),
            kind=AccountKind.NAMED,
            receipt_number="A1-1",
            business_day=date(2026, 11, 21),
            principal_fen=10_000,
            bonus_fen=500,
            tenders=(),
        )
    )
    till.push()
    account = Subject(SubjectKind.STORED_VALUE, "acc")
    assert not authorise(till, "op-1", 10_501, subject=account).granted
    assert authorise(till, "op-2", 10_500, subject=account).granted


def test_a_frozen_member_s_points_are_not_there(server: RunningServer) -> None:
    till = till_with(server, 500)
    till.terminal.write(MemberFrozen(member_id=facts.enrolled().member_id))
    till.push()
    assert not authorise(till, "op-1", 100).granted


def test_people_that_turn_out_to_be_one_have_one_balance(server: RunningServer) -> None:
    """What was held for either of two merged members counts for both."""
    first = till_with(server, 500)
    second = server.enrolled_till("B1", "B")
    other = Subject(SubjectKind.POINTS, "member-2")
    for fact in member_with(300, "member-2"):
        second.terminal.write(fact)
    second.push()
    assert authorise(first, "op-1", 400).granted
    assert authorise(second, "op-2", 300, subject=other).granted
    merged = MembersMerged(member_id=MemberId("member-2"), into=MemberId("member-1"))
    second.terminal.write(merged)
    second.push()
    both = authorise(second, "op-3", 200, subject=other)
    assert (both.granted, both.available) == (False, 100)
    assert authorise(second, "op-4", 100, subject=other).granted
    rows = [row_of(server.context, each) for each in (POINTS, other)]
    assert sorted((row.held, row.balance) for row in rows) == [(0, 0), (800, 800)]


def test_the_database_itself_refuses_to_promise_more_than_there_is(server: RunningServer) -> None:
    till = till_with(server, 500)
    authorise(till, "op-1", 100)
    statement = text("UPDATE spending_subject SET granted = balance WHERE id = 'member-1'")
    with pytest.raises(IntegrityError):
        server.context.database.write(lambda c: c.execute(statement), brand=BRAND)
