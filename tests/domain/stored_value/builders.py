"""Accounts, lines and terms for the tests of stored value."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, TypeVar

import msgspec
from hypothesis import strategies as st

from domain.conditions import Guest, Setting, moment_at
from domain.identifiers import AccountId, MemberId, StoreId, TerminalId
from domain.origins import Origin
from domain.stamps import Stamp
from domain.stored_value.account import Amounts, Movement, StoredValueAccount, StoredValueLine
from domain.stored_value.facts import ToppedUp
from domain.stored_value.fold import post, spent_line
from domain.stored_value.terms import StoredValueTerms

ACCOUNT: Final = AccountId("account-1")
TODAY: Final = date(2026, 11, 22)
ENCODER: Final = msgspec.msgpack.Encoder(order="deterministic")


T = TypeVar("T")


def in_two_orders(lists: st.SearchStrategy[list[T]]) -> st.SearchStrategy[tuple[list[T], list[T]]]:
    return lists.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn)))


def at(store: str = "A", stamp: int = 1, terminal: str = "till-a") -> Origin:
    return Origin(
        stamp=Stamp(stamp),
        terminal=TerminalId(terminal),
        store=StoreId(store),
        epoch=0,
        number=stamp,
    )


def line(
    movement: Movement,
    principal_fen: int,
    bonus_fen: int = 0,
    *,
    store: str = "A",
    account: str = ACCOUNT,
    paid_fen: int = 0,
) -> StoredValueLine:
    return StoredValueLine(
        account_id=AccountId(account),
        movement=movement,
        store=StoreId(store),
        stamp=1,
        change=Amounts(principal_fen, bonus_fen),
        paid_fen=paid_fen,
    )


def posted(lines: Iterable[StoredValueLine]) -> StoredValueAccount:
    account = StoredValueAccount(account_id=ACCOUNT)
    for each in lines:
        account = post(account, each)
    return account


def holding(principal_fen: int, bonus_fen: int = 0) -> StoredValueAccount:
    """An account after one top-up."""
    return posted([line(Movement.TOPPED_UP, principal_fen, bonus_fen)])


def spend(account: StoredValueAccount, split: Amounts, *, stamp: int = 1) -> StoredValueAccount:
    return post(account, spent_line(account.account_id, split, at(stamp=stamp)))


def give_back(account: StoredValueAccount, split: Amounts) -> StoredValueAccount:
    return post(account, spent_line(account.account_id, split, at(), given_back=True))


def topped_up(principal_fen: int = 100_000, bonus_fen: int = 20_000, **fields: object) -> ToppedUp:
    return msgspec.convert(
        {
            "account_id": ACCOUNT,
            "kind": "named",
            "receipt_number": "A1-1",
            "business_day": TODAY,
            "principal_fen": principal_fen,
            "bonus_fen": bonus_fen,
            "tenders": [],
            **fields,
        },
        ToppedUp,
    )


def terms_of(described: dict[str, Any]) -> StoredValueTerms:
    return msgspec.convert(described, StoredValueTerms)


def setting_on(day: date = TODAY, *, member: bool = True) -> Setting:
    now_ms = (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000
    guest = Guest(member_id=MemberId("m1")) if member else None
    return Setting(moment=moment_at(now_ms, 0), store=StoreId("A"), guest=guest)
