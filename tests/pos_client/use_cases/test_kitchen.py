"""Which dish comes out of which printer."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ErrorCode, TillfoldError
from hardware.escpos.preview import preview_text
from hardware.receipt import decode_document
from pos_client.bootstrap.printers import TillPrinters
from pos_client.settings import (
    KitchenSettings,
    NamedPrinterSettings,
    PrinterRole,
    PrinterSettings,
    ReceiptSettings,
    TillSettings,
)
from pos_client.storage.spool import JobKind, PrintJob
from pos_client.storage.store import Store
from pos_client.use_cases.kitchen_routing import RoutedTicket, tickets_of
from pos_client.use_cases.label_routing import labels_of
from pos_client.use_cases.routing import LabelPrinter, Routing, Station
from tests.builders.facts import enrolled
from tests.builders.printing import jobs_of
from tests.builders.till import DUCK, RICE, Till
from tests.pos_client.documents.samples import sample_sale

CATEGORIES = {"D4": "烤鸭", "D5": "饮料"}


def tickets(*stations: Station, default: str = "") -> tuple[RoutedTicket, ...]:
    routing = Routing(receipts="front", stations=stations, default_station=default)
    return tickets_of(sample_sale(), routing, lambda item: CATEGORIES.get(item, ""), waiter="赵敏")


def dishes(ticket: RoutedTicket) -> list[tuple[int, str]]:
    return [(line.quantity, line.name) for line in ticket.ticket.lines]


def station(name: str, *categories: str, **more: bool) -> Station:
    return Station(printer=name, categories=frozenset(categories), **more)


def test_each_station_gets_its_categories_on_one_ticket() -> None:
    hot, bar = tickets(station("热菜", "热菜", "烤鸭"), station("吧台", "饮料"))
    assert dishes(hot) == [(1, "招牌剁椒鱼头（大份）"), (1, "椒盐濑尿虾"), (2, "烤鸭")]
    assert dishes(bar) == [(2, "酸梅汤"), (2, "豆浆")]
    assert (hot.ticket.number, bar.ticket.number) == ("A1-000042/1", "A1-000042/2")
    assert (hot.printer, bar.printer) == ("热菜", "吧台")
    duck = hot.ticket.lines[2]
    assert duck.within == "商务套餐"
    assert hot.ticket.lines[0].options == ("手工面 × 2", "少辣")
    assert hot.ticket.lines[1].weight == "0.350 kg"


def test_a_station_without_a_dish_gets_no_ticket() -> None:
    assert [each.printer for each in tickets(station("甜品", "甜品"), station("bar", "饮料"))] == [
        "bar"
    ]


def test_one_category_may_come_out_at_several_stations() -> None:
    assert [each.printer for each in tickets(station("a", "饮料"), station("b", "饮料"))] == [
        "a",
        "b",
    ]


def test_one_ticket_a_dish_where_a_station_wants_that() -> None:
    each = tickets(station("热菜", "热菜", per_dish=True))
    assert [dishes(ticket) for ticket in each] == [
        [(1, "招牌剁椒鱼头（大份）")],
        [(1, "椒盐濑尿虾")],
    ]
    assert len({ticket.key for ticket in each}) == 2


def test_the_pass_gets_the_whole_order() -> None:
    (whole,) = tickets(station("传菜", whole_table=True))
    assert len(whole.ticket.lines) == 5
    assert whole.ticket.whole


def test_a_dish_without_a_station_goes_nowhere_or_to_the_default_one() -> None:
    assert [ticket.printer for ticket in tickets(station("bar", "饮料"))] == ["bar"]
    bar, rest = tickets(station("bar", "饮料"), station("传菜", whole_table=True), default="热菜")[
        ::2
    ]
    assert (bar.printer, rest.printer) == ("bar", "热菜")
    assert [name for _, name in dishes(rest)] == ["招牌剁椒鱼头（大份）", "椒盐濑尿虾", "烤鸭"]


def test_without_a_kitchen_there_is_no_ticket() -> None:
    assert tickets() == ()


@given(
    stations=st.lists(
        st.builds(
            station,
            st.sampled_from(["a", "b", "c"]),
            st.sampled_from(["热菜", "饮料", "烤鸭", "甜品"]),
            per_dish=st.booleans(),
            whole_table=st.booleans(),
        ),
        max_size=5,
    )
)
def test_no_dish_is_lost_and_no_ticket_is_empty(stations: list[Station]) -> None:
    made = tickets(*stations, default="rest")
    assert all(each.ticket.lines for each in made)
    cooked = {line.name for each in made if not each.ticket.whole for line in each.ticket.lines}
    assert len(cooked) == 5
    assert len({each.key for each in made}) == len(made)


def test_each_piece_of_a_dish_gets_a_label_that_counts_through_the_order() -> None:
    routing = Routing(
        label_printers=(LabelPrinter(printer="杯贴", categories=frozenset({"饮料"})),)
    )
    (routed,) = labels_of(sample_sale(), routing, lambda item: CATEGORIES.get(item, ""))
    assert [(each.dish, each.place, each.count) for each in routed.labels] == [
        ("酸梅汤", 1, 4),
        ("酸梅汤", 2, 4),
        ("豆浆", 3, 4),
        ("豆浆", 4, 4),
    ]
    assert (routed.printer, routed.number) == ("杯贴", "A1-000042/L1")


def test_a_large_order_s_labels_are_several_prints_and_none_is_empty() -> None:
    routing = Routing(label_printers=(LabelPrinter(printer="杯贴"), LabelPrinter(printer="甜品")))
    line = msgspec.structs.replace(sample_sale().lines[1], quantity=120)
    large = msgspec.structs.replace(sample_sale(), lines=(line,))
    prints = labels_of(large, routing, lambda _item: "")
    assert [len(each.labels) for each in prints] == [50, 50, 20] * 2
    assert len({each.key for each in prints}) == 6
    nothing = Routing(label_printers=(LabelPrinter(printer="x", categories=frozenset({"y"})),))
    assert labels_of(large, nothing, lambda _item: "") == ()


FRONT = NamedPrinterSettings(name="前台", address="127.0.0.1:9")
HOT = NamedPrinterSettings(
    name="热菜",
    address="127.0.0.1:9",
    roles=(PrinterRole.KITCHEN,),
    categories=("热菜",),
    fallback="前台",
    fallback_after_s=60,
)


@pytest.fixture
def kitchen_till(tmp_path: Path) -> Iterator[Till]:
    made = Till(tmp_path)
    made.settings = msgspec.structs.replace(
        made.settings, printers=(FRONT, HOT), kitchen=KitchenSettings(fresh_minutes=10)
    )
    made.machinery = made.new_machinery()
    made.begin()
    yield made
    made.close()


def _jobs(store: Store) -> list[PrintJob]:
    with store.read() as connection:
        return jobs_of(connection)


def test_a_sale_and_its_tickets_are_one_transaction(kitchen_till: Till) -> None:
    till = kitchen_till
    closed = till.sell(DUCK, RICE, total_fen=13_100)
    receipt, ticket = till.run(_jobs)
    number = closed.sale.receipt_number
    assert (receipt.title, receipt.printer, receipt.expires_ms) == (number, "前台", 0)
    assert (ticket.title, ticket.printer) == (f"{number}/1", "热菜")
    assert ticket.expires_ms == till.clock.wall_ms + 10 * 60_000
    said = preview_text(decode_document(ticket.document), cells=48)
    assert "烤鸭" in said
    assert "米饭" not in said
    assert "赵敏" in said
    with pytest.raises(TillfoldError):
        till.sell(DUCK, total_fen=1)
    assert len(till.run(_jobs)) == 2


def test_the_shop_s_own_lines_and_the_member_s_code_stand_on_the_receipt(
    kitchen_till: Till,
) -> None:
    till = kitchen_till
    till.machinery.close()
    own = ReceiptSettings(head=("东湖路 8 号",), foot=("欢迎再来",), member_code=True)
    till.settings = msgspec.structs.replace(till.settings, receipt=own)
    till.machinery = till.new_machinery()
    till.machinery.start()
    till.write(enrolled())
    till.sell(RICE, total_fen=300, member="member-1")
    (receipt,) = till.run(_jobs)
    said = preview_text(decode_document(receipt.document), cells=48)
    assert "东湖路 8 号" in said
    assert "欢迎再来" in said
    assert "[QR M-member-1]" in said


def test_labels_are_queued_with_the_sale(kitchen_till: Till) -> None:
    till = kitchen_till
    till.machinery.close()
    cups = NamedPrinterSettings(name="杯贴", address="127.0.0.1:9", roles=(PrinterRole.LABEL,))
    till.settings = msgspec.structs.replace(till.settings, printers=(FRONT, cups))
    till.machinery = till.new_machinery()
    till.machinery.start()
    closed = till.sell(RICE, total_fen=300)
    receipt, label = till.run(_jobs)
    assert (label.kind, label.printer) == (JobKind.LABEL, "杯贴")
    assert label.title == f"{closed.sale.receipt_number}/L1"
    assert label.expires_ms > receipt.expires_ms == 0


def test_a_sale_without_a_dish_for_the_kitchen_makes_a_receipt_alone(kitchen_till: Till) -> None:
    kitchen_till.sell(RICE, total_fen=300)
    assert [job.printer for job in kitchen_till.run(_jobs)] == ["前台"]


def test_printers_at_one_address_share_a_worker(kitchen_till: Till) -> None:
    status = kitchen_till.machinery.counter.status()
    assert [printer.name for printer in status.printers] == ["前台", "热菜"]
    pool = kitchen_till.machinery._printing
    assert pool is not None
    assert [thread.names for thread in pool._threads] == [("前台", "热菜")]


@pytest.mark.parametrize(
    ("printers", "default", "where"),
    [
        ((FRONT, FRONT), "", "printers.前台: name"),
        ((HOT,), "", "printers.热菜.fallback: 前台"),
        ((FRONT,), "bar", "kitchen.default_printer: bar"),
        ((msgspec.structs.replace(FRONT, model="laser"),), "", "printers.前台.model: laser"),
    ],
)
def test_settings_that_contradict_themselves_say_where(
    printers: tuple[NamedPrinterSettings, ...], default: str, where: str
) -> None:
    settings = TillSettings(printers=printers, kitchen=KitchenSettings(default_printer=default))
    with pytest.raises(TillfoldError) as caught:
        TillPrinters(settings)
    assert caught.value.code is ErrorCode.SETTINGS_MALFORMED
    assert caught.value.values == {"where": where}


def test_the_old_printer_table_is_one_receipt_printer() -> None:
    printers = TillPrinters(TillSettings(printer=PrinterSettings(host="10.0.0.9")))
    routing = printers._routing()
    assert (routing.receipts, routing.stations) == ("receipt", ())
