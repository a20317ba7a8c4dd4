"""The texts of shared codes (errors, reasons, cases) in both languages, and how they are filled.

Programs add catalogues of their own; `Wording` joins them. A text's places are named, as in
"{missing}"; the values come already written for people (an amount as "12.50").
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

from domain.effect_texts import EFFECT_TEXTS
from domain.error_texts import ERROR_TEXTS
from domain.errors import ErrorCode
from domain.explanation_texts import EXPLANATION_TEXTS
from domain.fold.cases import CaseKind
from domain.loyalty.wording import LOYALTY_FLAW_TEXTS
from domain.members.texts import CONSENT_TEXTS, FIELD_TEXTS, GENDER_TEXTS
from domain.passes import wording as passes
from domain.reason_texts import REASON_TEXTS
from domain.reasons import LedgerReason, Reason
from domain.refunds.wording import REFUND_KIND_TEXTS, REFUND_STEP_TEXTS
from domain.rights_texts import RIGHT_TEXTS, ROLE_FLAW_TEXTS
from domain.rule_flaw_texts import RULE_FLAW_TEXTS
from domain.rule_flaws import Flaw
from domain.stored_value import wording as stored_value

# Keyed by a closed list of codes, another one for each catalogue.
Catalogue: TypeAlias = Mapping[Any, tuple[str, str]]


class Language(StrEnum):
    CHINESE = "zh-CN"
    ENGLISH = "en"


class Wording:
    """Texts by key in one language.

    Raises:
        KeyError: from `text`, for a key or a place that is not there: a fault of ours.
    """

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = {**shared_texts(language), **texts}

    def text(self, key: str, **values: str | int) -> str:
        return self._texts[key].format(**values)

    def error(self, code: ErrorCode, values: Mapping[str, str | int]) -> str:
        return self._texts[f"error.{code}"].format_map(_Lenient(values))

    def flaw(self, flaw: Flaw) -> str:
        return self._texts[f"{flaw.family}.{flaw.code}"].format_map(_Lenient(flaw.values))

    def reason(self, reason: Reason, *, missing: str = "", quantity: int = 0) -> str:
        return self._texts[f"reason.{reason}"].format(missing=missing, quantity=quantity)

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)


class _Lenient(dict[str, str | int]):
    """An error must be shown even when an older peer sent fewer values than its text wants."""

    def __missing__(self, key: str) -> str:
        return "…"


def shared_texts(language: Language) -> dict[str, str]:
    """All texts of `domain`, keyed by the family of their code and the code."""
    place = 0 if language is Language.CHINESE else 1
    return {
        f"{family}.{code}": pair[place]
        for family, texts in _families().items()
        for code, pair in texts.items()
    }


def _families() -> dict[str, Catalogue]:
    """Catalogues of (zh-CN, English) by the family under which their codes are looked up."""
    return {
        "error": ERROR_TEXTS,
        "reason": REASON_TEXTS,
        "ledger": LEDGER_TEXTS,
        "case": CASE_TEXTS,
        "explain": EXPLANATION_TEXTS,
        "effect": EFFECT_TEXTS,
        "consent": CONSENT_TEXTS,
        "field": FIELD_TEXTS,
        "gender": GENDER_TEXTS,
        "rule_flaw": RULE_FLAW_TEXTS,
        "refund": REFUND_KIND_TEXTS,
        "refund_step": REFUND_STEP_TEXTS,
        "right": RIGHT_TEXTS,
        "role_flaw": ROLE_FLAW_TEXTS,
        "loyalty_flaw": LOYALTY_FLAW_TEXTS,
        "stored_value_flaw": stored_value.FLAW_TEXTS,
        "stored_value_refusal": stored_value.REFUSAL_TEXTS,
        "stored_value_step": stored_value.REFUND_STEP_TEXTS,
        "stored_value_movement": stored_value.MOVEMENT_TEXTS,
        "stored_value_adjustment": stored_value.ADJUSTMENT_TEXTS,
        "stored_value_kind": stored_value.KIND_TEXTS,
        "pass_flaw": passes.FLAW_TEXTS,
        "pass_refusal": passes.REFUSAL_TEXTS,
        "pass_step": passes.REFUND_STEP_TEXTS,
    }


LEDGER_TEXTS: Final[dict[LedgerReason, tuple[str, str]]] = {
    LedgerReason.EARNED: ("消费得积分", "Earned"),
    LedgerReason.REDEEMED: ("积分抵现", "Paid with points"),
    LedgerReason.GRANTED: ("赠送积分", "Granted"),
    LedgerReason.EXCHANGED: ("积分兑换", "Exchanged for a reward"),
    LedgerReason.REVERSED: ("退款扣回积分", "Taken back by a refund"),
    LedgerReason.RETURNED: ("退还已用积分", "Given back by a refund"),
    LedgerReason.ADJUSTED: ("人工调整", "Adjusted by hand"),
    LedgerReason.FROZEN: ("冻结", "Frozen"),
    LedgerReason.UNFROZEN: ("解冻", "No longer frozen"),
    LedgerReason.EXPIRED: ("已过期", "Expired"),
}

CASE_TEXTS: Final[dict[CaseKind, tuple[str, str]]] = {
    CaseKind.STORED_VALUE_OVERSPENT: (
        "储值透支，由后续充值抵扣",
        "More stored value was spent than the account held; top-ups pay it off",
    ),
    CaseKind.ACCOUNT_SPENT_WHILE_FROZEN: (
        "挂失或冻结后仍有消费",
        "The account was spent from after it was frozen",
    ),
    CaseKind.PASS_OVERUSED: (
        "次卡用超次数",
        "The pass was used more often than it was bought for",
    ),
    CaseKind.OVER_REFUNDED: (
        "同一订单退多了，多退的记为损失",
        "More was refunded than was sold; the excess is booked as a loss",
    ),
    CaseKind.POINTS_NOT_TAKEN_BACK: (
        "退款应扣的积分已被花掉，未扣回部分待处理",
        "Points that a refund should take back are spent; the rest waits for a decision",
    ),
    CaseKind.SPENT_WHILE_FROZEN: (
        "账户冻结后仍有消费，请核对",
        "Something was spent from an account after it was frozen",
    ),
    CaseKind.MERGED_AND_CLOSED: (
        "已注销的会员仍与另一会员合并，请拆分或一并注销",
        "A closed account is still merged with another one; part them, or close both",
    ),
    CaseKind.COUPON_REDEEMED_TWICE: (
        "一张券在两处被使用，后一笔优惠记为损失",
        "One coupon was used twice; the later saving is booked as a loss",
    ),
    CaseKind.POINTS_OVERSPENT: (
        "积分用超了，以后所得积分先抵回",
        "More points were used than there were; later earning works it off",
    ),
    CaseKind.MEMBER_ENROLLED_TWICE: (
        "同一手机号登记了两次，已并为一位会员",
        "One phone number was enrolled twice; it is one member now",
    ),
    CaseKind.MENU_NOT_APPLIED: (
        "门店导入的菜单未生效，以总部菜单为准",
        "A store's menu was not applied; head office's menu holds",
    ),
}
