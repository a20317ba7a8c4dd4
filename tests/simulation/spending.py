"""That nobody spends what is not there: what the server promised, and what sales made of it."""

from collections import Counter
from typing import Any, NamedTuple, TypeVar

import httpx
import msgspec
import zstandard
from sqlalchemy import func, select

from domain.allowances.messages import (
    PATH_AUTHORISE,
    PATH_RIGHTS,
    AuthoriseAnswer,
    AuthoriseRequest,
    RightsAnswer,
)
from domain.allowances.rights import Allowance, RightKind, UsedRight
from domain.facts import SaleClosed
from domain.fold.aggregates import Aggregate, Coupon
from domain.orders import Sale, TenderKind
from domain.passes.account import PassAccount
from domain.protocol import HEADER_TERMINAL
from domain.stored_value.account import StoredValueAccount
from sync_server.database.allowances import COUNTED, HoldState
from sync_server.database.spending_tables import allowance, spending_hold, spending_subject
from tests.simulation.reached import Reached, Violation
from tests.simulation.truth import Made

T = TypeVar("T")


class Right(NamedTuple):
    """By its name, and whose it is: another till's right is none."""

    terminal: str
    kind: str
    right_id: str
    subject: tuple[str, str]


class Promises:
    """What the server has told tills that they may spend, and what they have spent by it."""

    def __init__(self, reached: Reached) -> None:
        self._promised: Counter[Right] = Counter()
        self._used: dict[Right, dict[str, int]] = {}
        self._reached = reached

    def hear(self, request: httpx.Request, status: int, body: bytes) -> None:
        """An answer of the server, as it leaves it; it may never arrive."""
        if status != httpx.codes.OK:
            return
        terminal = request.headers[HEADER_TERMINAL]
        if request.url.path == PATH_RIGHTS:
            for signed in _read(body, RightsAnswer).allowances:
                given = msgspec.msgpack.decode(signed.content, type=Allowance)
                kind, subject = RightKind.ALLOWANCE.value, (given.subject.kind, given.subject.id)
                right = Right(given.terminal, kind, given.allowance_id, subject)
                self._promised[right] = given.amount
        elif request.url.path == PATH_AUTHORISE:
            self._hear_hold(terminal, request, _read(body, AuthoriseAnswer))

    def _hear_hold(self, terminal: str, request: httpx.Request, answer: AuthoriseAnswer) -> None:
        if not answer.granted:
            self._reached.note("hold refused")
            if answer.recalled:
                self._reached.note("allowances called back")
            return
        operation = _read(request.read(), AuthoriseRequest).operation_id
        self._reached.note("hold given")
        for held in answer.held:
            subject = (held.subject.kind, held.subject.id)
            right = Right(terminal, RightKind.AUTHORISATION.value, operation, subject)
            self._promised[right] = held.amount

    def check_sale(self, made: Made, *, may_use_twice: bool) -> None:
        """A new sale spends what its till has a right to, and no right twice.

        A till that exists twice, or came back from an image, may: that is a known loss.

        Raises:
            Violation: it does not.
        """
        fact = made.fact
        if not isinstance(fact, SaleClosed):
            return
        sale, terminal = fact.sale, made.entry.terminal
        covered: Counter[tuple[str, str]] = Counter()
        for used in sale.rights:
            covered[used.subject.kind.value, used.subject.id] += used.amount
            self._use(terminal, sale, used, may_use_twice=may_use_twice)
        spent = _spent_by(sale)
        if covered != spent:
            raise Violation(f"sale {sale.sale_id} spends {dict(spent)}, by right {dict(covered)}")

    def _use(self, terminal: str, sale: Sale, used: UsedRight, *, may_use_twice: bool) -> None:
        subject = (used.subject.kind.value, used.subject.id)
        right = Right(terminal, used.kind.value, used.right_id, subject)
        uses = self._used.setdefault(right, {})
        uses[sale.sale_id] = used.amount
        if sum(uses.values()) > self._promised[right] and not may_use_twice:
            raise Violation(
                f"{terminal} spends {sum(uses.values())} of {self._promised[right]}: {right}"
            )


def _spent_by(sale: Sale) -> Counter[tuple[str, str]]:
    """What can be spent once only; the simulated brand has punch cards alone."""
    spent: Counter[tuple[str, str]] = Counter()
    if sale.member_id is not None and sale.points_redeemed:
        spent["points", sale.member_id] += sale.points_redeemed
    for coupon_id in sale.coupon_ids:
        spent["coupon", coupon_id] += 1
    for tender in sale.tenders:
        if tender.kind is TenderKind.STORED_VALUE and tender.account_id:
            spent["stored_value", tender.account_id] += tender.amount_fen
        if tender.kind is TenderKind.PASS and tender.account_id:
            spent["pass", tender.account_id] += sum(units for _, units in tender.covered)
    return spent


def check_no_debt(state: Aggregate | None, name: str) -> None:
    """Honest tills leave no debt, in whatever order their sales arrive.

    Raises:
        Violation: more was spent than there was.
    """
    match state:
        case StoredValueAccount() if state.balance.total_fen < 0:
            raise Violation(f"stored value {name} is overspent: {state.balance}")
        case PassAccount() if state.sale is not None and state.uses_left < 0:
            raise Violation(f"pass {name} is overused: {state.uses_left}")
        case Coupon() if len(state.redemptions) > 1:
            raise Violation(f"coupon {name} was used {len(state.redemptions)} times")
        case _:
            pass


def check_kept(connection: Any) -> None:  # noqa: ANN401 - a connection
    """What the server counts as handed out is what it has handed out, subject by subject.

    Raises:
        Violation: an allowance or a hold is counted twice, or not at all.
    """
    left = func.sum(allowance.c.amount - allowance.c.used)
    open_states = allowance.c.state.in_([state.value for state in COUNTED])
    granted = _by_row(connection, allowance, left, open_states)
    held = _by_row(
        connection,
        spending_hold,
        func.sum(spending_hold.c.amount),
        spending_hold.c.state == HoldState.HELD.value,
    )
    for row in connection.execute(select(spending_subject)):
        key = (row.kind, row.id)
        if (row.granted, row.held) != (granted.pop(key, 0), held.pop(key, 0)):
            raise Violation(f"the server miscounts what it handed out of {key}")
        if row.granted + row.held > row.balance + row.forced:
            raise Violation(f"the server has handed out more of {key} than there is")
    if +Counter(granted) or +Counter(held):
        raise Violation(f"handed out of nothing: {granted} {held}")


def _by_row(connection: Any, table: Any, amount: Any, where: Any) -> dict[tuple[str, str], int]:  # noqa: ANN401
    rows = connection.execute(
        select(table.c.kind, table.c.row_id, amount)
        .where(where)
        .group_by(table.c.kind, table.c.row_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def open_holds(connection: Any, terminal: str) -> int:  # noqa: ANN401 - a connection
    query = select(func.count()).where(
        spending_hold.c.terminal_id == terminal, spending_hold.c.state == HoldState.HELD.value
    )
    return int(connection.scalar(query) or 0)


def _read(body: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(zstandard.decompress(body), type=kind)
