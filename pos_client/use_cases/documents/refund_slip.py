"""The slip of a refund or a void: what came back, what was kept back, where the money went.

No screen makes a refund yet; the domain's values say all that the slip needs.
"""

from typing import Final

from domain.money import format_fen
from domain.orders import Sale
from domain.refunds.refund import Refund
from domain.refunds.steps import SHARED, RefundStep, RefundStepCode, explain
from hardware.receipt import Align, Blank, Block, Cut, Document, Rule, Size, TextLine, TwoColumns
from pos_client.use_cases.documents.parts import Paper, centred, figure, shop_foot, shop_head, total

# Their words hold their figure.
_COUNTED: Final = frozenset(
    {
        RefundStepCode.POINTS_TAKEN,
        RefundStepCode.POINTS_OPEN,
        RefundStepCode.POINTS_GIVEN,
        RefundStepCode.GROWTH_TAKEN,
        RefundStepCode.COUPON_RETURNED,
        RefundStepCode.COUPON_KEPT,
        RefundStepCode.CHARGE_OPEN,
    }
)


def refund_slip(sale: Sale, refund: Refund, paper: Paper, *, number: str) -> Document:
    """`number` is the slip's own; the guest signs below."""
    blocks: list[Block] = [
        *shop_head(paper, paper.text(f"refund.{refund.kind}")),
        TwoColumns(paper.text("receipt.number"), number),
        TwoColumns(paper.text("refund_slip.of"), sale.receipt_number),
        TwoColumns(paper.text("receipt.time"), paper.moment),
        TextLine(paper.text("refund_slip.reason", reason=refund.reason)),
        Rule(),
    ]
    for step in explain(sale, refund):
        blocks += _step(step, paper)
    blocks += [
        Rule("="),
        Blank(),
        TextLine(f"{paper.text('refund_slip.signature')} ____________________"),
        centred(paper.text("refund_slip.keep")),
    ]
    return Document((*blocks, *shop_foot(paper), Cut()))


def _step(step: RefundStep, paper: Paper) -> list[Block]:
    words = paper.text(
        f"refund_step.{step.code}",
        subject=paper.text(f"tender.{step.tender}") if step.tender else step.subject,
        count=step.count,
        amount=format_fen(abs(step.amount_fen)),
    )
    if step.code is RefundStepCode.TOTAL:
        return [Rule(), total(words, step.amount_fen), Rule()]
    if step.code in _COUNTED:
        return [TextLine(words, size=Size.NORMAL, align=Align.LEFT)]
    return [figure(words, step.amount_fen, indent=2 if step.code in SHARED else 0)]
