"""Tills for measuring: a real encrypted store in a folder, filled with believable data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random  # noqa: TID251 - the same members in every run

from domain import rights
from domain.configuration import Staff
from domain.facts import MenuPublished, RulesPublished, StaffAppointed
from domain.fold.aggregates import Aggregate, AggregateKind, Member, PhoneClaims, encode_aggregate
from domain.identifiers import BrandId, ItemId, MemberId, StaffId, StoreId, TerminalId
from domain.loyalty.activity import Activity
from domain.loyalty.expiry import NEVER
from domain.loyalty.points_account import PointsAccount
from domain.loyalty.state import LoyaltyState
from domain.members.profile import ProfileField
from domain.menu import MenuItem
from domain.months import Month
from domain.offers import amount_off
from domain.origins import Origin, StampedText
from domain.protocol import FeedRow
from domain.rulebook import RuleBook
from domain.stamps import stamp_at
from pos_client.storage.aggregates import take_feed
from pos_client.storage.identity import Identity
from pos_client.storage.keys import FileKeyStore, make_secrets
from pos_client.storage.opening import Opener, Place
from pos_client.storage.store import Store
from pos_client.time_and_chance import SystemClock, SystemEntropy

CASHIER = StaffId("cashier")
_FIRST_MONTH = 2025 * 12 + 10
ROWS_A_PAGE = 2_000
FAMILY_NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑"
GIVEN_NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文丹"


def make_till(directory: Path) -> tuple[Opener, Store]:
    entropy = SystemEntropy()
    secrets = make_secrets(entropy.bytes)
    directory.mkdir(parents=True, exist_ok=True)
    FileKeyStore(directory).write(secrets)
    place = Place(data=directory, second_journal=directory)
    opener = Opener(place, secrets, clock=SystemClock(), entropy=entropy)
    identity = Identity(
        brand=BrandId("brand"),
        brand_name="味道馆",
        store=StoreId("store"),
        store_name="外滩店",
        terminal=TerminalId("till"),
        label="A1",
        epoch=1,
        time_zone="Asia/Shanghai",
    )
    return opener, opener.create(identity)


@contextmanager
def open_till(directory: Path) -> Iterator[Store]:
    """A till with a cashier, a menu of 60 dishes and one offer."""
    _, store = make_till(directory)
    staff = Staff(staff_id=CASHIER, name="王芳", role=rights.STORE_MANAGER, pin_hash="x")
    offer = amount_off("o1", "满100减15", from_fen=10_000, saving_fen=1_500)
    with store.write() as writing:
        store.record(
            writing,
            [
                StaffAppointed(store=StoreId("store"), staff=staff),
                MenuPublished(version="1", items=dishes(60)),
                RulesPublished(version="1", book=RuleBook(rules=(offer,))),
            ],
            CASHIER,
        )
    try:
        yield store
    finally:
        store.close()


def dishes(count: int) -> tuple[MenuItem, ...]:
    return tuple(
        MenuItem(
            item_id=ItemId(f"D{number:03d}"),
            name=f"菜品{number}",
            category=f"分类{number % 6}",
            unit_price_fen=800 + number * 137 % 6000,
        )
        for number in range(count)
    )


def member_rows(count: int) -> Iterator[FeedRow]:
    """`count` members and their phones as the feed brings them."""
    for version, (kind, key_id, _, body) in enumerate(members(count), start=1):
        yield FeedRow(kind, key_id, version, body)


def members(count: int) -> Iterator[tuple[AggregateKind, str, Aggregate, bytes]]:
    """`count` members, each followed by the claims of its phone, with their encoded bodies."""
    chance = Random(7)
    for number in range(count):
        member_id = MemberId(f"01a2{number:08x}-0000-7000-8000-{number:012x}")
        origin = Origin(
            stamp_at(1_790_000_000_000 + number), TerminalId("t"), StoreId("s"), 1, number + 1
        )
        name = chance.choice(FAMILY_NAMES) + "".join(chance.choices(GIVEN_NAMES, k=2))
        member = Member(
            member_id=member_id,
            phone=f"+861{30 + number % 60}{number // 60 % 100_000_000:08d}",
            enrolled=origin,
            profile={ProfileField.NAME: StampedText(origin, name)},
            loyalty=_loyalty(number),
        )
        claims = PhoneClaims(phone=member.phone, claims=((origin, member_id),))
        yield AggregateKind.MEMBER, member_id, member, encode_aggregate(member)
        yield AggregateKind.PHONE, member.phone, claims, encode_aggregate(claims)


def _loyalty(number: int) -> LoyaltyState:
    """A year of visits, and points from each month of it."""
    months = [Month(_FIRST_MONTH + month) for month in range(number % 13)]
    return LoyaltyState(
        points=PointsAccount(credits=tuple((month, NEVER, 1 + number % 300) for month in months)),
        activity=Activity(months=tuple((month, number * 31 % 90_000, 1, 0) for month in months)),
    )


def fill_with_members(store: Store, count: int) -> None:
    page: list[FeedRow] = []
    for row in member_rows(count):
        page.append(row)
        if len(page) == ROWS_A_PAGE:
            _lay(store, page)
            page = []
    if page:
        _lay(store, page)


def _lay(store: Store, page: list[FeedRow]) -> None:
    with store.write() as writing:
        take_feed(writing.connection, page, epoch=1, acknowledged=0, complete=False)
