"""Whether a pass may be sold. The limits of law for stored value hold for it as well."""

from datetime import date

import msgspec

from domain.passes.refusals import PassRefusal, PassRefused
from domain.passes.terms import PassTerms
from domain.reasons import Reason
from domain.stored_value.account import AccountKind
from domain.stored_value.terms import LegalLimits


class PassPurchase(msgspec.Struct, frozen=True, kw_only=True):
    """`named`: sold to a member. `bought_together_fen` is all that the guest buys at once."""

    named: bool
    purchaser_recorded: bool = False
    bought_together_fen: int = 0


def why_not_sell(
    terms: PassTerms, purchase: PassPurchase, *, limits: LegalLimits, today: date
) -> PassRefused | None:
    """None: the pass may be sold, at `terms.price_fen`. Its conditions are about its use."""
    if terms.until_day is not None and today > terms.until_day:
        return PassRefused(reason=Reason.EXPIRED)
    kind = AccountKind.NAMED if purchase.named else AccountKind.UNNAMED
    most_fen = limits.most_fen(kind)
    if terms.price_fen > most_fen:
        return PassRefused(reason=PassRefusal.CARD_LIMIT_EXCEEDED, limit_fen=most_fen)
    from_fen = limits.record_from_fen(kind)
    bought_fen = max(terms.price_fen, purchase.bought_together_fen)
    if bought_fen >= from_fen and not purchase.purchaser_recorded:
        return PassRefused(reason=PassRefusal.PURCHASER_RECORD_NEEDED, limit_fen=from_fen)
    return None
