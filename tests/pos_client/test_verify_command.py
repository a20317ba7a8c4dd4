"""`pos-client verify`: what it says of a till, and its exit code."""

import json
from pathlib import Path

import msgspec
import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Language
from pos_client.bootstrap.commands import verify
from pos_client.storage.verification import Problem
from pos_client.texts.catalogue import texts_in
from tests.builders.till import RICE, Till
from tests.pos_client.storage.looking import flip


@pytest.fixture
def closed(tmp_path: Path) -> Till:
    """A till that has sold and was closed."""
    till = Till(tmp_path)
    till.begin()
    till.sell(RICE, total_fen=300)
    till.close()
    return till


def test_a_sound_till_is_verified_in_words(
    closed: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(closed.settings, as_json=False) == 0
    assert capsys.readouterr().out.startswith("全部相符\n已核验：5 条记录")


@pytest.mark.parametrize("place", [10, 1_000])
def test_a_damaged_second_journal_is_said_and_written_anew(
    closed: Till, capsys: pytest.CaptureFixture[str], place: int
) -> None:
    second = closed.settings.second_journal_path / "second-journal"
    flip(second, place)
    settings = msgspec.structs.replace(closed.settings, language=Language.ENGLISH)
    assert verify(settings, as_json=True) == 1
    said = json.loads(capsys.readouterr().out)
    (found,) = said["findings"]
    assert found["problem"] == "second_journal"
    assert found["advice"].startswith("where the database is sound it was written anew")
    assert verify(settings, as_json=True) == 0


def test_a_till_that_cannot_start_says_how_to_recover(closed: Till) -> None:
    (closed.settings.data_path / "till.db").unlink()
    with pytest.raises(TillfoldError) as caught:
        verify(closed.settings, as_json=False)
    assert caught.value.code is ErrorCode.DATABASE_MISSING


def test_a_new_till_has_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(TillfoldError) as caught:
        verify(Till(tmp_path).settings, as_json=False)
    assert caught.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize("language", Language)
def test_every_problem_has_words_and_advice(language: Language) -> None:
    texts = texts_in(language)
    for problem in Problem:
        assert texts[f"verify_problem.{problem}"]
        assert texts[f"verify_advice.{problem}"]
