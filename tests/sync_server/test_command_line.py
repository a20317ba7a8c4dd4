"""The `sync-server` program from the command line."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec
import pytest

from domain.identifiers import BrandId, MemberId, StoreId
from domain.members.facts import MemberEdited
from domain.offers import AmountOff, PercentOff, RateStep, Rule, Step
from domain.orders import Stage
from domain.wording import Language
from sync_server.bootstrap import build_context
from sync_server.operations.command_line import build_parser
from sync_server.operations.wording import TEXTS, wording_for
from sync_server.settings import ServerSettings
from sync_server.use_cases.enrolment import enrol, issue_code
from sync_server.use_cases.push import push
from sync_server.use_cases.tills import known_till
from tests.builders import facts
from tests.builders.sync_client import SyncClient
from tests.builders.terminal import TestTerminal
from tests.sync_server.commands import Run, push_an_overspending

_DEADLINE_SECONDS = 60


def test_a_chain_is_set_up_by_a_few_commands(chain: Run) -> None:
    store = chain("create-store", "B", "二店", "--time-zone", "Asia/Urumqi", "--json")
    assert store.values == {
        "brand_id": "demo",
        "store_id": "B",
        "name": "二店",
        "time_zone": "Asia/Urumqi",
    }
    assert chain("enrol", "A", "A1", "--json").values["label"] == "A1"
    assert len(str(chain("--json", "hq-user", "add", "总部").values["token"])) == 43
    staff = chain("staff", "add", "A", "王", "--pin-file", "-", "--json", stdin="284716\n")
    assert staff.values["role"] == "cashier"
    assert chain("verify", "--json").values["findings"] == []


def test_a_weak_pin_is_refused_and_never_shown(chain: Run, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text("123456\n", encoding="ascii")
    refused = chain("staff", "add", "A", "王", "--pin-file", str(pin))
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("pin_too_weak: ")
    assert "123456" not in refused.err


def test_a_file_publishes_menu_rules_and_coupons(chain: Run, tmp_path: Path) -> None:
    file = tmp_path / "chain.toml"
    file.write_text(_PUBLICATION, encoding="utf-8")
    before = _head(chain)
    published = chain("publish", str(file), "--json").values
    assert (published["items"], published["rules"]) == (2, 1)
    coupons = published["coupons"]
    assert isinstance(coupons, list)
    assert [coupon["code"] for coupon in coupons] == ["WELCOME1"]
    assert _head(chain) == before + 3


def _head(chain: Run) -> int:
    head = chain("books", "--json").values["feed_head"]
    assert isinstance(head, int)
    return head


_PUBLICATION = """
[menu]
version = "2026-11-21"
items = [
  { item_id = "001", name = "酸梅汤", category = "饮品", unit_price_fen = 600 },
  { item_id = "002", name = "牛肉面", category = "主食", unit_price_fen = 2800 },
]
[rules]
version = "2026-11-21"
[rules.book.points]
step = 50
[[rules.book.rules]]
rule_id = "o"
name = "满100减20"
stage = "S4"
effect = { kind = "amount_off", steps = [{ from_fen = 10000, saving_fen = 2000 }] }
conditions = { from_day = 2026-11-21 }
[[coupons]]
code = "welcome1"
[coupons.rule]
rule_id = "new"
name = "新客券"
stage = "S5"
effect = { kind = "percent_off", steps = [{ off_basis_points = 2000 }], cap_fen = 2000 }
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[menu]\nversion = 1\nitems = []", "rules_refused menu.version: value_malformed"),
        (
            "[menu]\nversion = 'x'\nitems = [{ item_id = '1' }]",
            "rules_refused menu.items[0].name: field_missing",
        ),
        (
            "[rules]\nversion = 'x'\n[rules.book]\npoints = { s = 5 }\nrounding = { s = 5 }",
            "rules_refused rules.book.points.s: field_unknown rules.book.rounding.s: field_unknown",
        ),
        ("[surprise]\n", "rules_refused surprise: field_unknown"),
        ("[menu", "request_malformed"),
    ],
)
def test_a_wrong_file_publishes_nothing(chain: Run, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "chain.toml"
    file.write_text(text, encoding="utf-8")
    before = _head(chain)
    refused = chain("publish", str(file))
    assert refused.code == 1
    first, *flaws = refused.err.splitlines()
    told = [first.partition(":")[0], *(line.rpartition(": ")[0] for line in flaws)]
    assert " ".join(told) == said
    assert _head(chain) == before


def test_coupons_are_issued_in_yuan(chain: Run) -> None:
    issued = chain("issue-coupon", "满50减10", "--threshold", "50", "--saving", "10.5", "--json")
    (coupon,) = json.loads(issued.out)
    rule = msgspec.convert(coupon["rule"], Rule)
    assert (rule.name, rule.stage) == ("满50减10", Stage.COUPON)
    assert rule.effect == AmountOff(steps=(Step(from_fen=5_000, saving_fen=1_050),))
    assert chain("issue-coupon", "x", "--saving", "1,5").err.startswith("amount_malformed: ")


def test_a_coupon_may_be_a_percentage_with_a_cap(chain: Run) -> None:
    issued = chain("issue-coupon", "八折券", "--percent", "20", "--cap", "30", "--json")
    (coupon,) = json.loads(issued.out)
    effect = msgspec.convert(coupon["rule"], Rule).effect
    assert effect == PercentOff(steps=(RateStep(off_basis_points=2_000),), cap_fen=3_000)
    beyond = chain("issue-coupon", "x", "--percent", "101")
    assert (beyond.code, "rule.effect.steps[0]" in beyond.err) == (1, True)
    for wrong in ((), ("--saving", "1", "--percent", "5")):
        with pytest.raises(SystemExit) as refused:
            chain("issue-coupon", "x", *wrong)
        assert refused.value.code == 2


def test_what_is_not_there_yet_is_said_with_what_to_do(run: Run) -> None:
    before = run("books")
    assert (before.code, before.out) == (2, "")
    assert before.err.startswith("settings_malformed: ")
    run("create-brand", "示范", "--id", "demo")
    assert run("create-brand", "示范", "--id", "demo").err.startswith("already_exists: ")
    assert run("enrol", "Z", "Z1").err.startswith("not_found: ")
    run("create-brand", "别家", "--id", "other")
    assert "--brand" in run("books").err
    assert run("books", "--brand", "other").code == 0


def test_a_wrong_setting_ends_with_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLFOLD_SERVER_PORT", "many")
    refused = run("books")
    assert refused.code == 2
    assert "$.port" in refused.err
    assert "Traceback" not in refused.err
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "设置文件有误" in run("books").err


def test_a_database_that_cannot_be_reached_is_said_without_its_address(
    chain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://user:hidden@127.0.0.1:1/nothing"
    monkeypatch.setenv("TILLFOLD_SERVER_DATABASE", address)
    refused = chain("books")
    assert refused.code == 2
    assert "database" in refused.err
    assert "hidden" not in refused.err


def test_cases_and_books_are_shown_to_people(chain: Run, settings: ServerSettings) -> None:
    assert chain("cases").out == "no cases\n"
    push_an_overspending(settings)
    assert "points_overspent" in chain("cases").out
    assert chain("cases", "--losses").out == "they cost nothing\n"
    shown = chain("cases", "show", "points_overspent:m").out
    assert "Sale closed" in shown
    assert "can be decided as: store_loss, campaign_loss, charged" in shown
    wrong = chain("cases", "decide", "points_overspent:m", "--as", "noted")
    assert (wrong.code, wrong.err.split(":")[0]) == (1, "decision_unfit")
    assert chain("cases", "decide", "points_overspent:m", "--as", "?").code == 1
    decided = chain("cases", "decide", "points_overspent:m", "--as", "charged", "--note", "已收")
    assert "decided: It was paid, operator 已收" in decided.out
    assert chain("cases").out == "no cases\n"
    assert "(closed)" in chain("cases", "--all").out
    books = chain("books").out
    assert "total ¥50.00" in books
    assert "cash ¥50.00" in books


def test_duplicates_are_listed_merged_parted_and_kept_apart(
    chain: Run, settings: ServerSettings
) -> None:
    assert chain("members", "duplicates").out == "no members that may be one person\n"
    _push_two_that_are_alike(settings)
    assert (
        "m-1 李* 139****0001 ~ m-2 李* 139****0002: Same card" in chain("members", "duplicates").out
    )
    assert "m-1 (other ids: m-2), points 40" in chain("members", "merge", "m-2", "m-1").out
    assert "m-2 (other ids: -), points 30" in chain("members", "part", "m-2").out
    assert chain("members", "keep-apart", "m-1", "m-2").code == 0
    assert chain("members", "duplicates").out == "no members that may be one person\n"


def _push_two_that_are_alike(settings: ServerSettings) -> None:
    context = build_context(settings)
    with contextlib.closing(context.database):
        terminal = TestTerminal()
        code = issue_code(context, BrandId("demo"), StoreId("A"), "A1").code
        terminal.become(enrol(context, terminal.enrol_request(code)))
        for number, earned in ((1, 10), (2, 30)):
            member = MemberId(f"m-{number}")
            terminal.write(facts.enrolled(member, phone=f"+861390000000{number}"))
            terminal.write(MemberEdited(member_id=member, changes={"custom.card": "C1001"}))
            terminal.write(facts.sale(f"s-{number}", member=member, earned=earned))
        push(context, known_till(context, terminal.terminal), terminal.push_request())


def test_every_text_is_there_in_both_languages_and_every_command_explains_itself() -> None:
    assert all(chinese and english for chinese, english in TEXTS.values())
    for locale, language in (("zh_CN.UTF-8", Language.CHINESE), ("C", Language.ENGLISH)):
        wording = wording_for({"LC_ALL": locale})
        assert wording.language is language
        help_text = build_parser(wording).format_help()
        assert wording.text("help.program")[:20] in help_text
        assert wording.text("help.run") in help_text


@pytest.mark.processes
def test_the_program_serves_on_a_free_port_until_it_is_asked_to_stop(
    chain: Run, settings: ServerSettings
) -> None:
    code = str(chain("enrol", "A", "A1", "--json").values["code"])
    process = subprocess.Popen(
        [sys.executable, "-m", "sync_server", "run", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line.startswith("listening on http://127.0.0.1:")
        url = line.removeprefix("listening on ")
        assert httpx.get(f"{url}/readyz").status_code == 200
        with SyncClient(url, TestTerminal()) as client:
            client.enrol(code)
            client.terminal.write(facts.sale())
            client.push()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=_DEADLINE_SECONDS)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert all(json.loads(one) for one in err.splitlines())
    assert "Traceback" not in err


def test_a_coupon_has_a_code_for_a_qr_code_too_and_keys_are_changed(chain: Run) -> None:
    issued = chain("issue-coupon", "满50减10", "--threshold", "50", "--saving", "10")
    assert any(" CS-" in line for line in issued.out.splitlines())
    changed = json.loads(chain("code-key", "change", "--json").out)
    assert changed == {"generation": 2, "known": 2}
    changed = json.loads(chain("code-key", "change", "--revoke-older", "--json").out)
    assert changed == {"generation": 3, "known": 1}
