"""What a journal can say about a member. The wire names stand in `domain.facts.KINDS`."""

from enum import StrEnum
from typing import Annotated

import msgspec

from domain.identifiers import MemberId
from domain.members.consents import LONGEST_VERSION, ConsentPurpose
from domain.members.profile import FIELD_NAME_PATTERN, LONGEST_FIELD, MOST_CHANGES
from domain.members.tags import LONGEST_TAG, MOST_TAGS
from domain.orders import Name
from domain.origins import Origin

PhoneText = Annotated[str, msgspec.Meta(min_length=4, max_length=20, pattern=r"^\+[0-9]+\Z")]
FieldName = Annotated[str, msgspec.Meta(pattern=FIELD_NAME_PATTERN)]
FieldText = Annotated[str, msgspec.Meta(max_length=LONGEST_FIELD)]
TagText = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TAG)]
TagTexts = Annotated[tuple[TagText, ...], msgspec.Meta(min_length=1, max_length=MOST_TAGS)]
ReasonText = Annotated[str, msgspec.Meta(max_length=LONGEST_FIELD)]


class EnrolmentSource(StrEnum):
    TILL = "till"
    IMPORT = "import"


class MemberEnrolled(msgspec.Struct, frozen=True, kw_only=True):
    """`phone` is E.164; `birthday` an ISO date or empty."""

    member_id: MemberId
    phone: PhoneText
    name: Name
    birthday: Annotated[str, msgspec.Meta(max_length=10)] = ""
    source: EnrolmentSource = EnrolmentSource.TILL


class MemberEdited(msgspec.Struct, frozen=True, kw_only=True):
    """The changed fields alone; an empty text clears a field.

    A field is a `ProfileField` or one of the brand's own, as in "custom.seat".
    """

    member_id: MemberId
    changes: Annotated[
        dict[FieldName, FieldText], msgspec.Meta(min_length=1, max_length=MOST_CHANGES)
    ]


class MemberTagged(msgspec.Struct, frozen=True, kw_only=True):
    member_id: MemberId
    tags: TagTexts


class MemberUntagged(msgspec.Struct, frozen=True, kw_only=True):
    member_id: MemberId
    tags: TagTexts


class ConsentGiven(msgspec.Struct, frozen=True, kw_only=True):
    """`version` names the text that was agreed to.

    `answers` is the latest withdrawal that was known where it was given. Without naming it, a
    giving does not stand against it.
    """

    member_id: MemberId
    purpose: ConsentPurpose
    version: Annotated[str, msgspec.Meta(max_length=LONGEST_VERSION)] = ""
    answers: Origin | None = None


class ConsentWithdrawn(msgspec.Struct, frozen=True, kw_only=True):
    member_id: MemberId
    purpose: ConsentPurpose


class MemberClosed(msgspec.Struct, frozen=True, kw_only=True):
    """The account is closed for ever and its personal data erased; its ledger lines stay.

    `phone` is the member's, where it is known: enrolments of it that were stamped before go too.
    """

    member_id: MemberId
    phone: PhoneText | None = None


class MembersMerged(msgspec.Struct, frozen=True, kw_only=True):
    """`member_id` is the same person as `into`, and goes by that id from now on."""

    member_id: MemberId
    into: MemberId


class MembersParted(msgspec.Struct, frozen=True, kw_only=True):
    """`member_id` is somebody of their own again; `parted_from` is whom it was merged into."""

    member_id: MemberId
    parted_from: MemberId


class MembersKeptApart(msgspec.Struct, frozen=True, kw_only=True):
    """A person looked at two members that are alike: they are two people."""

    member_id: MemberId
    other: MemberId


class MemberFrozen(msgspec.Struct, frozen=True, kw_only=True):
    """From this stamp on nothing may be spent from the account."""

    member_id: MemberId
    reason: ReasonText = ""


class MemberUnfrozen(msgspec.Struct, frozen=True, kw_only=True):
    member_id: MemberId


MemberFact = (
    MemberEnrolled
    | MemberEdited
    | MemberTagged
    | MemberUntagged
    | ConsentGiven
    | ConsentWithdrawn
    | MemberClosed
    | MembersMerged
    | MembersParted
    | MembersKeptApart
    | MemberFrozen
    | MemberUnfrozen
)
