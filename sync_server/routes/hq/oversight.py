"""Cases and books."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query

from sync_server.database.cases import CaseState
from sync_server.routes.hq.access import API_PREFIX, After, HqCaller, Limit
from sync_server.routes.hq.models import BooksModel, CaseInFullModel, CaseModel, DecisionModel
from sync_server.use_cases import case_deciding
from sync_server.use_cases.books import read_books
from sync_server.use_cases.case_reading import read_cases

oversight = APIRouter(prefix=API_PREFIX, tags=["oversight"])
CaseIdInPath = Annotated[str, Path(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f]+$")]
State = Annotated[CaseState, Query(description="Which cases")]


@oversight.get("/cases")
def list_cases(
    caller: HqCaller, state: State = CaseState.OPEN, after: After = "", limit: Limit = 100
) -> list[CaseModel]:
    """Cases, newest first."""
    found = read_cases(caller.context, caller.brand_id, state, after=after, limit=limit)
    return [CaseModel.model_validate(msgspec.to_builtins(case)) for case in found]


@oversight.get("/cases/{case_id}")
def show_case(caller: HqCaller, case_id: CaseIdInPath) -> CaseInFullModel:
    """A case, open or closed, with what its facts say: who, where, when, how much."""
    found = case_deciding.show_case(caller.context, caller.brand_id, case_id)
    return CaseInFullModel.model_validate(msgspec.to_builtins(found))


@oversight.post("/cases/{case_id}/decision")
def decide_case(caller: HqCaller, case_id: CaseIdInPath, wanted: DecisionModel) -> CaseInFullModel:
    """Decide a case. It closes on every till; the same decision again changes nothing."""
    wish = case_deciding.Wish(decision=wanted.decision, note=wanted.note, seen=wanted.seen)
    decided = case_deciding.decide_case(
        caller.context, caller.brand_id, case_id, wish, actor=caller.user_id
    )
    return CaseInFullModel.model_validate(msgspec.to_builtins(decided))


@oversight.get("/books")
def show_books(caller: HqCaller) -> BooksModel:
    """Totals of every terminal from one snapshot, for reconciliation."""
    books = read_books(caller.context, caller.brand_id)
    return BooksModel.model_validate(msgspec.to_builtins(books))
