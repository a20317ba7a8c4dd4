"""Cases and books."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query

from sync_server.database.cases import CaseState
from sync_server.routes.hq.access import API_PREFIX, After, HqCaller, Limit
from sync_server.routes.hq.models import BooksModel, CaseModel
from sync_server.use_cases.books import read_books
from sync_server.use_cases.case_reading import read_cases

oversight = APIRouter(prefix=API_PREFIX, tags=["oversight"])
State = Annotated[CaseState, Query(description="Which cases")]


@oversight.get("/cases")
def list_cases(
    caller: HqCaller, state: State = CaseState.OPEN, after: After = "", limit: Limit = 100
) -> list[CaseModel]:
    """Cases, newest first."""
    found = read_cases(caller.context, caller.brand_id, state, after=after, limit=limit)
    return [CaseModel.model_validate(msgspec.to_builtins(case)) for case in found]


@oversight.get("/books")
def show_books(caller: HqCaller) -> BooksModel:
    """Totals of every terminal from one snapshot, for reconciliation."""
    books = read_books(caller.context, caller.brand_id)
    return BooksModel.model_validate(msgspec.to_builtins(books))
