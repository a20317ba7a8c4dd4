"""One command of `sync-server` in this process, and what it says."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from domain.facts import Fact
from domain.identifiers import AccountId, BrandId, StoreId
from domain.orders import Tender, TenderKind
from domain.stored_value.account import AccountKind
from domain.stored_value.facts import ToppedUp
from sync_server.bootstrap import build_context
from sync_server.settings import ServerSettings
from sync_server.use_cases.enrolment import enrol, issue_code
from sync_server.use_cases.push import push
from sync_server.use_cases.tills import known_till
from tests.builders import facts
from tests.builders.terminal import TestTerminal


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def values(self) -> dict[str, object]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Ran]


def push_an_overspending(settings: ServerSettings) -> None:
    _push(settings, facts.sale(member="m", redeemed=5))


def top_up(settings: ServerSettings) -> None:
    tender = Tender(kind=TenderKind.CASH, amount_fen=10_000, received_fen=10_000)
    _push(
        settings,
        ToppedUp(
            account_id=AccountId("m"),
            kind=AccountKind.NAMED,
            receipt_number="A1-1",
            business_day=date(2026, 11, 21),
            principal_fen=10_000,
            tenders=(tender,),
        ),
    )


def _push(settings: ServerSettings, fact: Fact) -> None:
    context = build_context(settings)
    with contextlib.closing(context.database):
        terminal = TestTerminal()
        code = issue_code(context, BrandId("demo"), StoreId("A"), "A1").code
        terminal.become(enrol(context, terminal.enrol_request(code)))
        terminal.write(fact)
        push(context, known_till(context, terminal.terminal), terminal.push_request())
