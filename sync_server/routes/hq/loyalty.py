"""Members and coupons."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query

from domain.fold.aggregates import Coupon
from domain.identifiers import MemberId
from sync_server.routes.hq.access import API_PREFIX, After, HqCaller, IdInPath, Limit
from sync_server.routes.hq.bodies import NewCoupons, Written, takes
from sync_server.routes.hq.member_models import member_model, record_model
from sync_server.routes.hq.models import (
    CouponModel,
    CredentialModel,
    DeviceModel,
    MemberModel,
    MemberRecordModel,
    MemberSearchModel,
    OtherMemberModel,
    RevocationModel,
)
from sync_server.use_cases import configuration, coupon_changes, members, signed_codes
from sync_server.use_cases.strict_reading import read_written

loyalty = APIRouter(prefix=API_PREFIX, tags=["loyalty"])
Full = Annotated[bool, Query(description="Show phone and name unmasked")]


@loyalty.post("/members/search")
def find_members(caller: HqCaller, search: MemberSearchModel) -> list[MemberModel]:
    """Members by phone or name. What is searched for stands in no address: those end in logs."""
    found = members.find_members(caller.context, caller.brand_id, search.text, limit=search.limit)
    return [member_model(known, full=search.full) for known in found]


@loyalty.get("/members/{member_id}")
def show_member(caller: HqCaller, member_id: IdInPath, *, full: Full = False) -> MemberRecordModel:
    """A member by any of its ids, with its points ledger."""
    record = members.show_member(caller.context, caller.brand_id, member_id)
    return record_model(record, full=full)


@loyalty.get("/coupons")
def list_coupons(caller: HqCaller, after: After = "", limit: Limit = 100) -> list[CouponModel]:
    """Coupons by id, which is by time of issue."""
    found = configuration.list_coupons(caller.context, caller.brand_id, after=after, limit=limit)
    return _coupons(caller, found)


@loyalty.post("/coupons", status_code=201, openapi_extra=takes(NewCoupons))
def issue_coupons(caller: HqCaller, written: Written) -> list[CouponModel]:
    """Issue single-use coupons."""
    new = read_written(written, NewCoupons)
    order = configuration.CouponOrder(
        rule=new.rule,
        valid_from_ms=new.valid_from_ms,
        valid_until_ms=new.valid_until_ms,
        count=new.count,
        member_id=new.member_id,
        code=new.code,
    )
    issued = configuration.issue_coupons(
        caller.context, caller.brand_id, order, actor=caller.user_id
    )
    return _coupons(caller, [Coupon(coupon_id=one.coupon_id, terms=one) for one in issued])


@loyalty.post("/members/{member_id}/credential", status_code=201)
def issue_credential(caller: HqCaller, member_id: IdInPath, device: DeviceModel) -> CredentialModel:
    """Let a member's device show member codes for seven days."""
    credential = signed_codes.issue_credential(
        caller.context, caller.brand_id, MemberId(member_id), bytes.fromhex(device.device_key)
    )
    return CredentialModel(content=credential.content.hex(), signature=credential.signature.hex())


@loyalty.post("/coupons/{coupon_id}/revoke")
def revoke_coupon(caller: HqCaller, coupon_id: IdInPath, why: RevocationModel) -> CouponModel:
    """Take a coupon back, for ever. A use that a till stamped before stays valid."""
    coupon = coupon_changes.revoke_coupon(
        caller.context, caller.brand_id, coupon_id, reason=why.reason, actor=caller.user_id
    )
    return _coupons(caller, [coupon])[0]


@loyalty.post("/coupons/{coupon_id}/transfer")
def transfer_coupon(caller: HqCaller, coupon_id: IdInPath, new: OtherMemberModel) -> CouponModel:
    """Give a coupon to a member, for that member alone."""
    coupon = coupon_changes.transfer_coupon(
        caller.context, caller.brand_id, coupon_id, to=new.member_id, actor=caller.user_id
    )
    return _coupons(caller, [coupon])[0]


def _coupons(caller: HqCaller, known: Sequence[Coupon]) -> list[CouponModel]:
    """Coupons with how often each was redeemed."""
    issued = [(coupon, coupon.terms) for coupon in known if coupon.terms is not None]
    codes = signed_codes.signed_coupons(
        caller.context, caller.brand_id, [terms for _, terms in issued]
    )
    return [
        CouponModel(
            name=terms.name,
            redemptions=len(coupon.redemptions),
            revoked=coupon.revoked is not None,
            signed_code=codes.get(terms.coupon_id),
            **msgspec.to_builtins(terms),
        )
        for coupon, terms in issued
    ]
