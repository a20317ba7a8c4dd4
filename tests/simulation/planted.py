"""All planted bugs by name, and running with one of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from tests.simulation import planted_at_server, planted_at_till
from tests.simulation.patching import patched
from tests.simulation.planting import BUGS

ROTATION: Final = 3
PLANTED: Final = (planted_at_server, planted_at_till)
# How many seeds each needed when it was last looked for (`make planted`); those of the rotation.
SEEDS_NEEDED: Final = {
    "held entries are folded again": 2,
    "an answer before its commit": 1,
    "a quarantined entry blocks": 1,
    "the last entry of a batch is not folded": 4,
    "too many versions are reserved": 1,
    "the order of arrival decides between edits": 1,
    "the servers fold caps points": 1,
    "books are kept of the first entry alone": 1,
    "rows and acknowledgement of different moments": 1,
    "a row at the end of a page is skipped": 1,
    "a row at the begin of a page is skipped": 1,
    "the cursor runs ahead": 1,
    "rows of the store are left out": 1,
    "a batch begins one too late": 1,
    "the overlay is not dropped": 1,
    "an edit is not in the second journal": 2,
    "a start does not read the second journal": 1,
    "local time in place of trusted time": 1,
    "the acknowledgement lags by one": 1,
    "what a server lost is not offered again": 1,
    "waiting entries are not folded again": 2,
    "the second journal is not flushed": 2,
    "a hold is not counted": 1,
    "a till whose journal forked gets allowances": 1,
    "nobody is told of a fork": 1,
    "a till without an answer spends as if it had one": 3,
}


@contextmanager
def with_bug(name: str) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, attribute, make in BUGS[name]():
            faulty = make(getattr(owner, attribute))
            stack.enter_context(patched(owner, attribute, faulty))
        yield
