from pathlib import Path

import pytest

from tests.builders.till import TillFiles


@pytest.fixture
def files(tmp_path: Path) -> TillFiles:
    return TillFiles(tmp_path)
