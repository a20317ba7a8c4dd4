"""Bugs planted into the till: its session, its state, its disk, its time."""

# ruff: noqa: ANN401 - a faulty function takes whatever the real one takes

from typing import Any

import msgspec

from domain.members.facts import MemberEdited
from pos_client.storage import aggregates as till_aggregates
from pos_client.storage import opening, store
from pos_client.sync import laying, parting, pushing, refetching, session
from pos_client.time_and_chance import TrustedTime
from pos_client.use_cases import spending
from tests.simulation import disk
from tests.simulation.exchanges import Exchanges
from tests.simulation.planting import Swap, planted


def _no(*_: Any, **__: Any) -> None:
    return None


# The till's session.


@planted
def another_history_is_ignored() -> list[Swap]:
    """The cursor of the old history goes on in the new one."""

    def make(real: Any) -> Any:
        def faulty(page: Any, cursor: int) -> None:
            real(page, cursor)
            msgspec.structs.force_setattr(page, "history", "the only one")

        return faulty

    def never(_real: Any) -> Any:
        return lambda _state, _page: False

    return [Swap(session, "check_page", make), Swap(session, "lost_commits", never)]


@planted
def what_a_server_lost_is_not_offered_again() -> list[Swap]:
    def make(_real: Any) -> Any:
        def faulty(_self: Any, refused: Any, _after: Any, _epoch: int) -> Any:
            raise refused

        return faulty

    return [Swap(pushing.Pushing, "_settle", make)]


@planted
def a_batch_begins_one_too_late() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(held: Any, after: Any) -> Any:
            epoch, entries = real(held, after)
            return epoch, entries[1:] if len(entries) > 1 else entries

        return faulty

    return [Swap(pushing, "_waiting", make)]


@planted
def a_failed_exchange_waits_for_the_next_entry() -> list[Swap]:
    """The dead loop of four SDKs: after a failure only a local write wakes it."""

    def make(_real: Any) -> Any:
        def faulty(_self: Any, till: Any, _failure: Any) -> None:
            till.online = False

        return faulty

    return [Swap(Exchanges, "failed", make)]


# The till's state.


@planted
def the_overlay_is_not_dropped() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(connection: Any, sql: str, values: Any = ()) -> None:
            if sql != till_aggregates._DROP_OVERLAY:
                real(connection, sql, values)

        return faulty

    return [Swap(till_aggregates, "run", make)]


@planted
def entries_stop_waiting_too_early() -> list[Swap]:
    """All that waits on a row goes when the row comes, acknowledged or not."""

    def make(real: Any) -> Any:
        def faulty(*arguments: Any, acknowledged: int, **named: Any) -> Any:
            return real(*arguments, acknowledged=acknowledged + 1, **named)

        return faulty

    return [Swap(laying, "take_feed", make)]


@planted
def the_newest_waiting_entry_alone_is_folded_again() -> list[Swap]:
    def make(real: Any) -> Any:
        return lambda connection, key: real(connection, key)[-1:]

    return [Swap(till_aggregates, "entries_waiting_on", make)]


@planted
def waiting_entries_are_not_folded_again() -> list[Swap]:
    """After a page the till shows the server's rows alone."""

    def make(_real: Any) -> Any:
        return lambda _connection, _key: []

    return [Swap(till_aggregates, "entries_waiting_on", make)]


@planted
def a_new_history_keeps_the_old_rows() -> list[Swap]:
    """Nothing is left out at the end, and all counts as done."""
    return [Swap(refetching.LeavingOut, "run", lambda _real: lambda *_: True)]


# Forks and spending.


@planted
def a_lost_end_is_not_taken_back() -> list[Swap]:
    return [Swap(parting.Partings, "take_back_lost", lambda _real: _no)]


@planted
def the_last_entry_of_a_branch_is_not_written_again() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(*arguments: Any, **named: Any) -> Any:
            again = real(*arguments, **named)
            return again[:-1] if len(again) > 1 else again

        return faulty

    return [Swap(parting, "written_again", make)]


@planted
def an_allowance_is_spent_again() -> list[Swap]:
    """What was used of it is not noted."""
    return [Swap(store, "note_uses", lambda _real: _no)]


@planted
def a_till_without_an_answer_spends_as_if_it_had_one() -> list[Swap]:
    def make(real: Any) -> Any:
        return lambda *arguments, **named: real(*arguments, **named) or ()

    return [Swap(spending, "rights_for", make)]


# The till's disk.


@planted
def the_second_journal_is_not_flushed() -> list[Swap]:
    """The simulator's medium takes the call for a flush; here it never comes."""
    return [Swap(disk, "_watched_flush", lambda _real: _no)]


@planted
def an_edit_is_not_in_the_second_journal() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(self: Any, writing: Any) -> None:
            real(self, writing)
            if len(writing.sealed) == 1 and isinstance(writing.sealed[0].fact, MemberEdited):
                writing.sealed.clear()

        return faulty

    return [Swap(store.Store, "_check_second_journal", make)]


@planted
def a_start_does_not_read_the_second_journal() -> list[Swap]:
    """What the database lost is cut off there, too."""

    def make(_real: Any) -> Any:
        def faulty(_self: Any, held: Any) -> Any:
            with held.read() as connection:
                agreed, _ = opening.__dict__["last_agreed"](
                    connection, held.second_journal, held.identity
                )
            held.second_journal.cut_back(agreed)
            return opening.Opened(store=held)

        return faulty

    return [Swap(opening.Opener, "_join", make)]


# Time.


@planted
def local_time_in_place_of_trusted_time() -> list[Swap]:
    def make(_real: Any) -> Any:
        return lambda self: self._clock.now_ms()

    return [Swap(TrustedTime, "now_ms", make)]
