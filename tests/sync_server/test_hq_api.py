"""The HQ API over HTTP: every endpoint, who may call it, and its one error shape."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from domain.conditions import Conditions
from domain.identifiers import MemberId
from domain.members.facts import MemberClosed, MembersMerged, MembersParted
from domain.signatures import check_number
from sync_server.database.tables import member_search
from sync_server.routes.hq.models import LARGEST_PAGE
from sync_server.use_cases.brands import add_brand, add_hq_user
from tests.builders import facts
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.terminal import START_MS, TestTerminal

_PHONE = "+8613912345678"
_NAME = "欧阳锋"
_TEN_OFF: dict[str, Any] = {
    "rule_id": "ten-off",
    "name": "满50减10",
    "stage": "S5",
    "effect": {"kind": "amount_off", "steps": [{"from_fen": 5_000, "saving_fen": 1_000}]},
}


@pytest.fixture
def hq(server: RunningServer) -> Iterator[httpx.Client]:
    """An HQ user's client."""
    headers = {"Authorization": f"Bearer {server.hq_token()}", "Accept-Language": "en"}
    url = f"{server.url}/api/v1"
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def sell_to_member(server: RunningServer) -> TestTerminal:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled("m-1", phone=_PHONE, name=_NAME))
    till.terminal.write(facts.sale("sale-1", member="m-1", earned=50, total_fen=5_000))
    till.terminal.write(facts.sale("sale-2", member="m-1", redeemed=20, total_fen=700))
    till.push()
    return till.terminal


def test_no_endpoint_answers_without_a_token(server: RunningServer, hq: httpx.Client) -> None:
    schema = hq.get(f"{server.url}/openapi.json").json()
    asked = 0
    for path, methods in schema["paths"].items():
        for method in methods:
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}):
                url = server.url + path.replace("{", "").replace("}", "")
                response = httpx.request(method, url, headers=headers, json={})
                assert (response.status_code, response.json()["code"]) == (401, "token_wrong"), path
                assert response.headers["WWW-Authenticate"] == "Bearer"
                asked += 1
    assert asked == 3 * 23


def test_the_schema_describes_the_hq_api_and_not_the_tills_routes(server: RunningServer) -> None:
    schema = httpx.get(f"{server.url}/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    assert schema["components"]["schemas"]["Problem"]["properties"].keys() == {
        "code",
        "text",
        "values",
        "flaws",
    }
    assert "examples" in schema["components"]["schemas"]["StoreModel"]["properties"]["name"]


def test_stores_are_added_and_listed_in_pages(hq: httpx.Client) -> None:
    new = {"store_id": "C", "name": "三店", "time_zone": "Asia/Hong_Kong"}
    assert hq.post("/stores", json=new).status_code == 201
    assert [store["store_id"] for store in hq.get("/stores").json()] == ["A", "B", "C"]
    page = hq.get("/stores", params={"after": "A", "limit": 1}).json()
    assert [store["name"] for store in page] == ["二店"]
    again = hq.post("/stores", json=new)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    wrong = hq.post("/stores", json=new | {"store_id": "D", "time_zone": "../etc/passwd"})
    assert (wrong.status_code, wrong.json()["values"]) == (422, {"where": "time_zone"})


def test_a_code_from_the_api_enrols_a_till_that_can_be_revoked(
    server: RunningServer, hq: httpx.Client
) -> None:
    made = hq.post("/terminals/enrolment-codes", json={"store_id": "A", "label": "A7"})
    assert made.status_code == 201
    assert made.json()["expires_ms"] == START_MS + 15 * 60_000
    client = server.client(TestTerminal())
    answer = client.enrol(made.json()["code"])
    assert made.json()["check_number"] == check_number(answer.server_public_key)
    (till,) = hq.get("/terminals").json()
    assert (till["label"], till["store_id"], till["revoked_ms"]) == ("A7", "A", None)
    revoked = hq.post(f"/terminals/{till['terminal_id']}/revoke")
    assert revoked.json()["revoked_ms"] == START_MS
    assert client.send("GET", "/sync/v1/feed").status_code == 401
    assert client.send("GET", "/sync/v1/feed").status_code == 403
    for unknown in ("nobody", "head-office"):
        assert hq.post(f"/terminals/{unknown}/revoke").json()["code"] == "not_found"


def test_members_are_found_masked_unless_the_full_ones_are_asked_for(
    server: RunningServer, hq: httpx.Client
) -> None:
    sell_to_member(server)
    for search in ("5678", "139", "13912345678", "+86 139-1234 5678", "欧阳"):
        (member,) = hq.post("/members/search", json={"text": search}).json()
        assert (member["phone"], member["name"]) == ("139****5678", "欧**"), search
        assert (member["points"], member["visits"], member["spent_fen"]) == (30, 2, 5_700)
    (full,) = hq.post("/members/search", json={"text": "5678", "full": True}).json()
    assert (full["phone"], full["name"]) == (_PHONE, _NAME)
    for search in ("1234", "锋锋", "%%", "欧_"):
        assert hq.post("/members/search", json={"text": search}).json() == [], search


def test_a_member_is_shown_with_its_ledger_by_any_of_its_ids(
    server: RunningServer, hq: httpx.Client
) -> None:
    sell_to_member(server)
    other = server.enrolled_till("B1", "B")
    other.terminal.write(facts.enrolled("m-2", phone=_PHONE, name=_NAME), now_ms=START_MS + 60_000)
    other.terminal.write(facts.sale("sale-3", member="m-2", earned=7), now_ms=START_MS + 60_000)
    other.push()
    for member_id in ("m-1", "m-2"):
        record = hq.get(f"/members/{member_id}").json()
        assert record["member"]["member_id"] == "m-1"
        assert record["member"]["also_enrolled_as"] == ["m-2"]
        assert record["member"]["points"] == sum(line["points"] for line in record["ledger"]) == 37
        assert [line["points"] for line in record["ledger"]] == [7, -20, 50]
        assert record["ledger"][1]["text_en"] == "Paid with points"
    missing = hq.get("/members/nobody")
    assert (missing.status_code, missing.json()["text"]) == (404, "Not found.")


def test_coupons_are_issued_with_codes_of_their_own(
    server: RunningServer, hq: httpx.Client
) -> None:
    sell_to_member(server)
    new = {
        "rule": _TEN_OFF,
        "valid_from_ms": START_MS,
        "valid_until_ms": START_MS + 1,
    }
    drawn = hq.post("/coupons", json=new | {"count": 3, "member_id": "m-1"})
    assert drawn.status_code == 201
    codes = {coupon["code"] for coupon in drawn.json()}
    assert len(codes) == 3
    assert all(len(code) == 12 and code.isalnum() for code in codes)
    (given,) = hq.post("/coupons", json=new | {"code": "welcome1"}).json()
    assert given["code"] == "WELCOME1"
    till = server.enrolled_till("A2")
    till.terminal.write(facts.sale("sale-9", coupon=given["coupon_id"]))
    till.push()
    listed = hq.get("/coupons").json()
    assert len(listed) == 4
    assert {coupon["code"]: coupon["redemptions"] for coupon in listed}["WELCOME1"] == 1
    nobody = hq.post("/coupons", json=new | {"member_id": "nobody"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "member_unknown")


def test_cases_name_the_stores_and_their_local_time(
    server: RunningServer, hq: httpx.Client
) -> None:
    for label, store in (("A1", "A"), ("B1", "B")):
        till = server.enrolled_till(label, store)
        till.terminal.write(facts.sale(f"sale-{store}", coupon="coupon-1"))
        till.push()
    (case,) = hq.get("/cases", params={"state": "open"}).json()
    assert (case["kind"], case["cost_fen"]) == ("coupon_redeemed_twice", 1_000)
    assert [side["store_name"] for side in case["sides"]] == ["一店", "二店"]
    assert case["sides"][0]["local_time"].endswith("+08:00")
    assert hq.get("/cases", params={"state": "closed"}).json() == []
    assert hq.get("/cases", params={"state": "lost"}).status_code == 422


def test_books_are_the_sums_of_the_journals(server: RunningServer, hq: httpx.Client) -> None:
    terminal = sell_to_member(server)
    books = hq.get("/books").json()
    a1 = next(one for one in books["terminals"] if one["label"] == "A1")
    assert (a1["head_number"], a1["head_hash"]) == (3, terminal.head_hash.hex())
    assert (a1["sales"], a1["total_fen"], a1["tenders_fen"]) == (2, 5_700, {"cash": 5_700})
    assert (books["members"], books["enrolments"], books["points_total"]) == (1, 1, 30)


def test_menu_and_rules_are_published_to_the_feed(server: RunningServer, hq: httpx.Client) -> None:
    till = server.enrolled_till("A1")
    first = server.first_head
    item = {"item_id": "1", "name": "酸梅汤", "category": "饮品", "unit_price_fen": 600}
    menu = {"version": "v1", "items": [item]}
    assert hq.put("/menu", json=menu).json() == {"version": "v1", "feed_head": first + 1}
    rules = {
        "version": "r1",
        "book": {
            "rules": [_TEN_OFF | {"rule_id": "o", "stage": "S4"}],
            "points": {"step": 50},
            "rounding": {},
        },
    }
    assert hq.put("/rules", json=rules).json() == {"version": "r1", "feed_head": first + 2}
    assert till.feed().head == first + 2
    twice = hq.put("/menu", json=menu | {"items": [item, item]})
    assert (twice.status_code, twice.json()["code"]) == (422, "item_twice_in_file")


def test_a_misspelt_field_of_the_rules_is_told_with_its_place(
    server: RunningServer, hq: httpx.Client
) -> None:
    secret = "13800138000"
    rule = _TEN_OFF | {"stage": "S4", "limits": {"per_ordr": 1}, "priority": 0}
    wrong = hq.put("/rules", json={"version": "r1", "book": {"rules": [rule], secret: {}}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rules_refused")
    assert [(flaw["code"], flaw["where"]) for flaw in wrong.json()["flaws"]] == [
        ("field_unknown", "book.rules[0].limits.per_ordr"),
        ("field_unknown", f"book.{secret}"),
    ]
    assert "per_ordr" in wrong.json()["text"]
    for field, value in (("minimum_fen", -1), ("stage", "S99"), ("name", secret * 20)):
        refused = hq.put(
            "/rules", json={"version": "r1", "book": {"rules": [rule | {field: value}]}}
        )
        assert [flaw["where"] for flaw in refused.json()["flaws"]] == [f"book.rules[0].{field}"]
        assert secret not in refused.text
    assert hq.get("/books").json()["feed_head"] == server.first_head


def test_the_schema_shows_every_field_of_a_rule(server: RunningServer, hq: httpx.Client) -> None:
    schema = hq.get(f"{server.url}/openapi.json").json()
    schemas = schema["components"]["schemas"]
    body = schema["paths"]["/api/v1/rules"]["put"]["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/Rules"}
    assert schemas["Rule"]["properties"].keys() >= {"effect", "scope", "conditions", "limits"}
    assert schemas["Conditions"]["properties"].keys() == set(Conditions.__struct_fields__)
    effects = schemas["Rule"]["properties"]["effect"]["discriminator"]["mapping"]
    assert {"amount_off", "percent_off", "buy_and_get"} <= effects.keys()
    assert schemas["CouponModel"]["properties"]["rule"] == {"$ref": "#/components/schemas/Rule"}
    text = json.dumps(schema)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named <= schemas.keys()


def test_staff_are_appointed_and_a_weak_pin_is_refused(hq: httpx.Client) -> None:
    new = {"store_id": "A", "name": "王", "role": "cashier", "pin": "284716"}
    made = hq.post("/staff", json=new)
    assert made.status_code == 201
    assert "pin" not in made.json()
    for pin in ("123456", "654321", "111111", "12345", "abcdef", "１２３４８７"):
        weak = hq.post("/staff", json=new | {"pin": pin})
        assert (weak.status_code, weak.json()["code"]) == (422, "pin_too_weak"), pin
    nowhere = hq.post("/staff", json=new | {"store_id": "Z"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")


def test_one_brand_s_users_see_nothing_of_another(server: RunningServer, hq: httpx.Client) -> None:
    terminal = sell_to_member(server)
    other = add_brand(server.context, "别家", brand_id="other")
    token = add_hq_user(server.context, other.brand_id, "x").token
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{server.url}/api/v1"
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as stranger:
        assert stranger.get("/stores").json() == []
        assert stranger.get("/terminals").json() == []
        assert stranger.post("/members/search", json={"text": "5678"}).json() == []
        assert stranger.get("/members/m-1").status_code == 404
        assert stranger.post(f"/terminals/{terminal.terminal}/revoke").status_code == 404
        assert stranger.get("/books").json()["points_total"] == 0
    assert hq.get("/terminals").json()[0]["revoked_ms"] is None


def test_a_request_that_does_not_fit_is_told_where_and_not_what_stood_there(
    hq: httpx.Client,
) -> None:
    secret = "13800138000"
    wrong = hq.post("/stores", json={"store_id": secret + "!", "name": secret, "extra": secret})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "request_malformed")
    assert "body.store_id" in wrong.json()["values"]["where"]
    assert secret not in wrong.text


def test_odd_requests_get_the_same_error_shape(server: RunningServer, hq: httpx.Client) -> None:
    requests = [
        (hq.get("/nothing"), 404, "not_found"),
        (hq.delete("/stores"), 405, "request_malformed"),
        (hq.post("/stores", content=b"{"), 422, "request_malformed"),
        (hq.post("/stores", content=b"\xff\xfe"), 422, "request_malformed"),
        (hq.put("/menu", content=b" " * (3 * 1024 * 1024)), 413, "request_too_large"),
        (hq.get("/stores", params={"limit": LARGEST_PAGE + 1}), 422, "request_malformed"),
        (hq.get("/stores", params={"after": "\0"}), 422, "request_malformed"),
        (hq.get("/members/%00"), 422, "request_malformed"),
        (hq.post("/members/search", json={"text": "\0\0"}), 200, ""),
        (hq.post("/members/search", json={"text": "x"}), 422, "request_malformed"),
        (hq.get("/members", params={"search": "5678"}), 404, "not_found"),
    ]
    for response, status, code in requests:
        assert response.status_code == status, response.url
        if code:
            assert response.json().keys() == {"code", "text", "values"}
            assert response.json()["code"] == code
    chinese = httpx.get(f"{server.url}/api/v1/books", headers={"Accept-Language": "zh-CN"})
    assert chinese.json()["text"] == "访问令牌无效。"


def test_a_closed_member_is_gone_from_every_search_and_a_merged_one_is_one(
    server: RunningServer, hq: httpx.Client
) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled("m-1", phone=_PHONE, name=_NAME))
    till.terminal.write(facts.enrolled("m-9", phone="+85291234567", name="欧阳九"))
    till.terminal.write(MembersMerged(member_id=MemberId("m-9"), into=MemberId("m-1")))
    till.push()
    for search in ("5678", "91234567"):
        (member,) = hq.post("/members/search", json={"text": search}).json()
        assert (member["member_id"], member["also_enrolled_as"]) == ("m-1", ["m-9"]), search
    parted = MembersParted(member_id=MemberId("m-9"), parted_from=MemberId("m-1"))
    till.terminal.write(parted, now_ms=START_MS + 1_000)
    closed = MemberClosed(member_id=MemberId("m-1"), phone=_PHONE)
    till.terminal.write(closed, now_ms=START_MS + 1_000)
    till.push()
    for search in ("5678", "139", "13912345678"):
        assert hq.post("/members/search", json={"text": search}).json() == [], search
    assert hq.get("/members/m-1").status_code == 404
    (other,) = hq.post("/members/search", json={"text": "欧阳"}).json()
    assert other["member_id"] == "m-9"
    rows = server.context.database.read(
        lambda connection: connection.execute(select(member_search.c.member_id)).scalars().all(),
        brand=BRAND,
    )
    assert rows == ["m-9"]
