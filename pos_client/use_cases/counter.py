"""Everything a screen can ask of the till, one method a user action.

The methods block (database, network) and may be called from any thread but the Qt thread; screens
call them through `pos_client.background`. Each raises TillfoldError with a code that the screen shows.
"""

from collections.abc import Callable
from pathlib import Path

from domain.configuration import CouponTerms
from domain.identifiers import MemberId, StaffId
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


class Counter:
    def home(self) -> Home: ...
    def sign_in(self, pin: str) -> SignedIn: ...
    def appoint_first_manager(self, name: str, pin: str) -> SignedIn: ...
    def join_brand(self, server_url: str, code: str) -> str:
        """Enrol this till at a server; answers the six-digit check number."""

    def find_members(self, text: str) -> tuple[MemberFound, ...]: ...
    def open_member(self, member_id: MemberId) -> MemberCard: ...
    def enrol_member(
        self, actor: StaffId, *, phone: str, name: str, birthday: str
    ) -> MemberCard: ...
    def find_coupon(self, code: str) -> CouponFound: ...
    def close_sale(self, actor: StaffId, order: OrderToClose) -> ClosedSale: ...
    def import_members(
        self,
        actor: StaffId,
        source: Path,
        *,
        on_progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport: ...
    def import_menu(
        self,
        actor: StaffId,
        source: Path,
        *,
        on_progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport: ...
    def save_refused_rows(self, report: ImportReport, target: Path) -> None: ...
    def status(self) -> TillStatus: ...
    def sync_now(self) -> None: ...
    def settle_doubtful_print(self, *, printed: bool) -> None: ...
