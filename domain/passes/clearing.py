"""Clearing between stores for passes: a use counts at the average price that was paid for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from domain.identifiers import PassId, StoreId
from domain.money import allocate
from domain.passes.account import PassAccount, PassLine
from domain.stored_value.clearing import Settlement


def pass_clearing(
    accounts: Mapping[PassId, PassAccount], lines: Iterable[PassLine]
) -> tuple[Settlement, ...]:
    """What the store that sold a pass owes to those where it was used.

    `lines` are whole passes, from their beginning. The price of all uses so far is shared over the
    stores by uses, so the parts never come to more than was paid. A period pass stays with the
    store that sold it: its uses have no price of their own.
    """
    uses: defaultdict[PassId, defaultdict[StoreId, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        uses[line.pass_id][line.store] += line.units
    payments: defaultdict[tuple[StoreId, StoreId], int] = defaultdict(int)
    for pass_id, by_store in uses.items():
        account = accounts.get(pass_id)
        if account is None or account.sale is None or not account.bought:
            continue
        for store, amount_fen in _shares(account, by_store):
            payments[account.sale.store, store] += amount_fen
    return tuple(
        Settlement(payer=payer, payee=payee, principal_fen=amount_fen)
        for (payer, payee), amount_fen in sorted(payments.items())
        if amount_fen and payer != payee
    )


def _shares(account: PassAccount, by_store: Mapping[StoreId, int]) -> list[tuple[StoreId, int]]:
    stores = sorted(store for store, units in by_store.items() if units > 0)
    units = tuple(by_store[store] for store in stores)
    worth_fen = account.paid_fen * min(account.bought, sum(units)) // account.bought
    return list(zip(stores, allocate(worth_fen, units), strict=True))
