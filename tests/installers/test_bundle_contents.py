"""The Linux bundle holds every data file of the packages; a forgotten one fails here."""

import ast
import importlib.util
from types import ModuleType

import pytest

from tests.architecture.tree import PACKAGES, ROOT, files, place, python_files, syntax_tree

LINUX = ROOT / "installers" / "linux"
# For developers at a terminal; no program reads it.
LEFT_OUT = frozenset({"migrations/sync_server/alembic.ini"})


@pytest.fixture(scope="module")
def contents() -> ModuleType:
    """`bundle_contents.py`, loaded by its path as the spec file does: it is in no package."""
    spec = importlib.util.spec_from_file_location("bundle", LINUX / "bundle_contents.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bundled(contents: ModuleType) -> set[str]:
    return {source.removeprefix(f"{ROOT}/") for source, _ in contents.package_data(ROOT)}


def test_every_data_file_of_the_packages_is_bundled(contents: ModuleType) -> None:
    # A `quality.md` is for people who work on the code.
    data = {place(path) for path in files(*PACKAGES) if path.suffix not in {".py", ".md"}}
    assert data - bundled(contents) == LEFT_OUT


def test_every_migration_is_bundled_as_a_file(contents: ModuleType) -> None:
    scripts = {place(path) for path in files("migrations", suffix=".py")}
    assert scripts - bundled(contents) == {"migrations/__init__.py"}


def test_every_listed_pattern_still_finds_something(contents: ModuleType) -> None:
    idle = [entry for entry in contents.PACKAGE_DATA if not list((ROOT / entry[0]).glob(entry[1]))]
    assert idle == []


def test_data_files_keep_their_place(contents: ModuleType) -> None:
    for source, folder in contents.package_data(ROOT):
        assert source.startswith(f"{ROOT}/{folder}/")


def test_the_gtk_theme_stays_out_and_what_a_counter_needs_stays_in(contents: ModuleType) -> None:
    plugins = "PySide6/Qt/plugins"
    assert not contents.is_wanted(f"{plugins}/platformthemes/libqgtk3.so")
    for needed in (
        "platforms/libqxcb.so",
        "platforms/libqoffscreen.so",
        "iconengines/libqsvgicon.so",
    ):
        assert contents.is_wanted(f"{plugins}/{needed}.so")


def imported() -> set[str]:
    """The full names of all modules that our packages import."""
    found: set[str] = set()
    for path in python_files(*PACKAGES):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nothing_that_is_left_out_is_imported_by_a_program(contents: ModuleType) -> None:
    names = imported()
    used = [
        module
        for module in contents.EXCLUDED_MODULES
        if any(name == module or name.startswith(f"{module}.") for name in names)
    ]
    assert used == []
