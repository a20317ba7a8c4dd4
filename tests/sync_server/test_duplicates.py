"""Members that may be one person: proposed through an index, merged, parted, kept apart."""

from collections.abc import Iterator

import httpx
import msgspec
import pytest
from sqlalchemy import func, select

from domain.facts import Fact
from domain.identifiers import MemberId
from domain.members.facts import MemberClosed, MemberEdited, MemberEnrolled, MemberTagged
from sync_server.database import likeness, tables
from sync_server.use_cases.members import show_member
from tests.builders import facts
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, RunningServer

_PHONES = {f"m-{number}": f"+861390000{number:04}" for number in range(1, 40)}


@pytest.fixture
def hq(server: RunningServer) -> Iterator[httpx.Client]:
    """An HQ user's client."""
    headers = {"Authorization": f"Bearer {server.hq_token()}", "Accept-Language": "en"}
    url = f"{server.url}/api/v1"
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def person(member: str, name: str = "李雷", birthday: str = "1990-05-20") -> MemberEnrolled:
    enrolled = facts.enrolled(member, phone=_PHONES[member], name=name)
    return msgspec.structs.replace(enrolled, birthday=birthday)


def edited(member: str, **changes: str) -> MemberEdited:
    named = {name.replace("card_", "custom.card_"): text for name, text in changes.items()}
    return MemberEdited(member_id=MemberId(member), changes=named)


def wrote(till: SyncClient, *written: Fact) -> None:
    before = len(till.terminal.entries)
    for fact in written:
        till.terminal.write(fact)
    till.push(till.terminal.push_request(after=before))


def pairs(hq: httpx.Client) -> list[tuple[str, str, list[str]]]:
    found = hq.get("/members/duplicates").json()
    return [
        (one["first_id"], one["second_id"], [reason["code"] for reason in one["reasons"]])
        for one in found
    ]


def test_members_that_share_something_are_proposed_with_their_reasons(
    server: RunningServer, hq: httpx.Client
) -> None:
    till = server.enrolled_till("A1")
    wrote(till, person("m-1"), person("m-2", "李 雷"), person("m-3", "韩梅"), person("m-4", "王"))
    assert pairs(hq) == [("m-1", "m-2", ["name_and_birthday"])]
    wrote(till, edited("m-3", card_old="C 1001"), edited("m-1", card_old="c1001"))
    wrote(till, edited("m-3", email="li@example.com"), edited("m-1", email="li@example.com"))
    assert pairs(hq) == [
        ("m-1", "m-2", ["name_and_birthday"]),
        ("m-1", "m-3", ["card", "email"]),
    ]
    shown = hq.get("/members/duplicates").json()[0]
    assert (shown["first"]["name"], shown["first"]["phone"]) == ("李*", "139****0001")
    assert shown["reasons"][0]["text_en"] == "Same name and birthday"


def test_a_proposal_goes_when_what_was_shared_goes(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    wrote(till, person("m-1"), person("m-2"), person("m-3"))
    assert len(pairs(hq)) == 3
    wrote(till, edited("m-2", name="李雪"))
    assert pairs(hq) == [("m-1", "m-3", ["name_and_birthday"])]
    wrote(till, MemberClosed(member_id=MemberId("m-3"), phone=_PHONES["m-3"]))
    assert pairs(hq) == []
    rows = server.context.database.read(
        lambda connection: connection.execute(
            select(tables.member_likeness.c.member_id).distinct()
        ).all(),
        brand=BRAND,
    )
    assert {row.member_id for row in rows} == {"m-1", "m-2"}


def test_a_sale_looks_for_nobody_like_its_member(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    wrote(till, person("m-1"), person("m-2"))
    server.context.database.write(
        lambda connection: connection.execute(tables.duplicate_proposal.delete()), brand=BRAND
    )
    wrote(till, facts.sale("sale-1", member="m-1", earned=5))
    left = server.context.database.read(
        lambda connection: connection.execute(
            select(func.count()).select_from(tables.duplicate_proposal)
        ).scalar_one(),
        brand=BRAND,
    )
    assert left == 0


def test_what_very_many_members_share_says_nothing(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    wrote(till, *(person(f"m-{number}") for number in range(1, likeness.MOST_ALIKE + 2)))
    assert pairs(hq) == []


def test_proposals_come_in_pages(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    wrote(till, *(person(f"m-{number}") for number in range(1, 5)))
    whole = [pair[:2] for pair in pairs(hq)]
    paged: list[tuple[str, str]] = []
    while True:
        last = paged[-1] if paged else ("", "")
        query = {"limit": "2", "after_first": last[0], "after_second": last[1]}
        page = hq.get("/members/duplicates", params=query).json()
        if not page:
            break
        paged += [(one["first_id"], one["second_id"]) for one in page]
    assert paged == whole
    assert len(whole) == 6


def test_merged_members_are_one_for_every_id_and_can_be_parted_again(
    server: RunningServer, hq: httpx.Client
) -> None:
    till = server.enrolled_till("A1")
    wrote(
        till,
        person("m-1"),
        person("m-2"),
        facts.sale("sale-1", member="m-1", earned=10),
        facts.sale("sale-2", member="m-2", earned=30),
        MemberTagged(member_id=MemberId("m-2"), tags=("常客",)),
    )
    merged = hq.post("/members/m-2/merge", json={"member_id": "m-1"}).json()
    assert (merged["member"]["member_id"], merged["member"]["points"]) == ("m-1", 40)
    for member_id in ("m-1", "m-2"):
        shown = hq.get(f"/members/{member_id}").json()
        assert shown["member"] == merged["member"]
        known = show_member(server.context, BRAND, member_id).known
        assert "常客" in known.member.tags
    assert pairs(hq) == []
    again = hq.post("/members/m-2/merge", json={"member_id": "m-1"}).json()
    assert again == merged
    parted = hq.post("/members/m-2/part").json()
    assert (parted["member"]["member_id"], parted["member"]["points"]) == ("m-2", 30)
    assert hq.get("/members/m-1").json()["member"]["points"] == 10
    assert len(pairs(hq)) == 1
    assert hq.post("/members/m-2/part").json() == parted


def test_parting_finds_the_merge_of_whoever_shares_the_phone(
    server: RunningServer, hq: httpx.Client
) -> None:
    till = server.enrolled_till("A1")
    twice = msgspec.structs.replace(person("m-3"), phone=_PHONES["m-2"])
    wrote(till, person("m-1"), person("m-2"), twice)
    hq.post("/members/m-3/merge", json={"member_id": "m-1"})
    assert set(show_member(server.context, BRAND, "m-1").known.ids) == {"m-1", "m-2", "m-3"}
    hq.post("/members/m-3/part")
    assert set(show_member(server.context, BRAND, "m-3").known.ids) == {"m-2", "m-3"}


def test_a_dismissed_proposal_does_not_come_back(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    wrote(till, person("m-1"), person("m-2"), person("m-3"))
    kept = hq.post("/members/m-2/keep-apart", json={"member_id": "m-1"})
    assert kept.status_code == 200
    hq.post("/members/m-2/keep-apart", json={"member_id": "m-1"})
    left = [("m-1", "m-3", ["name_and_birthday"]), ("m-2", "m-3", ["name_and_birthday"])]
    assert pairs(hq) == left
    wrote(till, edited("m-1", note="靠窗"), edited("m-2", note="靠门"))
    assert pairs(hq) == left


def test_who_is_not_there_cannot_be_merged(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    wrote(till, person("m-1"))
    for path in ("/members/nobody/merge", "/members/m-1/merge", "/members/m-1/keep-apart"):
        refused = hq.post(path, json={"member_id": "no-one"})
        assert (refused.status_code, refused.json()["code"]) == (404, "member_unknown")
    assert hq.post("/members/nobody/part").json()["code"] == "member_unknown"
