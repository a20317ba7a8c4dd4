"""Codes that tills check without the server: their keys, coupons, members' devices, statuses."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind, Coupon, Member
from domain.identifiers import HEAD_OFFICE, BrandId, MemberId
from domain.members.profile import ProfileField
from domain.phones import mask_name
from domain.protocol import CodesAnswer, SignedContent
from domain.signatures import Signer
from domain.signed_codes.coupons import write_coupon
from domain.signed_codes.keys import MOST_KEYS, CodeKeys, code_keys_text
from domain.signed_codes.member_codes import Credential, grant_credential
from domain.signed_codes.status import CouponStatus, build_list, status_text
from sync_server.database import aggregates, code_keys, coupon_status
from sync_server.database.terminals import Terminal, lock_terminal
from sync_server.use_cases.context import Context

CREDENTIAL_VALID_MS: Final = 7 * 24 * 60 * 60 * 1000

_encoder = msgspec.msgpack.Encoder()


def read_codes(context: Context, till: Terminal) -> CodesAnswer:
    """The keys and the status list of the till's brand, from one snapshot."""
    now_ms = context.now_ms()
    brand_id = till.brand_id

    def work(connection: Connection) -> CodesAnswer:
        generations = code_keys.generations(connection, brand_id)[:MOST_KEYS]
        keys = CodeKeys(
            brand=brand_id,
            issued_ms=now_ms,
            keys=tuple(
                context.keys.code_signer(brand_id, generation).public_key
                for generation in generations
            ),
        )
        statuses = build_list(
            brand_id,
            coupon_status.not_unused(connection, brand_id),
            length=coupon_status.list_length(connection, brand_id),
            now_ms=now_ms,
        )
        return CodesAnswer(
            keys=_signed(context, _encoder.encode(keys), code_keys_text),
            status=_signed(context, _encoder.encode(statuses), status_text),
        )

    return context.database.read(work, brand=brand_id)


def keep_statuses(
    connection: Connection, brand_id: BrandId, states: Mapping[AggregateKey, Aggregate]
) -> None:
    """Bring the statuses of changed coupons to what their state says."""
    changed = [
        (key.id, _status_of(state)) for key, state in states.items() if isinstance(state, Coupon)
    ]
    coupon_status.set_statuses(connection, brand_id, changed)


def signed_coupons(
    context: Context, brand_id: BrandId, coupons: Sequence[CouponTerms]
) -> dict[str, str]:
    """The signed codes of coupons by their id; those too long for a code are left out."""

    def work(connection: Connection) -> dict[str, str]:
        ids = [terms.coupon_id for terms in coupons]
        places = coupon_status.places_of(connection, brand_id, ids)
        signer = _signer_now(context, connection, brand_id)
        written = {
            terms.coupon_id: write_coupon(terms, places[terms.coupon_id], signer)
            for terms in coupons
            if terms.coupon_id in places
        }
        return {coupon_id: code for coupon_id, code in written.items() if code is not None}

    return context.database.read(work, brand=brand_id)


def issue_credential(
    context: Context, brand_id: BrandId, member_id: MemberId, device_key: bytes
) -> Credential:
    """Let a member's device show member codes for seven days.

    Raises:
        TillfoldError: `member_unknown`; `request_malformed` where the key is none.
    """

    def work(connection: Connection) -> Credential:
        key = AggregateKey(AggregateKind.MEMBER, member_id)
        held = aggregates.load(connection, brand_id, [key]).get(key)
        member = held.state if held else None
        if not isinstance(member, Member) or member.closed is not None:
            raise TillfoldError(ErrorCode.MEMBER_UNKNOWN)
        return grant_credential(
            member_id,
            device_key,
            _signer_now(context, connection, brand_id),
            valid_until_ms=context.now_ms() + CREDENTIAL_VALID_MS,
            masked_name=mask_name(member.field(ProfileField.NAME)),
        )

    try:
        return context.database.read(work, brand=brand_id)
    except ValueError as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="device_key") from error


class CodeKeyChange(msgspec.Struct, frozen=True, kw_only=True):
    generation: int
    known: int


def change_code_key(context: Context, brand_id: BrandId, *, revoke_older: bool) -> CodeKeyChange:
    """Sign with a new key from now on. Codes of older keys go on, or are refused (`revoke_older`).

    Tills take the change with their next contact.
    """
    now_ms = context.now_ms()

    def work(connection: Connection) -> CodeKeyChange:
        lock_terminal(connection, brand_id, HEAD_OFFICE)
        generation = code_keys.begin_generation(
            connection, brand_id, now_ms=now_ms, revoke_older=now_ms if revoke_older else None
        )
        known = len(code_keys.generations(connection, brand_id))
        return CodeKeyChange(generation=generation, known=known)

    return context.database.write(work, brand=brand_id)


def _signer_now(context: Context, connection: Connection, brand_id: BrandId) -> Signer:
    newest = code_keys.generations(connection, brand_id)[0]
    return context.keys.code_signer(brand_id, newest)


def _status_of(coupon: Coupon) -> CouponStatus:
    if coupon.revoked is not None:
        return CouponStatus.REVOKED
    return CouponStatus.USED if coupon.redemptions else CouponStatus.UNUSED


def _signed(context: Context, content: bytes, text: Callable[[bytes], bytes]) -> SignedContent:
    return SignedContent(content, context.keys.signer.sign(text(content)))
