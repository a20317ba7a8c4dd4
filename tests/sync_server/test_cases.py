"""Cases open and close by themselves, by what the journals say."""

from domain.facts import MenuPublished
from domain.fold.cases import CaseKind
from domain.identifiers import ItemId
from domain.menu import MenuItem
from domain.protocol import Outcome
from sync_server.database.cases import CaseState
from sync_server.use_cases.case_reading import ReadableCase, read_cases
from sync_server.use_cases.configuration import publish_menu
from tests.builders import facts
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.terminal import START_MS


def cases(server: RunningServer, state: CaseState = CaseState.OPEN) -> list[ReadableCase]:
    return read_cases(server.context, BRAND, state)


def test_a_coupon_used_in_two_stores_opens_a_case_with_both_sides_and_its_cost(
    server: RunningServer,
) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    a.terminal.write(facts.sale("sale-a", coupon="coupon-1"))
    b.terminal.write(facts.sale("sale-b", coupon="coupon-1", coupon_saving_fen=700))
    assert a.push().verdicts[0].outcome is Outcome.APPLIED
    assert b.push().verdicts[0].outcome is Outcome.APPLIED_WITH_CASE
    (case,) = cases(server)
    assert (case.kind, case.cost_fen) == (CaseKind.COUPON_REDEEMED_TWICE, 700)
    assert [side.store_name for side in case.sides] == ["一店", "二店"]
    assert [side.label for side in case.sides] == ["A1", "B1"]
    # The same moment, in each store's own time.
    assert [side.local_time[-6:] for side in case.sides] == ["+08:00", "+06:00"]
    assert "coupon" in case.text_en.lower()
    assert "券" in case.text_zh


def test_a_coupon_case_is_open_however_often_its_sale_is_sent(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("A2")
    a.terminal.write(facts.sale("sale-a", coupon="coupon-1"))
    b.terminal.write(facts.sale("sale-b", coupon="coupon-1"))
    for _ in range(2):
        a.push()
        b.push()
    assert len(cases(server)) == 1


def test_points_below_zero_open_a_case_that_later_earning_closes(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    till.terminal.write(facts.sale("sale-1", member="member-1", redeemed=200))
    answer = till.push()
    assert answer.verdicts[1].outcome is Outcome.APPLIED_WITH_CASE
    (case,) = cases(server)
    assert (case.kind, case.points, case.opened_ms) == (CaseKind.POINTS_OVERSPENT, 200, START_MS)
    server.clock.advance(minutes=1)
    till.terminal.write(facts.sale("sale-2", member="member-1", earned=150))
    till.push(till.terminal.push_request(after=2))
    (smaller,) = cases(server)
    assert (smaller.points, smaller.opened_ms) == (50, START_MS)
    till.terminal.write(facts.sale("sale-3", member="member-1", earned=60))
    till.push(till.terminal.push_request(after=3))
    assert cases(server) == []
    (closed,) = cases(server, CaseState.CLOSED)
    assert closed.closed_ms == START_MS + 60_000


def test_a_closed_case_opens_anew(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    for number, (earned, redeemed) in enumerate([(0, 10), (20, 0), (0, 30)], start=1):
        server.clock.advance(minutes=1)
        till.terminal.write(
            facts.sale(f"sale-{number}", member="member-1", earned=earned, redeemed=redeemed)
        )
        till.push()
    (case,) = cases(server)
    assert (case.points, case.opened_ms) == (20, START_MS + 3 * 60_000)
    assert cases(server, CaseState.CLOSED) == []


def test_one_phone_enrolled_at_two_tills_is_told_for_information(server: RunningServer) -> None:
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    a.terminal.write(facts.enrolled("member-a"))
    b.terminal.write(facts.enrolled("member-b"))
    a.push()
    b.push()
    (case,) = cases(server)
    assert (case.kind, case.severity) == (CaseKind.MEMBER_ENROLLED_TWICE, "information")
    assert len(case.sides) == 2


def test_a_store_s_menu_after_head_office_s_is_told_until_head_office_publishes_again(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    item = MenuItem(item_id=ItemId("1"), name="面", category="主食", unit_price_fen=1_800)
    publish_menu(server.context, BRAND, "总部一", [item], actor="test")
    till.terminal.write(MenuPublished(version="门店", items=()))
    assert till.push().verdicts[0].outcome is Outcome.APPLIED_WITH_CASE
    (case,) = cases(server)
    assert (case.kind, case.sides[0].store_name) == (CaseKind.MENU_NOT_APPLIED, "")
    publish_menu(server.context, BRAND, "总部二", [item], actor="test")
    assert cases(server) == []


def test_cases_are_listed_newest_first_in_pages(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    for number in range(5):
        server.clock.advance(minutes=number % 2)
        member = f"member-{number}"
        till.terminal.write(facts.sale(f"sale-{number}", member=member, redeemed=1))
        till.push()
    everything = cases(server)
    assert [case.opened_ms for case in everything] == sorted(
        (case.opened_ms for case in everything), reverse=True
    )
    pages: list[ReadableCase] = []
    while page := read_cases(
        server.context,
        BRAND,
        CaseState.OPEN,
        after=pages[-1].case_id if pages else "",
        limit=2,
    ):
        pages.extend(page)
    assert pages == everything
