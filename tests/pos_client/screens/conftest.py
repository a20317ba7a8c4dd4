"""The till's screens over a real till: real storage, real use cases; the test holds the clock."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest

from domain.configuration import CouponTerms
from domain.errors import TillfoldError
from domain.facts import CouponIssued, MenuPublished
from domain.identifiers import CouponId, ItemId, MemberId, RoleId
from domain.menu import MenuItem
from domain.offers import amount_off
from domain.orders import Stage
from domain.rights import DEFAULT_ROLES, STORE_MANAGER, rights_of
from pos_client.screens.desk import Desk
from pos_client.screens.flow import Page, Sheet
from pos_client.screens.till import Till as Face
from pos_client.use_cases.answers import SignedIn
from tests.builders.facts import YEAR_MS, enrolled
from tests.builders.till import DUCK, MANAGER, RICE, HandClock, Till, configured, staffed

T = TypeVar("T")

SOUP = MenuItem(item_id=ItemId("D3"), name="酸梅汤", category="饮料", unit_price_fen=1_250)
GONE = MenuItem(
    item_id=ItemId("D4"), name="扇贝", category="热菜", unit_price_fen=6_800, sold_out=True
)
MENU = MenuPublished(version="menu-2", items=(RICE, DUCK, SOUP, GONE))
HER = MemberId("member-1")
TEN_OFF = CouponTerms(
    coupon_id=CouponId("ten-off"),
    code="C-TENOFF",
    rule=amount_off("ten-off", "满50减10", from_fen=5_000, saving_fen=1_000, stage=Stage.COUPON),
    valid_from_ms=0,
    valid_until_ms=100 * YEAR_MS,
)
HERS_RULE = msgspec.structs.replace(TEN_OFF.rule, name="会员券")
HERS = msgspec.structs.replace(
    TEN_OFF, coupon_id=CouponId("hers"), code="C-HERS", rule=HERS_RULE, member_id=HER
)


class Inline:
    """Runs everything at once on the calling thread."""

    def run(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        try:
            result = operation()
        except TillfoldError as error:
            on_error(error)
        else:
            on_done(result)

    run_long = run
    run_remote = run

    def call(self, callback: Callable[[], None]) -> None:
        callback()


class Later(Inline):
    """Runs an operation only when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def run(
        self,
        operation: Callable[[], T],
        on_done: Callable[[T], None],
        on_error: Callable[[TillfoldError], None],
    ) -> None:
        now = super().run
        self.waiting.append(lambda: now(operation, on_done, on_error))

    run_long = run
    run_remote = run

    def work(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


class Shop:
    """A till in business, with its face and somebody signed in."""

    def __init__(self, till: Till, runner: Inline) -> None:
        self.till = till
        self.desk = desk_of(till, runner)
        self.searches = 0
        self.face = Face(self.desk, self._searched)
        self.face.desk.home = till.machinery.counter.home()
        self.sign_in(STORE_MANAGER)

    def sign_in(self, role: RoleId) -> None:
        self.face.begin_session(
            SignedIn(
                staff_id=MANAGER, name="王芳", role=role, rights=rights_of(role, DEFAULT_ROLES)
            )
        )

    def _searched(self) -> None:
        self.searches += 1

    def put(self, *items: MenuItem) -> None:
        for item in items:
            self.face.sell.tap_dish(item.item_id)

    def meet_her(self) -> None:
        self.face.member.open(HER)

    def page(self) -> Page:
        return self.face.flow.page

    def sheet(self) -> Sheet:
        return self.face.flow.sheet

    @property
    def notice(self) -> str:
        shown = self.face.notices.shown(self.desk.wording)
        return shown.text if shown else ""


def desk_of(till: Till, runner: Inline) -> Desk:
    return Desk(
        till.machinery.counter,
        runner,
        now_ms=till.machinery.now_ms,
        zone=ZoneInfo("Asia/Shanghai"),
    )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def till(tmp_path: Path, clock: HandClock) -> Iterator[Till]:
    made = Till(tmp_path, clock=clock)
    coupons = [CouponIssued(terms=terms) for terms in (TEN_OFF, HERS)]
    her = enrolled(str(HER), phone="+8613800138000", name="李雷")
    made.begin([*staffed(), *configured(), MENU, her, *coupons])
    yield made
    made.close()


@pytest.fixture
def shop(till: Till) -> Shop:
    return Shop(till, Inline())


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def slow_shop(till: Till, later: Later) -> Shop:
    made = Shop(till, later)
    later.work()
    return made
