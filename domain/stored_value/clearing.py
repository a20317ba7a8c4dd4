"""Clearing between stores: who sold value that another store's guests used, in money.

Every line tells the store where it happened; that is all this needs. No order of lines matters.
"""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from domain.identifiers import AccountId, StoreId
from domain.money import allocate
from domain.stored_value.account import Movement, StoredValueLine

# The brand as a party: head office writes its lines without a store.
BRAND: Final = StoreId("")


class BonusBearer(StrEnum):
    """Who pays for used bonus: the store that sold the top-up, or the brand for all of it."""

    ISSUING_STORE = "issuing_store"
    BRAND = "brand"


class Settlement(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """`payer` owes `payee` so much. `payer` is BRAND where the brand bears the bonus."""

    payer: StoreId
    payee: StoreId
    principal_fen: int = 0
    bonus_fen: int = 0


class Clearing(msgspec.Struct, frozen=True, kw_only=True):
    """`uncovered` is what stores gave out beyond any balance: their loss until it is paid."""

    settlements: tuple[Settlement, ...] = ()
    uncovered: tuple[tuple[StoreId, int], ...] = ()


_Nets = defaultdict[AccountId, defaultdict[StoreId, int]]
_Payments = defaultdict[tuple[StoreId, StoreId], int]
_GIVEN: Final = frozenset({Movement.TOPPED_UP, Movement.ADJUSTED})
_USE: Final = frozenset({Movement.SPENT, Movement.GIVEN_BACK})


def clearing(lines: Iterable[StoredValueLine], bonus_bearer: BonusBearer) -> Clearing:
    """What each store owes each other one for all `lines`: whole accounts, from their beginning.

    For a month: the clearing up to its end less the one up to its beginning.
    """
    taken = tuple(lines)
    short: defaultdict[StoreId, int] = defaultdict(int)
    principal = _payments(_principal_nets(taken), short)
    bonus = _payments(_bonus_nets(taken, bonus_bearer), short)
    pairs = sorted({pair for pair, fen in (*principal.items(), *bonus.items()) if fen})
    return Clearing(
        settlements=tuple(
            Settlement(
                payer=payer,
                payee=payee,
                principal_fen=principal[payer, payee],
                bonus_fen=bonus[payer, payee],
            )
            for payer, payee in pairs
        ),
        uncovered=tuple(sorted((store, fen) for store, fen in short.items() if fen)),
    )


def _principal_nets(lines: Iterable[StoredValueLine]) -> _Nets:
    """What each store took in less what it gave out. What expired stays where it was sold."""
    nets: _Nets = defaultdict(lambda: defaultdict(int))
    for line in lines:
        if line.movement is Movement.WITHDRAWN:
            nets[line.account_id][line.store] += line.paid_fen
        elif line.movement is not Movement.EXPIRED:
            nets[line.account_id][line.store] += line.change.principal_fen
    return nets


def _bonus_nets(lines: Iterable[StoredValueLine], bearer: BonusBearer) -> _Nets:
    """Bonus given less bonus used. What a refund or a date took away was never used."""
    nets: _Nets = defaultdict(lambda: defaultdict(int))
    for line in lines:
        bonus_fen = line.change.bonus_fen
        if line.movement in _USE:
            nets[line.account_id][line.store] += bonus_fen
            if bearer is BonusBearer.BRAND:
                nets[line.account_id][BRAND] -= bonus_fen
        elif bearer is BonusBearer.ISSUING_STORE and line.movement in _GIVEN:
            nets[line.account_id][line.store] += bonus_fen
    return nets


def _payments(nets: _Nets, short: defaultdict[StoreId, int]) -> _Payments:
    """All payments between two stores; what no store holds money for goes to `short`."""
    payments: _Payments = defaultdict(int)
    for by_store in nets.values():
        holding = {store: by_store[store] for store in sorted(by_store) if by_store[store] > 0}
        using = {store: -by_store[store] for store in sorted(by_store) if by_store[store] < 0}
        covered_fen = min(sum(holding.values()), sum(using.values()))
        covered = allocate(covered_fen, tuple(using.values()))
        for (payee, used_fen), paid_fen in zip(using.items(), covered, strict=True):
            short[payee] += used_fen - paid_fen
            for payer, share_fen in _charge(holding, paid_fen):
                payments[payer, payee] += share_fen
    return payments


def _charge(holding: dict[StoreId, int], amount_fen: int) -> list[tuple[StoreId, int]]:
    """Share an amount over the stores that hold money of the account, in proportion to it."""
    shares = list(zip(holding, allocate(amount_fen, tuple(holding.values())), strict=True))
    for store, share_fen in shares:
        holding[store] -= share_fen
    return shares
