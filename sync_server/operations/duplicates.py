"""Members that may be one person, from the command line."""

from argparse import Namespace
from typing import Final

from domain.fold.people import KnownPerson
from domain.members.profile import ProfileField
from domain.phones import mask_name, mask_phone
from sync_server.operations.result import OPERATOR, Desk, Result
from sync_server.use_cases import brands
from sync_server.use_cases import duplicates as use_cases
from sync_server.use_cases.members import MemberRecord

_MOST_PROPOSALS: Final = 200


def list_duplicates(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    found = use_cases.find_duplicates(desk.context, brand.brand_id, limit=_MOST_PROPOSALS)
    lines = [
        desk.wording.text(
            "duplicates.pair",
            first=_named(one.first_id, one.first),
            second=_named(one.second_id, one.second),
            reasons=", ".join(desk.wording.text(f"likeness.{reason}") for reason in one.reasons),
        )
        for one in found
    ]
    values = [
        {"first": one.first_id, "second": one.second_id, "reasons": one.reasons} for one in found
    ]
    return Result(values=values, lines=tuple(lines) or (desk.wording.text("duplicates.none"),))


def merge(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    record = use_cases.merge_members(
        desk.context, brand.brand_id, arguments.id, into=arguments.into, actor=OPERATOR
    )
    return _shown(desk, record)


def part(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    record = use_cases.part_members(desk.context, brand.brand_id, arguments.id, actor=OPERATOR)
    return _shown(desk, record)


def keep_apart(desk: Desk, arguments: Namespace) -> Result:
    brand = brands.only_brand(desk.context, arguments.brand)
    record = use_cases.keep_apart(
        desk.context, brand.brand_id, arguments.id, other=arguments.other, actor=OPERATOR
    )
    return _shown(desk, record)


def _shown(desk: Desk, record: MemberRecord) -> Result:
    """Ids and points, no name: what a terminal shows is often kept."""
    known = record.known
    values = {
        "member_id": known.member.member_id,
        "ids": list(known.ids),
        "points": known.member.points,
    }
    line = desk.wording.text(
        "done.member",
        id=known.member.member_id,
        ids=", ".join(known.ids[1:]) or "-",
        points=known.member.points,
    )
    return Result(values=values, lines=(line,))


def _named(member_id: str, known: KnownPerson) -> str:
    member = known.member
    name = mask_name(member.field(ProfileField.NAME))
    return f"{member_id} {name} {mask_phone(member.phone)}"
