"""What use cases answer: plain values that presenters turn into screen states."""

from enum import StrEnum
from pathlib import Path

import msgspec

from domain.conditions import Guest
from domain.configuration import CouponTerms
from domain.errors import ErrorCode
from domain.fold.aggregates import Menu, Rules
from domain.fold.cases import Case
from domain.fold.rule_uses import RuleUse
from domain.identifiers import MemberId, RoleId, StaffId, StoreId
from domain.imports import RefusedRow
from domain.orders import Sale, Tender, TenderKind
from domain.pricing.basket import Basket
from domain.rights import Right
from pos_client.storage.payments import OPEN, Money, PaymentState
from pos_client.storage.spool import JobKind, JobState


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    staff_id: StaffId
    name: str
    role: RoleId
    rights: frozenset[Right]


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """What every screen needs to know. `staffed` is false until somebody may sign in.

    `uses` are what all guests together used of rules with limits.
    """

    brand_name: str
    store_name: str
    label: str
    store: StoreId
    standalone: bool
    staffed: bool
    menu: Menu
    rules: Rules
    store_names: dict[StoreId, str] = {}
    uses: dict[str, RuleUse] = {}


class MemberFound(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a search, masked as far as the one who looks may not see more."""

    member_id: MemberId
    masked_name: str
    shown_phone: str
    points: int


class MemberCard(msgspec.Struct, frozen=True, kw_only=True):
    """A member at the counter; `guest` is what pricing knows of her, `ids` all that she goes by.

    `uses` are what she used of rules with limits.
    `coupons` are this member's unused coupons inside their time, soonest end first.
    `last_visit_ms` is 0 before the first visit. `elsewhere`: a signed code proved the member, and
    this till holds nothing of her; what she has is not known here. `offline_points` and
    `offline_fen` are what this till could take without the server; None: no stored value.
    `masked_card` is the end of the number of her card, "" without one.
    """

    guest: Guest
    ids: tuple[MemberId, ...]
    masked_name: str
    shown_phone: str
    visits: int
    spent_fen: int
    last_visit_ms: int
    coupons: tuple[CouponTerms, ...] = ()
    uses: dict[str, RuleUse] = {}
    offline_points: int = 0
    offline_fen: int | None = None
    elsewhere: bool = False
    masked_card: str = ""

    @property
    def member_id(self) -> MemberId:
        return self.guest.member_id


class CouponFound(msgspec.Struct, frozen=True, kw_only=True):
    """`redeemed`: already used, as far as this till knows."""

    terms: CouponTerms
    redeemed: bool


class OrderToClose(msgspec.Struct, frozen=True, kw_only=True):
    """What the cashier confirmed.

    `expected_total_fen` is the total that the screen showed, before the tip; `menu_version` the
    menu that the dishes were chosen from. `bill_id` names the order where a payment at a provider
    was begun for it; its sale then gets that id.
    """

    basket: Basket
    tenders: tuple[Tender, ...]
    expected_total_fen: int
    member_id: MemberId | None = None
    menu_version: str = ""
    bill_id: str = ""


class ClosedSale(msgspec.Struct, frozen=True, kw_only=True):
    """`points_balance` is the member's after the sale; None without a member."""

    sale: Sale
    change_fen: int
    points_balance: int | None


class PaymentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A payment at a provider as a screen shows it. `answer` is a short code, or empty.

    `whole`: with it the bill is paid, so its sale closes by itself.
    """

    attempt_id: str
    bill_id: str
    kind: TenderKind
    amount_fen: int
    state: PaymentState
    money: Money
    answer: str
    started_ms: int
    deadline_ms: int
    provider_ref: str = ""
    parked: bool = False
    whole: bool = True
    by_hand: bool = False

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def held(self) -> bool:
        """Its money is here and in no sale yet."""
        return self.money in {Money.HELD, Money.STUCK}


class BillStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The payments of a bill, the first one first; `closed` once its sale is in the journal."""

    payments: tuple[PaymentStatus, ...] = ()
    closed: ClosedSale | None = None


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """`headings` are the file's own, for saving the refused rows."""

    source: Path
    accepted: int
    refused: tuple[RefusedRow, ...]
    headings: tuple[str, ...]


class Connection(StrEnum):
    """STANDALONE: no server was ever set up. PENDING: not yet tried since the start."""

    STANDALONE = "standalone"
    PENDING = "pending"
    ONLINE = "online"
    OFFLINE = "offline"


class SyncStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`since_ms` is when the connection became what it is; `last_contact_ms` is 0 for never.

    `waiting` are entries the server has not taken in. While a first sync runs `received` of
    `expected` rows are here.
    """

    connection: Connection
    since_ms: int
    waiting: int
    last_contact_ms: int
    error: ErrorCode | None = None
    error_values: dict[str, str | int] = {}
    received: int = 0
    expected: int = 0
    quarantined: int = 0
    repairs: int = 0
    repaired_rows: int = 0


class PrinterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is for people, `key` the one of the settings.

    `reason` is the device's coded reason, empty while it is ready; `waiting`, `in_doubt` and
    `stopped` (failed or stale) are its jobs.
    """

    name: str
    ready: bool
    reason: str
    waiting: int
    in_doubt: int
    key: str = ""
    stopped: int = 0


class QueuedPrint(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the spool without its document. `printer` and `station` are keys of printers."""

    job_id: int
    kind: JobKind
    title: str
    printer: str
    state: JobState
    reason: str
    doubt_reason: str
    created_ms: int
    copy_number: int = 1
    copied_by: str = ""
    doubts: int = 0
    station: str = ""


class PrintQueue(msgspec.Struct, frozen=True, kw_only=True):
    """`open` wants a person or waits, oldest first; `finished` is over, newest first."""

    printers: tuple[PrinterStatus, ...]
    open: tuple[QueuedPrint, ...]
    finished: tuple[QueuedPrint, ...]


class PrintPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What would come out: a PNG, or without a font what it says."""

    png: bytes | None
    text: str


class TillStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`doubtful` is the number of the oldest print of which nobody knows whether it came out."""

    sync: SyncStatus
    printers: tuple[PrinterStatus, ...]
    cases: tuple[Case, ...]
    doubtful: str = ""
    payments: tuple[PaymentStatus, ...] = ()
