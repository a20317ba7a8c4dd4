"""Members that may be one person: the list, and what a person makes of it."""

from typing import Annotated

from fastapi import APIRouter, Query

from domain.texts.members import LIKENESS_TEXTS
from sync_server.routes.hq.access import API_PREFIX, HqCaller, IdInPath, Limit
from sync_server.routes.hq.member_models import member_model, record_model
from sync_server.routes.hq.models import (
    LikenessModel,
    MemberRecordModel,
    OtherMemberModel,
    ProposalModel,
)
from sync_server.use_cases import duplicates as use_cases

duplicates = APIRouter(prefix=API_PREFIX, tags=["members"])
Behind = Annotated[
    str,
    Query(max_length=128, pattern=r"^[^\x00-\x1f]*$", description="An id of the last pair before"),
]


@duplicates.get("/members/duplicates")
def list_duplicates(
    caller: HqCaller, after_first: Behind = "", after_second: Behind = "", limit: Limit = 100
) -> list[ProposalModel]:
    """Pairs of members that may be one person, with what they share."""
    found = use_cases.find_duplicates(
        caller.context, caller.brand_id, after=(after_first, after_second), limit=limit
    )
    return [
        ProposalModel(
            first_id=one.first_id,
            second_id=one.second_id,
            first=member_model(one.first, full=False),
            second=member_model(one.second, full=False),
            reasons=[
                LikenessModel(
                    code=reason.value,
                    text_zh=LIKENESS_TEXTS[reason][0],
                    text_en=LIKENESS_TEXTS[reason][1],
                )
                for reason in one.reasons
            ],
        )
        for one in found
    ]


@duplicates.post("/members/{member_id}/merge")
def merge(caller: HqCaller, member_id: IdInPath, other: OtherMemberModel) -> MemberRecordModel:
    """The member goes by the other one's id from now on; it can be parted again."""
    record = use_cases.merge_members(
        caller.context, caller.brand_id, member_id, into=other.member_id, actor=caller.user_id
    )
    return record_model(record, full=False)


@duplicates.post("/members/{member_id}/part")
def part(caller: HqCaller, member_id: IdInPath) -> MemberRecordModel:
    """Undo a merge: the member is somebody of their own again."""
    record = use_cases.part_members(
        caller.context, caller.brand_id, member_id, actor=caller.user_id
    )
    return record_model(record, full=False)


@duplicates.post("/members/{member_id}/keep-apart")
def keep_apart(caller: HqCaller, member_id: IdInPath, other: OtherMemberModel) -> MemberRecordModel:
    """These two are two people: they are not proposed again."""
    record = use_cases.keep_apart(
        caller.context, caller.brand_id, member_id, other=other.member_id, actor=caller.user_id
    )
    return record_model(record, full=False)
