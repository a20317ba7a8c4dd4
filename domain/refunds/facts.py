"""The fact of a refund."""

import msgspec

from domain.refunds.refund import Refund


class RefundMade(msgspec.Struct, frozen=True, kw_only=True):
    """Who made and who approved it stands on the journal entry."""

    refund: Refund
