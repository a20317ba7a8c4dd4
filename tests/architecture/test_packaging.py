"""What is packed, migrated and written down about machines."""

import re
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from pos_client.storage.schema import HEAD_REVISION, KNOWN_REVISIONS
from pos_client.sync.transport import PROGRAM_VERSION
from tests.architecture.tree import PACKAGES, ROOT, all_files, place, project, text_of

BRANCHES = ("pos_client", "sync_server")
MACHINE_PATH = re.compile(r"(?<![\w.:-])/(work|tmp|root|home)/")


def packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}


def test_the_wheel_holds_exactly_the_packages_of_the_tree() -> None:
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(wheel) == packages() == set(PACKAGES)


def test_the_linters_of_imports_and_types_know_every_package() -> None:
    tools = project()["tool"]
    assert set(tools["importlinter"]["root_packages"]) == packages()
    assert set(tools["mypy"]["packages"]) == packages() | {"tests"}


def test_a_till_tells_the_server_the_version_that_is_packed() -> None:
    packed = project()["project"]
    assert f"{packed['name']} {packed['version']}" == PROGRAM_VERSION


def scripts(branch: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations" / branch))
    return ScriptDirectory.from_config(config)


@pytest.mark.parametrize("branch", BRANCHES)
def test_each_branch_of_migrations_has_one_head(branch: str) -> None:
    assert len(scripts(branch).get_heads()) == 1


def test_the_till_knows_the_revisions_of_its_database() -> None:
    known = scripts("pos_client")
    assert known.get_heads() == [HEAD_REVISION]
    assert {script.revision for script in known.walk_revisions()} == KNOWN_REVISIONS


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        place(path, number)
        for path in all_files()
        if path != Path(__file__) and MACHINE_PATH.search(text_of(path))
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []
