"""Small pieces: the hard limits of CONTRIBUTING.md."""

import ast
from functools import cache

from tests.architecture.tree import place, python_files, statements, syntax_tree, text_of

LARGEST_FUNCTION_LINES = 60
LARGEST_CLASS_LINES = 200
LARGEST_FILE_LINES = 400

# Place of a file, function or class, and why it may be larger.
EXCEPTIONS: dict[str, str] = {}


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


@cache
def too_large() -> dict[str, int]:
    """What is over its limit: a file by its place, a function or class by place and name."""
    found: dict[str, int] = {}
    for path in python_files():
        lines = len(text_of(path).splitlines())
        if lines > LARGEST_FILE_LINES:
            found[place(path)] = lines
        for node in statements(syntax_tree(path)):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    limit = LARGEST_FUNCTION_LINES
                case ast.ClassDef():
                    limit = LARGEST_CLASS_LINES
                case _:
                    continue
            if lines_of(node) > limit:
                found[f"{place(path)}:{node.name}"] = lines_of(node)
    return found


def test_functions_classes_and_files_are_small() -> None:
    assert {key: lines for key, lines in too_large().items() if key not in EXCEPTIONS} == {}


def test_every_exception_is_still_needed() -> None:
    assert set(EXCEPTIONS) - set(too_large()) == set()
