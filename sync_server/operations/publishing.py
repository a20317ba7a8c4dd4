"""Menu, rules and coupons from the command line."""

import tomllib
from argparse import Namespace
from pathlib import Path
from typing import Annotated, Final

import msgspec

from domain.configuration import CouponTerms, OrderOffer, PointsRule
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId, MemberId
from domain.menu import MenuItem
from domain.money import parse_fen
from sync_server.operations.result import OPERATOR, Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.configuration import (
    CouponOrder,
    issue_coupons,
    publish_menu,
    publish_rules,
)

_DAY_MS: Final = 24 * 60 * 60 * 1000
_LARGEST_FILE_BYTES: Final = 4 * 1024 * 1024
Days = Annotated[int, msgspec.Meta(ge=1, le=3_660)]


class MenuPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    items: tuple[MenuItem, ...]


class RulesPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    offers: tuple[OrderOffer, ...] = ()
    points: PointsRule = PointsRule()


class CouponPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Coupons valid from now for `valid_days`."""

    name: str
    threshold_fen: int
    saving_fen: int
    valid_days: Days = 30
    count: int = 1
    code: str = ""
    member_id: MemberId | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file to publish: any of the three parts."""

    menu: MenuPart | None = None
    rules: RulesPart | None = None
    coupons: tuple[CouponPart, ...] = ()


def publish(desk: Desk, arguments: Namespace) -> Result:
    brand_id = brands.only_brand(desk.context, arguments.brand).brand_id
    file = _read(Path(arguments.file))
    if file.menu:
        publish_menu(desk.context, brand_id, file.menu.version, file.menu.items, actor=OPERATOR)
    if file.rules:
        rules = file.rules
        publish_rules(
            desk.context,
            brand_id,
            rules.version,
            offers=rules.offers,
            points=rules.points,
            actor=OPERATOR,
        )
    issued = [terms for part in file.coupons for terms in _issue(desk, brand_id, part)]
    items = len(file.menu.items) if file.menu else 0
    offers = len(file.rules.offers) if file.rules else 0
    line = desk.wording.text("done.publish", items=items, offers=offers, coupons=len(issued))
    values = {"items": items, "offers": offers, "coupons": issued}
    return Result(values=values, lines=(line,))


def issue_coupon(desk: Desk, arguments: Namespace) -> Result:
    brand_id = brands.only_brand(desk.context, arguments.brand).brand_id
    part = CouponPart(
        name=arguments.name,
        threshold_fen=parse_fen(arguments.threshold),
        saving_fen=parse_fen(arguments.saving),
        valid_days=arguments.days,
        count=arguments.count,
        code=arguments.code,
        member_id=MemberId(arguments.member) if arguments.member else None,
    )
    issued = _issue(desk, brand_id, part)
    lines = tuple(desk.wording.text("done.coupon", code=terms.code) for terms in issued)
    return Result(values=issued, lines=lines)


def _issue(desk: Desk, brand_id: BrandId, part: CouponPart) -> list[CouponTerms]:
    now_ms = desk.context.now_ms()
    order = CouponOrder(
        name=part.name,
        threshold_fen=part.threshold_fen,
        saving_fen=part.saving_fen,
        valid_from_ms=now_ms,
        valid_until_ms=now_ms + part.valid_days * _DAY_MS,
        count=part.count,
        member_id=part.member_id,
        code=part.code,
    )
    return issue_coupons(desk.context, brand_id, order, actor=OPERATOR)


def _read(path: Path) -> Publication:
    """The whole file, or nothing.

    Raises:
        TillfoldError: `file_unreadable`; `request_malformed` saying where in it.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise TillfoldError(ErrorCode.REQUEST_TOO_LARGE)
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(values, Publication)
    except msgspec.ValidationError as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=str(error)) from error
    except (OSError, ValueError) as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
