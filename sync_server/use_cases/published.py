"""What head office has published so far, inside a transaction of the caller."""

from collections.abc import Sequence

from sqlalchemy import Connection

from domain.fold import ONLY_ONE
from domain.fold.aggregates import AggregateKey, AggregateKind, Menu, Rules
from domain.identifiers import BrandId
from domain.menu import MenuItem
from sync_server.database import aggregates


def menu_now(connection: Connection, brand_id: BrandId) -> Sequence[MenuItem] | None:
    """The brand's dishes; None before there is a menu."""
    key = AggregateKey(AggregateKind.MENU, ONLY_ONE)
    held = aggregates.load(connection, brand_id, [key]).get(key)
    return held.state.items if held and isinstance(held.state, Menu) else None


def rules_now(connection: Connection, brand_id: BrandId) -> Rules | None:
    """The brand's rules; None before they are published."""
    key = AggregateKey(AggregateKind.RULES, ONLY_ONE)
    held = aggregates.load(connection, brand_id, [key]).get(key)
    return held.state if held and isinstance(held.state, Rules) else None
