"""Signed rights, and how a sale names those that it used."""

import msgspec
import pytest

from domain.allowances.rights import (
    Allowance,
    Return,
    RightKind,
    SignedAllowance,
    SignedReturn,
    UsedRight,
    allowance_text,
    open_allowance,
    open_return,
    return_text,
)
from domain.allowances.subjects import Subject, SubjectKind
from domain.errors import ErrorCode, TillfoldError
from domain.facts import SaleClosed, decode_fact, encode_fact
from domain.fold.spendable import rights_used, wanted_by
from domain.identifiers import AccountId, BrandId, CouponId, MemberId, TerminalId
from domain.orders import Tender, TenderKind
from domain.signatures import Signer, Verifier
from tests.domain.builders import sale_of

SIGNER = Signer(bytes(32))
VERIFIER = Verifier(SIGNER.public_key)
ALLOWANCE = Allowance(
    allowance_id="a-1",
    issue=3,
    brand=BrandId("brand"),
    terminal=TerminalId("till-1"),
    subject=Subject(SubjectKind.POINTS, "m"),
    amount=500,
    issued_ms=1,
    expires_ms=2,
)


def test_an_allowance_that_the_server_signed_is_read() -> None:
    content = msgspec.msgpack.encode(ALLOWANCE)
    signed = SignedAllowance(content, SIGNER.sign(allowance_text(content)))
    assert open_allowance(signed, VERIFIER) == ALLOWANCE


def test_a_signature_for_another_purpose_is_none() -> None:
    content = msgspec.msgpack.encode(ALLOWANCE)
    signed = SignedAllowance(content, SIGNER.sign(return_text(content)))
    with pytest.raises(TillfoldError) as caught:
        open_allowance(signed, VERIFIER)
    assert caught.value.code is ErrorCode.SIGNATURE_WRONG


def test_a_changed_allowance_is_refused() -> None:
    content = msgspec.msgpack.encode(ALLOWANCE)
    more = msgspec.msgpack.encode(msgspec.structs.replace(ALLOWANCE, amount=501))
    with pytest.raises(TillfoldError):
        open_allowance(SignedAllowance(more, SIGNER.sign(allowance_text(content))), VERIFIER)


def test_a_return_is_signed_by_the_till() -> None:
    content = msgspec.msgpack.encode(
        Return(allowance_id="a-1", terminal=TerminalId("till-1"), used=20)
    )
    signed = SignedReturn(content, SIGNER.sign(return_text(content)))
    assert open_return(signed, VERIFIER).used == 20
    with pytest.raises(TillfoldError):
        open_return(SignedReturn(content + b"\0", signed.signature), VERIFIER)


def test_a_sale_of_a_till_that_knew_of_no_rights_is_still_read() -> None:
    sale = sale_of("s", member="m", redeemed=100)
    kind, schema, body = encode_fact(sale)
    values = msgspec.msgpack.decode(body)
    del values["sale"]["rights"]
    assert decode_fact(kind, schema, msgspec.msgpack.encode(values)) == sale
    assert rights_used(sale) == ()


def test_a_sale_names_the_rights_that_it_used() -> None:
    used = UsedRight(
        kind=RightKind.ALLOWANCE, subject=ALLOWANCE.subject, amount=100, right_id="a-1"
    )
    plain = sale_of("s", member="m", redeemed=100)
    sale = SaleClosed(sale=msgspec.structs.replace(plain.sale, rights=(used,)))
    assert rights_used(decode_fact(*encode_fact(sale))) == (used,)


def test_what_an_order_spends_is_told_once_for_each_subject() -> None:
    tenders = [
        Tender(kind=kind, amount_fen=fen, received_fen=fen, account_id=AccountId(name))
        for kind, fen, name in (
            (TenderKind.STORED_VALUE, 300, "acc"),
            (TenderKind.STORED_VALUE, 200, "acc"),
            (TenderKind.GIFT_CARD, 100, "gift"),
        )
    ]
    by_pass = Tender(
        kind=TenderKind.PASS,
        amount_fen=900,
        received_fen=900,
        account_id=AccountId("p"),
        covered=((1, 2), (3, 1)),
    )
    coupon = sale_of("s", coupon="c", coupon_saving_fen=250).sale
    wanted = wanted_by(
        member_id=MemberId("m"),
        points=400,
        coupon_ids=[CouponId("c")],
        shares=coupon.shares,
        tenders=[*tenders, by_pass],
    )
    told = {(each.subject.kind.value, each.subject.id): each.amount for each in wanted}
    assert told == {
        ("points", "m"): 400,
        ("coupon", "c"): 1,
        ("stored_value", "acc"): 500,
        ("stored_value", "gift"): 100,
        ("pass", "p"): 3,
    }
    assert [each.worth_fen for each in wanted if each.subject.id == "c"] == [250]


def test_an_order_that_spends_nothing_wants_nothing() -> None:
    cash = Tender(kind=TenderKind.CASH, amount_fen=100, received_fen=100)
    assert wanted_by(member_id=None, points=5, coupon_ids=[], shares=[], tenders=[cash]) == ()
