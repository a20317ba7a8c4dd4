"""Tills, as plain as can be, that push sales to a server which is hurt meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx
from sqlalchemy import Connection

from domain.identifiers import BrandId
from sync_server.database.journal import read_journal
from sync_server.database.terminals import find_terminal
from sync_server.use_cases.books import points_balances
from sync_server.use_cases.context import Context
from sync_server.use_cases.verification import verify
from tests.builders.facts import enrolled, sale
from tests.builders.sync_client import SyncClient
from tests.builders.terminal import TestTerminal
from tests.faults.report import Report

# What a request ends with when its server dies under it.
BROKEN: Final = (httpx.HTTPError, OSError)


@dataclass
class PushingTill:
    """A journal of one member's sales, a point for each, and what a server acknowledged of it."""

    client: SyncClient
    number: int
    acknowledged: int = 0

    @property
    def terminal(self) -> TestTerminal:
        return self.client.terminal

    @property
    def member(self) -> str:
        return f"member-{self.number}"

    def point_at(self, url: str) -> None:
        """The server may have another address after each start, as behind a balancer."""
        self.client.http.close()
        self.client.http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def sell(self, count: int) -> None:
        if not self.terminal.entries:
            self.terminal.write(enrolled(self.member, phone=f"+861380013{self.number:04}"))
        for _ in range(count):
            order = len(self.terminal.entries)
            self.terminal.write(sale(f"sale-{self.number}-{order}", member=self.member, earned=1))

    def push(self) -> None:
        """Everything that is not acknowledged: after a broken request the same bytes again.

        Raises:
            one of BROKEN: there was no answer; the server may have it or not.
        """
        if self.acknowledged == len(self.terminal.entries):
            return
        answer = self.client.push(self.terminal.push_request(after=self.acknowledged))
        numbers = [verdict.number for verdict in answer.verdicts]
        assert numbers == list(range(self.acknowledged + 1, len(self.terminal.entries) + 1))
        assert {verdict.error for verdict in answer.verdicts} == {None}
        self.acknowledged = numbers[-1]


def compare(
    context: Context, brand_id: BrandId, tills: Sequence[PushingTill], report: Report
) -> None:
    """Count what a server lost or doubled of its tills' journals, and prove its books."""

    def work(connection: Connection) -> None:
        points = points_balances(connection, brand_id)
        for till in tills:
            held = find_terminal(connection, brand_id, till.terminal.terminal)
            assert held is not None
            contents = [entry.content for entry in read_journal(connection, held)]
            own = [signed.content for signed in till.terminal.entries]
            assert contents == own[: len(contents)]
            sales = max(0, len(contents) - 1)
            report.lost += max(0, till.acknowledged - len(contents))
            report.unacknowledged += max(0, len(contents) - till.acknowledged)
            report.doubled += abs(points.get(till.member, 0) - sales)

    context.database.read(work, brand=brand_id)
    found = verify(context, brand_id)
    report.damaged += len(found.findings)
    assert found.holds, found.findings
