"""Signed codes at a real till: what it has never heard of is taken without the server."""

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon
from domain.identifiers import MemberId
from domain.pricing.basket import lay_coupon
from domain.signatures import Signer
from domain.signed_codes.coupons import write_coupon
from domain.signed_codes.member_codes import grant_credential, write_member_code
from pos_client.storage.code_material import read_keys
from pos_client.storage.store import Store
from pos_client.use_cases.answers import CouponFound, OrderToClose
from tests.builders.facts import coupon_terms
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.till import DUCK, basket_of, cash
from tests.pos_client.sync.joined import CASHIER_B, JoinedTill, enrol

DEVICE = Signer(b"device".ljust(32, b"."))
STRANGER = MemberId("0190f3a0-0000-7000-8000-00000000abcd")
_FIRST_GENERATION = 1


def brand_key(server: RunningServer) -> Signer:
    return server.context.keys.code_signer(BRAND, _FIRST_GENERATION)


def signed_coupon(server: RunningServer, coupon: str = "coupon-9", *, position: int = 0) -> str:
    text = write_coupon(coupon_terms(coupon), position, brand_key(server))
    assert text is not None
    return text


def refusal(till: JoinedTill, code: str) -> ErrorCode:
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.open_member_by_code(code)
    return caught.value.code


def wait_for_keys(till: JoinedTill) -> None:
    till.machinery.sync_now()
    till.wait(lambda: till.run(_holds_keys), "the keys are here")


def _holds_keys(store: Store) -> bool:
    with store.read() as connection:
        return bool(read_keys(connection))


def use(till: JoinedTill, found: CouponFound) -> None:
    basket = lay_coupon(basket_of(DUCK), found.terms)
    wanted = OrderToClose(basket=basket, tenders=(cash(11_800),), expected_total_fen=11_800)
    till.machinery.counter.close_sale(CASHIER_B, wanted)


def test_a_coupon_that_no_feed_brought_is_used_from_its_code(
    server: RunningServer, till_b: JoinedTill
) -> None:
    wait_for_keys(till_b)
    code = signed_coupon(server)
    counter = till_b.machinery.counter
    found = counter.find_coupon(code)
    assert not found.redeemed
    use(till_b, found)
    assert counter.find_coupon(code).redeemed
    key = AggregateKey(AggregateKind.COUPON, "coupon-9")
    held = till_b.shown()[key]
    assert isinstance(held, Coupon)
    assert len(held.redemptions) == 1


def test_a_code_of_a_key_that_never_came_says_so(server: RunningServer, till_b: JoinedTill) -> None:
    wait_for_keys(till_b)
    stranger = write_coupon(coupon_terms(), 0, DEVICE)
    assert stranger is not None
    with pytest.raises(TillfoldError) as caught:
        till_b.machinery.counter.find_coupon(stranger)
    assert caught.value.code is ErrorCode.CODE_KEY_UNKNOWN


def test_a_member_whom_the_till_never_saw_earns_with_her_code(
    server: RunningServer, till_a: JoinedTill
) -> None:
    wait_for_keys(till_a)
    credential = grant_credential(
        STRANGER,
        DEVICE.public_key,
        brand_key(server),
        valid_until_ms=1 << 46,
        masked_name="欧**",
    )
    now_ms = till_a.run(lambda store: store.trusted_time.now_ms())
    code = write_member_code(credential, DEVICE, now_ms)
    card = till_a.machinery.counter.open_member_by_code(code)
    assert (card.member_id, card.masked_name, card.elsewhere) == (STRANGER, "欧**", True)
    assert card.guest.points_spendable == 0
    assert refusal(till_a, code) is ErrorCode.CODE_SEEN
    closed = till_a.sell(DUCK, total_fen=12_800, member=STRANGER)
    assert closed.sale.points_earned == 128
    assert closed.points_balance is None


def test_her_code_opens_a_member_whom_the_till_knows(
    server: RunningServer, till_a: JoinedTill
) -> None:
    member = enrol(till_a)
    wait_for_keys(till_a)
    credential = grant_credential(
        member, DEVICE.public_key, brand_key(server), valid_until_ms=1 << 46
    )
    now_ms = till_a.run(lambda store: store.trusted_time.now_ms())
    card = till_a.machinery.counter.open_member_by_code(
        write_member_code(credential, DEVICE, now_ms)
    )
    assert (card.member_id, card.masked_name, card.elsewhere) == (member, "李**", False)
    later = write_member_code(credential, DEVICE, now_ms + 120_000)
    assert refusal(till_a, later) is ErrorCode.CODE_EXPIRED
