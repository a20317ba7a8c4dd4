"""What a tier gives: benefits that pricing, earning and the catalogue apply, and gifts to hand out.

A benefit with an id is handed out at most once a month (coupons) or a birthday (gift). The claim
key says so: it is the same on every till, and the same id in two tiers is one benefit.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Annotated

import msgspec

from domain.conditions import EVERYTHING, BirthdaySpan, Scope, is_birthday
from domain.identifiers import CouponId, MemberId
from domain.loyalty.earning_terms import Rate
from domain.money import BasisPoints
from domain.months import MONTHS_A_YEAR, month_of, month_text
from domain.orders import Name

BenefitId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Count = Annotated[int, msgspec.Meta(ge=1, le=20)]


class BothLanguages(msgspec.Struct, frozen=True, kw_only=True):
    zh: Name
    en: Name


class TierDiscount(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="discount",
):
    """等级折扣, stage S3: so much off the dishes of the scope."""

    off_basis_points: BasisPoints
    scope: Scope = EVERYTHING


class PointsMultiplier(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="points_multiplier",
):
    rate_basis_points: Rate


class ExchangeDiscount(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="exchange_discount",
):
    """So much off the points of a reward."""

    off_basis_points: BasisPoints


class MonthlyCoupon(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="monthly_coupon",
):
    """`count` coupons of a template in each calendar month."""

    benefit_id: BenefitId
    template_id: Name
    name: Name
    count: Count = 1


class BirthdayGift(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="birthday_gift",
):
    """Coupons of a template, or, without one, something to hand over: `name` says what."""

    benefit_id: BenefitId
    name: Name
    template_id: Name | None = None
    count: Count = 1
    span: BirthdaySpan = BirthdaySpan.MONTH


class TextBenefit(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="text",
):
    """A benefit that people keep: 免排队, 专属客服."""

    text: BothLanguages


Benefit = (
    TierDiscount | PointsMultiplier | ExchangeDiscount | MonthlyCoupon | BirthdayGift | TextBenefit
)


class DueBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """Something to hand out now; `key` is what is remembered once it was."""

    key: str
    benefit: MonthlyCoupon | BirthdayGift


def due_benefits(
    benefits: Iterable[Benefit], *, day: date, birthday: str, claimed: Collection[str]
) -> tuple[DueBenefit, ...]:
    """What a member with these benefits has not been handed out yet.

    `birthday` is an ISO date or empty; `claimed` are the keys of all that was handed out.
    """
    due = []
    for benefit in benefits:
        match benefit:
            case MonthlyCoupon():
                key = f"tier:{month_text(month_of(day))}:{benefit.benefit_id}"
            case BirthdayGift() if is_birthday(birthday, day, benefit.span):
                key = f"birthday:{_birthday_year(birthday, day)}:{benefit.benefit_id}"
            case _:
                continue
        if key not in claimed:
            due.append(DueBenefit(key=key, benefit=benefit))
    return tuple(due)


def _birthday_year(birthday: str, day: date) -> int:
    """The year in which the birthday near `day` falls: its week may reach across New Year."""
    born_month = date.fromisoformat(birthday).month
    if (day.month, born_month) == (MONTHS_A_YEAR, 1):
        return day.year + 1
    if (day.month, born_month) == (1, MONTHS_A_YEAR):
        return day.year - 1
    return day.year


def benefit_coupon_id(member_id: MemberId, key: str, number: int) -> CouponId:
    """The id of the `number`-th coupon handed out under a key: two tills make the same coupon."""
    return CouponId(f"{member_id}:{key}:{number}")


def off_rewards(benefits: Iterable[Benefit]) -> int:
    """The exchange discount among the benefits; of several the largest."""
    rates = [b.off_basis_points for b in benefits if isinstance(b, ExchangeDiscount)]
    return max(rates, default=0)
