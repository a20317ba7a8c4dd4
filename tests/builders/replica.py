"""What a till would hold that follows the feed, kept as plainly as can be."""

from domain.digests import add_digests, row_digest
from domain.protocol import FeedPage, FeedRow
from tests.builders.sync_client import SyncClient


class Replica:
    """Rows by (kind, id). Each pull ends with the comparison that a till makes."""

    def __init__(self, client: SyncClient, *, limit: int = 1_000) -> None:
        self.client = client
        self.limit = limit
        self.rows: dict[tuple[str, str], FeedRow] = {}
        self.cursor = 0
        self.began = 0

    def pull(self) -> list[FeedRow]:
        """All that is new; the sum must be right at the end."""
        received: list[FeedRow] = []
        for _ in range(10_000):
            page = self.client.feed(self.cursor, limit=self.limit, began=self.began)
            self.began = self.began if self.cursor else page.head
            assert page.next_cursor > self.cursor or not page.more
            self.lay(page)
            received += page.rows
            self.cursor = page.next_cursor
            if not page.more:
                assert add_digests(*(part.sum for part in page.sums)) == self.sum()
                return received
        raise AssertionError("the feed does not end")

    def lay(self, page: FeedPage) -> None:
        self.rows |= {(row.kind, row.id): row for row in page.rows if row.body is not None}
        for row in page.rows:
            held = self.rows.get((row.kind, row.id))
            if row.body is None and held is not None and held.version < row.version:
                del self.rows[row.kind, row.id]

    def sum(self) -> int:
        return add_digests(
            *(
                row_digest(row.kind, row.id, version=row.version, body=row.body or b"")
                for row in self.rows.values()
            )
        )

    def ids(self, kind: str) -> list[str]:
        return sorted(row_id for of_kind, row_id in self.rows if of_kind == kind)


def fresh(client: SyncClient) -> dict[tuple[str, str], FeedRow]:
    """What a till would hold that begins now."""
    replica = Replica(client)
    replica.pull()
    return replica.rows
