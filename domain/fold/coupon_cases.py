"""Which uses of a coupon disagree: with an earlier use, with head office, or with its end."""

from collections.abc import Sequence

from domain.cases.kinds import CaseKind
from domain.fold.aggregates import AggregateKey, Coupon, Redemption
from domain.fold.case_forms import Case, by_store, review
from domain.identifiers import MemberId
from domain.origins import Origin
from domain.stamps import LARGEST_LEAD_MS, milliseconds_of


def coupon_cases(key: AggregateKey, coupon: Coupon) -> list[Case]:
    first, later = coupon.redemptions[:1], coupon.redemptions[1:]
    cases = [_case(CaseKind.COUPON_REDEEMED_TWICE, key, first, later)] if later else []
    revoked = [use for use in coupon.redemptions if _after_revocation(coupon, use)]
    if revoked and coupon.revoked is not None:
        kind = CaseKind.COUPON_USED_AFTER_REVOCATION
        cases.append(_case(kind, key, (), revoked, behind=(coupon.revoked,)))
    others = [use for use in coupon.redemptions if use not in revoked]
    by_others = [use for use in others if _transfer_before(coupon, use)]
    if by_others:
        behind = tuple(
            dict.fromkeys(origin for use in by_others for origin in _transfer_before(coupon, use))
        )
        kind = CaseKind.COUPON_USED_AFTER_TRANSFER
        cases.append(_case(kind, key, (), by_others, behind=behind))
    expired = [use for use in others if _after_expiry(coupon, use)]
    if expired:
        cases.append(_case(CaseKind.COUPON_USED_AFTER_EXPIRY, key, (), expired))
    return cases


def _case(
    kind: CaseKind,
    key: AggregateKey,
    held_by: Sequence[Redemption],
    at_fault: Sequence[Redemption],
    *,
    behind: tuple[Origin, ...] = (),
) -> Case:
    """What holds comes first; the savings of those at fault are losses of their stores."""
    return review(
        kind,
        key,
        sides=(*behind, *(use.origin for use in (*held_by, *at_fault))),
        losses=by_store((use.origin.store, use.saving_fen) for use in at_fault),
    )


def _after_revocation(coupon: Coupon, use: Redemption) -> bool:
    return coupon.revoked is not None and use.origin > coupon.revoked


def _transfer_before(coupon: Coupon, use: Redemption) -> list[Origin]:
    """The transfer that the use came after, where somebody else than the new owner used it."""
    before: list[tuple[Origin, MemberId]] = [
        transfer for transfer in coupon.transferred if transfer[0] < use.origin
    ]
    if not before or before[-1][1] == use.member_id:
        return []
    return [before[-1][0]]


def _after_expiry(coupon: Coupon, use: Redemption) -> bool:
    """A till's stamps may lead its trusted time by this much, so the end is taken that far out."""
    if coupon.terms is None:
        return False
    last_ms = coupon.terms.valid_until_ms + LARGEST_LEAD_MS
    return milliseconds_of(use.origin.stamp) > last_ms
