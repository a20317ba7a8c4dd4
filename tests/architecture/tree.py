"""The source tree as these tests see it: its files, their syntax trees, its Markdown tables."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "hardware", "migrations", "pos_client", "spreadsheets", "sync_server")
# What tools leave behind (.gitignore). The tree is walked, so that a copy without git is enough.
LEFT_BEHIND = frozenset(
    {
        ".git",
        ".hypothesis",
        ".import_linter_cache",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".venv",
        "__pycache__",
        "build",
        "dist",
        "mutants",
        "out",
    }
)

# Half-width punctuation beside Chinese characters.
HALF_WIDTH = re.compile(
    r"""[\u4e00-\u9fff”」】）》}][,:;!?(]   # behind a Chinese character
    | [,:;!?)][\u4e00-\u9fff“「【（《]     # before one
    | [\u4e00-\u9fff]\.(\s|$)              # a full stop
    | \([^)]*[\u4e00-\u9fff]""",
    re.VERBOSE,
)


@cache
def all_files() -> tuple[Path, ...]:
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in LEFT_BEHIND or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def files(*folders: str, suffix: str = "") -> list[Path]:
    """The files below these folders of the tree; of the whole tree where none is named."""
    starts = tuple(ROOT / folder for folder in folders) or (ROOT,)
    return [
        path
        for path in all_files()
        if path.name.endswith(suffix) and any(path.is_relative_to(start) for start in starts)
    ]


def python_files(*folders: str) -> list[Path]:
    return files(*folders, suffix=".py")


@cache
def text_of(path: Path) -> str:
    """Empty for what is no text: a picture, a workbook."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def syntax_tree(path: Path) -> ast.Module:
    """Not kept: a thousand trees in memory cost more than reading a few of them again."""
    return ast.parse(text_of(path), filename=str(path))


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """All statements, without a look into their expressions: a fifth of the time of `ast.walk`."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(tree, name, ()):
            if isinstance(inner, ast.stmt):
                yield inner
            yield from statements(inner)


def place(path: Path, line: int | None = None) -> str:
    """A file, and a line in it, as a person looks it up."""
    where = path.relative_to(ROOT).as_posix()
    return where if line is None else f"{where}:{line}"


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def section(document: str, heading: str) -> str:
    """What stands below a heading of a Markdown file, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    text = (ROOT / document).read_text(encoding="utf-8")
    _, found, after = text.partition(f"\n{heading}\n")
    assert found, f"{document} has no heading {heading}"
    return re.split(rf"^#{{1,{level}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row in a Markdown text, rulers left out."""
    found = []
    for line in text.splitlines():
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def codes_in(cell: str) -> list[str]:
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def rows_by_code(text: str) -> dict[str, list[str]]:
    """The table rows whose first cell holds a code in backticks, by that code."""
    found: dict[str, list[str]] = {}
    for row in rows(text):
        for code in codes_in(row[0])[:1]:
            assert code not in found, f"{code} has two rows"
            found[code] = row
    return found
