"""What an operator does with `sync-server`: tills, backups, jobs, imports, a look at its health."""

import json
from pathlib import Path

import pytest

from sync_server.settings import ServerSettings
from sync_server.use_cases.jobs import JOBS
from tests.sync_server.commands import Run, push_an_overspending


def test_a_database_that_lost_its_key_gets_no_new_one(chain: Run, settings: ServerSettings) -> None:
    settings.key_path.unlink()
    refused = chain("create-brand", "别家")
    assert (refused.code, "missing" in refused.err) == (2, True)
    assert not settings.key_path.exists()


def test_tills_are_listed_and_switched_off_by_label_or_id(
    chain: Run, settings: ServerSettings
) -> None:
    assert chain("tills").out == "no tills\n"
    push_an_overspending(settings)
    assert "A1  store A  entries 1 (epoch 1)" in chain("tills").out
    (till,) = json.loads(chain("tills", "--json").out)
    assert (till["set_aside"], till["revoked_ms"]) == (0, None)
    assert chain("revoke", "A1").out == "till A1 is switched off\n"
    assert "switched off" in chain("tills").out
    assert chain("revoke", "A1").err.startswith("not_found: ")
    assert chain("revoke", till["terminal_id"]).code == 0
    assert chain("hand-in", "A1").out.startswith("till A1 may hand in what it holds until ")
    assert chain("hand-in", "A2").err.startswith("not_found: ")
    assert chain("hand-in", "A1", "--hours", "0").err.startswith("request_malformed: ")


def test_a_backup_is_made_and_brought_back_by_two_commands(
    chain: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = chain("backup", str(tmp_path / "backup"), "--with-key")
    assert made.out.splitlines()[0] == "示范 (demo): 1 entries"
    assert chain("backup", str(tmp_path / "backup")).err.startswith("already_exists: ")
    assert chain("restore", str(tmp_path / "backup")).err.startswith("database_not_empty: ")
    monkeypatch.setenv("TILLFOLD_SERVER_DATABASE", str(tmp_path / "new" / "server.db"))
    monkeypatch.setenv("TILLFOLD_SERVER_KEY_FILE", str(tmp_path / "new" / "server.key"))
    assert "a new history begins" in chain("restore", str(tmp_path / "backup")).out
    assert chain("verify").code == 0


def test_a_doctor_says_what_is_to_be_done(chain: Run, settings: ServerSettings) -> None:
    well = chain("doctor")
    assert "never backed up" in well.out
    assert well.code == int(settings.on_postgresql)
    settings.key_path.chmod(0o644)
    ill = chain("doctor", "--json")
    assert (ill.code, json.loads(ill.out)[0]["kind"]) == (1, "key_unfit")


def test_a_worker_does_what_is_due_and_then_nothing_is_due(chain: Run) -> None:
    assert chain("worker", "--once").out == (f"done: {' '.join(job.name for job in JOBS)}\n")
    assert chain("worker", "--once").out == "done: -\n"


def test_members_are_imported_and_wrong_rows_listed(chain: Run, tmp_path: Path) -> None:
    file, refused = tmp_path / "members.csv", tmp_path / "to-mend.csv"
    file.write_text("phone,name\n13800000001,张三\n12,李四\n", encoding="utf-8")
    done = chain("import-members", str(file), "--refused", str(refused))
    assert (done.code, done.out.splitlines()[-1]) == (1, "1 members enrolled, 1 rows refused")
    assert done.out.startswith("row 3: ")
    assert "李四" not in done.out + done.err
    assert "李四" in refused.read_text(encoding="utf-8")
    assert chain("books", "--json").values["members"] == 1
