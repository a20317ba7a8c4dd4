"""Bugs planted into the server: taking entries in, and the feed."""

# ruff: noqa: ANN401 - a faulty function takes whatever the real one takes

from collections.abc import Callable
from typing import Any

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.facts import SaleClosed
from domain.members.facts import MemberEdited
from domain.stamps import Stamp
from sync_server.database import spending
from sync_server.database.connection import Database
from sync_server.routes.sync import exchange
from sync_server.use_cases import feed, granting, intake, push, rights
from tests.simulation.planting import Swap, planted


def _changed_page(change: Callable[[Any], dict[str, Any]]) -> list[Swap]:
    """Another feed page than the real one."""

    def make(real: Any) -> Any:
        def faulty(*arguments: Any, **named: Any) -> Any:
            page = real(*arguments, **named)
            return msgspec.structs.replace(page, **change(page))

        return faulty

    return [Swap(exchange, "read_feed", make)]


def _changed_rows(change: Callable[[list[Any]], list[Any]]) -> list[Swap]:
    """Other rows than the real ones in a page; its sums are as they were."""

    def make(real: Any) -> Any:
        def faulty(*arguments: Any, **named: Any) -> Any:
            rows, following = real(*arguments, **named)
            return change(list(rows)), following

        return faulty

    return [Swap(feed, "next_rows", make)]


# The server taking entries in.


@planted
def held_entries_are_folded_again() -> list[Swap]:
    """No dedupe of effects: a batch after a lost answer counts twice."""

    def make(real: Any) -> Any:
        def faulty(context: Any, connection: Any, held: Any, arrivals: Any) -> Any:
            done = real(context, connection, held, arrivals)
            had = [one for one in arrivals if one.number <= held.head_number and one.fact]
            if had and done.refusal is None:
                folded = intake._fold_in(connection, held.brand_id, intake._touched_by(had), had)
                intake._write(connection, held, had, folded, now_ms=context.now_ms())
            return done

        return faulty

    return [Swap(push, "_take", make)]


@planted
def an_answer_before_its_commit() -> list[Swap]:
    """Every ninth transaction is answered, and its commit is lost."""

    def make(real: Any) -> Any:
        count = 0

        def faulty(self: Any, work: Any, *, brand: Any) -> Any:
            nonlocal count
            count += 1
            if count % 9:
                return real(self, work, brand=brand)
            with self._writer.connect() as connection:
                answer = work(connection)
                connection.rollback()
                return answer

        return faulty

    return [Swap(Database, "write", make)]


@planted
def gaps_are_accepted() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(context: Any, connection: Any, held: Any, arrivals: Any) -> Any:
            first = arrivals[0]
            if first.number > held.head_number + 1 and first.entry is not None:
                held = msgspec.structs.replace(
                    held, head_number=first.number - 1, head_hash=first.entry.prev_hash
                )
            return real(context, connection, held, arrivals)

        return faulty

    return [Swap(push, "_take", make)]


@planted
def a_quarantined_entry_blocks() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(connection: Any, held: Any, arrivals: Any, *, now_ms: int) -> Any:
            if any(one.error is not None for one in arrivals):
                raise TillfoldError(ErrorCode.FACT_MALFORMED, kind="")
            return real(connection, held, arrivals, now_ms=now_ms)

        return faulty

    return [Swap(push, "take_in", make)]


@planted
def the_last_entry_of_a_batch_is_not_folded() -> list[Swap]:
    def make(real: Any) -> Any:
        def faulty(held: Any, arrivals: Any) -> Any:
            states, verdicts = real(held, arrivals)
            fewer = real(held, arrivals[:-1])[0] if len(arrivals) > 2 else {}
            return states | fewer, verdicts

        return faulty

    return [Swap(intake, "fold_all", make)]


@planted
def too_many_versions_are_reserved() -> list[Swap]:
    def make(real: Any) -> Any:
        return lambda connection, brand, count: real(connection, brand, count + 1)

    return [Swap(intake, "reserve_versions", make)]


@planted
def the_order_of_arrival_decides_between_edits() -> list[Swap]:
    """At the server alone, in place of the stamp."""

    def make(real: Any) -> Any:
        arrived = 0

        def faulty(key: Any, aggregate: Any, entry: Any, fact: Any) -> Any:
            nonlocal arrived
            if isinstance(fact, MemberEdited):
                arrived += 1
                entry = msgspec.structs.replace(entry, stamp=Stamp(arrived))
            return real(key, aggregate, entry, fact)

        return faulty

    return [Swap(intake, "fold", make)]


@planted
def the_servers_fold_caps_points() -> list[Swap]:
    """Till and server do not run the same fold."""

    def make(real: Any) -> Any:
        def faulty(key: Any, aggregate: Any, entry: Any, fact: Any) -> Any:
            if isinstance(fact, SaleClosed) and fact.sale.points_earned > 50:
                fact = SaleClosed(sale=msgspec.structs.replace(fact.sale, points_earned=50))
            return real(key, aggregate, entry, fact)

        return faulty

    return [Swap(intake, "fold", make)]


@planted
def books_are_kept_of_the_first_entry_alone() -> list[Swap]:
    def make(real: Any) -> Any:
        return lambda held, arrivals: real(held, arrivals[:1])

    return [Swap(intake, "booked", make)]


# Forks and spending.


@planted
def a_till_whose_journal_forked_gets_allowances() -> list[Swap]:
    return [Swap(granting, "fork_is_open", lambda _real: lambda _connection, _till: False)]


@planted
def nobody_is_told_of_a_fork() -> list[Swap]:
    return [Swap(push, "tell_fork", lambda _real: lambda *_, **__: 0)]


@planted
def a_hold_is_not_counted() -> list[Swap]:
    """Two tills are promised the same."""

    def make(real: Any) -> Any:
        def faulty(connection: Any, row: Any, amount: int, *, held: bool) -> Any:
            return row if held else real(connection, row, amount, held=held)

        return faulty

    return [Swap(spending, "take", make)]


@planted
def a_released_hold_stays() -> list[Swap]:
    return [Swap(rights, "release", lambda _real: lambda *_, **__: None)]


# The feed.


@planted
def rows_and_acknowledgement_of_different_moments() -> list[Swap]:
    """Rows as they were a moment ago, the acknowledgement as of now."""

    def change(page: Any) -> dict[str, Any]:
        if len(page.rows) < 2:
            return {}
        kept = page.rows[: len(page.rows) // 2]
        return {"rows": kept, "next_cursor": kept[-1].version, "more": False, "sums": ()}

    return _changed_page(change)


@planted
def a_row_at_the_end_of_a_page_is_skipped() -> list[Swap]:
    return _changed_rows(lambda rows: rows[:-1] if len(rows) > 2 else rows)


@planted
def a_row_at_the_begin_of_a_page_is_skipped() -> list[Swap]:
    """Above the cursor and one more."""
    return _changed_rows(lambda rows: rows[1:] if len(rows) > 2 else rows)


@planted
def the_cursor_runs_ahead() -> list[Swap]:
    """As a clock does, that other writers share: what commits in between is passed over."""
    return _changed_page(lambda page: {"next_cursor": page.next_cursor + 2})


@planted
def the_acknowledgement_lags_by_one() -> list[Swap]:
    """What is inside the rows stays on top of them: it counts twice."""
    return _changed_page(lambda page: {"acknowledged": max(0, page.acknowledged - 1)})


@planted
def rows_of_the_store_are_left_out() -> list[Swap]:
    return _changed_rows(lambda rows: [row for row in rows if row.kind != "order"])
