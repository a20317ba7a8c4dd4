"""The guide to importing lists every heading that an import understands."""

from collections.abc import Sequence

import pytest

from domain.imports import Column, plain_heading
from domain.imports_members import MEMBER_COLUMNS
from domain.imports_menu import MENU_COLUMNS
from tests.architecture.tree import rows, section


@pytest.mark.parametrize(
    ("first", "columns"), [("phone, required", MEMBER_COLUMNS), ("number, required", MENU_COLUMNS)]
)
def test_the_guide_names_the_headings_that_are_understood(
    first: str, columns: Sequence[Column]
) -> None:
    told = [(row[0], row[1]) for row in rows(section("docs/importing.md", "## Columns"))]
    start = [name for name, _ in told].index(first)
    for column, (name, headings) in zip(columns, told[start:], strict=False):
        assert name.endswith("required") is column.required
        listed = {plain_heading(heading) for heading in headings.replace(";", ",").split(",")}
        assert listed == column.headings
