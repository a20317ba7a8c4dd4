"""Brand, stores, tills, head office's users and staff."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.identifiers import RoleId, StoreId
from sync_server.operations.result import OPERATOR, Desk, Result
from sync_server.use_cases import brands, enrolment, signed_codes
from sync_server.use_cases.configuration import Appointment, appoint

_MINUTE_MS: Final = 60_000
_LONGEST_PIN_FILE: Final = 100


def create_brand(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.add_brand(desk.context, arguments.name, brand_id=arguments.id)
    values = {"brand_id": brand.brand_id, "name": brand.name, "history": brand.history}
    line = desk.wording.text("done.create_brand", name=brand.name, id=brand.brand_id)
    return Result(values=values, lines=(line,))


def create_store(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    store = brands.add_store(
        desk.context,
        brand.brand_id,
        arguments.id,
        name=arguments.name,
        zone=arguments.time_zone,
        actor=OPERATOR,
    )
    line = desk.wording.text("done.store", id=store.store_id)
    return Result(values=store, lines=(line,))


def issue_enrolment_code(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    code = enrolment.issue_code(
        desk.context, brand.brand_id, StoreId(arguments.store), arguments.label
    )
    minutes = enrolment.CODE_VALID_MS // _MINUTE_MS
    line = desk.wording.text(
        "done.enrol", code=code.code, minutes=minutes, check_number=code.check_number
    )
    return Result(values=code, lines=(line,))


def add_hq_user(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    token = brands.add_hq_user(desk.context, brand.brand_id, arguments.name)
    return Result(values=token, lines=(desk.wording.text("done.hq_user", token=token.token),))


def change_code_key(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    change = signed_codes.change_code_key(
        desk.context, brand.brand_id, revoke_older=arguments.revoke_older
    )
    line = desk.wording.text("done.code_key", generation=change.generation, known=change.known)
    return Result(values=change, lines=(line,))


def add_staff(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    new = Appointment(
        store_id=StoreId(arguments.store),
        name=arguments.name,
        role=RoleId(arguments.role),
        pin=_read_pin(desk, arguments.pin_file),
        staff_id=arguments.id,
    )
    staff = appoint(desk.context, brand.brand_id, new, actor=OPERATOR)
    values = {"staff_id": staff.staff_id, "store_id": new.store_id, "role": staff.role}
    line = desk.wording.text("done.staff", name=staff.name, store=new.store_id)
    return Result(values=values, lines=(line,))


def _read_pin(desk: Desk, file: str) -> str:
    """From a file, from standard input, or typed unseen; never from the command line itself."""
    if not file:
        return desk.ask_secret(desk.wording.text("prompt.pin")).strip()
    if file == "-":
        return sys.stdin.readline(_LONGEST_PIN_FILE).strip()
    try:
        return Path(file).read_text(encoding="ascii")[:_LONGEST_PIN_FILE].strip()
    except (OSError, ValueError) as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error
