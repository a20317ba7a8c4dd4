"""Facts about passes. Their use rides inside sales and refunds, as a tender."""

from datetime import date
from typing import Annotated

import msgspec

from domain.identifiers import MemberId, PassId
from domain.orders import Amount, Name, Tender
from domain.passes.refunds import PassRefundStep
from domain.passes.terms import PassTerms, Uses

Tenders = Annotated[tuple[Tender, ...], msgspec.Meta(max_length=20)]


class PassSold(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of the sale are in it whole: what head office changes later does not touch it."""

    pass_id: PassId
    terms: PassTerms
    receipt_number: Name
    business_day: date
    paid_fen: Amount
    tenders: Tenders
    member_id: MemberId | None = None
    purchaser_recorded: bool = False


class PassRefunded(msgspec.Struct, frozen=True, kw_only=True):
    """The unused remainder was paid out as `quote_pass_refund` says; the uses left are gone."""

    pass_id: PassId
    receipt_number: Name
    business_day: date
    uses: Uses
    paid_out_fen: Amount
    steps: Annotated[tuple[PassRefundStep, ...], msgspec.Meta(max_length=10)]
    tenders: Tenders


PassFact = PassSold | PassRefunded
