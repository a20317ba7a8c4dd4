"""The worker prices sales again with the versions that they name, and tells what differs."""

from collections.abc import Sequence

import msgspec
import pytest

from domain.facts import MenuPublished, SaleClosed
from domain.fold.aggregates import AggregateKey, AggregateKind, Order
from domain.identifiers import CouponId, ItemId
from domain.menu import MenuItem
from domain.offers import amount_off
from domain.orders import Stage
from domain.rulebook import RuleBook
from sync_server.database import aggregates
from sync_server.database.cases import CaseState
from sync_server.use_cases.case_deciding import show_case
from sync_server.use_cases.case_reading import ReadableCase, read_cases
from sync_server.use_cases.configuration import (
    CouponOrder,
    issue_coupons,
    publish_menu,
    publish_rules,
)
from sync_server.use_cases.jobs import JOBS
from sync_server.use_cases.price_checking import CHECKER, check_prices
from sync_server.use_cases.scheduled import run_due
from tests.builders import facts
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, RunningServer

BOOK = RuleBook(rules=(amount_off("o1", "满30减5", from_fen=3_000, saving_fen=500),))


def dish(price_fen: int) -> MenuItem:
    return MenuItem(
        item_id=ItemId("dish-1"), name="酸梅汤", category="饮品", unit_price_fen=price_fen
    )


def sold(sale_id: str, price_fen: int, *, menu: str = "m1", rules: str = "r1") -> SaleClosed:
    sale = facts.sale(sale_id, total_fen=price_fen).sale
    return SaleClosed(sale=msgspec.structs.replace(sale, menu_version=menu, rules_version=rules))


@pytest.fixture
def till(server: RunningServer) -> SyncClient:
    publish_menu(server.context, BRAND, "m1", [dish(1_200)], actor="test")
    publish_rules(server.context, BRAND, "r1", BOOK, actor="test")
    return server.enrolled_till("A1")


def wrote(till: SyncClient, *sales: SaleClosed | MenuPublished) -> None:
    before = len(till.terminal.entries)
    for sale in sales:
        till.terminal.write(sale)
    till.push(till.terminal.push_request(after=before))


def checked(server: RunningServer) -> tuple[int, Sequence[ReadableCase]]:
    told = check_prices(server.context, BRAND, keep=lambda: None)
    return told, read_cases(server.context, BRAND, CaseState.OPEN)


def test_a_sale_that_costs_less_than_was_published_is_a_case_of_its_store(
    server: RunningServer, till: SyncClient
) -> None:
    wrote(till, sold("right", 1_200), sold("wrong", 1_000))
    told, (case,) = checked(server)
    assert told == 1
    assert (case.case_id, case.cost_fen) == ("sale_priced_differently:wrong", 200)
    assert [loss.store_id for loss in case.losses] == ["A"]
    assert [side.store_id for side in case.sides] == ["A", ""]
    key = AggregateKey(AggregateKind.ORDER, "wrong")
    order = server.context.database.read(
        lambda connection: aggregates.load(connection, BRAND, [key])[key].state, brand=BRAND
    )
    assert isinstance(order, Order)
    assert order.repriced is not None
    assert order.sale == sold("wrong", 1_000).sale
    shown = show_case(server.context, BRAND, case.case_id)
    assert shown.sides[1].fact.actor == CHECKER
    assert shown.sides[1].fact.note == "unit_price 酸梅汤 1000 -> 1200; total 1000 -> 1200"
    found = [(one.what, one.said, one.expected) for one in order.repriced.differences]
    assert found == [("unit_price", 1_000, 1_200), ("total", 1_000, 1_200)]


def test_a_sale_is_priced_again_once(server: RunningServer, till: SyncClient) -> None:
    wrote(till, sold("wrong", 1_000))
    assert checked(server)[0] == 1
    assert checked(server)[0] == 0
    wrote(till, sold("wrong-too", 1_100))
    told, cases = checked(server)
    assert (told, len(cases)) == (1, 2)


def test_a_sale_is_held_against_the_version_it_names_and_not_the_newest(
    server: RunningServer, till: SyncClient
) -> None:
    publish_menu(server.context, BRAND, "m2", [dish(1_500)], actor="test")
    wrote(till, sold("before", 1_200), sold("after", 1_500, menu="m2"))
    assert checked(server) == (0, [])
    wrote(till, sold("mixed-up", 1_200, menu="m2"))
    assert checked(server)[0] == 1


def test_of_two_versions_of_one_name_either_will_do(
    server: RunningServer, till: SyncClient
) -> None:
    publish_menu(server.context, BRAND, "m1", [dish(1_500)], actor="test")
    wrote(till, sold("first", 1_200), sold("second", 1_500), sold("neither", 1_300))
    told, (case,) = checked(server)
    assert (told, case.about_id) == (1, "neither")


def test_a_version_that_the_server_never_had_is_passed_over(
    server: RunningServer, till: SyncClient
) -> None:
    wrote(till, sold("unknown", 1, menu="m9"), sold("none", 1, menu="", rules=""))
    wrote(till, sold("no-book", 1, rules="r9"))
    assert checked(server) == (0, [])


def test_a_store_s_own_menu_counts_too(server: RunningServer, till: SyncClient) -> None:
    wrote(till, MenuPublished(version="store", items=(dish(900),)))
    wrote(till, sold("own", 900, menu="store"), sold("own-wrong", 800, menu="store"))
    told, cases = checked(server)
    assert told == 1
    assert "own-wrong" in {case.about_id for case in cases}


def test_a_coupon_is_priced_by_its_terms(server: RunningServer, till: SyncClient) -> None:
    order = CouponOrder(
        rule=amount_off("r", "满减券", from_fen=0, saving_fen=200, stage=Stage.COUPON),
        valid_from_ms=0,
        valid_until_ms=1 << 46,
        count=2,
    )
    ids = [terms.coupon_id for terms in issue_coupons(server.context, BRAND, order, actor="test")]
    wrote(till, *(with_coupon(ids[number], saving) for number, saving in enumerate((200, 300))))
    told, (case,) = checked(server)
    assert (told, case.about_id, case.cost_fen) == (1, f"sale-{ids[1]}", 100)


def with_coupon(coupon_id: CouponId, saving_fen: int) -> SaleClosed:
    sale = facts.sale(
        f"sale-{coupon_id}",
        total_fen=1_200 - saving_fen,
        coupon=coupon_id,
        coupon_saving_fen=saving_fen,
    ).sale
    return SaleClosed(sale=msgspec.structs.replace(sale, menu_version="m1", rules_version="r1"))


def test_the_worker_does_it(server: RunningServer, till: SyncClient) -> None:
    wrote(till, sold("wrong", 1_000))
    (job,) = [job for job in JOBS if job.name == "price_again"]
    assert run_due(server.context, [job]) == ["price_again"]
    assert len(read_cases(server.context, BRAND, CaseState.OPEN)) == 1
