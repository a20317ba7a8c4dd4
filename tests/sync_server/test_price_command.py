"""`sync-server price`: it needs no database, no settings and no key."""

import io
import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from sync_server.__main__ import main
from tests.architecture.tree import ROOT

EXAMPLE = ROOT / "docs/examples/order.json"
EXPLAINED = ROOT / "tests/domain/pricing"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Server:
    """Runs the command in this process, in English, away from any settings."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], empty: Path
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setenv("TILLFOLD_SERVER_SETTINGS", str(empty / "no-settings.toml"))
        monkeypatch.chdir(empty)

    def price(self, *arguments: str, stdin: bytes = b"") -> Ran:
        typed = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        self._monkeypatch.setattr(sys, "stdin", typed)
        code = main(["price", *arguments])
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


@pytest.fixture
def server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Server:
    return Server(monkeypatch, capsys, tmp_path)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_documented_example_is_explained_in_both_languages(
    server: Server, language: str
) -> None:
    ran = server.price(str(EXAMPLE), "--language", language)
    explained = EXPLAINED.joinpath(f"explained_{language[:2]}.txt").read_text(encoding="utf-8")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(explained)
    assert len(ran.out.splitlines()) == len(explained.splitlines()) + 1


def test_without_a_language_it_is_the_machines(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.price(str(EXAMPLE)).out.startswith("S0 List price")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert server.price(str(EXAMPLE)).out.startswith("S0 原价")


def test_standard_input_is_read_and_the_answer_can_be_json(server: Server) -> None:
    ran = server.price("-", "--json", stdin=EXAMPLE.read_bytes())
    assert ran.code == 0
    assert json.loads(ran.out)["order"]["total_fen"] == 11_610
    assert ran.out.count("\n") == 1


def test_flaws_and_another_total_have_exit_codes_of_their_own(server: Server) -> None:
    values = json.loads(EXAMPLE.read_bytes())
    other = server.price("-", stdin=json.dumps(values | {"expected_total_fen": 1}).encode())
    assert other.code == 3
    values["book"]["rules"][0]["effect"] = {"kind": "new_price"}
    flawed = server.price("-", stdin=json.dumps(values).encode())
    assert flawed.code == 2
    assert flawed.out.splitlines()[1].endswith("[saves_nothing]")


def test_what_cannot_be_read_is_refused_with_its_place(server: Server, tmp_path: Path) -> None:
    missing = server.price(str(tmp_path / "nothing.json"))
    assert (missing.code, missing.out) == (1, "")
    assert missing.err.startswith("file_unreadable: ")
    wrong = server.price("-", stdin=b'{"version": 1, "cart": {}, "local_time": "now"}')
    assert wrong.code == 1
    assert "local_time (value_malformed)" in wrong.err


def test_a_document_beyond_the_limit_is_refused(server: Server, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (8 * 1024 * 1024 + 1))
    for ran in (server.price(str(large)), server.price("-", stdin=large.read_bytes())):
        assert ran.code == 1
        assert ran.err.startswith("request_too_large: ")


def test_the_schema_is_printed(server: Server) -> None:
    ran = server.price("--schema")
    assert ran.code == 0
    assert json.loads(ran.out)["$defs"]["PriceDocument"]["required"]


@pytest.mark.parametrize("arguments", [(), ("--schema", "order.json")])
def test_a_file_or_the_schema_has_to_be_asked_for(
    server: Server, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        server.price(*arguments)
    assert caught.value.code == 2
