"""The documents say what the code does: every code, setting and dependency has its row."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from domain.errors import ErrorCode, Remedy, remedy_of
from domain.fold.cases import CaseKind
from domain.reasons import LedgerReason, Reason
from domain.texts.cases import CASE_TEXTS
from domain.texts.errors import ERROR_TEXTS
from domain.texts.reasons import LEDGER_TEXTS, REASON_TEXTS
from hardware.ports import DeviceReason, PrintOutcome
from pos_client.settings import ENVIRONMENT_PREFIX as TILL_PREFIX
from pos_client.settings import TillSettings
from sync_server.settings import ServerSettings
from tests.architecture.tree import (
    ROOT,
    codes_in,
    files,
    place,
    project,
    rows,
    rows_by_code,
    section,
)

ERRORS = "docs/errors.md"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCES = re.MULTILINE | re.DOTALL

Texts = Mapping[Any, tuple[str, str]]
# The heading of each closed list, its codes, and their texts where people see some.
LISTS: list[tuple[str, set[str], Texts]] = [
    ("## Errors", set(ErrorCode), ERROR_TEXTS),
    ("## Why a rule is not used", set(Reason), REASON_TEXTS),
    ("## Lines of the points ledger", set(LedgerReason), LEDGER_TEXTS),
    ("## Cases", set(CaseKind), CASE_TEXTS),
    ("## Devices", set(DeviceReason), {}),
    (
        "## Print outcomes",
        {str(kind.__struct_config__.tag) for kind in get_args(PrintOutcome)},
        {},
    ),
]


@pytest.mark.parametrize(("heading", "codes", "texts"), LISTS, ids=[entry[0] for entry in LISTS])
def test_every_code_has_a_row_with_the_text_that_people_see(
    heading: str, codes: set[str], texts: Texts
) -> None:
    documented = rows_by_code(section(ERRORS, heading))
    assert set(documented) == codes
    shown = {code: documented[code][1] for code in texts}
    assert shown == {code: "<br>".join(pair) for code, pair in texts.items()}
    assert all(all(row) for row in documented.values())


REMEDIES = {
    Remedy.CORRECT: "### Correct the input: `correct`",
    Remedy.RETRY: "### Wait or try again: `retry`",
    Remedy.RECOVER: "### Follow the way out that is offered: `recover`",
    Remedy.CALL: "### Someone else has to act: `call`",
}


@pytest.mark.parametrize("remedy", Remedy)
def test_errors_stand_under_the_remedy_that_the_code_gives_them(remedy: Remedy) -> None:
    wanted = {str(code) for code in ErrorCode if remedy_of(code) is remedy}
    assert set(rows_by_code(section(ERRORS, REMEDIES[remedy]))) == wanted


def settings_of(kind: type[Any], prefix: str = "") -> list[str]:
    """The keys of a settings type, tables within it as `table.key`."""
    found = []
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            found += settings_of(field.type, f"{prefix}{field.name}.")
        else:
            found.append(f"{prefix}{field.name}")
    return found


def codes_in_tables(document: str) -> set[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return {name for row in rows(text) for cell in row for name in codes_in(cell)}


def test_every_setting_of_the_till_is_documented_with_its_variable() -> None:
    keys = settings_of(TillSettings)
    variables = [TILL_PREFIX + key.upper().replace(".", "__") for key in keys]
    assert {*keys, *variables} - codes_in_tables("docs/till.md") == set()


def test_every_setting_of_the_server_is_documented() -> None:
    assert set(settings_of(ServerSettings)) - codes_in_tables("docs/server.md") == set()


def direct_dependencies() -> set[str]:
    described = project()["project"]
    groups = [described["dependencies"], *described["optional-dependencies"].values()]
    names = {re.match(r"[\w.-]+", line) for group in groups for line in group}
    return {name[0] for name in names if name}


def test_every_dependency_has_a_row_and_every_row_a_dependency() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    assert set(rows_by_code(text)) == direct_dependencies()


def relative_links(path: Path) -> list[str]:
    found = LINK.findall(path.read_text(encoding="utf-8"))
    return [link.split("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]


def test_every_relative_link_leads_to_a_file() -> None:
    broken = [
        f"{place(path)}: {link}"
        for path in files(suffix=".md")
        for link in relative_links(path)
        if not (path.parent / link).exists()
    ]
    assert broken == []


def headings(document: str) -> list[int]:
    """The levels of a document's headings, in their order; fenced code is passed over."""
    text = re.sub(r"^```.*?^```", "", (ROOT / document).read_text(encoding="utf-8"), flags=FENCES)
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def test_both_readmes_have_the_same_parts() -> None:
    assert headings("README.md") == headings("README.zh-CN.md") != []
