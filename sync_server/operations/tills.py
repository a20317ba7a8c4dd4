"""The tills of a brand: a list of them, and switching one off."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from domain.wording import Wording
from sync_server.database.terminals import Terminal
from sync_server.operations.result import Desk, Result
from sync_server.use_cases import brands, tills
from sync_server.use_cases.context import Context
from sync_server.use_cases.oversight import set_aside_by_till


class TillLine(msgspec.Struct, frozen=True, kw_only=True):
    """A till as its operator sees it; `set_aside` counts entries that could not be folded."""

    terminal_id: str
    label: str
    store_id: str
    program_version: str
    epoch: int
    head_number: int
    set_aside: int
    enrolled_ms: int
    last_push_ms: int | None
    revoked_ms: int | None
    forked_ms: int | None
    hand_in_until_ms: int | None


def show_tills(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    set_aside = set_aside_by_till(desk.context, brand.brand_id)
    found = [
        _line(till, set_aside.get(till.terminal_id, 0))
        for till in tills.all_tills(desk.context, brand.brand_id)
    ]
    found.sort(key=lambda line: (line.store_id, line.label, line.enrolled_ms))
    lines = tuple(_sentence(desk.wording, line) for line in found)
    return Result(values=found, lines=lines or (desk.wording.text("tills.none"),))


def _line(till: Terminal, set_aside: int) -> TillLine:
    names = [name for name in TillLine.__struct_fields__ if name != "set_aside"]
    return TillLine(set_aside=set_aside, **{name: getattr(till, name) for name in names})


def _sentence(wording: Wording, line: TillLine) -> str:
    return wording.text(
        "tills.line",
        label=line.label,
        store=line.store_id,
        head=line.head_number,
        epoch=line.epoch,
        seen=local_time(line.last_push_ms) if line.last_push_ms else wording.text("tills.never"),
        state=", ".join(_states(wording, line)),
        id=line.terminal_id,
    )


def _states(wording: Wording, line: TillLine) -> Iterator[str]:
    yield wording.text("tills.revoked" if line.revoked_ms else "tills.works")
    if line.forked_ms:
        yield wording.text("tills.forked")
    if line.set_aside:
        yield wording.text("tills.set_aside", count=line.set_aside)


def local_time(moment_ms: int) -> str:
    """A moment in the time zone of this machine, to the minute."""
    moment = datetime.fromtimestamp(moment_ms // 1000, tz=UTC).astimezone()
    return moment.isoformat(sep=" ", timespec="minutes")


def revoke_till(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    till = _named(desk.context, brand.brand_id, arguments.terminal)
    revoked = tills.revoke(desk.context, brand.brand_id, till.terminal_id)
    line = desk.wording.text("done.revoke", label=revoked.label)
    return Result(values=_line(revoked, 0), lines=(line,))


def allow_hand_in(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    till = _switched_off(desk.context, brand.brand_id, arguments.terminal)
    allowed = tills.allow_hand_in(
        desk.context, brand.brand_id, till.terminal_id, hours=arguments.hours
    )
    assert allowed.hand_in_until_ms is not None
    until = local_time(allowed.hand_in_until_ms)
    line = desk.wording.text("done.hand_in", label=allowed.label, until=until)
    return Result(values=_line(allowed, 0), lines=(line,))


def _switched_off(context: Context, brand_id: BrandId, name: str) -> Terminal:
    """The till with this id, or the one with this label that was switched off last."""
    found = [
        till
        for till in tills.all_tills(context, brand_id)
        if till.revoked_ms is not None and name in (till.terminal_id, till.label)
    ]
    if not found:
        raise TillfoldError(ErrorCode.NOT_FOUND)
    return max(found, key=lambda till: till.revoked_ms or 0)


def _named(context: Context, brand_id: BrandId, name: str) -> Terminal:
    """The till with this id, else the one that bears this label now."""
    found = list(tills.all_tills(context, brand_id))
    for till in found:
        if till.terminal_id == name:
            return till
    for till in found:
        if till.label == name and till.revoked_ms is None:
            return till
    raise TillfoldError(ErrorCode.NOT_FOUND)
