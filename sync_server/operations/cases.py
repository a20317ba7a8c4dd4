"""Cases from the command line: the list, one in full, and a decision."""

from argparse import Namespace
from typing import Final

from domain.cases.kinds import Decision
from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import BrandId
from domain.money import format_fen
from domain.wording import Language, Wording
from sync_server.database.cases import CaseState
from sync_server.operations.result import OPERATOR, Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases.case_deciding import (
    CaseInFull,
    FullSide,
    Wish,
    decide_case,
    show_case,
)
from sync_server.use_cases.case_reading import ReadableCase, StoreLoss, losses_by_store, read_cases

_MOST_CASES: Final = 1_000


def list_cases(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    state = CaseState.ALL if arguments.all else CaseState.OPEN
    if arguments.losses:
        return _losses(desk, brand.brand_id, state)
    found = read_cases(desk.context, brand.brand_id, state, limit=_MOST_CASES)
    lines = tuple(_case_line(desk.wording, case) for case in found)
    return Result(values=found, lines=lines or (desk.wording.text("cases.none"),))


def _losses(desk: Desk, brand_id: BrandId, state: CaseState) -> Result:
    found = losses_by_store(desk.context, brand_id, state)
    lines = tuple(
        desk.wording.text(
            "cases.total",
            store=total.store_name or desk.wording.text("cases.no_store"),
            amount=format_fen(total.amount_fen),
            cases=total.cases,
        )
        for total in found
    )
    return Result(values=found, lines=lines or (desk.wording.text("cases.no_losses"),))


def show(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    return _in_full(desk, show_case(desk.context, brand.brand_id, arguments.id))


def decide(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    wish = Wish(decision=_decision(arguments.decision), note=arguments.note, seen=arguments.seen)
    decided = decide_case(desk.context, brand.brand_id, arguments.id, wish, actor=OPERATOR)
    return _in_full(desk, decided)


def _decision(text: str) -> Decision:
    try:
        return Decision(text)
    except ValueError as error:
        raise TillfoldError(ErrorCode.DECISION_UNFIT, allowed=", ".join(Decision)) from error


def _in_full(desk: Desk, found: CaseInFull) -> Result:
    case, wording = found.case, desk.wording
    lines = [_case_line(wording, case)]
    lines += [_side_line(wording, side) for side in found.sides]
    lines += [_loss_line(wording, loss) for loss in case.losses]
    if case.decision:
        lines.append(
            wording.text(
                "cases.decided",
                decision=wording.text(f"decision.{case.decision}"),
                who=found.decided_by,
                note=case.note,
            ).rstrip()
        )
    lines.append(wording.text("cases.choices", choices=", ".join(found.can_be_decided_as)))
    return Result(values=found, lines=tuple(lines))


def _case_line(wording: Wording, case: ReadableCase) -> str:
    text = _in(wording, case.text_zh, case.text_en)
    sides = "; ".join(f"{side.store_name} {side.label} {side.local_time}" for side in case.sides)
    cost = f" ¥{format_fen(case.cost_fen)}" if case.cost_fen else ""
    closed = f" ({wording.text('cases.closed')})" if case.closed_ms is not None else ""
    return f"{case.case_id}: {text}{cost}{closed} [{sides}]"


def _side_line(wording: Wording, side: FullSide) -> str:
    """Who did what, where and when, as far as the fact has it."""
    place, fact = side.place, side.fact
    amount = f"¥{format_fen(fact.amount_fen)}" if fact.amount_fen else ""
    part = f"(¥{format_fen(fact.part_fen)})" if fact.part_fen else ""
    words = (
        place.local_time,
        place.store_name,
        place.label,
        fact.actor,
        _in(wording, fact.text_zh, fact.text_en),
        fact.receipt_number,
        amount,
        part,
        fact.member,
        fact.phone,
        fact.note,
    )
    return "  - " + " ".join(word for word in words if word)


def _loss_line(wording: Wording, loss: StoreLoss) -> str:
    store = loss.store_name or wording.text("cases.no_store")
    return wording.text("cases.loss", store=store, amount=format_fen(loss.amount_fen))


def _in(wording: Wording, chinese: str, english: str) -> str:
    return chinese if wording.language is Language.CHINESE else english
