"""Two till processes, a server process, real HTTP, and a network that is cut in the middle."""

import contextlib
from pathlib import Path

import pytest

from sync_server.bootstrap import build_context
from sync_server.database.brand_wall import ALL_BRANDS
from sync_server.database.brands import list_brands
from sync_server.settings import read_settings
from sync_server.use_cases.price_checking import check_prices
from tests.demo.books import differences
from tests.demo.day import Day
from tests.demo.shop import Shop, open_shop
from tests.hardware.payments.shops import WECHAT_CODE

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def test_a_day_with_a_network_cut_ends_with_equal_books_and_clean_logs(tmp_path: Path) -> None:
    with open_shop(tmp_path / "shop") as shop:
        day = Day(shop, tmp_path / "pictures", lambda _text: None)
        day.play()

        assert differences(shop) == []
        cases = shop.server.get("cases", state="open")
        assert [case["kind"] for case in cases] == ["coupon_redeemed_twice"]
        assert cases[0]["cost_fen"] == 1000
        assert sales_that_differ(shop) == 0
        assert [len(counter.printer.receipts()) for counter in shop.counters] == [3, 1]
        assert all(counter.till.quit() == 0 for counter in shop.counters)
    assert_nothing_personal_is_logged(tmp_path)


def assert_nothing_personal_is_logged(folder: Path) -> None:
    logs = logs_in(folder)
    assert any("till opened" in log for log in logs)
    for personal in ("陈晓雨", "16886688", "1688 6688", "135790", WECHAT_CODE):
        assert not any(personal in log for log in logs)


def logs_in(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in folder.rglob("*.log")]


def sales_that_differ(shop: Shop) -> int:
    """The server prices what the tills sold again, with the menu and rules that they had."""
    context = build_context(read_settings(shop.server.settings_path))
    with contextlib.closing(context.database):
        (brand,) = context.database.read(list_brands, brand=ALL_BRANDS)
        return check_prices(context, brand.brand_id, keep=lambda: None)
