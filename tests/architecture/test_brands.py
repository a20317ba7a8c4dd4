"""Which code may look at all brands at once: a closed list, each with its reason."""

import ast

from tests.architecture.tree import ROOT, python_files, syntax_tree, text_of

ACROSS_BRANDS = {
    "sync_server/bootstrap.py": "the tables' revision",
    "sync_server/database/brand_wall.py": "says what it is",
    "sync_server/database/schema.py": "migrations",
    "sync_server/examination.py": "the tables' revision",
    "sync_server/use_cases/diagnosis.py": "goes from brand to brand",
    "sync_server/use_cases/backup.py": "a backup is of all brands",
    "sync_server/use_cases/restore.py": "and so is what it is brought back into",
    "sync_server/use_cases/brands.py": "lists the brands",
    "sync_server/use_cases/enrolment.py": "a code says which brand it is of",
    "sync_server/use_cases/feed.py": "one look at the heads serves all live channels",
    "sync_server/use_cases/hq_access.py": "a token says which brand it is of",
    "sync_server/use_cases/jobs.py": "a job goes from brand to brand",
    "sync_server/use_cases/scheduled.py": "leases of jobs, which serve all brands",
    "sync_server/use_cases/oversight.py": "metrics and readiness of a process",
    "sync_server/use_cases/tills.py": "a till's id says which brand it is of",
}


def test_what_looks_at_all_brands_is_a_closed_list() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in python_files("sync_server")
        if "ALL_BRANDS" in text_of(path)
        and any(
            isinstance(node, ast.Name) and node.id == "ALL_BRANDS"
            for node in ast.walk(syntax_tree(path))
        )
    }
    assert found == set(ACROSS_BRANDS)
