"""Every kind of aggregate that can have a case has its case kept on the server."""

from domain.facts import Fact
from domain.orders import TenderKind
from sync_server.database.cases import CaseState
from sync_server.use_cases.case_reading import read_cases
from tests.builders import facts
from tests.builders.sync_server import BRAND, RunningServer
from tests.domain.conflict_table.happenings import paid_with, stored_value, topped_up
from tests.domain.refunds.builders import refund_made
from tests.domain.samples import SAMPLES


def kinds_after(server: RunningServer, *written: Fact) -> list[tuple[str, int]]:
    """(kind, cost) of the cases that are open once these facts of one till are taken in."""
    till = server.enrolled_till("A1")
    for fact in written:
        till.terminal.write(fact)
    till.push()
    found = read_cases(server.context, BRAND, CaseState.OPEN)
    return [(case.kind, case.cost_fen) for case in found]


def test_debt_on_an_account_is_a_case_on_the_server(server: RunningServer) -> None:
    assert kinds_after(server, topped_up(10_000), stored_value(13_000, "s1")) == [
        ("stored_value_overspent", 3_000)
    ]


def test_an_order_refunded_twice_is_a_case_on_the_server(server: RunningServer) -> None:
    sold = facts.sale("s1", total_fen=900)
    refunds = [refund_made(sold.sale, {1: 1}, refund_id=name) for name in ("r1", "r2")]
    assert kinds_after(server, sold, *refunds) == [("over_refunded", 900)]


def test_a_pass_used_too_often_is_a_case_on_the_server(server: RunningServer) -> None:
    (sold,) = [sample for sample in SAMPLES if type(sample).__name__ == "PassSold"]
    uses = [paid_with(TenderKind.PASS, "p1", 2_000, f"s{number}") for number in range(11)]
    assert kinds_after(server, sold, *uses) == [("pass_overused", 1_800)]
