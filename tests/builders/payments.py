"""A till that takes payment codes, step by step; the test holds its clock.

Storage and HTTP are real. `kill_after` ends it as kill -9 does, before or after any piece of work
on its storage: the files are closed as they are and opened again by a new till.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from domain.entries import decode_entry
from domain.errors import TillfoldError
from domain.facts import SaleClosed, decode_fact
from domain.identifiers import StaffId
from domain.orders import Sale, TenderKind
from domain.wording import Language, Wording
from hardware.emulators.payment_gateway import PaymentGateway
from hardware.payments.port import PaymentProvider
from pos_client.devices.payments import PaymentsThread
from pos_client.storage import payments
from pos_client.storage.payments import Money, PaymentAttempt
from pos_client.storage.store import Store
from pos_client.storage.tables import journal
from pos_client.storage.thread import StorageThread
from pos_client.sync.authoriser import Ask
from pos_client.sync.board import Contact
from pos_client.texts.catalogue import wording_in
from pos_client.time_and_chance import SystemEntropy, make_identifier
from pos_client.use_cases.answers import BillStatus, OrderToClose
from pos_client.use_cases.paying import PaymentDesk
from pos_client.use_cases.payments import begin_again
from pos_client.use_cases.sale_printing import Printing
from tests.builders.till import (
    CASHIER,
    DUCK,
    HandClock,
    TillFiles,
    configured,
    order,
    staffed,
)
from tests.hardware.payments.shops import provider_at

T = TypeVar("T")
CODE: Final = "134567890123456789"
A_DAY_MS: Final = 24 * 60 * 60_000
LONGEST_LEAP_MS: Final = 11 * 60_000


class Killed(BaseException):
    """The process is gone: nothing of ours catches it."""


class MortalStorage(StorageThread):
    """Dies at the n-th piece of work, with it done or not."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None
        self.dies_after = False
        self.works = 0
        self.look_after_each: Callable[[], object] | None = None

    def run(self, work: Callable[[Store], T]) -> T:
        done = self._run(work)
        look, self.look_after_each = self.look_after_each, None
        if look is not None:
            look()
            self.look_after_each = look
        return done

    def _run(self, work: Callable[[Store], T]) -> T:
        self.works += 1
        if self.left is None:
            return super().run(work)
        self.left -= 1
        if self.left < 0:
            raise Killed
        if self.left == 0 and not self.dies_after:
            raise Killed
        done = super().run(work)
        if self.left == 0:
            raise Killed
        return done


class PayingTill:
    """What the machinery is to payments, without its threads."""

    authorise: Ask = staticmethod(lambda _request: None)

    def __init__(
        self, folder: Path, gateway: PaymentGateway, *, provider: PaymentProvider | None = None
    ) -> None:
        self._provider: PaymentProvider = provider or provider_at(gateway, folder)
        self._set_up(folder, HandClock())
        with self.files.created([*staffed(), *configured()]):
            pass
        self.start()

    def _set_up(self, folder: Path, clock: HandClock) -> None:
        self.wording: Wording = wording_in(Language.CHINESE)
        self.clock = clock
        self.files = TillFiles(folder, clock=clock)
        self.kind = TenderKind(self._provider.name)
        self.closed_by_itself = 0
        self.keys_readable = True

    @classmethod
    def opened(cls, folder: Path, provider: PaymentProvider, clock: HandClock) -> "PayingTill":
        """A till that was made before, by this process or another."""
        made = cls.__new__(cls)
        made._provider = provider
        made._set_up(folder, clock)
        made.files.entropy = SystemEntropy()  # type: ignore[assignment]  # ids of several lives
        made.start()
        return made

    def start(self) -> None:
        """Open the files and go on with what is there."""
        self.storage = MortalStorage()
        opened = self.storage.run_first(self.files.opener.open)
        self.storage.adopt(opened.store)
        self.desk = PaymentDesk(self.storage, self)
        self.thread = PaymentsThread(
            self.storage,
            lambda: {self.kind.value: self._provider} if self.keys_readable else {},
            close=self.desk.close_paid,
            describe=lambda: "示范餐厅",
        )
        self.storage.run(begin_again)

    def end(self) -> None:
        """However it ended: its files are closed as they are."""
        self.storage.close()

    def kill_after(self, works: int | None, *, done: bool = False) -> None:
        """None: not at all."""
        self.storage.left, self.storage.dies_after = works, done

    def reborn(self) -> None:
        self.end()
        self.start()

    # What a person does.

    def begin(
        self,
        amount_fen: int = 12_800,
        *,
        bill_id: str = "",
        tenders: tuple[object, ...] = (),
        actor: StaffId = CASHIER,
    ) -> BillStatus:
        wanted = self.bill(bill_id or self.desk.new_bill_id())
        wanted = msgspec.structs.replace(wanted, tenders=tenders)
        return self.desk.begin(actor, wanted, self.kind, amount_fen, CODE)

    def bill(self, bill_id: str) -> OrderToClose:
        wanted = msgspec.structs.replace(order(DUCK, total_fen=12_800), bill_id=bill_id)
        return msgspec.structs.replace(wanted, tenders=())

    # Time.

    def step(self) -> float:
        return self.thread.step()

    def leap(self) -> None:
        """To the next moment at which something is due."""
        due = [attempt.next_query_ms for attempt in self.owed()]
        if due:
            self.clock.advance(max(1, min(due) - self.clock.now_ms()))

    def go_on(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
            self.leap()

    def come_to_rest(self) -> None:
        """Until nothing is owed any more; a person gives stuck money back."""
        for _ in range(200):
            self.step()
            for attempt in self.all_attempts():
                if attempt.money in {Money.HELD, Money.STUCK} and not attempt.next_query_ms:
                    self.desk.give_back(CASHIER, attempt.attempt_id)
            if not self.owed():
                return
            self.leap()
        raise AssertionError(self.owed())

    # What is there.

    def owed(self) -> list[PaymentAttempt]:
        return self._read(payments.owed)

    def all_attempts(self) -> list[PaymentAttempt]:
        return self._read(lambda connection: payments.started_between(connection, 0, 1 << 62))

    def _read(self, work: Callable[..., T]) -> T:
        def reading(store: Store) -> T:
            with store.read() as connection:
                return work(connection)

        return self.storage.run(reading)

    def write(self, attempt: PaymentAttempt) -> None:
        """As if that had become of it."""

        def writing(store: Store) -> None:
            with store.write() as transaction:
                payments.change(transaction.connection, attempt)

        self.storage.run(writing)

    def sales(self) -> list[Sale]:
        rows = self._read(lambda connection: connection.execute(journal.select()).all())
        entries = [decode_entry(row.content) for row in rows]
        facts = [decode_fact(entry.kind, entry.schema, entry.body) for entry in entries]
        return [fact.sale for fact in facts if isinstance(fact, SaleClosed)]

    def booked(self) -> dict[str, int]:
        """What the journal says came in by code, by our number of the payment."""
        books: dict[str, int] = {}
        for sale in self.sales():
            for tender in sale.tenders:
                if tender.payment_id:
                    books[tender.payment_id] = books.get(tender.payment_id, 0) + tender.amount_fen
        return books

    # What the machinery is asked for.

    def new_id(self) -> str:
        return make_identifier(self.clock.now_ms(), self.files.entropy)

    def contact(self) -> Contact:
        return Contact()

    def printing(self) -> Printing | None:
        return None

    @property
    def payments(self) -> "PayingTill":
        return self

    def kinds(self) -> frozenset[TenderKind]:
        return frozenset({self.kind})

    def hand_over(self, attempt_id: str, code: str) -> None:
        self.thread.hand_over(attempt_id, code)

    def forget(self, attempt_id: str) -> None:
        self.thread.forget(attempt_id)

    def wake(self) -> None:
        """The test steps."""


def refused(work: Callable[[], object]) -> str:
    """The code of the refusal."""
    try:
        work()
    except TillfoldError as error:
        return error.code.value
    raise AssertionError("not refused")
