"""Stores, tills, enrolment codes, staff."""

import msgspec
from fastapi import APIRouter

from domain.identifiers import RoleId, StoreId
from sync_server.database.terminals import Terminal
from sync_server.routes.hq.access import API_PREFIX, After, HqCaller, IdInPath, Limit
from sync_server.routes.hq.models import (
    CodeModel,
    NewCodeModel,
    NewStaffModel,
    StaffModel,
    StoreModel,
    TerminalModel,
)
from sync_server.use_cases import brands, tills
from sync_server.use_cases.configuration import Appointment, appoint
from sync_server.use_cases.enrolment import issue_code

organisation = APIRouter(prefix=API_PREFIX, tags=["organisation"])


@organisation.get("/stores")
def list_stores(caller: HqCaller, after: After = "", limit: Limit = 100) -> list[StoreModel]:
    """The brand's stores by id."""
    found = brands.list_stores(caller.context, caller.brand_id, after=after, limit=limit)
    return [
        StoreModel(store_id=store.store_id, name=store.name, time_zone=store.time_zone)
        for store in found
    ]


@organisation.post("/stores", status_code=201)
def add_store(caller: HqCaller, new: StoreModel) -> StoreModel:
    """Add a store."""
    brands.add_store(
        caller.context,
        caller.brand_id,
        new.store_id,
        name=new.name,
        zone=new.time_zone,
        actor=caller.user_id,
    )
    return new


@organisation.get("/terminals")
def list_terminals(caller: HqCaller, after: After = "", limit: Limit = 100) -> list[TerminalModel]:
    """The brand's tills: how far the server holds their journals, and when they last pushed."""
    found = tills.list_tills(caller.context, caller.brand_id, after=after, limit=limit)
    return [_terminal(till) for till in found]


@organisation.post("/terminals/enrolment-codes", status_code=201)
def add_enrolment_code(caller: HqCaller, new: NewCodeModel) -> CodeModel:
    """A one-time code that enrols a till of a store within 15 minutes."""
    code = issue_code(caller.context, caller.brand_id, StoreId(new.store_id), new.label)
    return CodeModel(**msgspec.structs.asdict(code))


@organisation.post("/terminals/{terminal_id}/revoke")
def revoke_terminal(caller: HqCaller, terminal_id: IdInPath) -> TerminalModel:
    """Switch a till off. What it has not sent stays on it."""
    return _terminal(tills.revoke(caller.context, caller.brand_id, terminal_id))


@organisation.post("/staff", status_code=201)
def add_staff(caller: HqCaller, new: NewStaffModel) -> StaffModel:
    """Let someone sign in at a store from now on."""
    appointment = Appointment(
        store_id=StoreId(new.store_id),
        name=new.name,
        role=RoleId(new.role),
        pin=new.pin,
        staff_id=new.staff_id,
    )
    staff = appoint(caller.context, caller.brand_id, appointment, actor=caller.user_id)
    return StaffModel(
        staff_id=staff.staff_id, store_id=new.store_id, name=staff.name, role=staff.role
    )


def _terminal(till: Terminal) -> TerminalModel:
    return TerminalModel(
        terminal_id=till.terminal_id,
        store_id=till.store_id,
        label=till.label,
        program_version=till.program_version,
        epoch=till.epoch,
        head_number=till.head_number,
        enrolled_ms=till.enrolled_ms,
        last_push_ms=till.last_push_ms,
        revoked_ms=till.revoked_ms,
        forked_ms=till.forked_ms,
    )
