"""One command of `sync-server` in this process, and what it says."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from domain.identifiers import BrandId, StoreId
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
    context = build_context(settings)
    with contextlib.closing(context.database):
        terminal = TestTerminal()
        code = issue_code(context, BrandId("demo"), StoreId("A"), "A1").code
        terminal.become(enrol(context, terminal.enrol_request(code)))
        terminal.write(facts.sale(member="m", redeemed=5))
        push(context, known_till(context, terminal.terminal), terminal.push_request())
