"""`pos-client` as a process: what it says and answers where it cannot work."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos_client.bootstrap.lock import only_one_till
from pos_client.bootstrap.logs import set_up_logs


def run_till(directory: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The till's program with nothing set but its data directory."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "TILLFOLD_TILL_DATA_DIRECTORY": directory,
        "TILLFOLD_TILL_KEY_STORE": "file",
        "TILLFOLD_TILL_LANGUAGE": "en",
    }
    return subprocess.run(
        [sys.executable, "-m", "pos_client", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_second_till_in_the_same_data_directory_says_so_and_ends(tmp_path: Path) -> None:
    with only_one_till(tmp_path):
        second = run_till(str(tmp_path))
    assert second.returncode == 1
    assert second.stderr.startswith("The till is running already.")
    assert second.stderr.endswith("[till_already_running]\n")
    assert second.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [(), ("recover",), ("join", "http://127.0.0.1:1", "ABCDEFGH")])
def test_a_data_directory_that_cannot_be_is_told_in_one_sentence(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    for place in (in_the_way, in_the_way / "data"):
        done = run_till(str(place), *command)
        assert done.returncode == 1
        assert done.stderr.endswith("[settings_malformed]\n")
        assert done.stderr.count("\n") == 1


def test_a_new_till_has_nothing_to_recover(tmp_path: Path) -> None:
    done = run_till(str(tmp_path), "recover")
    assert done.returncode == 1
    assert done.stderr.endswith("[not_found]\n")


def test_a_log_line_tells_where_a_fault_was_and_nothing_of_what_was_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        set_up_logs("INFO", tmp_path)
        try:
            int("+8613800138000x")
        except ValueError:
            logging.getLogger("till").exception("fault")
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    written = (tmp_path / "till.log").read_text(encoding="utf-8")
    assert '"error_type": "ValueError"' in written
    assert f"{__file__}:" in written
    assert "13800138000" not in written + capsys.readouterr().err
