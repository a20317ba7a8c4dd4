from string import Formatter

import pytest

from domain.errors import ErrorCode, Remedy, TillfoldError, remedy_of
from domain.fold.cases import CaseKind
from domain.reasons import LedgerReason, Reason
from domain.texts.cases import CASE_TEXTS
from domain.texts.errors import ERROR_TEXTS
from domain.texts.reasons import LEDGER_TEXTS, REASON_TEXTS
from domain.wording import Language, Wording, shared_texts

PAIRS = [
    *ERROR_TEXTS.values(),
    *REASON_TEXTS.values(),
    *LEDGER_TEXTS.values(),
    *CASE_TEXTS.values(),
]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_code_has_a_text() -> None:
    assert set(ERROR_TEXTS) == set(ErrorCode)
    assert set(REASON_TEXTS) == set(Reason)
    assert set(LEDGER_TEXTS) == set(LedgerReason)
    assert set(CASE_TEXTS) == set(CaseKind)


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_both_languages_are_written_and_have_the_same_places(chinese: str, english: str) -> None:
    assert chinese.strip()
    assert english.isascii() or set(english) - {"¥", "“", "”"} <= set(map(chr, range(128)))
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
    assert places(chinese) == places(english)


def test_both_languages_have_the_same_keys() -> None:
    assert shared_texts(Language.CHINESE).keys() == shared_texts(Language.ENGLISH).keys()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_can_be_shown_even_without_its_values(
    language: Language, code: ErrorCode
) -> None:
    assert "{" not in Wording(language, {}).error(code, {})


def test_values_fill_their_places_and_braces_in_them_stay_text() -> None:
    wording = Wording(Language.ENGLISH, {"own.text": "{count} rows"})
    assert wording.error(ErrorCode.AMOUNT_MALFORMED, {"text": "{x}"}).startswith("“{x}” is not")
    assert wording.reason(Reason.THRESHOLD_NOT_MET, missing="3.00") == "¥3.00 more to use it"
    assert wording.text("own.text", count=3) == "3 rows"
    assert "own.text" in wording.keys()  # noqa: SIM118 - a method of its own


def test_a_key_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(KeyError):
        Wording(Language.CHINESE, {}).text("no.such.text")


def test_every_error_has_one_remedy_and_carries_its_code() -> None:
    assert {remedy_of(code) for code in ErrorCode} == set(Remedy)
    error = TillfoldError(ErrorCode.PIN_LOCKED, seconds=30)
    assert (remedy_of(error.code), str(error), error.values) == (
        Remedy.RETRY,
        "pin_locked",
        {"seconds": 30},
    )
