"""How texts are found by their code in one language, and filled.

The catalogues of `domain` stand in `domain.texts`; programs add their own, and `Wording` joins
them. A text's places are named, as in "{missing}"; the values come already written for people (an
amount as "12.50").
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from domain.errors import ErrorCode
from domain.reasons import Reason
from domain.rule_flaws import Flaw
from domain.texts import passes, stored_value
from domain.texts.cases import CASE_TEXTS, DECISION_TEXTS
from domain.texts.effects import EFFECT_TEXTS
from domain.texts.errors import ERROR_TEXTS
from domain.texts.explanations import EXPLANATION_TEXTS
from domain.texts.loyalty import LOYALTY_FLAW_TEXTS
from domain.texts.members import CONSENT_TEXTS, FIELD_TEXTS, GENDER_TEXTS, LIKENESS_TEXTS
from domain.texts.reasons import LEDGER_TEXTS, REASON_TEXTS
from domain.texts.refunds import REFUND_KIND_TEXTS, REFUND_STEP_TEXTS
from domain.texts.rights import RIGHT_TEXTS, ROLE_FLAW_TEXTS
from domain.texts.rule_flaws import RULE_FLAW_TEXTS

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
        "decision": DECISION_TEXTS,
        "explain": EXPLANATION_TEXTS,
        "effect": EFFECT_TEXTS,
        "consent": CONSENT_TEXTS,
        "field": FIELD_TEXTS,
        "gender": GENDER_TEXTS,
        "likeness": LIKENESS_TEXTS,
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
