"""The slip of a top-up: what was paid, what the account got for it, what it holds now.

No screen sells top-ups yet; the domain's fact says all that the slip needs.
"""

from domain.stored_value.account import Amounts
from domain.stored_value.facts import ToppedUp
from hardware.receipt import Block, Cut, Document, Rule, TwoColumns
from pos_client.use_cases.documents.parts import (
    Paper,
    figure,
    shop_foot,
    shop_head,
    tender_lines,
    total,
)


def top_up_slip(
    top_up: ToppedUp, paper: Paper, *, balance: Amounts, plan_name: str = ""
) -> Document:
    """`balance` is the account's after the top-up; `plan_name` is empty for a free amount."""
    blocks: list[Block] = [
        *shop_head(paper, paper.text("top_up_slip.title")),
        TwoColumns(paper.text("receipt.number"), top_up.receipt_number),
        TwoColumns(paper.text("receipt.time"), paper.moment),
        TwoColumns(
            paper.text("top_up_slip.account"), paper.text(f"stored_value_kind.{top_up.kind}")
        ),
    ]
    if plan_name:
        blocks.append(TwoColumns(paper.text("top_up_slip.plan"), plan_name))
    blocks += [
        Rule(),
        total(paper.text("top_up_slip.paid"), sum(t.amount_fen for t in top_up.tenders)),
        *tender_lines(top_up.tenders, paper.wording),
        Rule(),
        *_credited(top_up, paper),
        Rule(),
        *_balance(balance, paper),
    ]
    return Document((*blocks, *shop_foot(paper), Cut()))


def _credited(top_up: ToppedUp, paper: Paper) -> list[Block]:
    blocks: list[Block] = [figure(paper.text("top_up_slip.principal"), top_up.principal_fen)]
    if top_up.bonus_fen:
        blocks.append(figure(paper.text("top_up_slip.bonus"), top_up.bonus_fen))
    if top_up.points:
        blocks.append(TwoColumns(paper.text("receipt.earned"), f"+{top_up.points:,}"))
    coupons = sum(coupon.count for coupon in top_up.coupons)
    if coupons:
        blocks.append(TwoColumns(paper.text("top_up_slip.coupons"), str(coupons)))
    return blocks


def _balance(balance: Amounts, paper: Paper) -> list[Block]:
    blocks: list[Block] = [total(paper.text("top_up_slip.balance"), balance.total_fen)]
    if balance.bonus_fen:
        blocks.append(figure(paper.text("top_up_slip.of_it_bonus"), balance.bonus_fen, indent=2))
    return blocks
