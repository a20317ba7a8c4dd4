"""Which coupon a code was given to; a code of a brand is given once."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from domain.identifiers import BrandId, CouponId
from sync_server.database.statements import in_parts, insert_new, is_one_of
from sync_server.database.tables import coupon_code


class CouponCode(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: BrandId
    code: str
    coupon_id: CouponId


def claim(connection: Connection, brand_id: BrandId, wanted: Sequence[CouponCode]) -> bool:
    """Give each code to its coupon; False where another coupon has one of them.

    A transaction elsewhere that is giving the same code away is waited for.
    """
    insert_new(connection, coupon_code, wanted)
    holders: dict[str, str] = {}
    for codes in in_parts([one.code for one in wanted]):
        rows = connection.execute(
            select(coupon_code.c.code, coupon_code.c.coupon_id).where(
                coupon_code.c.brand_id == brand_id,
                is_one_of(connection, coupon_code.c.code, codes),
            )
        )
        holders.update({row.code: row.coupon_id for row in rows})
    return all(holders[one.code] == one.coupon_id for one in wanted)
