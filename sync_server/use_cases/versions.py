"""Which versions of menu and rules a batch of entries publishes."""

from collections.abc import Iterable

from domain.facts import MenuPublished, RulesPublished
from domain.identifiers import BrandId
from sync_server.database.price_checks import Publishes, VersionRow
from sync_server.use_cases.inspection import Arrival


def versions_in(brand_id: BrandId, arrivals: Iterable[Arrival]) -> list[VersionRow]:
    """The versions that a batch publishes; the journal keeps what they hold."""
    rows = []
    for arrival in arrivals:
        if arrival.entry is None or not isinstance(arrival.fact, MenuPublished | RulesPublished):
            continue
        menu = isinstance(arrival.fact, MenuPublished)
        rows.append(
            VersionRow(
                brand_id=brand_id,
                kind=(Publishes.MENU if menu else Publishes.RULES).value,
                version=storable(arrival.fact.version),
                terminal_id=arrival.entry.terminal,
                epoch=arrival.entry.epoch,
                number=arrival.entry.number,
            )
        )
    return rows


def storable(version: str) -> str:
    """PostgreSQL's texts hold no NUL."""
    return version.replace("\0", "")
