"""Everything a screen can ask of the till, one method a user action.

The methods block (database, network) and may be called from any thread but the Qt thread; screens
call them through `pos_client.background`. Each raises TillfoldError with a code for the screen.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

from domain.errors import ErrorCode, TillfoldError
from domain.fold import ONLY_ONE
from domain.fold.aggregates import AggregateKind, Menu, StoreName
from domain.identifiers import MemberId, SaleId, StaffId
from domain.phones import parse_phone
from domain.protocol import MemberQuestion
from domain.signatures import check_number
from hardware.receipt import Document
from pos_client.devices.drawer import DrawerLine
from pos_client.storage.aggregates import load_kind, load_one
from pos_client.storage.identity import Identity
from pos_client.storage.store import Store
from pos_client.storage.thread import StorageThread
from pos_client.use_cases import (
    coupons,
    imports,
    joining,
    members,
    sales,
    sign_in,
    signed_codes,
)
from pos_client.use_cases.answers import (
    ClosedSale,
    CouponFound,
    Home,
    ImportReport,
    MemberCard,
    MemberFound,
    OrderToClose,
    SignedIn,
    TillStatus,
)
from pos_client.use_cases.asking import (
    Asking,
    close_by_right,
    is_without_server,
    want_allowances,
)
from pos_client.use_cases.cards import Cards
from pos_client.use_cases.drawer import DrawerDesk
from pos_client.use_cases.guests import Circumstances
from pos_client.use_cases.paying import PayMachinery, PaymentDesk
from pos_client.use_cases.print_desk import PrintDesk
from pos_client.use_cases.rule_uses import uses_by_all
from pos_client.use_cases.store_time import business_day
from pos_client.use_cases.till_status import PrinterSeen, till_status


class Machinery(PayMachinery, Protocol):
    """What runs beside the storage: the bootstrap's doing."""

    drawer: DrawerLine

    def found(self, identity: Identity) -> None:
        """Make the storage of a new till and start everything that works on it."""
        ...

    def enrol(self, server_url: str, code: str) -> Identity: ...
    def look_up_member(self, question: MemberQuestion) -> bool:
        """Fetch a member from the server; whether there is one."""
        ...

    def sync_now(self) -> None: ...
    def print_now(self) -> None: ...
    def printers(self) -> tuple[PrinterSeen, ...]: ...
    def preview(self, document: Document, printer: str) -> bytes | None: ...


class Counter:
    def __init__(self, storage: StorageThread, machinery: Machinery) -> None:
        self._storage = storage
        self._machinery = machinery
        self.prints = PrintDesk(storage, machinery)
        self.drawer = DrawerDesk(storage, machinery.drawer)
        self.payments = PaymentDesk(storage, machinery)
        self.cards = Cards(storage, self.open_member, self._asked)

    def home(self) -> Home:
        return self._storage.run(_home)

    def sign_in(self, pin: str) -> SignedIn:
        """Raises TillfoldError `pin_wrong` or `pin_locked`."""
        staff = sign_in.staff_by_pin(self._storage, pin)
        return self._storage.run(partial(sign_in.signed_in, staff=staff))

    def appoint_first_manager(self, name: str, pin: str) -> SignedIn:
        """Begin a shop without a server.

        Raises:
            TillfoldError: `name_missing`, `name_too_long`, `pin_too_weak`, `till_has_own_books`.
        """
        new_id = self._machinery.new_id
        staff = sign_in.first_manager(StaffId(new_id()), name, sign_in.hash_pin(pin))
        shop_name = self._machinery.wording.text("shop.own_name")
        self._machinery.found(
            joining.own_identity(shop_name, brand=new_id(), store=new_id(), terminal=new_id())
        )
        return self._storage.run(partial(sign_in.appoint, staff=staff))

    def join_brand(self, server_url: str, code: str) -> str:
        """Enrol this till at a server; answers the six-digit check number.

        Raises:
            TillfoldError: `enrolment_code_wrong`, `server_unreachable`, `server_not_ours` …
        """
        identity = self._machinery.enrol(server_url, code)
        self._machinery.found(identity)
        return check_number(identity.server_public_key)

    def find_members(self, text: str, *, viewer: StaffId | None = None) -> tuple[MemberFound, ...]:
        return self._storage.run(partial(_find_members, text=text, viewer=viewer))

    def look_up_member(
        self, text: str, *, viewer: StaffId | None = None
    ) -> tuple[MemberFound, ...]:
        """Ask the server for a member that this till does not hold, by whole phone number.

        Raises:
            TillfoldError: `server_unreachable` where it does not answer within 1.5 seconds, or
                the till is offline anyway; `phone_malformed`.
        """
        question = MemberQuestion(phone=parse_phone(text))
        return self.find_members(text, viewer=viewer) if self._asked(question) else ()

    def fetch_member(self, member_id: MemberId, *, viewer: StaffId | None = None) -> MemberCard:
        """A member whom a signed code proved and who is not on this till, as the server has her.

        Raises:
            TillfoldError: `server_unreachable` as for `look_up_member`; `member_unknown`.
        """
        if not self._asked(MemberQuestion(member_id=member_id)):
            raise TillfoldError(ErrorCode.MEMBER_UNKNOWN)
        return self.open_member(member_id, viewer=viewer)

    def _asked(self, question: MemberQuestion) -> bool:
        if self._machinery.contact().online is False:
            raise TillfoldError(ErrorCode.SERVER_UNREACHABLE)
        return self._machinery.look_up_member(question)

    def open_member(self, member_id: MemberId, *, viewer: StaffId | None = None) -> MemberCard:
        """Raises TillfoldError `member_unknown`."""
        return self._storage.run(
            partial(_open_member, member_id=member_id, offline=self._offline(), viewer=viewer)
        )

    def enrol_member(self, actor: StaffId, *, phone: str, name: str, birthday: str) -> MemberCard:
        """Raises TillfoldError as `use_cases.members.enrol_member` does."""
        member_id = MemberId(self._machinery.new_id())
        self._storage.run(
            lambda store: members.enrol_member(
                store, actor, member_id, phone=phone, name=name, birthday=birthday
            )
        )
        return self.open_member(member_id, viewer=actor)

    def open_member_by_code(self, code: str, *, viewer: StaffId | None = None) -> MemberCard:
        """The member whose device shows this signed code now; she need not be known here.

        Raises:
            TillfoldError: as `use_cases.signed_codes.prove_member` does.
        """
        member_id = self._storage.run(partial(signed_codes.prove_member, text=code))
        return self.open_member(member_id, viewer=viewer)

    def find_coupon(self, code: str) -> CouponFound:
        """The coupon with a plain or a signed code.

        Raises:
            TillfoldError: `coupon_unknown`, or as `use_cases.signed_codes.find_signed_coupon` does.
        """
        return self._storage.run(partial(_find_coupon, code=code))

    def close_sale(self, actor: StaffId, order: OrderToClose) -> ClosedSale:
        """Ask the server for what the sale spends, where it spends, and close it.

        Raises:
            TillfoldError: as `use_cases.sales.close_sale` does.
        """
        closing = sales.Closing(
            actor=actor,
            sale_id=SaleId(order.bill_id or self._machinery.new_id()),
            offline=self._offline(),
            printing=self._machinery.printing(),
        )
        machinery = self._machinery
        asking = Asking(operation_id=machinery.new_id(), ask=machinery.authorise)
        return close_by_right(self._storage, order, closing, asking)

    def ask_allowances(self, member_id: MemberId) -> None:
        """Let this till spend for a member of another store, should the server be gone later.

        Raises:
            TillfoldError: `member_unknown`.
        """
        self._storage.run(partial(want_allowances, member_id=member_id))
        self._machinery.sync_now()

    def import_members(
        self,
        actor: StaffId,
        source: Path,
        *,
        on_progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport:
        """Raises TillfoldError about the whole file; nothing was then imported."""
        return imports.import_members(
            self._storage,
            source,
            imports.Watch(on_progress, cancelled),
            actor=actor,
            new_member_id=lambda: MemberId(self._machinery.new_id()),
        )

    def import_menu(
        self,
        actor: StaffId,
        source: Path,
        *,
        on_progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport:
        """Raises TillfoldError about the whole file; the menu is then as it was."""
        return imports.import_menu(
            self._storage,
            source,
            imports.Watch(on_progress, cancelled),
            actor=actor,
            version=self._machinery.new_id(),
        )

    def save_refused_rows(self, report: ImportReport, target: Path) -> None:
        """Raises TillfoldError `file_unwritable`, `disk_full`."""
        imports.save_refused_rows(report, target, self._machinery.wording)

    def status(self) -> TillStatus:
        contact, printers = self._machinery.contact(), self._machinery.printers()
        return self._storage.run(partial(till_status, contact=contact, printers=printers))

    def sync_now(self) -> None:
        self._machinery.sync_now()

    def _offline(self) -> bool:
        return is_without_server(self._storage, self._machinery.contact().online)


def _home(store: Store) -> Home:
    with store.read() as connection:
        menu = load_one(connection, AggregateKind.MENU, ONLY_ONE)
        rules = members.rules_now(connection)
        stores = load_kind(connection, AggregateKind.STORE).values()
        uses = uses_by_all(connection, rules.book)
    identity = store.identity
    return Home(
        brand_name=identity.brand_name,
        store_name=identity.store_name,
        label=identity.label,
        store=identity.store,
        standalone=identity.standalone,
        staffed=bool(sign_in.staff_of_store(store)),
        menu=menu if isinstance(menu, Menu) else Menu(),
        rules=rules,
        uses=uses,
        store_names={known.store: known.name for known in stores if isinstance(known, StoreName)},
    )


def _find_members(store: Store, text: str, viewer: StaffId | None) -> tuple[MemberFound, ...]:
    with store.read() as connection:
        return members.find_members(connection, text, day=_today(store), viewer=viewer)


def _open_member(
    store: Store, member_id: MemberId, *, offline: bool, viewer: StaffId | None
) -> MemberCard:
    now_ms = store.trusted_time.now_ms()
    now = Circumstances(
        day=_today(store), offline=offline, standalone=store.identity.standalone, now_ms=now_ms
    )
    with store.read() as connection:
        return members.open_member(connection, member_id, now, now_ms=now_ms, viewer=viewer)


def _today(store: Store) -> date:
    return business_day(store.trusted_time.now_ms(), store.identity.time_zone)


def _find_coupon(store: Store, code: str) -> CouponFound:
    now_ms = store.trusted_time.now_ms()
    with store.read() as connection:
        if signed_codes.is_signed_coupon(code):
            return signed_codes.find_signed_coupon(connection, code, now_ms)
        return coupons.find_coupon(connection, code)
