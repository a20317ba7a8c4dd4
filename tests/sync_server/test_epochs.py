"""Two branches of one journal: an old disk image, a cloned till, a server that lost commits."""

import hashlib

import msgspec
import pytest
from sqlalchemy import Connection, text

from domain.cases.kinds import Decision
from domain.entries import GENESIS
from domain.errors import ErrorCode
from domain.fold.aggregates import AggregateKind
from domain.identifiers import TerminalId
from domain.journals import JournalForked, JournalTakenBack
from domain.origins import Origin
from domain.protocol import (
    PATH_EPOCH,
    EpochGrant,
    EpochRequest,
    Outcome,
    PushAnswer,
    PushRequest,
    SignedGrant,
    grant_text,
)
from domain.signatures import Verifier
from domain.stamps import Stamp
from sync_server.database.cases import CaseState
from sync_server.use_cases.books import read_books
from sync_server.use_cases.case_deciding import Wish, decide_case, show_case
from sync_server.use_cases.case_reading import ReadableCase, read_cases
from sync_server.use_cases.diagnosis import Patience, diagnose
from sync_server.use_cases.own_journal import PAGE_ENTRIES
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient, packed
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.terminal import START_MS

EARNED = 10


def sold(client: SyncClient, *names: str) -> None:
    for name in names:
        client.terminal.write(facts.sale(name, member="member-1", earned=EARNED))


def outcomes(answer: PushAnswer) -> list[Outcome]:
    return [verdict.outcome for verdict in answer.verdicts]


def refused(client: SyncClient) -> ErrorCode:
    with pytest.raises(Refused) as caught:
        client.push()
    return caught.value.code


def open_cases(server: RunningServer) -> list[ReadableCase]:
    return read_cases(server.context, BRAND, CaseState.OPEN)


def points(server: RunningServer) -> int:
    return read_books(server.context, BRAND).points_total


def clone_of(server: RunningServer, client: SyncClient, entries: int) -> SyncClient:
    return server.client(client.terminal.twin(entries))


def till_with(server: RunningServer, *names: str) -> SyncClient:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    sold(till, *names)
    till.push()
    return till


def test_a_fork_opens_a_case_and_the_till_goes_on_in_a_granted_epoch(
    server: RunningServer,
) -> None:
    till = till_with(server, "s1", "s2")
    image = clone_of(server, till, 2)
    sold(image, "x1", "x2", "x3")
    assert refused(image) is ErrorCode.JOURNAL_FORKED
    (case,) = open_cases(server)
    assert (case.kind, case.about_id) == ("journal_forked", till.terminal.terminal)
    assert [(side.label, side.number) for side in case.sides] == [("A1", 3), ("A1", 3)]
    grant = image.grant()
    assert (grant.from_epoch, grant.agreed, grant.held, grant.epoch) == (1, 2, 3, 2)
    image.terminal.go_on(grant)
    answer = image.push()
    assert outcomes(answer) == [Outcome.APPLIED] * 4
    assert points(server) == 5 * EARNED
    assert verify(server.context, BRAND).findings == []
    assert len(open_cases(server)) == 1


def test_a_fork_shows_both_entries_and_a_decision_closes_it_until_there_is_another(
    server: RunningServer,
) -> None:
    till = till_with(server, "s1", "s2")
    image, other = clone_of(server, till, 2), clone_of(server, till, 2)
    sold(image, "x1", "x2")
    refused(image)
    case_id = f"journal_forked:{till.terminal.terminal}"
    case = show_case(server.context, BRAND, case_id)
    assert [side.fact.receipt_number for side in case.sides] == ["A1-s2", "A1-x1"]
    assert "till_forked" in told(server)
    wish = Wish(decision=Decision.NOTED, note="旧镜像")
    decide_case(server.context, BRAND, case_id, wish, actor="hq")
    assert open_cases(server) == []
    assert "till_forked" not in told(server)
    other.terminal.write(facts.sale("y1"), now_ms=START_MS + 5)
    refused(other)
    assert len(open_cases(server)) == 1
    assert "till_forked" in told(server)


def told(server: RunningServer) -> set[str]:
    return {finding.kind for finding in diagnose(server.context, Patience())}


def test_two_machines_with_one_key_both_go_on_and_every_sale_counts_once(
    server: RunningServer,
) -> None:
    till = till_with(server, "s1")
    clone = clone_of(server, till, 2)
    sold(clone, "c1")
    sold(till, "s2")
    till.push()
    assert refused(clone) is ErrorCode.JOURNAL_FORKED
    clone.terminal.go_on(clone.grant())
    for turn in range(3):
        sold(clone, f"c-{turn}")
        sold(till, f"s-{turn}")
        assert outcomes(clone.push())[-1] is Outcome.APPLIED
        assert outcomes(till.push())[-1] is Outcome.APPLIED
    assert points(server) == 9 * EARNED
    assert till.feed(epoch=1).acknowledged == 6
    page = clone.feed(epoch=2)
    assert (page.acknowledged_epoch, page.acknowledged) == (2, 5)
    assert verify(server.context, BRAND).findings == []


def test_a_fork_that_is_pushed_again_and_again_is_told_of_once(server: RunningServer) -> None:
    till = till_with(server, "s1")
    clone = clone_of(server, till, 1)
    sold(clone, "c1")
    head = read_books(server.context, BRAND).feed_head
    for _ in range(3):
        assert refused(clone) is ErrorCode.JOURNAL_FORKED
    assert read_books(server.context, BRAND).feed_head == head + 1


def test_the_same_branch_is_granted_the_same_epoch_and_its_entries_count_once(
    server: RunningServer,
) -> None:
    """The image was taken between the fork and the new epoch, and is started a second time."""
    till = till_with(server, "s1", "s2")
    image = clone_of(server, till, 2)
    sold(image, "x1", "x2")
    again = server.client(image.terminal.twin(4))
    refused(image)
    image.terminal.go_on(image.grant())
    image.push()
    assert refused(again) is ErrorCode.JOURNAL_FORKED
    again.terminal.go_on(again.grant())
    assert again.terminal.epoch == 2
    assert outcomes(again.push()) == [Outcome.ALREADY_HAD] * 3
    sold(again, "x3")
    assert outcomes(again.push())[-1] is Outcome.APPLIED
    assert points(server) == 5 * EARNED


def test_a_clone_of_a_clone_gets_an_epoch_of_its_own(server: RunningServer) -> None:
    till = till_with(server, "s1")
    clones = [clone_of(server, till, 1) for _ in range(3)]
    for number, clone in enumerate(clones):
        sold(clone, f"c{number}")
        refused(clone)
        clone.terminal.go_on(clone.grant())
        clone.push()
    assert [clone.terminal.epoch for clone in clones] == [2, 3, 4]
    assert points(server) == 4 * EARNED
    assert verify(server.context, BRAND).findings == []


def test_where_nothing_contradicts_the_till_stays_in_its_epoch(server: RunningServer) -> None:
    till = till_with(server, "s1", "s2")
    ahead, behind = clone_of(server, till, 3), clone_of(server, till, 2)
    sold(ahead, "s3")
    for client, agreed in ((ahead, 3), (behind, 2)):
        grant = client.grant()
        assert (grant.epoch, grant.agreed, grant.held) == (1, agreed, 3)
    assert open_cases(server) == []


def test_a_grant_is_signed_by_the_server_and_names_what_it_answers(server: RunningServer) -> None:
    till = till_with(server, "s1")
    request = EpochRequest(epoch=1, first=2, hashes=till.terminal.head_hash)
    signed = till.ask("POST", PATH_EPOCH, SignedGrant, body=packed(request))
    key = Verifier(server.context.keys.signer.public_key)
    assert key.accepts(grant_text(signed.content), signed.signature)
    grant = msgspec.msgpack.decode(signed.content, type=EpochGrant)
    assert (grant.terminal, grant.asked) == (till.terminal.terminal, till.terminal.head_hash)


def test_hashes_of_which_the_server_holds_none_are_refused(server: RunningServer) -> None:
    till = till_with(server, "s1", "s2")
    strange = hashlib.sha256(b"x").digest()
    for request, code in (
        (EpochRequest(epoch=1, first=2, hashes=strange), ErrorCode.JOURNAL_FORKED),
        (EpochRequest(epoch=7, first=1, hashes=strange), ErrorCode.JOURNAL_GAP),
        (EpochRequest(epoch=1, first=1, hashes=strange + b"x"), ErrorCode.REQUEST_MALFORMED),
    ):
        with pytest.raises(Refused) as caught:
            till.ask("POST", PATH_EPOCH, SignedGrant, body=packed(request))
        assert caught.value.code is code


def test_a_server_that_lost_an_epoch_gets_it_again_in_order(server: RunningServer) -> None:
    """A fail-over that lost commits: the till offers epoch after epoch from where it stands."""
    till = till_with(server, "s1", "s2")
    image = clone_of(server, till, 2)
    sold(image, "x1")
    refused(image)
    image.terminal.go_on(image.grant())
    image.push()
    first_epoch = clone_of(server, till, 2)
    lose_everything(server)
    with pytest.raises(Refused) as caught:
        image.push(image.terminal.push_request(after=1))
    assert (caught.value.code, caught.value.answer.expected) == (ErrorCode.JOURNAL_GAP, 1)
    assert caught.value.answer.values == {"epoch": 2}
    with pytest.raises(Refused) as caught:
        image.push()
    assert (caught.value.code, caught.value.answer.expected) == (ErrorCode.JOURNAL_GAP, 1)
    assert caught.value.answer.values == {"epoch": 1}
    first_epoch.push()
    assert outcomes(image.push()) == [Outcome.APPLIED] * 2
    assert points(server) == 2 * EARNED
    page = image.feed(epoch=2)
    assert (page.acknowledged_epoch, page.acknowledged) == (2, 2)


def test_an_epoch_that_the_server_lacks_is_acknowledged_by_the_one_before(
    server: RunningServer,
) -> None:
    till = till_with(server, "s1")
    page = till.feed(epoch=5)
    assert (page.acknowledged_epoch, page.acknowledged) == (1, 2)


def lose_everything(server: RunningServer) -> None:
    """Of the till's journals, what a server restored from before its first push has."""
    statements = (
        "DELETE FROM journal_epoch",
        "DELETE FROM entry WHERE terminal_id <> 'head-office'",
        "DELETE FROM ledger_line",
        "DELETE FROM sale",
        "DELETE FROM tender",
        "DELETE FROM quarantine",
        "DELETE FROM aggregate WHERE kind IN ('member', 'phone', 'order', 'terminal')",
    )
    heads = "UPDATE terminal SET epoch = 1, head_number = 0, head_hash = :genesis"

    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))
        tills = text(f"{heads} WHERE terminal_id <> 'head-office'")
        connection.execute(tills, {"genesis": GENESIS})

    server.context.database.write(work, brand=BRAND)


def test_a_till_reads_its_own_journal_page_by_page(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for number in range(PAGE_ENTRIES + 2):
        till.terminal.write(facts.sale(f"s{number}"))
    for start in (0, PAGE_ENTRIES):
        some = till.terminal.entries[start : start + PAGE_ENTRIES]
        till.push(PushRequest(epoch=1, entries=tuple(some)))
    first = till.journal()
    rest = till.journal(after=len(first.entries))
    assert [*first.entries, *rest.entries] == till.terminal.entries
    assert (first.held, rest.held) == (PAGE_ENTRIES + 2, PAGE_ENTRIES + 2)
    nothing = till.journal(epoch=2)
    assert (nothing.entries, nothing.held) == ((), 0)


def test_a_till_reads_no_journal_but_its_own(server: RunningServer) -> None:
    till_with(server, "s1")
    other = server.enrolled_till("A2")
    assert other.journal().entries == ()


def test_a_lost_end_that_was_taken_back_is_a_case(server: RunningServer) -> None:
    till = till_with(server, "s1")
    taken = JournalTakenBack(terminal=till.terminal.terminal, epoch=1, first=2, up_to=2)
    till.terminal.write(taken)
    assert outcomes(till.push())[-1] is Outcome.APPLIED_WITH_CASE
    (case,) = open_cases(server)
    assert (case.kind, len(case.sides)) == ("journal_cut", 1)
    kinds = [row.kind for row in till.feed().rows]
    assert AggregateKind.TERMINAL in kinds


def test_a_till_tells_of_no_journal_but_its_own(server: RunningServer) -> None:
    till = till_with(server)
    origin = Origin(Stamp(1), till.terminal.terminal, till.terminal.store, 1, 1)
    other = TerminalId("other")
    till.terminal.write(JournalTakenBack(terminal=other, epoch=1, first=1, up_to=1))
    till.terminal.write(
        JournalForked(
            terminal=till.terminal.terminal, store=till.terminal.store, held=origin, other=origin
        )
    )
    assert [verdict.error for verdict in till.push().verdicts[1:]] == [
        ErrorCode.FACT_MALFORMED,
        ErrorCode.FACT_MALFORMED,
    ]
