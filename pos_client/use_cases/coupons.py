"""Finding a coupon by its code."""

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKind, Coupon
from pos_client.storage.aggregates import load_one
from pos_client.storage.coupon_index import find_coupon_id
from pos_client.use_cases.answers import CouponFound
from pos_client.use_cases.members import to_the_person


def find_coupon(connection: Connection, code: str) -> CouponFound:
    """The coupon with this code, typed or scanned.

    Raises:
        TillfoldError: `coupon_unknown`.
    """
    coupon_id = find_coupon_id(connection, code)
    coupon = load_one(connection, AggregateKind.COUPON, coupon_id) if coupon_id else None
    if not isinstance(coupon, Coupon) or coupon.terms is None:
        raise TillfoldError(ErrorCode.COUPON_UNKNOWN)
    terms = to_the_person(connection, coupon.terms)
    return CouponFound(terms=terms, redeemed=bool(coupon.redemptions))
