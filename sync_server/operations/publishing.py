"""Menu, rules and coupons from the command line."""

import tomllib
from argparse import Namespace
from pathlib import Path
from typing import Annotated, Final

import msgspec

from domain.configuration import CouponTerms
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId, MemberId, RuleId
from domain.menu import MenuItem
from domain.money import parse_fen
from domain.offers import PercentOff, RateStep, Rule, amount_off
from domain.orders import Stage
from domain.rulebook import RuleBook
from sync_server.operations.result import OPERATOR, Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.configuration import (
    CouponOrder,
    issue_coupons,
    publish_menu,
    publish_rules,
)
from sync_server.use_cases.signed_codes import signed_coupons
from sync_server.use_cases.strict_reading import read_written

_DAY_MS: Final = 24 * 60 * 60 * 1000
_LARGEST_FILE_BYTES: Final = 4 * 1024 * 1024
_COUPON_RULE: Final = RuleId("coupon")
Days = Annotated[int, msgspec.Meta(ge=1, le=3_660)]


class MenuPart(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    items: tuple[MenuItem, ...]


class RulesPart(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    book: RuleBook


class CouponPart(msgspec.Struct, frozen=True, kw_only=True):
    """Coupons valid from now for `valid_days`; `rule` says what each of them does."""

    rule: Rule
    valid_days: Days = 30
    count: int = 1
    code: str = ""
    member_id: MemberId | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True):
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
        publish_rules(desk.context, brand_id, file.rules.version, file.rules.book, actor=OPERATOR)
    issued = [terms for part in file.coupons for terms in _issue(desk, brand_id, part)]
    items = len(file.menu.items) if file.menu else 0
    rules = len(file.rules.book.rules) if file.rules else 0
    line = desk.wording.text("done.publish", items=items, rules=rules, coupons=len(issued))
    values = {"items": items, "rules": rules, "coupons": issued}
    return Result(values=values, lines=(line,))


def issue_coupon(desk: Desk, arguments: Namespace) -> Result:
    brand_id = brands.only_brand(desk.context, arguments.brand).brand_id
    part = CouponPart(
        rule=_coupon_rule(arguments),
        valid_days=arguments.days,
        count=arguments.count,
        code=arguments.code,
        member_id=MemberId(arguments.member) if arguments.member else None,
    )
    issued = _issue(desk, brand_id, part)
    codes = signed_coupons(desk.context, brand_id, issued)
    lines = tuple(line for terms in issued for line in _coupon_lines(desk, terms, codes))
    return Result(values=issued, lines=lines)


def _coupon_lines(desk: Desk, terms: CouponTerms, codes: dict[str, str]) -> list[str]:
    """The code to type and, where the rule is short enough, the code for a QR code."""
    lines = [desk.wording.text("done.coupon", code=terms.code)]
    if terms.coupon_id in codes:
        lines.append(desk.wording.text("done.signed_coupon", code=codes[terms.coupon_id]))
    return lines


def _coupon_rule(arguments: Namespace) -> Rule:
    """The plain coupons: an amount or a percentage off what is left, from a threshold."""
    from_fen = parse_fen(arguments.threshold)
    if arguments.saving:
        saving_fen = parse_fen(arguments.saving)
        return amount_off(
            _COUPON_RULE,
            arguments.name,
            from_fen=from_fen,
            saving_fen=saving_fen,
            stage=Stage.COUPON,
        )
    # Percent with two decimals are basis points, as yuan with two decimals are fen.
    step = RateStep(from_fen=from_fen, off_basis_points=parse_fen(arguments.percent))
    cap_fen = parse_fen(arguments.cap) if arguments.cap else None
    return Rule(
        rule_id=_COUPON_RULE,
        name=arguments.name,
        stage=Stage.COUPON,
        effect=PercentOff(steps=(step,), cap_fen=cap_fen),
    )


def _issue(desk: Desk, brand_id: BrandId, part: CouponPart) -> list[CouponTerms]:
    now_ms = desk.context.now_ms()
    order = CouponOrder(
        rule=part.rule,
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
        TillfoldError: `file_unreadable`; `request_malformed` where it is no TOML;
            `rules_refused` with every place that is wrong.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise TillfoldError(ErrorCode.REQUEST_TOO_LARGE)
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return read_written(values, Publication)
    except tomllib.TOMLDecodeError as error:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where=str(error)) from error
    except (OSError, ValueError) as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
