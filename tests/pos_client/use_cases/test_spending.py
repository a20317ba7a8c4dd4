"""By what right a till of a brand spends while its server does not answer."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from domain.allowances.rights import Allowance, RightKind
from domain.allowances.subjects import Subject, SubjectKind
from domain.allowances.terms import MS_AN_HOUR, CourtesyTerms, SpendingTerms
from domain.configuration import PointsRule
from domain.errors import ErrorCode, TillfoldError
from domain.facts import RulesPublished
from domain.fold.aggregates import encode_aggregate
from domain.identifiers import AccountId, MemberId, SaleId
from domain.orders import Tender, TenderKind
from domain.protocol import FeedRow
from domain.rulebook import RuleBook
from domain.stored_value.account import AccountKind
from domain.stored_value.facts import ToppedUp
from pos_client.storage import rights
from pos_client.storage.aggregates import take_feed
from pos_client.storage.store import Store
from pos_client.storage.sync_state import SyncState, read_sync_state, write_sync_state
from pos_client.use_cases.answers import ClosedSale, OrderToClose
from pos_client.use_cases.sales import Closing, close_sale
from tests.builders.facts import coupon_terms, enrolled, sale
from tests.builders.terminal import START_MS
from tests.builders.till import CASHIER, DUCK, IDENTITY, Till, order, shown

SERVED = msgspec.structs.replace(
    IDENTITY, server_url="http://127.0.0.1:1", server_public_key=bytes(32)
)
POINTS = Subject(SubjectKind.POINTS, "member-1")
MONEY = Subject(SubjectKind.STORED_VALUE, "member-1")
RULES = PointsRule(value_fen=1, step=100)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """A till whose server answered a moment ago and does no more."""
    made = Till(tmp_path / "till")
    made.begin(identity=SERVED)
    made.write(enrolled(), sale("old", member="member-1", earned=5_000))
    made.run(_had_contact)
    yield made
    made.close()


def _had_contact(store: Store) -> None:
    """The server has all entries up to here, and its feed brought what they made."""
    rows = [
        FeedRow(key.kind.value, key.id, 1, encode_aggregate(value))
        for key, value in shown(store).items()
    ]
    with store.write() as writing:
        take_feed(writing.connection, rows, epoch=1, acknowledged=store.head.number, complete=True)
        state = SyncState(
            last_contact_ms=START_MS, acknowledged_epoch=1, acknowledged=store.head.number
        )
        write_sync_state(writing.connection, state)


def give(till: Till, subject: Subject, amount: int, *, name: str = "a-1", hours: int = 72) -> None:
    allowance = Allowance(
        allowance_id=name,
        issue=1,
        brand=SERVED.brand,
        terminal=SERVED.terminal,
        subject=subject,
        amount=amount,
        issued_ms=START_MS,
        expires_ms=START_MS + hours * MS_AN_HOUR,
    )

    def work(store: Store) -> None:
        with store.write() as writing:
            rights.lay_down(writing.connection, [allowance])

    till.run(work)


def be_kind(till: Till, *, store_tills: int = 1, **terms: int) -> None:
    courtesy = SpendingTerms(courtesy=CourtesyTerms(**terms))
    till.write(RulesPublished(version="r2", book=RuleBook(points=RULES, spending=courtesy)))

    def work(store: Store) -> None:
        with store.write() as writing:
            state = rights.RightState(store_tills=store_tills)
            rights.write_right_state(writing.connection, state)

    till.run(work)


def sell(till: Till, wanted: OrderToClose) -> ClosedSale:
    closing = Closing(actor=CASHIER, sale_id=SaleId(till.machinery.new_id()), offline=True)
    return till.run(lambda store: close_sale(store, wanted, closing))


def refusal(till: Till, wanted: OrderToClose) -> TillfoldError:
    with pytest.raises(TillfoldError) as caught:
        sell(till, wanted)
    return caught.value


def points(amount: int, *, wanted: int | None = None) -> OrderToClose:
    total_fen = 12_800 - amount
    return order(DUCK, total_fen=total_fen, member="member-1", points=wanted or amount)


def by_account(amount_fen: int) -> OrderToClose:
    plain = order(DUCK, total_fen=12_800)
    tenders = (
        Tender(
            kind=TenderKind.STORED_VALUE,
            amount_fen=amount_fen,
            received_fen=amount_fen,
            account_id=AccountId("member-1"),
        ),
        Tender(
            kind=TenderKind.CASH,
            amount_fen=12_800 - amount_fen,
            received_fen=12_800 - amount_fen,
        ),
    )
    return msgspec.structs.replace(plain, tenders=tenders)


def topped_up(till: Till, amount_fen: int) -> None:
    till.write(
        ToppedUp(
            account_id=AccountId("member-1"),
            kind=AccountKind.NAMED,
            receipt_number="A1-T",
            business_day=date(2026, 11, 21),
            principal_fen=amount_fen,
            tenders=(),
        )
    )
    till.run(_had_contact)


def promised(till: Till) -> tuple[int, int | None]:
    card = till.machinery.counter.open_member(MemberId("member-1"))
    return card.offline_points, card.offline_fen


def test_without_an_allowance_no_points_are_spent(till: Till) -> None:
    assert promised(till) == (0, None)
    assert sell(till, points(0, wanted=500)).sale.points_redeemed == 0


def test_an_allowance_is_spent_over_all_sales_of_an_outage(till: Till) -> None:
    give(till, POINTS, 500)
    assert promised(till) == (500, None)
    first = sell(till, points(300)).sale
    assert [(r.kind, r.right_id, r.amount) for r in first.rights] == [
        (RightKind.ALLOWANCE, "a-1", 300)
    ]
    assert sell(till, points(200, wanted=900)).sale.points_redeemed == 200
    assert promised(till) == (0, None)
    assert sell(till, points(0, wanted=100)).sale.points_redeemed == 0


def test_a_restart_and_a_rebuilt_database_know_what_was_used(till: Till) -> None:
    give(till, POINTS, 500)
    sell(till, points(300))
    till.restart()
    assert promised(till) == (200, None)
    till.machinery.close()
    for path in Path(till.settings.data_directory).glob("till.db*"):
        path.unlink()
    till.machinery = till.new_machinery()
    till.machinery.rebuild()
    till.run(_had_contact)
    # The server gives it again, whole: what the journal used of it counts.
    give(till, POINTS, 500)
    assert promised(till) == (200, None)


def test_an_allowance_ends(till: Till) -> None:
    give(till, POINTS, 500, hours=1)
    till.clock.advance(MS_AN_HOUR - 1)
    assert promised(till) == (500, None)
    till.clock.advance(1)
    assert promised(till) == (0, None)


def test_what_goes_back_is_used_no_more(till: Till) -> None:
    give(till, POINTS, 500)

    def work(store: Store) -> None:
        with store.write() as writing:
            rights.begin_returning(writing.connection, ["a-1"])

    till.run(work)
    assert promised(till) == (0, None)


def test_an_allowance_counts_for_every_enrolment_of_the_person(till: Till) -> None:
    till.clock.advance(1_000)
    till.write(enrolled("second"))
    give(till, Subject(SubjectKind.POINTS, "second"), 400)
    assert promised(till) == (400, None)
    assert sell(till, points(400)).sale.rights[0].subject.id == "second"


def test_stored_value_needs_a_right_like_points(till: Till) -> None:
    topped_up(till, 8_800)
    error = refusal(till, by_account(5_000))
    assert (error.code, error.values) == (
        ErrorCode.STORED_VALUE_HELD_BACK,
        {"available": "0.00"},
    )
    give(till, MONEY, 5_000)
    assert promised(till) == (0, 5_000)
    assert sell(till, by_account(4_000)).sale.rights[0].amount == 4_000
    assert refusal(till, by_account(2_000)).values == {"available": "10.00"}


def test_a_coupon_needs_a_right(till: Till) -> None:
    plain = order(DUCK, total_fen=11_800)
    basket = msgspec.structs.replace(plain.basket, coupons=(coupon_terms(),))
    wanted = msgspec.structs.replace(plain, basket=basket)
    assert refusal(till, wanted).code is ErrorCode.COUPON_HELD_BACK
    give(till, Subject(SubjectKind.COUPON, "coupon-1"), 1)
    assert sell(till, wanted).sale.coupon_ids == ("coupon-1",)


def test_courtesy_goes_as_far_as_the_brand_lets_it(till: Till) -> None:
    topped_up(till, 8_800)
    be_kind(till)
    till.run(_had_contact)
    assert promised(till) == (500, 5_000)
    assert refusal(till, by_account(5_001)).code is ErrorCode.STORED_VALUE_HELD_BACK
    used = sell(till, by_account(3_000)).sale.rights[0]
    assert (used.kind, used.worth_fen) == (RightKind.COURTESY, 3_000)
    assert refusal(till, by_account(2_001)).code is ErrorCode.STORED_VALUE_HELD_BACK
    sell(till, by_account(2_000))
    assert promised(till) == (500, 0)
    # The till's own limit is for all subjects together.
    assert sell(till, points(500)).sale.rights[0].worth_fen == 500


def test_courtesy_does_not_go_beyond_the_balance_that_is_known(till: Till) -> None:
    topped_up(till, 1_000)
    be_kind(till)
    assert refusal(till, by_account(1_001)).code is ErrorCode.STORED_VALUE_HELD_BACK


def test_the_till_s_limit_is_for_all_together(till: Till) -> None:
    topped_up(till, 8_800)
    be_kind(till, per_till_fen=5_000)
    till.run(_had_contact)
    sell(till, by_account(4_900))
    assert promised(till) == (100, 100)


def test_courtesy_is_shared_by_the_tills_of_a_store_and_ages(till: Till) -> None:
    be_kind(till, store_tills=2, points_fen=800)
    assert promised(till) == (400, None)
    till.clock.advance(24 * MS_AN_HOUR + 1)
    assert promised(till) == (200, None)
    till.clock.advance(48 * MS_AN_HOUR)
    assert promised(till) == (0, None)


def test_what_the_server_took_in_begins_a_new_outage(till: Till) -> None:
    be_kind(till)
    sell(till, points(500))
    assert promised(till) == (0, None)
    till.run(_had_contact)
    assert promised(till) == (500, None)


def test_a_till_that_never_had_contact_gives_no_courtesy(till: Till) -> None:
    be_kind(till)

    def forget(store: Store) -> None:
        with store.write() as writing:
            state = read_sync_state(writing.connection)
            never = msgspec.structs.replace(state, last_contact_ms=0)
            write_sync_state(writing.connection, never)

    till.run(forget)
    assert promised(till) == (0, None)
