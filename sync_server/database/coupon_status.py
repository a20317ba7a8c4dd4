"""Each coupon's place in its brand's status list, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from domain.identifiers import BrandId
from domain.signed_codes.status import CouponStatus
from sync_server.database.statements import in_parts, insert_new, is_one_of
from sync_server.database.tables import coupon_status

_LAST: Final = select(func.max(coupon_status.c.position)).where(
    coupon_status.c.brand_id == bindparam("of_brand")
)
_NOT_UNUSED: Final = select(coupon_status.c.position, coupon_status.c.status).where(
    coupon_status.c.brand_id == bindparam("of_brand"),
    coupon_status.c.status != int(CouponStatus.UNUSED),
)


class CouponPlace(msgspec.Struct, frozen=True, kw_only=True):
    brand_id: str
    coupon_id: str
    position: int
    status: int


def add_coupons(connection: Connection, brand_id: BrandId, coupon_ids: Sequence[str]) -> None:
    """Give new coupons the next places. The caller holds head office's journal."""
    first = list_length(connection, brand_id)
    rows = [
        CouponPlace(
            brand_id=brand_id, coupon_id=coupon_id, position=position, status=CouponStatus.UNUSED
        )
        for position, coupon_id in enumerate(coupon_ids, start=first)
    ]
    insert_new(connection, coupon_status, rows)


def list_length(connection: Connection, brand_id: BrandId) -> int:
    last = connection.execute(_LAST, {"of_brand": brand_id}).scalar_one()
    return 0 if last is None else int(last) + 1


def set_statuses(
    connection: Connection, brand_id: BrandId, statuses: Iterable[tuple[str, CouponStatus]]
) -> None:
    """Note what became of coupons; one that has no place is left out."""
    rows = [
        {"of_brand": brand_id, "of_coupon": coupon_id, "now": int(status)}
        for coupon_id, status in statuses
    ]
    if rows:
        connection.execute(
            update(coupon_status)
            .where(
                coupon_status.c.brand_id == bindparam("of_brand"),
                coupon_status.c.coupon_id == bindparam("of_coupon"),
            )
            .values(status=bindparam("now")),
            rows,
        )


def not_unused(connection: Connection, brand_id: BrandId) -> Mapping[int, CouponStatus]:
    """The places of used and revoked coupons."""
    rows = connection.execute(_NOT_UNUSED, {"of_brand": brand_id})
    return {row.position: CouponStatus(row.status) for row in rows}


def places_of(
    connection: Connection, brand_id: BrandId, coupon_ids: Sequence[str]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in in_parts(coupon_ids):
        rows = connection.execute(
            select(coupon_status.c.coupon_id, coupon_status.c.position).where(
                coupon_status.c.brand_id == brand_id,
                is_one_of(connection, coupon_status.c.coupon_id, part),
            )
        )
        found.update({row.coupon_id: row.position for row in rows})
    return found
