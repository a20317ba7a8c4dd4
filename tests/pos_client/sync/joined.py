"""A till of a brand, for tests with a real sync server."""

import threading
from collections.abc import Callable
from pathlib import Path

from domain.identifiers import MemberId, StaffId
from pos_client.use_cases.answers import Connection, TillStatus
from tests.builders.till import (
    CASHIER,
    Till,
    wait_until,
)

CASHIER_B = StaffId("cashier-b")


class JoinedTill(Till):
    """A till of the brand that tells the test of every change."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.changed = threading.Event()

    def join(self, url: str, code: str) -> str:
        number = self.machinery.counter.join_brand(url, code)
        self.machinery.on_changed = lambda _keys: self.changed.set()
        return number

    def status(self) -> TillStatus:
        return self.machinery.counter.status()

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        wait_until(condition, self.changed, what)

    def wait_for_quiet(self) -> None:
        """Everything pushed and pulled."""
        self.machinery.sync_now()
        self.wait(
            lambda: (
                self.status().sync.connection is Connection.ONLINE
                and self.status().sync.waiting == 0
            ),
            "nothing waits",
        )


MakeTill = Callable[[str], JoinedTill]


def enrol(till: JoinedTill, phone: str = "13800138000", name: str = "李小龙") -> MemberId:
    counter = till.machinery.counter
    return counter.enrol_member(CASHIER, phone=phone, name=name, birthday="").member_id
