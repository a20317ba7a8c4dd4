"""Rules of the code that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import (
    PACKAGES,
    place,
    python_files,
    statements,
    syntax_tree,
    text_of,
)

# Programs speak on the terminal here, and nowhere else.
SPEAKING = frozenset({"__main__.py", "commands.py"})
INNER_IMPORT = re.compile(r"^[ \t]+(import|from)\b", re.MULTILINE)


def faults_of_money(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=float()):
            yield "a float literal"
        case ast.Name(id="float" | "Decimal" | "round"):
            yield f"the name {node.id}"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            yield "a true division"


def test_the_domain_knows_no_floats_and_no_true_division() -> None:
    found = [
        f"{place(path, getattr(node, 'lineno', None))}: {fault}"
        for path in python_files("domain")
        for node in ast.walk(syntax_tree(path))
        for fault in faults_of_money(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code", ["price = 1.5", "price = total / 2", "total /= 2", "float(text)", "round(total)"]
)
def test_the_faults_of_money_are_seen(code: str) -> None:
    assert any(list(faults_of_money(node)) for node in ast.walk(ast.parse(code)))


def imports_in_functions(path: Path) -> Iterator[ast.Import | ast.ImportFrom]:
    if not INNER_IMPORT.search(text_of(path)):
        return
    tree = syntax_tree(path)
    at_module_level = set(map(id, tree.body))
    for node in statements(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in at_module_level:
            yield node


def has_reason(path: Path, node: ast.Import | ast.ImportFrom) -> bool:
    """A comment on the line, or above the block of imports that the line belongs to."""
    lines = text_of(path).splitlines()
    first = node.lineno - 1
    while lines[first - 1].strip().startswith(("import ", "from ")):
        first -= 1
    above, own = lines[first - 1].strip(), lines[node.lineno - 1]
    return above.startswith("# ") or ("#" in own and "# noqa" not in own)


def test_an_import_inside_a_function_gives_its_reason() -> None:
    found = [
        place(path, node.lineno)
        for path in python_files()
        for node in imports_in_functions(path)
        if not has_reason(path, node)
    ]
    assert found == []


def test_only_programs_and_commands_print() -> None:
    found = [
        place(path, node.lineno)
        for path in python_files(*PACKAGES)
        if path.name not in SPEAKING and "print(" in text_of(path)
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert found == []
