"""The kinds of cases, how grave they are, and what can be decided about each."""

from enum import StrEnum
from typing import Final


class CaseKind(StrEnum):
    COUPON_REDEEMED_TWICE = "coupon_redeemed_twice"
    COUPON_USED_AFTER_REVOCATION = "coupon_used_after_revocation"
    COUPON_USED_AFTER_TRANSFER = "coupon_used_after_transfer"
    COUPON_USED_AFTER_EXPIRY = "coupon_used_after_expiry"
    POINTS_OVERSPENT = "points_overspent"
    MEMBER_ENROLLED_TWICE = "member_enrolled_twice"
    MENU_NOT_APPLIED = "menu_not_applied"
    SPENT_WHILE_FROZEN = "spent_while_frozen"
    MERGED_AND_CLOSED = "merged_and_closed"
    OVER_REFUNDED = "over_refunded"
    POINTS_NOT_TAKEN_BACK = "points_not_taken_back"
    STORED_VALUE_OVERSPENT = "stored_value_overspent"
    ACCOUNT_SPENT_WHILE_FROZEN = "account_spent_while_frozen"
    SALE_PRICED_DIFFERENTLY = "sale_priced_differently"
    JOURNAL_FORKED = "journal_forked"
    JOURNAL_CUT = "journal_cut"
    PASS_OVERUSED = "pass_overused"  # noqa: S105 - a kind of case, not a password


class Severity(StrEnum):
    REVIEW = "review"
    INFORMATION = "information"


class Decision(StrEnum):
    """Who bears it. CHARGED: the guest or whoever caused it paid. NOTED: nobody has to."""

    STORE_LOSS = "store_loss"
    CAMPAIGN_LOSS = "campaign_loss"
    CHARGED = "charged"
    NOTED = "noted"


_ANY_LOSS: Final = (Decision.STORE_LOSS, Decision.CAMPAIGN_LOSS, Decision.CHARGED)
_OF_STORE: Final = (Decision.STORE_LOSS, Decision.CHARGED)
_JUST_NOTED: Final = (Decision.NOTED,)

DECISIONS: Final[dict[CaseKind, tuple[Decision, ...]]] = {
    CaseKind.COUPON_REDEEMED_TWICE: _ANY_LOSS,
    CaseKind.COUPON_USED_AFTER_REVOCATION: (*_ANY_LOSS, Decision.NOTED),
    CaseKind.COUPON_USED_AFTER_TRANSFER: (*_ANY_LOSS, Decision.NOTED),
    CaseKind.COUPON_USED_AFTER_EXPIRY: (*_ANY_LOSS, Decision.NOTED),
    CaseKind.POINTS_OVERSPENT: _ANY_LOSS,
    CaseKind.MEMBER_ENROLLED_TWICE: _JUST_NOTED,
    CaseKind.MENU_NOT_APPLIED: _JUST_NOTED,
    CaseKind.SPENT_WHILE_FROZEN: (*_OF_STORE, Decision.NOTED),
    CaseKind.MERGED_AND_CLOSED: _JUST_NOTED,
    CaseKind.OVER_REFUNDED: _OF_STORE,
    CaseKind.POINTS_NOT_TAKEN_BACK: _ANY_LOSS,
    CaseKind.STORED_VALUE_OVERSPENT: _OF_STORE,
    CaseKind.ACCOUNT_SPENT_WHILE_FROZEN: (*_OF_STORE, Decision.NOTED),
    CaseKind.PASS_OVERUSED: _OF_STORE,
    CaseKind.SALE_PRICED_DIFFERENTLY: (*_OF_STORE, Decision.NOTED),
    CaseKind.JOURNAL_FORKED: _JUST_NOTED,
    CaseKind.JOURNAL_CUT: (*_OF_STORE, Decision.NOTED),
}
