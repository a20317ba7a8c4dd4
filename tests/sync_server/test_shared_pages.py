"""What many tills ask for at once is read once, and anew as soon as anything changed."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from domain.identifiers import BrandId, StoreId
from sync_server.database.brands import Brand
from sync_server.use_cases.shared_pages import NEAR_VERSIONS, Asked, Shared, SharedPages

BRAND = Brand(brand_id=BrandId("b"), name="b", version=900, history="h", created_ms=0)
ASKED = Asked(brand=BRAND, store_id=StoreId("A"), cursor=899, began=0, limit=10)


class Reads:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Shared:
        self.count += 1
        return Shared(rows=(), following=None)


def test_what_tills_of_a_store_ask_at_once_is_read_once() -> None:
    pages, reads = SharedPages(), Reads()
    with ThreadPoolExecutor(8) as tills:
        list(tills.map(lambda _: pages.get(ASKED, reads), range(40)))
    assert reads.count == 1


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(ASKED, cursor=898),
        msgspec.structs.replace(ASKED, store_id=StoreId("B")),
        msgspec.structs.replace(ASKED, brand=msgspec.structs.replace(BRAND, version=901)),
        msgspec.structs.replace(ASKED, brand=msgspec.structs.replace(BRAND, history="i")),
        msgspec.structs.replace(ASKED, brand=msgspec.structs.replace(BRAND, feed_horizon=1)),
    ],
)
def test_another_question_has_another_answer(other: Asked) -> None:
    pages, reads = SharedPages(), Reads()
    pages.get(ASKED, reads)
    pages.get(other, reads)
    assert reads.count == 2


def test_long_pages_are_not_kept() -> None:
    pages, reads = SharedPages(), Reads()
    far = msgspec.structs.replace(ASKED, cursor=BRAND.version - NEAR_VERSIONS - 1)
    pages.get(far, reads)
    pages.get(far, reads)
    assert reads.count == 2


def test_old_pages_go() -> None:
    pages, reads = SharedPages(), Reads()
    for cursor in range(600, 800):
        pages.get(msgspec.structs.replace(ASKED, cursor=cursor), reads)
    pages.get(msgspec.structs.replace(ASKED, cursor=600), reads)
    assert reads.count == 201
