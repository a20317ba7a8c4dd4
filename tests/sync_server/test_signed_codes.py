"""What the server hands tills and members for signed codes."""

import httpx
import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponRevoked
from domain.identifiers import CouponId, MemberId
from domain.protocol import PATH_CODES, CodesAnswer
from domain.signatures import Signer, Verifier
from domain.signed_codes.coupons import read_coupon
from domain.signed_codes.keys import CodeKeys, code_keys_text
from domain.signed_codes.member_codes import Credential, read_member_code, write_member_code
from domain.signed_codes.status import CouponStatus, StatusList, status_at, status_text
from sync_server.use_cases.configuration import CouponOrder, issue_coupons
from sync_server.use_cases.head_office import decide
from sync_server.use_cases.signed_codes import change_code_key, issue_credential, signed_coupons
from tests.builders import facts
from tests.builders.sync_client import SyncClient
from tests.builders.sync_server import BRAND, RunningServer

DEVICE = Signer(b"device".ljust(32, b"."))


def codes(server: RunningServer, till: SyncClient) -> tuple[CodeKeys, StatusList]:
    """Keys and statuses, their signatures checked."""
    answer = till.ask("GET", PATH_CODES, CodesAnswer)
    verifier = Verifier(server.context.keys.signer.public_key)
    assert verifier.accepts(code_keys_text(answer.keys.content), answer.keys.signature)
    assert verifier.accepts(status_text(answer.status.content), answer.status.signature)
    keys = msgspec.msgpack.decode(answer.keys.content, type=CodeKeys)
    return keys, msgspec.msgpack.decode(answer.status.content, type=StatusList)


def issue(server: RunningServer, count: int = 1) -> list[str]:
    """New coupons' ids."""
    order = CouponOrder(
        rule=facts.coupon_terms().rule,
        valid_from_ms=0,
        valid_until_ms=server.clock.now_ms + 1_000_000,
        count=count,
    )
    return [terms.coupon_id for terms in issue_coupons(server.context, BRAND, order, actor="hq")]


def code_of(server: RunningServer, coupon_id: str) -> str:
    return signed_coupons(server.context, BRAND, [facts.coupon_terms(coupon_id)])[coupon_id]


def test_a_used_coupon_is_used_in_the_list_and_free_again_when_it_came_back(
    server: RunningServer,
) -> None:
    till = server.enrolled_till("A1")
    first, second = issue(server, 2)
    till.terminal.write(facts.sale("sale-1", coupon=second))
    till.push()
    keys, statuses = codes(server, till)
    now_ms = server.clock.now_ms
    place = {
        coupon: read_coupon(code_of(server, coupon), keys.keys).position
        for coupon in (first, second)
    }
    assert status_at(statuses, place[first], now_ms) is CouponStatus.UNUSED
    assert status_at(statuses, place[second], now_ms) is CouponStatus.USED


def test_a_revoked_coupon_is_revoked_in_the_list(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    (coupon,) = issue(server)
    fact = CouponRevoked(coupon_id=CouponId(coupon))
    decide(server.context, BRAND, [fact], actor="hq")
    keys, statuses = codes(server, till)
    place = read_coupon(code_of(server, coupon), keys.keys).position
    assert status_at(statuses, place, server.clock.now_ms) is CouponStatus.REVOKED


def test_a_new_key_signs_and_the_older_one_is_still_known(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    (coupon,) = issue(server)
    before = code_of(server, coupon)
    assert change_code_key(server.context, BRAND, revoke_older=False).known == 2
    keys, _ = codes(server, till)
    after = code_of(server, coupon)
    assert before != after
    assert read_coupon(before, keys.keys).terms == read_coupon(after, keys.keys).terms
    read_coupon(after, keys.keys[:1])


def test_codes_of_a_revoked_key_are_refused(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    (coupon,) = issue(server)
    before = code_of(server, coupon)
    change_code_key(server.context, BRAND, revoke_older=True)
    keys, _ = codes(server, till)
    assert len(keys.keys) == 1
    with pytest.raises(TillfoldError) as caught:
        read_coupon(before, keys.keys)
    assert caught.value.code is ErrorCode.CODE_KEY_UNKNOWN


def test_each_brand_has_keys_of_its_own(server: RunningServer) -> None:
    keys = server.context.keys
    assert keys.code_signer("a", 1).public_key != keys.code_signer("b", 1).public_key
    # No two names and numbers run into each other.
    assert keys.code_signer("1", 1).public_key != keys.code_signer("", 11).public_key


def test_a_members_device_gets_a_credential_over_the_api(server: RunningServer) -> None:
    till = server.enrolled_till("A1")
    till.terminal.write(facts.enrolled("m-1", phone="+8613912345678", name="欧阳锋"))
    till.push()
    headers = {"Authorization": f"Bearer {server.hq_token()}"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, trust_env=False) as hq:
        body = {"device_key": DEVICE.public_key.hex()}
        answer = hq.post("/members/m-1/credential", json=body)
        assert answer.status_code == 201
        assert hq.post("/members/m-2/credential", json=body).json()["code"] == "member_unknown"
        wrong = hq.post("/members/m-1/credential", json={"device_key": "zz"})
        assert wrong.status_code == 422
    values = answer.json()
    credential = Credential(
        content=bytes.fromhex(values["content"]), signature=bytes.fromhex(values["signature"])
    )
    keys, _ = codes(server, till)
    now_ms = server.clock.now_ms
    proven = read_member_code(write_member_code(credential, DEVICE, now_ms), keys.keys, now_ms)
    assert (proven.member_id, proven.masked_name) == ("m-1", "欧**")


def test_nobody_gets_a_credential_for_a_closed_account(server: RunningServer) -> None:
    with pytest.raises(TillfoldError) as caught:
        issue_credential(server.context, BRAND, MemberId("nobody"), DEVICE.public_key)
    assert caught.value.code is ErrorCode.MEMBER_UNKNOWN
