"""A server may open as many sockets as it has live channels."""

import resource
from collections.abc import Iterator

import pytest

from sync_server.commands import allow_files

FEW = 900


@pytest.fixture(autouse=True)
def few_files() -> Iterator[int]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def soft_limit() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_the_limit_is_raised_to_what_is_wanted() -> None:
    allow_files(FEW + 50)
    assert soft_limit() == FEW + 50


def test_the_limit_is_never_lowered() -> None:
    allow_files(FEW - 50)
    assert soft_limit() == FEW


def test_more_than_the_system_lets_is_no_fault(few_files: int) -> None:
    if few_files == resource.RLIM_INFINITY:
        pytest.skip("the system lets any number")
    allow_files(few_files + 1)
    assert soft_limit() == few_files
