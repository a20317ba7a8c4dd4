"""Finding coupons by their code and by their member."""

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from domain.fold.aggregates import Aggregate, Coupon
from domain.identifiers import CouponId, MemberId
from pos_client.storage.tables import coupon_code


def plain_code(text: str) -> str:
    """A code as it is compared: without spaces and dashes, in capitals."""
    return text.replace(" ", "").replace("-", "").upper()


def index_coupons(connection: Connection, aggregates: Iterable[Aggregate]) -> None:
    rows = [
        {
            "code": plain_code(coupon.terms.code),
            "coupon_id": coupon.coupon_id,
            "member_id": coupon.terms.member_id or "",
        }
        for coupon in aggregates
        if isinstance(coupon, Coupon) and coupon.terms is not None
    ]
    if rows:
        statement = insert(coupon_code)
        # A code that is used again belongs to its newest coupon, a coupon to its newest member.
        newest = {
            "coupon_id": statement.excluded.coupon_id,
            "member_id": statement.excluded.member_id,
        }
        connection.execute(
            statement.on_conflict_do_update(index_elements=["code"], set_=newest), rows
        )


def find_coupon_id(connection: Connection, code: str) -> CouponId | None:
    found = connection.scalar(
        select(coupon_code.c.coupon_id).where(coupon_code.c.code == plain_code(code))
    )
    return None if found is None else CouponId(found)


def coupon_ids_of(
    connection: Connection, member_ids: Iterable[MemberId], limit: int
) -> list[CouponId]:
    rows = connection.execute(
        select(coupon_code.c.coupon_id)
        .where(coupon_code.c.member_id.in_(list(member_ids)))
        .limit(limit)
    )
    return [CouponId(row.coupon_id) for row in rows]
