"""What was paid in advance, folded once more from the journals, beside what the server keeps."""

from collections.abc import Iterator

from sqlalchemy import Connection

from domain.entries import Entry
from domain.facts import Fact
from domain.fold import fold, touched
from domain.fold.aggregates import Aggregate, AggregateKey, AggregateKind
from domain.identifiers import BrandId
from domain.passes.account import PassAccount
from domain.stored_value.account import StoredValueAccount
from sync_server.database import aggregates

_AT_ONCE = 1_000
_PREPAID = frozenset({AggregateKind.STORED_VALUE, AggregateKind.PASS})


class PrepaidAccounts:
    """Stored value and passes. Their sums join in any order, so the journals may come in any."""

    def __init__(self) -> None:
        self._folded: dict[AggregateKey, Aggregate] = {}

    @property
    def count(self) -> int:
        return len(self._folded)

    def add(self, entry: Entry, fact: Fact) -> None:
        for key in touched(fact):
            if key.kind in _PREPAID:
                self._folded[key] = fold(key, self._folded.get(key), entry, fact)

    def differing_accounts(self, connection: Connection, brand_id: BrandId) -> list[str]:
        """Ids of accounts whose sums are not those of their lines."""
        held = {
            one.account_id: one.sums
            for one in _all(connection, brand_id, AggregateKind.STORED_VALUE)
            if isinstance(one, StoredValueAccount)
        }
        folded = {
            one.account_id: one.sums
            for one in self._folded.values()
            if isinstance(one, StoredValueAccount)
        }
        return sorted(
            id_ for id_ in held.keys() | folded.keys() if held.get(id_, {}) != folded.get(id_, {})
        )

    def differing_passes(self, connection: Connection, brand_id: BrandId) -> list[str]:
        """Ids of passes whose uses or payments are not those of their lines."""
        held = {
            one.pass_id: _sums(one)
            for one in _all(connection, brand_id, AggregateKind.PASS)
            if isinstance(one, PassAccount)
        }
        folded = {
            one.pass_id: _sums(one) for one in self._folded.values() if isinstance(one, PassAccount)
        }
        return sorted(
            id_ for id_ in held.keys() | folded.keys() if held.get(id_) != folded.get(id_)
        )


def _sums(account: PassAccount) -> tuple[int, ...]:
    return (
        account.paid_fen,
        account.bought,
        account.used,
        account.refunds,
        account.refunded_uses,
        account.paid_out_fen,
    )


def _all(connection: Connection, brand_id: BrandId, kind: AggregateKind) -> Iterator[Aggregate]:
    after = ""
    while found := aggregates.list_kind(connection, brand_id, kind, after=after, limit=_AT_ONCE):
        yield from found
        last = found[-1]
        assert isinstance(last, StoredValueAccount | PassAccount)
        after = last.account_id if isinstance(last, StoredValueAccount) else last.pass_id
