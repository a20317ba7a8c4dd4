"""Finding a member by what a guest says."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from domain.fold.aggregates import AggregateKey, AggregateKind, encode_aggregate
from domain.identifiers import MemberId
from domain.members.facts import MemberClosed, MembersMerged, MembersParted
from domain.protocol import FeedRow
from pos_client.storage.aggregates import drop_rows, take_feed
from pos_client.storage.member_index import find_member_ids, forget_absent, look_ups
from pos_client.storage.readings import MOST_INITIALS, initials_of
from pos_client.storage.store import Store
from pos_client.storage.tables import aggregate, name_initials, overlay
from pos_client.use_cases.members import SHOWN_MEMBERS, find_members
from tests.builders.facts import enrolled, sale
from tests.builders.till import TillFiles, folded, write
from tests.domain.builders import edit, entry_of

TODAY = date(2026, 11, 22)


@pytest.fixture
def store(files: TillFiles) -> Iterator[Store]:
    people = [
        ("li", "+8613800138000", "李小龙"),
        ("liu", "+8613800139999", "刘小龙"),
        ("smith", "+447911123456", "Anna Smith"),
        ("ouyang", "+8613911118000", "欧阳娜娜"),
        ("mixed", "+8613911112222", "李Anna"),
    ]
    with files.created([enrolled(i, phone=phone, name=name) for i, phone, name in people]) as made:
        yield made


def found(store: Store, text: str) -> list[str]:
    with store.read() as connection:
        return [str(member.member_id) for member in find_members(connection, text, day=TODAY)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("138", {"li", "liu"}),
        ("13800138000", {"li"}),
        ("138 0013-8000", {"li"}),
        ("１３８００１３８０００", {"li"}),
        ("+8613800138000", {"li"}),
        ("+86 138 0013", {"li", "liu"}),
        ("8613800138000", {"li"}),
        ("8000", {"li", "ouyang"}),
        ("2222", {"mixed"}),
        ("447911", {"smith"}),
        ("+447911", {"smith"}),
        ("李", {"li", "mixed"}),
        ("李小", {"li"}),
        ("欧阳娜", {"ouyang"}),
        ("lxl", {"li", "liu"}),
        ("LXL", {"li", "liu"}),
        ("oynn", {"ouyang"}),
        ("anna", {"smith"}),
        ("Anna S", {"smith"}),
        ("annasmith", {"smith"}),
        ("smith", set()),
        ("小龙", set()),
        ("1", set()),
        ("", set()),
        ("  ", set()),
        ("+", set()),
        ("+86", set()),
        ("%", set()),
        ("__", set()),
        ("'; DROP TABLE member_term; --", set()),
        ("\ud800x", set()),
        ("李\x00", set()),
        ("9" * 5_000, set()),
    ],
)
def test_members_are_found_by_what_they_say(store: Store, text: str, who: set[str]) -> None:
    assert set(found(store, text)) == who


def test_the_row_of_a_member_is_masked(store: Store) -> None:
    with store.read() as connection:
        (row,) = find_members(connection, "13800138000", day=TODAY)
    assert (row.masked_name, row.shown_phone) == ("李**", "138****8000")


def test_last_four_digits_come_before_numbers_that_begin_so(files: TillFiles) -> None:
    with files.created(
        [
            enrolled("begins", phone="+8613801389999", name="甲"),
            enrolled("ends", phone="+8613911111380", name="乙"),
        ]
    ) as store:
        assert found(store, "1380") == ["ends", "begins"]


def test_a_renamed_member_is_found_by_the_new_name_alone(store: Store) -> None:
    write(store, [edit("li", name="王大明")])
    assert found(store, "王大") == ["li"]
    assert found(store, "wdm") == ["li"]
    assert found(store, "李小") == []
    assert found(store, "lxl") == ["liu"]
    assert found(store, "13800138000") == ["li"]


def test_stale_names_do_not_use_up_the_rows(files: TillFiles) -> None:
    """Thirty people were once called so; the one who still is has to be found."""
    facts = [
        enrolled(f"m{number:02d}", phone=f"+86138001{number:05d}", name="李雷")
        for number in range(31)
    ]
    with files.created(facts) as store:
        write(store, [edit(f"m{number:02d}", name="韩梅梅") for number in range(30)])
        assert found(store, "李雷") == ["m30"]
        assert len(found(store, "韩梅梅")) == SHOWN_MEMBERS


def test_one_person_enrolled_twice_is_one_row(store: Store) -> None:
    write(store, [sale("s1", member="li", earned=3)])
    write(store, [enrolled("li-again", phone="+8613800138000", name="李小龙")])
    write(store, [sale("s2", member="li-again", earned=4)])
    with store.read() as connection:
        (row,) = find_members(connection, "13800138000", day=TODAY)
    assert (row.member_id, row.points) == ("li", 7)


def test_a_person_enrolled_under_two_names_is_found_by_both(files: TillFiles) -> None:
    with files.created([enrolled("one", name="王芳")]) as store:
        files.clock.advance(1_000)
        write(store, [enrolled("two", name="王小芳")])
        assert found(store, "王小芳") == ["one"]
        assert found(store, "8000") == ["one"]


def test_at_most_twenty_are_shown(files: TillFiles) -> None:
    facts = [
        enrolled(f"m{number}", phone=f"+86138001{number:05d}", name="李雷") for number in range(30)
    ]
    with files.created(facts) as store:
        for text in ("138", "李雷", "ll"):
            assert len(found(store, text)) == SHOWN_MEMBERS == 20


def test_a_member_without_an_enrolment_is_shown_without_a_phone(files: TillFiles) -> None:
    """Its sale came here before its enrolment did."""
    with files.created([sale(member="unknown")]) as store:
        assert found(store, "138") == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("曾志伟", "zzw"),
        ("曾志伟", "czw"),
        ("查良镛", "zly"),
        ("翟天临", "ztl"),
        ("单雄信", "sxx"),
        ("仇英", "qy"),
        ("区乐天", "olt"),
        ("解行", "xh"),
    ],
)
def test_a_member_is_found_by_the_initials_that_people_use(
    files: TillFiles, name: str, typed: str
) -> None:
    with files.created([enrolled("one", name=name)]) as store:
        assert found(store, typed) == ["one"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("李小龙", {"lxl"}),
        ("欧阳娜娜", {"oynn"}),
        ("李Anna", {"lanna"}),
        ("曾志伟", {"czw", "zzw"}),
        ("曾行", {"cx", "zx", "ch", "zh"}),
        ("🙂", {"🙂"}),
    ],
)
def test_initials_are_those_of_every_reading(name: str, initials: set[str]) -> None:
    assert set(initials_of(name.casefold())) == initials


def test_a_name_of_many_readings_keeps_the_nearest_to_the_usual_ones() -> None:
    assert initials_of("曾" * 40)[:2] == ("c" * 40, "z" + "c" * 39)
    assert len(initials_of("曾" * 40)) == len(set(initials_of("曾" * 40))) == MOST_INITIALS


def fill(store: Store, count: int) -> None:
    """Members as the feed brings them."""
    for start in range(0, count, 5_000):
        rows = []
        for number in range(start, min(count, start + 5_000)):
            fact = enrolled(f"m{number}", phone=f"+861{3_000_000_000 + number}", name="李雷")
            state = folded([(entry_of(fact), fact)])
            rows += [
                FeedRow(key.kind, key.id, number, encode_aggregate(value))
                for key, value in state.items()
            ]
        with store.write() as writing:
            take_feed(writing.connection, rows, epoch=1, acknowledged=0, complete=False)


def test_looking_up_stays_on_an_index_with_fifty_thousand_members(files: TillFiles) -> None:
    with files.created() as store:
        fill(store, 50_000)
        assert found(store, "13000049999") == ["m49999"]
        with store.read() as connection:
            driver = connection.connection.driver_connection
            statements: list[str] = []
            assert driver is not None
            driver.set_trace_callback(statements.append)
            find_member_ids(connection, "1300", 20)
            find_members(connection, "李雷", day=TODAY)
            find_members(connection, "ll", day=TODAY)
            find_members(connection, "1300", day=TODAY)
            driver.set_trace_callback(None)
            selects = [text for text in statements if text.startswith("SELECT")]
            assert len(selects) > 3
            for statement in selects:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
                assert all("SCAN" not in row.detail for row in plan), (statement, plan)
                assert all("TEMP B-TREE" not in row.detail for row in plan), (statement, plan)


def test_looking_up_uses_ranges_and_no_patterns() -> None:
    assert look_ups("138%") == ("i138%", "n138%")


def names(store: Store, member_id: str) -> list[str]:
    """What the rows of a member are found by, and every name that initials lead to."""
    with store.read() as connection:
        own = [
            connection.scalars(select(table.c.name).where(table.c.id == member_id))
            for table in (aggregate, overlay)
        ]
        every = connection.scalars(select(name_initials.c.name))
        return [name for rows in (*own, every) for name in rows if name is not None]


CLOSED = MemberClosed(member_id=MemberId("li"), phone="+8613800138000")


def test_no_name_of_a_closed_member_stays_not_even_an_earlier_one(store: Store) -> None:
    write(store, [edit("li", name="王大明")])
    assert {"李小龙", "王大明"} <= set(names(store, "li"))
    write(store, [CLOSED])
    assert {"李小龙", "王大明"}.isdisjoint(names(store, "li"))
    for text in ("13800138000", "8000", "王大", "李小"):
        assert "li" not in found(store, text), text
    assert found(store, "13800139999") == ["liu"]
    write(store, [edit("li", name="李小龙"), enrolled("li", name="李小龙")])
    assert "李小龙" not in names(store, "li")
    write(store, [enrolled("again", phone="+8613800138000", name="李小龙")])
    assert found(store, "13800138000") == ["again"]


def closed_row(version: int) -> FeedRow:
    steps = [(entry_of(fact), fact) for fact in (enrolled("li"), CLOSED)]
    member = folded(steps)[AggregateKey(AggregateKind.MEMBER, "li")]
    return FeedRow(AggregateKind.MEMBER, "li", version, encode_aggregate(member))


def fed_row(version: int) -> FeedRow:
    fact = enrolled("li", name="这店关门 closed")
    member = folded([(entry_of(fact), fact)])[AggregateKey(AggregateKind.MEMBER, "li")]
    return FeedRow(AggregateKind.MEMBER, "li", version, encode_aggregate(member))


@pytest.mark.parametrize("gone", [False, True])
def test_a_member_whose_closure_the_feed_brings_is_forgotten(
    files: TillFiles, *, gone: bool
) -> None:
    last = FeedRow(AggregateKind.MEMBER, "li", 2, None) if gone else closed_row(2)
    with files.created() as store:
        for row in (fed_row(1), last, last):
            with store.write() as writing:
                take_feed(writing.connection, [row], epoch=1, acknowledged=0, complete=False)
        assert names(store, "li") == []


def test_a_closure_that_the_feed_brings_holds_over_own_entries_that_wait(store: Store) -> None:
    with store.write() as writing:
        take_feed(writing.connection, [closed_row(1)], epoch=1, acknowledged=0, complete=False)
    assert "李小龙" not in names(store, "li")
    assert found(store, "13800138000") == []


def test_who_is_not_here_any_more_is_forgotten_a_few_terms_at_a_time(files: TillFiles) -> None:
    with files.created([enrolled("own", phone="+85291234567", name="王芳")]) as store:
        with store.write() as writing:
            take_feed(writing.connection, [fed_row(1)], epoch=1, acknowledged=0, complete=False)
        assert "这店关门closed" in names(store, "li")
        after: tuple[str, str] | None = ("", "")
        with store.write() as writing:
            drop_rows(writing.connection, [(AggregateKind.MEMBER, "li")], epoch=1, acknowledged=0)
            while after is not None:
                after = forget_absent(writing.connection, after, 1)
        assert set(names(store, "li")) == {"王芳"}
        assert found(store, "王芳") == ["own"]


def test_merged_members_are_one_row_and_parted_ones_two(store: Store) -> None:
    write(store, [sale("s1", member="liu", earned=3), sale("s2", member="li", earned=4)])
    write(store, [MembersMerged(member_id=MemberId("liu"), into=MemberId("li"))])
    with store.read() as connection:
        for text in ("13800138000", "13800139999", "刘小龙"):
            (row,) = find_members(connection, text, day=TODAY)
            assert (row.member_id, row.points) == ("li", 7), text
    write(store, [MembersParted(member_id=MemberId("liu"), parted_from=MemberId("li"))])
    assert set(found(store, "138")) == {"li", "liu"}
