"""Honest tills never spend more than there is: any partition, any order, many at once."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from domain.allowances.messages import AuthoriseRequest, RightsRequest, Want
from domain.allowances.offline import OpenAllowance, Wanted, rights_for
from domain.allowances.rights import (
    Allowance,
    Return,
    RightKind,
    SignedReturn,
    UsedRight,
    return_text,
)
from domain.allowances.subjects import Subject, SubjectKind
from domain.facts import Fact
from domain.fold.aggregates import AggregateKey, AggregateKind, Member
from domain.identifiers import StoreId
from domain.protocol import PushRequest
from sync_server.database import aggregates
from sync_server.database.terminals import Terminal, find_till
from sync_server.use_cases import brands, enrolment
from sync_server.use_cases.authorising import authorise
from sync_server.use_cases.context import Context
from sync_server.use_cases.push import push
from sync_server.use_cases.rights import exchange_rights
from tests.builders import facts
from tests.builders.spending import authorise as ask_hold
from tests.builders.spending import by_hold, member_with, row_of, spends
from tests.builders.sync_server import BRAND, Clock, RunningServer, prepare, sqlite_settings
from tests.builders.terminal import TestTerminal

TILLS: Final = 3
COURTESY: Final = 500
AMOUNTS: Final = st.integers(1, 6).map(lambda steps: steps * 100)
WHICH: Final = st.integers(0, TILLS - 1)
_names: Final = count(1)


@cache
def context() -> Context:
    """One server for all examples; each has members and tills of its own."""
    folder = Path(tempfile.mkdtemp(prefix="spending-"))
    return prepare(sqlite_settings(folder), Clock())


def new_store() -> str:
    """A store of the example's own: its tills are the only ones to share with."""
    name = f"S{next(_names)}"
    brands.add_store(context(), BRAND, name, name="店", zone="Asia/Shanghai", actor="")
    return name


class HonestTill:
    """Writes down what it spends and by what right, and forgets nothing."""

    def __init__(self, store: str) -> None:
        name = f"t{next(_names)}"
        self.terminal = TestTerminal(name)
        code = enrolment.issue_code(context(), BRAND, StoreId(store), name).code
        self.terminal.become(enrolment.enrol(context(), self.terminal.enrol_request(code)))
        self.sent = self.after = self.spent = self.courtesy = 0
        self.online = True
        self.allowances: dict[str, Allowance] = {}
        self.used: dict[str, int] = {}
        self.released: list[str] = []

    @property
    def row(self) -> Terminal:
        found = context().database.read(
            lambda connection: find_till(connection, self.terminal.terminal), brand=BRAND
        )
        assert found is not None
        return found

    def write(self, fact: Fact) -> None:
        self.terminal.write(fact)

    def push(self) -> None:
        entries = tuple(self.terminal.entries[self.sent :])
        if entries:
            push(context(), self.row, PushRequest(epoch=self.terminal.epoch, entries=entries))
            self.sent = len(self.terminal.entries)

    def open_allowances(self) -> list[OpenAllowance]:
        return [
            OpenAllowance(
                allowance_id=each.allowance_id,
                subject=each.subject,
                left=each.amount - self.used.get(each.allowance_id, 0),
                expires_ms=each.expires_ms,
            )
            for each in self.allowances.values()
        ]

    def exchange(self, *wanted: Subject, give_back: bool = False) -> None:
        returned = tuple(map(self._returned, self.allowances)) if give_back else ()
        if give_back:
            self.allowances = {}
        request = RightsRequest(
            after=self.after, wanted=wanted, returned=returned, released=tuple(self.released)
        )
        answer = exchange_rights(context(), self.row, request)
        self.after, self.released = answer.number, []
        for signed in answer.allowances:
            new = msgspec.msgpack.decode(signed.content, type=Allowance)
            self.allowances[new.allowance_id] = new

    def _returned(self, allowance_id: str) -> SignedReturn:
        content = msgspec.msgpack.encode(
            Return(
                allowance_id=allowance_id,
                terminal=self.terminal.terminal,
                used=self.used.get(allowance_id, 0),
            )
        )
        return SignedReturn(content, self.terminal.signer.sign(return_text(content)))

    def spend(self, subject: Subject, amount: int, held: UsedRight | None, kind: int) -> bool:
        """Close a sale if there is a right to; `kind` is the courtesy limit."""
        found = rights_for(
            Wanted(subject=subject, amount=amount),
            held=held,
            allowances=self.open_allowances(),
            courtesy_left_fen=max(0, kind - self.courtesy),
            point_fen=1,
        )
        if found is None:
            return False
        for right in found:
            if right.kind is RightKind.ALLOWANCE:
                self.used[right.right_id] = self.used.get(right.right_id, 0) + right.amount
            self.courtesy += right.worth_fen
        self.spent += amount
        self.write(spends(f"s{next(_names)}", amount, *found, member=subject.id))
        return True


class Spending(RuleBasedStateMachine):
    """Tills of two stores, one member; networks come and go, answers are lost."""

    courtesy = 0

    def __init__(self) -> None:
        super().__init__()
        self.subject = Subject(SubjectKind.POINTS, f"m{next(_names)}")
        home, other = new_store(), new_store()
        self.tills = [HonestTill(store) for store in (home, home, other)]
        for fact in member_with(1_000, self.subject.id):
            self.tills[0].write(fact)
        self.tills[0].push()
        self.earned = 1_000

    @rule(which=WHICH)
    def cut_or_join(self, which: int) -> None:
        till = self.tills[which]
        till.online = not till.online

    @rule(which=WHICH, points=AMOUNTS)
    def earn(self, which: int, points: int) -> None:
        sale = facts.sale(f"e{next(_names)}", member=self.subject.id, earned=points)
        self.tills[which].write(sale)
        self.earned += points

    @rule(which=WHICH)
    def push(self, which: int) -> None:
        if self.tills[which].online:
            self.tills[which].push()
            self._promise_holds()

    @rule(which=WHICH, give_back=st.booleans(), wants=st.booleans())
    def exchange(self, which: int, *, give_back: bool, wants: bool) -> None:
        if self.tills[which].online:
            wanted = (self.subject,) if wants else ()
            self.tills[which].exchange(*wanted, give_back=give_back)
            self._promise_holds()

    @rule(which=WHICH, amount=AMOUNTS, lost=st.integers(0, 2), closes=st.booleans())
    def spend_with_the_server(self, which: int, amount: int, lost: int, *, closes: bool) -> None:
        """The answer is lost so often; the till asks again, or gives up and releases."""
        till = self.tills[which]
        if not till.online:
            return
        own = sum(each.left for each in till.open_allowances())
        operation = f"op{next(_names)}"
        want = Want(subject=self.subject, amount=amount, least=max(0, amount - own))
        request = AuthoriseRequest(operation_id=operation, wants=(want,))
        answers = [authorise(context(), till.row, request) for _ in range(lost + 1)]
        assert len({answer.granted for answer in answers}) == 1
        held = (
            by_hold(operation, answers[-1].held[0].amount, self.subject)
            if (answers[-1].granted and answers[-1].held[0].amount)
            else None
        )
        if not (answers[-1].granted and closes and till.spend(self.subject, amount, held, 0)):
            till.released.append(operation)
        self._promise_holds()

    @rule(which=WHICH, amount=AMOUNTS)
    def spend_alone(self, which: int, amount: int) -> None:
        self.tills[which].spend(self.subject, amount, None, self.courtesy)

    def _promise_holds(self) -> None:
        row = row_of(context(), self.subject)
        assert row.granted + row.held <= row.balance + row.forced
        if not self.courtesy:
            assert row.forced == 0

    def teardown(self) -> None:
        for till in self.tills:
            till.push()
        spent = sum(till.spent for till in self.tills)
        assert points_of(self.subject.id) == self.earned - spent
        assert max(0, spent - self.earned) <= sum(till.courtesy for till in self.tills)
        assert sum(till.courtesy for till in self.tills) <= TILLS * self.courtesy
        self._promise_holds()


class KindSpending(Spending):
    """The same with courtesy: beyond the balance goes at most what every till may give."""

    courtesy = COURTESY


def points_of(member: str) -> int:
    key = AggregateKey(AggregateKind.MEMBER, member)
    found = context().database.read(
        lambda connection: aggregates.load(connection, BRAND, [key]), brand=BRAND
    )
    state = found[key].state
    assert isinstance(state, Member)
    return state.points


TestHonestTillsOverspendByNothing = Spending.TestCase
TestCourtesyIsBounded = KindSpending.TestCase
_QUICK: Final = settings(max_examples=10, stateful_step_count=20, deadline=None)
TestHonestTillsOverspendByNothing.settings = _QUICK
TestCourtesyIsBounded.settings = _QUICK


def test_eight_tills_at_once_take_exactly_what_there_is(server: RunningServer) -> None:
    tills = [server.enrolled_till(f"A{number}") for number in range(1, 9)]
    for fact in member_with(1_000):
        tills[0].terminal.write(fact)
    tills[0].push()

    def work(number: int) -> int:
        till, taken = tills[number], 0
        for turn in range(8):
            amount = 10 + (number * 17 + turn * 23) % 51
            operation = f"op-{number}-{turn}"
            if ask_hold(till, operation, amount).granted:
                ask_hold(till, operation, amount)
                taken += amount
                till.terminal.write(spends(operation, amount, by_hold(operation, amount)))
                till.push(till.terminal.push_request(len(till.terminal.entries) - 1))
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(work, range(8)))
    row = row_of(server.context)
    assert (row.balance, row.held, row.forced) == (1_000 - taken, 0, 0)
    assert taken <= 1_000 < taken + 60
