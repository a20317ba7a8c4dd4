"""A coupon on paper: what it gives, until when, and its code."""

from typing import Final

from domain.configuration import CouponTerms
from domain.effect_wording import effect_text
from hardware.receipt import Align, Block, Cut, Document, Rule, Size, TextLine, TwoColumns
from pos_client.use_cases.documents.parts import (
    Paper,
    centred,
    code_with_words,
    shop_foot,
    shop_head,
)
from pos_client.use_cases.store_time import local_time

# The year 2100: later than any coupon that somebody gave an end.
_ENDLESS_MS: Final = 4_102_444_800_000


def coupon_slip(terms: CouponTerms, paper: Paper, *, signed_code: str = "") -> Document:
    """`signed_code`: the whole code that any till of the brand proves without the server."""
    blocks: list[Block] = [
        *shop_head(paper, paper.text("coupon_slip.title")),
        centred(terms.rule.name, size=Size.DOUBLE, bold=True),
        TextLine(effect_text(paper.wording, terms.rule), align=Align.CENTRE),
        Rule(),
        *_time(terms, paper),
    ]
    if terms.member_id is not None:
        blocks.append(TextLine(paper.text("coupon_slip.personal")))
    blocks += [
        Rule(),
        *code_with_words(signed_code or terms.code, terms.code),
        TextLine(paper.text("coupon_slip.once"), align=Align.CENTRE, size=Size.NORMAL),
    ]
    return Document((*blocks, *shop_foot(paper), Cut()))


def _time(terms: CouponTerms, paper: Paper) -> list[Block]:
    """A beginning or an end that nobody set is not printed."""
    blocks: list[Block] = []
    if terms.valid_from_ms > 0:
        first = _day(terms.valid_from_ms, paper)
        blocks.append(TwoColumns(paper.text("coupon_slip.from"), first))
    if terms.valid_until_ms < _ENDLESS_MS:
        last = _day(terms.valid_until_ms, paper)
        blocks.append(TwoColumns(paper.text("coupon_slip.until"), last))
    return blocks


def _day(unix_ms: int, paper: Paper) -> str:
    return f"{local_time(unix_ms, paper.identity.time_zone):%Y-%m-%d}"
