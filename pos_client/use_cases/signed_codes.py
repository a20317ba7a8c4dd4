"""Signed codes at the counter: a coupon or a member that this till need not have heard of."""

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Coupon
from domain.identifiers import MemberId
from domain.signed_codes.coupons import COUPON_PREFIX, read_coupon
from domain.signed_codes.member_codes import ProvenMember, read_member_code
from domain.signed_codes.status import CouponStatus, status_at
from pos_client.storage.aggregates import load_one
from pos_client.storage.code_material import note_step, read_keys, read_status
from pos_client.storage.store import Store
from pos_client.use_cases.answers import CouponFound
from pos_client.use_cases.members import to_the_person


def is_signed_coupon(text: str) -> bool:
    return text.strip().upper().startswith(COUPON_PREFIX)


def find_signed_coupon(connection: Connection, text: str, now_ms: int) -> CouponFound:
    """The coupon of a signed code. What this till knows of the coupon itself comes first.

    Raises:
        TillfoldError: `code_unreadable`, `code_key_unknown`, `code_forged`, `coupon_revoked`.
    """
    signed = read_coupon(text, read_keys(connection))
    status = status_at(read_status(connection), signed.position, now_ms)
    if status is CouponStatus.REVOKED:
        raise TillfoldError(ErrorCode.COUPON_REVOKED)
    held = load_one(connection, AggregateKind.COUPON, signed.terms.coupon_id)
    coupon = held if isinstance(held, Coupon) else Coupon(coupon_id=signed.terms.coupon_id)
    terms = coupon.terms or signed.terms
    # A coupon that came back with a refund is known here before the list is fetched again.
    used_elsewhere = status is CouponStatus.USED and coupon.terms is None
    return CouponFound(
        terms=to_the_person(connection, terms),
        redeemed=bool(coupon.redemptions) or used_elsewhere,
    )


def prove_member(store: Store, text: str) -> MemberId:
    """The member whose device made this code just now; the same code is not taken twice.

    Raises:
        TillfoldError: `code_unreadable`, `code_key_unknown`, `code_forged`, `code_expired`,
            `code_seen`.
    """
    now_ms = store.trusted_time.now_ms()
    with store.read() as connection:
        proven = read_member_code(text, read_keys(connection), now_ms)
    _note(store, proven)
    return proven.member_id


def _note(store: Store, proven: ProvenMember) -> None:
    with store.write() as writing:
        if not note_step(writing.connection, proven):
            raise TillfoldError(ErrorCode.CODE_SEEN)
