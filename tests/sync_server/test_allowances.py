"""Allowances: given, used, returned, moved, recalled, and taken back when they are over."""

import pytest

from domain.allowances.messages import RightsRequest
from domain.allowances.rights import SignedReturn
from domain.allowances.subjects import Subject, SubjectKind
from domain.allowances.terms import SpendingTerms
from domain.cases.kinds import Decision
from domain.configuration import PointsRule
from domain.errors import ErrorCode
from domain.facts import RulesPublished
from domain.rulebook import RuleBook
from sync_server.use_cases.case_deciding import Wish, decide_case
from sync_server.use_cases.head_office import decide
from sync_server.use_cases.spending_jobs import grant_due, lapse_due
from sync_server.use_cases.tills import revoke
from tests.builders import facts
from tests.builders.spending import (
    POINTS,
    allowances,
    authorise,
    by_allowance,
    member_with,
    returned,
    rights,
    row_of,
    spends,
)
from tests.builders.sync_client import Refused, SyncClient
from tests.builders.sync_server import BRAND, RunningServer


def till_with(server: RunningServer, points: int) -> SyncClient:
    till = server.enrolled_till("A1")
    for fact in member_with(points):
        till.terminal.write(fact)
    till.push()
    return till


def test_the_home_store_gets_points_worth_200_yuan_at_most(server: RunningServer) -> None:
    till = till_with(server, 50_000)
    found = allowances(till, server.context, POINTS)
    assert [each.amount for each in found] == [20_000]
    assert found[0].expires_ms - found[0].issued_ms == 72 * 3_600_000
    assert (row_of(server.context).granted, row_of(server.context).free) == (20_000, 30_000)


def test_asking_again_gives_nothing_more(server: RunningServer) -> None:
    till = till_with(server, 500)
    first = allowances(till, server.context, POINTS)
    assert allowances(till, server.context, POINTS) == first


def test_the_tills_of_the_home_store_share_and_hear_of_it_in_the_feed(
    server: RunningServer,
) -> None:
    till, sibling = till_with(server, 1_000), server.enrolled_till("A2")
    sibling.terminal.write(spends("other", 0, member="stranger"))
    sibling.push()
    assert sibling.feed().rights == 0
    assert [each.amount for each in allowances(till, server.context, POINTS)] == [500]
    assert sibling.feed().rights == 1
    answer = rights(sibling)
    assert (len(answer.allowances), answer.number, answer.store_tills) == (1, 1, 2)
    assert rights(sibling, RightsRequest(after=1)).allowances == ()


def test_another_store_gets_what_is_left_on_demand(server: RunningServer) -> None:
    till, guest_store = till_with(server, 25_000), server.enrolled_till("B1", "B")
    allowances(till, server.context, POINTS)
    found = allowances(guest_store, server.context, POINTS)
    assert [each.amount for each in found] == [5_000]
    assert row_of(server.context).free == 0


def test_a_till_has_no_more_open_than_its_limit(server: RunningServer) -> None:
    book = RuleBook(spending=SpendingTerms(home_fen=300, per_till_fen=500))
    decide(server.context, BRAND, [RulesPublished(version="r", book=book)], actor="hq")
    till = server.enrolled_till("A1")
    for name in ("m-1", "m-2"):
        for fact in member_with(1_000, name):
            till.terminal.write(fact)
    till.push()
    subjects = [Subject(SubjectKind.POINTS, name) for name in ("m-1", "m-2")]
    assert [each.amount for each in allowances(till, server.context, *subjects)] == [300, 200]
    # What was used makes room.
    first = allowances(till, server.context)[0]
    till.terminal.write(spends("s", 300, by_allowance(first, 300), member="m-1"))
    till.push()
    found = allowances(till, server.context, subjects[1])
    assert sum(each.amount for each in found if each.subject == subjects[1]) == 300


def test_a_spend_out_of_an_allowance_is_taken_off_it(server: RunningServer) -> None:
    till = till_with(server, 500)
    held = allowances(till, server.context, POINTS)[0]
    till.terminal.write(spends("s", 200, by_allowance(held, 200)))
    till.push()
    row = row_of(server.context)
    assert (row.balance, row.granted, row.forced) == (300, 300, 0)


def test_what_a_till_returns_is_there_for_others(server: RunningServer) -> None:
    till, other = till_with(server, 500), server.enrolled_till("B1", "B")
    held = allowances(till, server.context, POINTS)[0]
    till.terminal.write(spends("s", 100, by_allowance(held, 100)))
    for _ in range(2):
        rights(till, RightsRequest(returned=(returned(till, held, used=200),)))
    # 200 are used as the till says, of which the server has not seen anything yet.
    assert row_of(server.context).granted == 200
    assert authorise(other, "op", 300).granted
    assert not authorise(other, "op-2", 100).granted
    till.terminal.write(spends("s2", 100, by_allowance(held, 100)))
    till.push()
    row = row_of(server.context)
    assert (row.balance, row.granted, row.held, row.forced) == (300, 0, 300, 0)


def test_a_return_that_the_till_did_not_sign_is_refused(server: RunningServer) -> None:
    till, thief = till_with(server, 500), server.enrolled_till("A2")
    held = allowances(till, server.context, POINTS)[0]
    signed = returned(till, held)
    forged = SignedReturn(signed.content, bytes(64))
    with pytest.raises(Refused) as refused:
        rights(till, RightsRequest(returned=(forged,)))
    assert refused.value.code is ErrorCode.SIGNATURE_WRONG
    rights(thief, RightsRequest(returned=(returned(thief, held),)))
    assert row_of(server.context).granted == 500


@pytest.mark.parametrize(("store", "moves"), [("A", True), ("B", False)])
def test_an_allowance_moves_between_the_tills_of_a_store(
    server: RunningServer, store: str, *, moves: bool
) -> None:
    till, other = till_with(server, 500), server.enrolled_till("X2", store)
    held = allowances(till, server.context, POINTS)[0]
    moved = returned(till, held, used=0, to=other.terminal.terminal)
    for _ in range(2):
        rights(till, RightsRequest(returned=(moved,)))
    found = allowances(other, server.context)
    assert [(each.amount, each.terminal) for each in found] == (
        [(500, other.terminal.terminal)] if moves else []
    )
    assert row_of(server.context).granted == (500 if moves else 0)


def test_a_till_that_is_refused_makes_the_others_give_back(server: RunningServer) -> None:
    till, other = till_with(server, 500), server.enrolled_till("B1", "B")
    held = allowances(till, server.context, POINTS)[0]
    head = till.feed().head
    refused = authorise(other, "op", 300)
    assert (refused.granted, refused.recalled) == (False, True)
    page = till.feed(head)
    assert (page.head > head, page.rights) == (True, 2)
    assert rights(till, RightsRequest(after=1)).recalled == (held.allowance_id,)
    rights(till, RightsRequest(after=1, returned=(returned(till, held),)))
    assert authorise(other, "op-2", 300).granted


def test_the_use_of_a_recalled_allowance_still_counts(server: RunningServer) -> None:
    till, other = till_with(server, 500), server.enrolled_till("B1", "B")
    held = allowances(till, server.context, POINTS)[0]
    authorise(other, "op", 300)
    till.terminal.write(spends("s", 400, by_allowance(held, 400)))
    till.push()
    assert (row_of(server.context).granted, row_of(server.context).forced) == (100, 0)


def test_an_allowance_lapses_a_day_after_its_end(server: RunningServer) -> None:
    till = till_with(server, 500)
    held = allowances(till, server.context, POINTS)[0]
    server.clock.advance(minutes=96 * 60)
    assert lapse_due(server.context, BRAND) == 0
    server.clock.advance(minutes=1)
    assert lapse_due(server.context, BRAND) == 1
    assert row_of(server.context).free == 500
    assert rights(till).allowances == ()
    # What comes after all is booked, and says how far it went beyond.
    authorise(server.enrolled_till("B1", "B"), "op", 500)
    till.terminal.write(spends("late", 200, by_allowance(held, 200)))
    till.push()
    row = row_of(server.context)
    assert (row.balance, row.held, row.forced) == (300, 500, 200)


def test_the_job_gives_active_members_their_allowance_anew(server: RunningServer) -> None:
    till = till_with(server, 500)
    allowances(till, server.context, POINTS)
    server.clock.advance(minutes=97 * 60)
    lapse_due(server.context, BRAND)
    till.terminal.write(spends("still-here", 0))
    till.push()
    assert grant_due(server.context, BRAND) == 1
    assert [each.amount for each in allowances(till, server.context)] == [500]
    assert grant_due(server.context, BRAND) == 0


def test_a_revoked_till_gets_nothing_more(server: RunningServer) -> None:
    till, sibling = till_with(server, 1_000), server.enrolled_till("A2")
    revoke(server.context, BRAND, till.terminal.terminal)
    assert [each.amount for each in allowances(sibling, server.context, POINTS)] == [1_000]


def test_points_are_handed_out_in_steps_that_can_be_spent(server: RunningServer) -> None:
    book = RuleBook(points=PointsRule(step=100, value_fen=2))
    decide(server.context, BRAND, [RulesPublished(version="r", book=book)], actor="hq")
    till = till_with(server, 470)
    assert [each.amount for each in allowances(till, server.context, POINTS)] == [400]


def test_a_single_use_coupon_s_right_is_at_one_till(server: RunningServer) -> None:
    till, other = till_with(server, 0), server.enrolled_till("A2")
    decide(server.context, BRAND, [facts.coupon_issued()], actor="hq")
    coupon = Subject(SubjectKind.COUPON, "coupon-1")
    assert [each.amount for each in allowances(till, server.context, coupon)] == [1]
    assert allowances(other, server.context, coupon) == []
    assert not authorise(other, "op", 1, subject=coupon).granted
    assert authorise(till, "op", 1, subject=coupon, least=0).granted


def test_a_till_of_which_there_may_be_two_gets_nothing_until_a_person_looked(
    server: RunningServer,
) -> None:
    till = till_with(server, 500)
    till.terminal.write(facts.sale("kept"))
    till.push()
    image = server.client(till.terminal.twin(len(till.terminal.entries) - 1))
    image.terminal.write(facts.sale("other"))
    with pytest.raises(Refused) as refused:
        image.push()
    assert refused.value.code is ErrorCode.JOURNAL_FORKED
    assert allowances(till, server.context, POINTS) == []
    assert authorise(till, "sale-1", 100).granted
    wish = Wish(decision=Decision.NOTED)
    decide_case(server.context, BRAND, f"journal_forked:{till.terminal.terminal}", wish, actor="hq")
    assert [each.amount for each in allowances(till, server.context, POINTS)] == [400]
