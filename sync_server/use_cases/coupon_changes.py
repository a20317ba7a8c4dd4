"""Head office takes a coupon back, or gives it to somebody else."""

from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.facts import CouponRevoked, CouponTransferred
from domain.fold.aggregates import AggregateKey, AggregateKind, Coupon
from domain.identifiers import BrandId, CouponId, MemberId
from domain.imports import clean_text
from domain.members.profile import LONGEST_FIELD
from sync_server.database import aggregates
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide_in
from sync_server.use_cases.members import person_of


def revoke_coupon(
    context: Context, brand_id: BrandId, coupon_id: str, *, reason: str, actor: str
) -> Coupon:
    """From now on the coupon may not be used. Once more changes nothing.

    Raises:
        TillfoldError: `not_found`; `field_too_long` for the reason.
    """
    said = clean_text(reason)
    if len(said) > LONGEST_FIELD:
        raise TillfoldError(ErrorCode.FIELD_TOO_LONG, longest=LONGEST_FIELD)
    fact = CouponRevoked(coupon_id=CouponId(coupon_id), reason=said)

    def work(connection: Connection) -> int | None:
        if _issued(connection, brand_id, coupon_id).revoked is not None:
            return None
        return decide_in(context, connection, brand_id, [fact], actor=actor)

    return _written(context, brand_id, coupon_id, context.database.write(work, brand=brand_id))


def transfer_coupon(
    context: Context, brand_id: BrandId, coupon_id: str, *, to: str, actor: str
) -> Coupon:
    """From now on the coupon is for this member alone, by whichever of its ids it is named.

    Raises:
        TillfoldError: `not_found`; `member_unknown`.
    """

    def work(connection: Connection) -> int | None:
        coupon = _issued(connection, brand_id, coupon_id)
        person = person_of(connection, brand_id, MemberId(to))
        if person is None:
            raise TillfoldError(ErrorCode.MEMBER_UNKNOWN)
        owner = person.member.member_id
        if coupon.terms is not None and coupon.terms.member_id == owner:
            return None
        fact = CouponTransferred(coupon_id=CouponId(coupon_id), to=owner)
        return decide_in(context, connection, brand_id, [fact], actor=actor)

    return _written(context, brand_id, coupon_id, context.database.write(work, brand=brand_id))


def _written(context: Context, brand_id: BrandId, coupon_id: str, head: int | None) -> Coupon:
    if head is not None:
        context.heads.announce(brand_id, head)
    return context.database.read(
        lambda connection: _issued(connection, brand_id, coupon_id), brand=brand_id
    )


def _issued(connection: Connection, brand_id: BrandId, coupon_id: str) -> Coupon:
    key = AggregateKey(AggregateKind.COUPON, coupon_id)
    held = aggregates.load(connection, brand_id, [key]).get(key)
    if held is None or not isinstance(held.state, Coupon) or held.state.terms is None:
        raise TillfoldError(ErrorCode.NOT_FOUND)
    return held.state
