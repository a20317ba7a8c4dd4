"""Cases in full and decisions on them, through the HQ API; every till hears of a decision."""

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, select

from domain.configuration import Staff
from domain.facts import StaffAppointed
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon, decode_aggregate
from domain.fold.cases import cases_of
from domain.identifiers import HEAD_OFFICE, StaffId, StoreId
from domain.offers import amount_off
from domain.orders import Stage
from domain.rights import CASHIER
from sync_server.database.cases import CaseState
from sync_server.database.tables import entry
from sync_server.use_cases import case_reading
from sync_server.use_cases.case_reading import losses_by_store
from sync_server.use_cases.configuration import CouponOrder, issue_coupons
from tests.builders import facts
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, RunningServer

CASE = "coupon_redeemed_twice:coupon-1"
_STAFF = Staff(staff_id=StaffId("staff-1"), name="王芳", role=CASHIER, pin_hash="$argon2id$x")


@pytest.fixture
def hq(server: RunningServer) -> Iterator[httpx.Client]:
    """An HQ user's client."""
    headers = {"Authorization": f"Bearer {server.hq_token()}", "Accept-Language": "en"}
    url = f"{server.url}/api/v1"
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def used_twice(server: RunningServer) -> tuple[SyncClient, SyncClient]:
    """One coupon used at a till of each store; staff-1 works at store A."""
    a, b = server.enrolled_till("A1"), server.enrolled_till("B1", "B")
    a.terminal.write(StaffAppointed(store=StoreId("A"), staff=_STAFF))
    a.terminal.write(facts.enrolled("m-1", phone="+8613912345678", name="欧阳锋"))
    a.terminal.write(facts.sale("sale-a", member="m-1", coupon="coupon-1"))
    b.terminal.write(facts.sale("sale-b", coupon="coupon-1", coupon_saving_fen=700))
    a.push()
    b.push()
    return a, b


def entries_of_head_office(server: RunningServer) -> int:
    return server.context.database.read(
        lambda connection: int(
            connection.execute(
                select(func.count()).where(
                    entry.c.brand_id == BRAND, entry.c.terminal_id == HEAD_OFFICE
                )
            ).scalar_one()
        ),
        brand=BRAND,
    )


def decide(hq: httpx.Client, **wish: str) -> httpx.Response:
    return hq.post(f"/cases/{CASE}/decision", json={"decision": "store_loss", **wish})


def test_what_cases_cost_is_added_up_by_store(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few are read at once."""
    monkeypatch.setattr(case_reading, "_CASES_AT_ONCE", 1)
    _, b = used_twice(server)
    for number, saving_fen in enumerate((300, 400), start=2):
        coupon = f"coupon-{number}"
        for turn in "xy":
            name = f"sale-{turn}{number}"
            b.terminal.write(facts.sale(name, coupon=coupon, coupon_saving_fen=saving_fen))
    b.push(b.terminal.push_request(after=1))
    (total,) = losses_by_store(server.context, BRAND, CaseState.OPEN)
    assert (total.store_id, total.cases, total.amount_fen) == ("B", 3, 700 + 300 + 400)
    assert losses_by_store(server.context, BRAND, CaseState.CLOSED) == []


def test_a_case_shows_both_facts_side_by_side(server: RunningServer, hq: httpx.Client) -> None:
    used_twice(server)
    shown = hq.get(f"/cases/{CASE}").json()
    first, second = shown["sides"]
    assert (first["place"]["store_name"], second["place"]["store_name"]) == ("一店", "二店")
    assert first["place"]["local_time"].endswith("+08:00")
    assert first["fact"] | {"note": ""} == {
        "kind": "sale_closed",
        "text_zh": "收款结单",
        "text_en": "Sale closed",
        "actor": "王芳",
        "approver": "",
        "receipt_number": "A1-sale-a",
        "amount_fen": 5_000,
        "part_fen": 1_000,
        "points": 0,
        "member": "欧**",
        "phone": "139****5678",
        "note": "",
    }
    assert (second["fact"]["part_fen"], second["fact"]["member"]) == (700, "")
    assert shown["case"]["losses"] == [{"store_id": "B", "store_name": "二店", "amount_fen": 700}]
    assert shown["can_be_decided_as"] == ["store_loss", "campaign_loss", "charged"]
    assert (shown["case"]["decision"], shown["decided_by"]) == ("", "")


def test_a_decision_closes_the_case_here_and_on_every_till(
    server: RunningServer, hq: httpx.Client
) -> None:
    a, _ = used_twice(server)
    cursor = a.feed().next_cursor
    decided = decide(hq, decision="campaign_loss", note="活动预算承担").json()
    assert decided["case"]["decision"] == "campaign_loss"
    assert decided["case"]["closed_ms"] is not None
    assert decided["decided_by"] == "总部"
    assert hq.get("/cases").json() == []
    (closed,) = hq.get("/cases", params={"state": "closed"}).json()
    assert (closed["decision"], closed["note"]) == ("campaign_loss", "活动预算承担")
    (row,) = a.feed(cursor).rows
    assert row.body is not None
    coupon = decode_aggregate(AggregateKind(row.kind), row.body)
    assert isinstance(coupon, Coupon)
    assert cases_of(AggregateKey(AggregateKind.COUPON, row.id), coupon) == ()


def test_the_same_decision_again_writes_nothing(server: RunningServer, hq: httpx.Client) -> None:
    used_twice(server)
    assert decide(hq, note="一").status_code == 200
    before = entries_of_head_office(server)
    again = decide(hq, note="一")
    assert (again.status_code, entries_of_head_office(server)) == (200, before)
    assert decide(hq, decision="charged").json()["case"]["decision"] == "charged"
    assert entries_of_head_office(server) == before + 1


def test_a_new_disagreement_opens_a_decided_case_anew(
    server: RunningServer, hq: httpx.Client
) -> None:
    a, _ = used_twice(server)
    decide(hq)
    a.terminal.write(facts.sale("sale-c", coupon="coupon-1", coupon_saving_fen=50))
    a.push()
    (case,) = hq.get("/cases").json()
    assert (case["case_id"], case["cost_fen"], case["decision"]) == (CASE, 750, "")


def test_what_changed_since_it_was_looked_at_is_not_decided(
    server: RunningServer, hq: httpx.Client
) -> None:
    a, _ = used_twice(server)
    seen = hq.get(f"/cases/{CASE}").json()["case"]["seen"]
    a.terminal.write(facts.sale("sale-c", coupon="coupon-1", coupon_saving_fen=50))
    a.push()
    refused = decide(hq, seen=seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "case_changed")
    now = hq.get(f"/cases/{CASE}").json()["case"]["seen"]
    assert decide(hq, seen=now).status_code == 200


def test_refusals_of_a_decision_have_their_codes(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    used_twice_at(till)
    unfit = decide(hq, decision="noted")
    assert (unfit.status_code, unfit.json()["code"]) == (422, "decision_unfit")
    assert unfit.json()["values"] == {"allowed": "store_loss, campaign_loss, charged"}
    assert decide(hq, decision="whatever").json()["code"] == "request_malformed"
    assert decide(hq, note="长" * 201).json()["code"] == "request_malformed"
    missing = hq.post("/cases/nothing:here/decision", json={"decision": "noted"})
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert hq.get("/cases/nothing:here").status_code == 404


def used_twice_at(till: SyncClient) -> None:
    for name in ("sale-a", "sale-b"):
        till.terminal.write(facts.sale(name, coupon="coupon-1"))
    till.push()


def test_a_case_that_closed_by_itself_cannot_be_decided(
    server: RunningServer, hq: httpx.Client
) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled())
    till.terminal.write(facts.sale("sale-1", member="member-1", redeemed=5))
    till.push()
    till.terminal.write(facts.sale("sale-2", member="member-1", earned=5))
    till.push()
    url = "/cases/points_overspent:member-1"
    refused = hq.post(f"{url}/decision", json={"decision": "charged"})
    assert (refused.status_code, refused.json()["code"]) == (409, "case_closed")
    assert hq.get(url).json()["case"]["closed_ms"] is not None


def issued(server: RunningServer) -> str:
    order = CouponOrder(
        rule=amount_off("r", "满减券", from_fen=0, saving_fen=1_000, stage=Stage.COUPON),
        valid_from_ms=0,
        valid_until_ms=1 << 46,
    )
    (terms,) = issue_coupons(server.context, BRAND, order, actor="test")
    return terms.coupon_id


def test_a_use_after_a_revocation_that_the_till_had_not_heard_of_is_a_case(
    server: RunningServer, hq: httpx.Client
) -> None:
    coupon_id = issued(server)
    till = server.enrolled_till("A1")
    till.terminal.write(facts.sale("before", coupon=coupon_id))
    server.clock.advance(minutes=1)
    revoked = hq.post(f"/coupons/{coupon_id}/revoke", json={"reason": "误发"}).json()
    assert (revoked["revoked"], revoked["valid_until_ms"]) == (True, server.clock.now_ms)
    till.push()
    assert hq.get("/cases").json() == []
    before = entries_of_head_office(server)
    assert hq.post(f"/coupons/{coupon_id}/revoke", json={}).status_code == 200
    assert entries_of_head_office(server) == before
    other = server.enrolled_till("B1", "B")
    other.terminal.write(facts.sale("after", coupon=coupon_id), now_ms=server.clock.now_ms + 60_000)
    other.push()
    kinds = {case["kind"] for case in hq.get("/cases").json()}
    assert kinds == {"coupon_used_after_revocation", "coupon_redeemed_twice"}


def test_a_coupon_is_given_to_a_member_by_any_of_its_ids(
    server: RunningServer, hq: httpx.Client
) -> None:
    coupon_id = issued(server)
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled("m-1"))
    till.terminal.write(facts.enrolled("m-2"))
    till.push()
    url = f"/coupons/{coupon_id}/transfer"
    assert hq.post(url, json={"member_id": "m-2"}).json()["member_id"] == "m-1"
    unknown = hq.post(url, json={"member_id": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "member_unknown")
    gone = hq.post("/coupons/nothing/transfer", json={"member_id": "m-1"})
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
