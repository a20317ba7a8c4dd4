"""Handing in a journal: what is taken in, what is set aside, what is refused."""

import msgspec
import pytest

from domain.configuration import Staff
from domain.entries import GENESIS, SignedEntry
from domain.errors import ErrorCode
from domain.facts import SaleClosed, StaffAppointed, encode_fact
from domain.identifiers import RuleId, StaffId, StoreId
from domain.orders import Stage, UsedRule
from domain.protocol import Outcome, PushAnswer, PushRequest, Receipt, receipt_text
from domain.rights import CASHIER
from domain.rulebook_check.book import LONGEST_RULE_ID
from domain.signatures import Verifier
from sync_server.use_cases.books import read_books
from sync_server.use_cases.tills import revoke
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.terminal import TestTerminal


def outcomes(answer: PushAnswer) -> list[Outcome]:
    return [verdict.outcome for verdict in answer.verdicts]


def receipt(answer: PushAnswer) -> Receipt:
    return msgspec.msgpack.decode(answer.receipt.content, type=Receipt)


def test_a_pushed_sale_is_applied_and_the_server_signs_for_it(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    till.terminal.write(facts.sale(member="member-1", earned=50))
    answer = till.push()
    assert outcomes(answer) == [Outcome.APPLIED, Outcome.APPLIED]
    assert receipt(answer).number == 2
    assert receipt(answer).hash == till.terminal.head_hash
    key = Verifier(server.context.keys.signer.public_key)
    assert key.accepts(receipt_text(answer.receipt.content), answer.receipt.signature)


def test_the_same_push_after_a_lost_answer_changes_nothing(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    till.terminal.write(facts.sale(member="member-1", earned=50))
    first = till.push()
    books = read_books(server.context, BRAND)
    again = till.push()
    assert outcomes(again) == [Outcome.ALREADY_HAD, Outcome.ALREADY_HAD]
    assert receipt(again).hash == receipt(first).hash
    assert read_books(server.context, BRAND) == books


def test_a_push_that_overlaps_what_is_held_takes_only_the_rest_in(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    till.push()
    till.terminal.write(facts.sale(member="member-1", earned=7))
    assert outcomes(till.push()) == [Outcome.ALREADY_HAD, Outcome.APPLIED]
    assert read_books(server.context, BRAND).points_total == 7


def test_a_gap_is_refused_with_the_number_that_the_server_wants(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for number in range(4):
        till.terminal.write(facts.sale(f"sale-{number}"))
    till.push(_only(till, 0, 1))
    with pytest.raises(Refused) as refused:
        till.push(_only(till, 2, 4))
    assert refused.value.code is ErrorCode.JOURNAL_GAP
    assert refused.value.status == 409
    assert refused.value.answer.expected == 2
    assert outcomes(till.push(_only(till, 1, 4))) == [Outcome.APPLIED] * 3


def test_numbers_with_a_hole_inside_a_batch_are_refused_whole(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for number in range(3):
        till.terminal.write(facts.sale(f"sale-{number}"))
    holed = PushRequest(epoch=1, entries=(till.terminal.entries[0], till.terminal.entries[2]))
    with pytest.raises(Refused) as refused:
        till.push(holed)
    assert refused.value.code is ErrorCode.JOURNAL_GAP
    assert refused.value.answer.expected == 1
    before_all = PushRequest(epoch=1, entries=(SignedEntry(b"x", b""), till.terminal.entries[0]))
    with pytest.raises(Refused) as refused:
        till.push(before_all)
    assert refused.value.code is ErrorCode.JOURNAL_GAP
    assert outcomes(till.push()) == [Outcome.APPLIED] * 3


def test_another_entry_under_a_held_number_is_a_fork_and_both_are_kept(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.sale("sale-1"))
    till.terminal.write(facts.sale("sale-2"))
    till.push()
    restored = till.terminal.twin()
    restored.append(till.terminal.entries[0])
    restored.write(facts.sale("sale-other"))
    with pytest.raises(Refused) as refused:
        till.push(restored.push_request())
    assert refused.value.code is ErrorCode.JOURNAL_FORKED
    assert refused.value.answer.expected == 3
    books = read_books(server.context, BRAND)
    a1 = next(one for one in books.terminals if one.label == "A1")
    assert (a1.head_number, a1.sales, a1.quarantined) == (2, 2, 1)


def test_a_journal_that_leads_to_another_head_is_a_fork(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.sale("sale-1"))
    till.push()
    restored = till.terminal.twin()
    restored.write(facts.sale("sale-other"))
    restored.write(facts.sale("sale-3"))
    with pytest.raises(Refused) as refused:
        till.push(restored.push_request(after=1))
    assert refused.value.code is ErrorCode.JOURNAL_FORKED


def test_another_epoch_than_the_held_one_is_a_fork(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.sale())
    with pytest.raises(Refused) as refused:
        till.push(msgspec.structs.replace(till.terminal.push_request(), epoch=2))
    assert refused.value.code is ErrorCode.JOURNAL_FORKED


def _bad_entries(terminal: TestTerminal) -> dict[str, ErrorCode]:
    """Write one entry of every bad kind; the code that each is set aside with, by its name."""
    appointed = StaffAppointed(
        store=StoreId("B"),
        staff=Staff(staff_id=StaffId("s"), name="x", role=CASHIER, pin_hash="x"),
    )
    kind, schema, body = encode_fact(facts.sale("sale-x"))
    unbalanced = facts.sale("sale-y").sale
    unbalanced = msgspec.structs.replace(unbalanced, total_fen=unbalanced.total_fen + 1)
    terminal.append(SignedEntry(b"\x93\x01\x02", terminal.signer.sign(b"\x93\x01\x02")))
    terminal.append(SignedEntry(b"\x91" * 5_000, b""))
    content = terminal.write(facts.sale("sale-forged")).content
    terminal.entries[-1] = SignedEntry(content, b"\0" * 64)
    terminal.write(facts.sale("sale-z"), store=StoreId("B"))
    terminal.write(facts.sale("sale-w"), prev_hash=GENESIS)
    terminal.write_raw("from_the_future", 1, b"\x80")
    terminal.write_raw(kind, schema + 1, body)
    terminal.write_raw(kind, schema, body[:-3])
    terminal.write(SaleClosed(sale=unbalanced))
    terminal.write(facts.coupon_issued())
    terminal.write(appointed)
    terminal.write(facts.enrolled("member\0nul"))
    terminal.write(facts.enrolled("m" * 5_000))
    return {
        "malformed": ErrorCode.ENTRY_MALFORMED,
        "nested": ErrorCode.ENTRY_MALFORMED,
        "forged": ErrorCode.ENTRY_FORGED,
        "other store": ErrorCode.ENTRY_FORGED,
        "broken chain": ErrorCode.ENTRY_FORGED,
        "unknown kind": ErrorCode.FACT_UNKNOWN,
        "later schema": ErrorCode.FACT_UNKNOWN,
        "cut body": ErrorCode.FACT_MALFORMED,
        "unbalanced sale": ErrorCode.FACT_MALFORMED,
        "coupon from a till": ErrorCode.FACT_MALFORMED,
        "staff of another store": ErrorCode.FACT_MALFORMED,
        "NUL in an id": ErrorCode.FACT_MALFORMED,
        "endless id": ErrorCode.FACT_MALFORMED,
    }


def test_bad_entries_are_set_aside_and_never_block_what_comes_after(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    expected = _bad_entries(till.terminal)
    till.terminal.write(facts.sale(member="member-1", earned=5))
    answer = till.push()
    codes = [verdict.error for verdict in answer.verdicts]
    assert codes == [None, *expected.values(), None]
    assert outcomes(answer)[0] is Outcome.APPLIED
    assert outcomes(answer)[-1] is Outcome.APPLIED
    books = read_books(server.context, BRAND)
    a1 = next(one for one in books.terminals if one.label == "A1")
    assert (a1.quarantined, a1.sales, books.points_total) == (len(expected), 1, 5)
    assert verify(server.context, BRAND).findings == []


def test_a_sale_that_uses_many_limited_rules_with_long_ids_is_applied(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    used = tuple(
        UsedRule(
            rule_id=RuleId(f"{number:0{LONGEST_RULE_ID}}"),
            stage=Stage.PRICE_REPLACEMENT,
            name="特价",
            saving_fen=0,
            counted=True,
        )
        for number in range(200)
    )
    plain = facts.sale(member="0190f3a0-0000-7000-8000-000000000001").sale
    till.terminal.write(SaleClosed(sale=msgspec.structs.replace(plain, used_rules=used)))
    assert outcomes(till.push()) == [Outcome.APPLIED]


def test_a_lone_unreadable_entry_keeps_its_place_when_it_is_sent_again(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    for place in range(2):
        till.terminal.append(SignedEntry(b"garbage %d" % place, b""))
        assert outcomes(till.push(_only(till, 2 * place, 2 * place + 1))) == [Outcome.QUARANTINED]
        till.terminal.write(facts.sale(f"sale-{place}"))
        answer = till.push(_only(till, 2 * place + 1, 2 * place + 2))
        assert outcomes(answer) == [Outcome.APPLIED]
    assert outcomes(till.push(_only(till, 0, 1))) == [Outcome.ALREADY_HAD]
    a1 = next(one for one in read_books(server.context, BRAND).terminals if one.label == "A1")
    assert (a1.head_number, a1.sales, a1.quarantined) == (4, 2, 2)


def test_two_equal_unreadable_entries_are_told_apart_by_what_follows(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    for place in range(2):
        till.terminal.append(SignedEntry(b"garbage", b""))
        till.push(_only(till, place, place + 1))
    till.terminal.write(facts.sale())
    with pytest.raises(Refused) as refused:
        till.push(_only(till, 2, 3))
    assert refused.value.answer.expected == 2
    assert outcomes(till.push(_only(till, 1, 3))) == [Outcome.QUARANTINED, Outcome.APPLIED]


def test_a_revoked_till_is_refused_and_nothing_of_its_push_is_kept(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    revoke(server.context, BRAND, till.terminal.terminal)
    till.terminal.write(facts.sale())
    with pytest.raises(Refused) as refused:
        till.push()
    assert (refused.value.status, refused.value.code) == (403, ErrorCode.TERMINAL_REVOKED)
    assert read_books(server.context, BRAND).feed_head == server.first_head


def test_a_thousand_entries_in_one_push_add_up(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    for number in range(999):
        till.terminal.write(
            facts.sale(f"sale-{number}", total_fen=100 + number, member="member-1", earned=3)
        )
    till.push()
    books = read_books(server.context, BRAND)
    a1 = next(one for one in books.terminals if one.label == "A1")
    assert a1.tenders_fen == {"cash": sum(range(100, 1_099))}
    assert (a1.sales, books.points_total) == (999, 2_997)
    assert verify(server.context, BRAND).findings == []


def _only(till: SyncClient, first: int, last: int) -> PushRequest:
    return PushRequest(epoch=1, entries=tuple(till.terminal.entries[first:last]))
