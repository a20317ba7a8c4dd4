"""What is wrong with terms of stored value, so that they are refused when they are configured.

Conditions are looked at where all of a book's are: `domain.rulebook_check.conditions`.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from domain.stored_value.account import AccountKind
from domain.stored_value.gift_cards import is_safe_prefix
from domain.stored_value.plans import FreeTopUp, GiftCardTerms, TopUpPlan
from domain.stored_value.terms import LegalLimits, StoredValueTerms


class StoredValueFlaw(StrEnum):
    PLAN_TWICE = "plan_twice"
    PLAN_ABOVE_CARD_LIMIT = "plan_above_card_limit"
    FREE_RANGE_EMPTY = "free_range_empty"
    FREE_ABOVE_CARD_LIMIT = "free_above_card_limit"
    NAMED_EXPIRES = "named_expires"
    UNNAMED_EXPIRES_EARLY = "unnamed_expires_early"
    GIFT_CARD_EXPIRES_EARLY = "gift_card_expires_early"
    COOLING_OFF_TOO_SHORT = "cooling_off_too_short"
    GIFT_PREFIX_LIKE_BARCODE = "gift_prefix_like_barcode"
    GIFT_FACE_TWICE = "gift_face_twice"
    GIFT_FACE_ABOVE_CARD_LIMIT = "gift_face_above_card_limit"
    GIFT_PRICE_ABOVE_FACE = "gift_price_above_face"


class StoredValueFlawFound(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` names the plan or the face value; `limit` is the figure that is broken, or 0."""

    flaw: StoredValueFlaw
    subject: str = ""
    limit: int = 0


def flaws_of(terms: StoredValueTerms) -> tuple[StoredValueFlawFound, ...]:
    """All flaws, in the order of the list above within each part; empty: the terms may be used."""
    found = [*_flaws_of_plans(terms.plans, terms.limits)]
    if terms.free is not None:
        found += _flaws_of_free(terms.free, terms.limits)
    found += _flaws_of_dates(terms)
    if terms.gift_cards is not None:
        found += _flaws_of_gift_cards(terms.gift_cards, terms.limits)
    return tuple(found)


def _flaws_of_plans(
    plans: tuple[TopUpPlan, ...], limits: LegalLimits
) -> Iterator[StoredValueFlawFound]:
    seen = set()
    for plan in plans:
        if plan.plan_id in seen:
            yield StoredValueFlawFound(flaw=StoredValueFlaw.PLAN_TWICE, subject=plan.plan_id)
        seen.add(plan.plan_id)
        # A plan that cards may have has to fit on a card, too.
        kind = AccountKind.UNNAMED if plan.unnamed else AccountKind.NAMED
        credited_fen = plan.principal_fen + (plan.bonus_fen if limits.bonus_counts else 0)
        most_fen = limits.most_fen(kind)
        if credited_fen > most_fen:
            yield StoredValueFlawFound(
                flaw=StoredValueFlaw.PLAN_ABOVE_CARD_LIMIT, subject=plan.plan_id, limit=most_fen
            )


def _flaws_of_free(free: FreeTopUp, limits: LegalLimits) -> Iterator[StoredValueFlawFound]:
    # The largest amount in whole steps has to be one that may be paid in.
    if free.most_fen - free.most_fen % free.step_fen < free.least_fen:
        yield StoredValueFlawFound(flaw=StoredValueFlaw.FREE_RANGE_EMPTY)
    if free.most_fen > limits.named_most_fen:
        yield StoredValueFlawFound(
            flaw=StoredValueFlaw.FREE_ABOVE_CARD_LIMIT, limit=limits.named_most_fen
        )


def _flaws_of_dates(terms: StoredValueTerms) -> Iterator[StoredValueFlawFound]:
    limits = terms.limits
    least_months, least_days = limits.unnamed_least_months, limits.least_cooling_off_days
    if terms.named_valid_months and not limits.named_may_expire:
        yield StoredValueFlawFound(flaw=StoredValueFlaw.NAMED_EXPIRES)
    if 0 < terms.unnamed_valid_months < least_months:
        yield StoredValueFlawFound(flaw=StoredValueFlaw.UNNAMED_EXPIRES_EARLY, limit=least_months)
    if terms.cooling_off_days < least_days:
        yield StoredValueFlawFound(flaw=StoredValueFlaw.COOLING_OFF_TOO_SHORT, limit=least_days)


def _flaws_of_gift_cards(
    cards: GiftCardTerms, limits: LegalLimits
) -> Iterator[StoredValueFlawFound]:
    if not is_safe_prefix(cards.code_prefix):
        yield StoredValueFlawFound(
            flaw=StoredValueFlaw.GIFT_PREFIX_LIKE_BARCODE, subject=cards.code_prefix
        )
    if 0 < cards.valid_months < limits.unnamed_least_months:
        yield StoredValueFlawFound(
            flaw=StoredValueFlaw.GIFT_CARD_EXPIRES_EARLY, limit=limits.unnamed_least_months
        )
    seen = set()
    for face in cards.faces:
        subject = str(face.face_fen)
        if face.face_fen in seen:
            yield StoredValueFlawFound(flaw=StoredValueFlaw.GIFT_FACE_TWICE, subject=subject)
        seen.add(face.face_fen)
        if face.face_fen > limits.unnamed_most_fen:
            yield StoredValueFlawFound(
                flaw=StoredValueFlaw.GIFT_FACE_ABOVE_CARD_LIMIT,
                subject=subject,
                limit=limits.unnamed_most_fen,
            )
        if face.price_fen > face.face_fen:
            yield StoredValueFlawFound(flaw=StoredValueFlaw.GIFT_PRICE_ABOVE_FACE, subject=subject)
