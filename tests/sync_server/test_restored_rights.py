"""A server restored from a backup while tills hold rights to spend that it gave before or after."""

from pathlib import Path

import pytest

from domain.allowances.messages import RightsRequest
from domain.protocol import FeedPage
from sync_server.use_cases.backup import back_up
from sync_server.use_cases.books import read_books
from sync_server.use_cases.context import Context
from sync_server.use_cases.verification import verify
from tests.builders import facts
from tests.builders.spending import (
    POINTS,
    allowances,
    authorise,
    by_allowance,
    by_hold,
    member_with,
    returned,
    rights,
    row_of,
    spends,
)
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, RunningServer
from tests.pos_client.sync.test_restored_server import restored

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def holds(context: Context) -> bool:
    row = row_of(context)
    return row.granted + row.held <= row.balance + row.forced


def push_all(till: SyncClient) -> FeedPage:
    """As a till does in a new history: everything behind what the page acknowledges."""
    acknowledged = till.feed().acknowledged
    till.push(till.terminal.push_request(after=acknowledged))
    return till.feed()


def test_what_the_backup_knows_of_stays_reserved_and_its_use_counts(
    server: RunningServer, tmp_path: Path
) -> None:
    """The till spends both rights before it hears of the loss; the second one nobody knows."""
    till, other = server.enrolled_till("A1"), server.enrolled_till("A2")
    for fact in member_with(1_000):
        till.terminal.write(fact)
    till.push()
    (known,) = allowances(till, server.context, POINTS)
    assert known.amount == 1_000
    back_up(server.context, tmp_path / "backup", release="0.1.0", key_file=None)
    till.terminal.write(facts.sale("more", member=POINTS.id, earned=500))
    till.push()
    found = allowances(till, server.context, POINTS)
    (unknown,) = [each for each in found if each.allowance_id != known.allowance_id]
    assert unknown.amount == 500
    with restored(server, tmp_path / "backup", tmp_path / "new") as new:
        assert not authorise(other, "op-1", 100).granted, "all of it is at the first till"
        till.terminal.write(spends("s1", 600, by_allowance(known, 600)))
        till.terminal.write(spends("s2", 500, by_allowance(unknown, 500)))
        push_all(till)
        row = row_of(new)
        assert (row.balance, row.granted, row.forced) == (400, 400, 0)
        assert holds(new)
        # A till gives all back in a new history, also what that one does not know.
        back = (returned(till, known, used=600), returned(till, unknown, used=500))
        rights(till, RightsRequest(returned=back))
        assert row_of(new).granted == 0
        assert authorise(other, "op-2", 400).granted
        assert holds(new)
        assert verify(new, BRAND).holds


def test_what_was_given_after_the_backup_can_be_spent_once_more_and_becomes_a_case(
    server: RunningServer, tmp_path: Path
) -> None:
    till, other = server.enrolled_till("A1"), server.enrolled_till("A2")
    for fact in member_with(1_000):
        till.terminal.write(fact)
    till.push()
    back_up(server.context, tmp_path / "backup", release="0.1.0", key_file=None)
    (lost,) = allowances(till, server.context, POINTS)
    with restored(server, tmp_path / "backup", tmp_path / "new") as new:
        held = authorise(other, "op-1", 800)
        assert held.granted
        other.terminal.write(spends("s1", 800, by_hold("op-1", 800)))
        other.push()
        assert holds(new)
        assert read_books(new, BRAND).open_cases == 0
        till.terminal.write(spends("s2", 900, by_allowance(lost, 900)))
        page = push_all(till)
        assert page.acknowledged == len(till.terminal.entries)
        overspent = 800 + 900 - 1_000
        assert read_books(new, BRAND).points_total == -overspent
        assert overspent <= lost.amount, "never more than was given after the backup"
        assert read_books(new, BRAND).open_cases == 1
        assert holds(new)
        assert not authorise(other, "op-2", 1).granted
        assert verify(new, BRAND).holds
