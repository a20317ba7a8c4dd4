"""`pos-client price`: beside a running till, without touching its data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_client.__main__ import main
from pos_client.bootstrap.lock import only_one_till
from tests.architecture.tree import ROOT

EXAMPLE = ROOT / "docs/examples/order.json"
EXPLAINED = ROOT / "tests/domain/pricing"


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The data directory of a till whose language is English."""
    monkeypatch.setenv("TILLFOLD_TILL_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("TILLFOLD_TILL_LANGUAGE", "en")
    return tmp_path / "data"


@pytest.mark.processes
def test_the_program_explains_the_documented_example(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pos_client", "price", "-", "--language", "zh-CN"],
        input=EXAMPLE.read_bytes(),
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONIOENCODING": "utf-8",
            "TILLFOLD_TILL_DATA_DIRECTORY": str(tmp_path / "data"),
        },
        capture_output=True,
        timeout=60,
        check=False,
    )
    explained = EXPLAINED.joinpath("explained_zh.txt").read_text(encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(explained)


def test_it_works_beside_a_running_till_and_leaves_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["price", str(EXAMPLE)]) == 0
    assert not data.exists()
    with only_one_till(data):
        before = sorted(data.iterdir())
        assert main(["price", str(EXAMPLE)]) == 0
        assert sorted(data.iterdir()) == before
    explained = EXPLAINED.joinpath("explained_en.txt").read_text(encoding="utf-8")
    assert capsys.readouterr().out.startswith(explained)


@pytest.mark.usefixtures("data")
def test_the_answer_can_be_json_and_the_exit_code_is_the_trials(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    values = json.loads(EXAMPLE.read_bytes()) | {"expected_total_fen": 1}
    file = tmp_path / "order.json"
    file.write_text(json.dumps(values), encoding="utf-8")
    assert main(["price", str(file), "--json"]) == 3
    answered = json.loads(capsys.readouterr().out)
    assert answered["order"]["lines"][0]["name"] == "清蒸鲈鱼"
    values["book"]["points"]["step"] = 0
    file.write_text(json.dumps(values), encoding="utf-8")
    assert main(["price", str(file)]) == 1
    assert "book.points.step (value_out_of_range)" in capsys.readouterr().err


@pytest.mark.usefixtures("data")
def test_the_schema_is_printed_and_a_file_that_is_not_there_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["price", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$defs"]["PriceDocument"]
    assert main(["price", str(tmp_path / "nothing.json")]) == 1
    assert capsys.readouterr().err.endswith("[file_unreadable]\n")
