"""What the HQ API takes and gives, in JSON. Amounts are fen, times Unix milliseconds."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from domain.cases.kinds import Decision
from domain.money import LARGEST_AMOUNT_FEN

LARGEST_PAGE: Final = 200
Fen = Annotated[int, Field(ge=0, le=LARGEST_AMOUNT_FEN, examples=[1250])]
# No control characters: PostgreSQL's texts hold no NUL.
NameText = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
IdText = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Milliseconds = Annotated[int, Field(ge=0, lt=1 << 47, examples=[1795298057000])]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StoreModel(Model):
    store_id: IdText = Field(examples=["A"])
    name: NameText = Field(examples=["人民路店"])
    time_zone: str = Field(default="Asia/Shanghai", max_length=64, examples=["Asia/Shanghai"])


class TerminalModel(Model):
    """`head_number` is how far the server holds its journal."""

    terminal_id: str
    store_id: str
    label: str = Field(examples=["A1"])
    program_version: str
    epoch: int
    head_number: int = Field(examples=[1042])
    enrolled_ms: Milliseconds
    last_push_ms: int | None
    revoked_ms: int | None
    forked_ms: int | None


class NewCodeModel(Model):
    store_id: IdText = Field(examples=["A"])
    label: str = Field(min_length=1, max_length=8, pattern=r"^[A-Za-z0-9]+$", examples=["A1"])


class CodeModel(Model):
    """The code is shown this once. The till must show the same check number when it is enrolled."""

    code: str = Field(examples=["7K3ZQ-40MND-XY2AV-B8W1R-C5TGH-J"])
    store_id: str
    label: str
    expires_ms: Milliseconds
    check_number: str = Field(examples=["204816"])


class MemberSearchModel(Model):
    """`text` is the first or last digits of the phone, or how the name begins."""

    text: str = Field(min_length=2, max_length=40, examples=["8000"])
    full: bool = Field(default=False, description="Show phone and name unmasked")
    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)


class MemberModel(Model):
    """`phone` and `name` are masked unless the full ones were asked for."""

    member_id: str
    phone: str = Field(examples=["138****8000"])
    name: str = Field(examples=["李*"])
    points: int = Field(examples=[320])
    visits: int
    spent_fen: int
    also_enrolled_as: list[str] = Field(description="Other ids of the same phone")


class OtherMemberModel(Model):
    """The other member, by any of its ids."""

    member_id: str = Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")


class LikenessModel(Model):
    code: str = Field(examples=["name_and_birthday"])
    text_zh: str
    text_en: str


class ProposalModel(Model):
    """Two people; `first_id` and `second_id` are the members that are alike."""

    first_id: str
    second_id: str
    first: MemberModel
    second: MemberModel
    reasons: list[LikenessModel]


class LedgerLineModel(Model):
    points: int = Field(examples=[-100])
    reason: str = Field(examples=["redeemed"])
    text_zh: str = Field(examples=["积分抵现"])
    text_en: str = Field(examples=["Paid with points"])
    sale_id: str
    store_id: str
    terminal_id: str
    at_ms: int


class MemberRecordModel(Model):
    member: MemberModel
    ledger: list[LedgerLineModel] = Field(description="Newest first, 100 lines at most")


class CouponModel(Model):
    coupon_id: str
    code: str = Field(examples=["83Q2MUA2C54G"])
    name: str
    rule: dict[str, Any] = Field(description="A `Rule`")
    valid_from_ms: int
    valid_until_ms: int
    member_id: str | None
    returned_on_refund: bool
    return_grace_days: int
    redemptions: int = Field(description="More than one is a case")
    revoked: bool
    signed_code: str | None = Field(
        description="For a QR code: a till takes it without having heard of the coupon",
        examples=["CS-4DLG…"],
    )


class DeviceModel(Model):
    device_key: str = Field(
        pattern="^[0-9a-fA-F]{64}$", description="Ed25519 public key of the member's device, hex"
    )


class CredentialModel(Model):
    """With it the device makes member codes (docs/signed-codes.md)."""

    content: str = Field(description="hex")
    signature: str = Field(description="hex")


class RevocationModel(Model):
    reason: str = Field(default="", max_length=200, examples=["误发"])


class SideModel(Model):
    store_id: str
    store_name: str = Field(examples=["人民路店"])
    label: str = Field(examples=["A1"])
    local_time: str = Field(examples=["2026-11-21T18:30:12+08:00"])
    number: int = Field(description="Number of the entry in that till's journal")


class LossModel(Model):
    store_id: str = Field(description="Empty: no store that is still known")
    store_name: str
    amount_fen: int


class CaseModel(Model):
    """Where facts disagree; it opens and closes by itself. `sides` begin with what holds."""

    case_id: str
    kind: str = Field(examples=["coupon_redeemed_twice"])
    severity: str = Field(examples=["review"])
    about_kind: str = Field(examples=["coupon"])
    about_id: str
    text_zh: str
    text_en: str
    sides: list[SideModel]
    cost_fen: int
    points: int
    opened_ms: int
    closed_ms: int | None
    losses: list[LossModel] = Field(description="Who bears the cost for the time being")
    seen: str = Field(description="Names the case as it is here; a decision may say it")
    decision: str = Field(description="Empty: nobody has decided", examples=["store_loss"])
    note: str
    decided_ms: int | None


class FactModel(Model):
    """A fact as the journal holds it. `part_fen` is what of `amount_fen` the case is about."""

    kind: str = Field(examples=["sale_closed"])
    text_zh: str
    text_en: str
    actor: str = Field(description="Name of who did it", examples=["王芳"])
    approver: str
    receipt_number: str = Field(examples=["A1-000042"])
    amount_fen: int
    part_fen: int
    points: int
    member: str = Field(description="Masked", examples=["李*"])
    phone: str = Field(description="Masked", examples=["138****8000"])
    note: str


class FullSideModel(Model):
    place: SideModel
    fact: FactModel


class CaseInFullModel(Model):
    """A case with its facts side by side, 50 at most."""

    case: CaseModel
    sides: list[FullSideModel]
    can_be_decided_as: list[str] = Field(examples=[["store_loss", "campaign_loss", "charged"]])
    decided_by: str = Field(description="Name of who decided")


class DecisionModel(Model):
    """With `seen` the decision is refused where the case has changed since."""

    decision: Decision = Field(examples=["store_loss"])
    note: str = Field(default="", max_length=200, examples=["已与店长核对"])
    seen: str = Field(default="", max_length=64)


class TerminalBooksModel(Model):
    terminal_id: str
    store_id: str
    label: str
    epoch: int
    head_number: int
    head_hash: str
    quarantined: int
    sales: int
    total_fen: int
    tenders_fen: dict[str, int] = Field(examples=[{"cash": 12500}])


class BooksModel(Model):
    """`members` counts phones, `enrolments` every time one was enrolled."""

    brand_id: str
    feed_head: int
    terminals: list[TerminalBooksModel]
    members: int
    enrolments: int
    points_total: int
    open_cases: int


class PublishedModel(Model):
    version: str
    feed_head: int = Field(description="Version of the feed that carries it")


class NewStaffModel(Model):
    """With the `staff_id` of before it replaces that one."""

    store_id: IdText = Field(examples=["A"])
    name: NameText = Field(examples=["王店长"])
    role: IdText = Field(
        examples=["store_manager"], description="Id of a role; docs/rights.md lists the first ones"
    )
    pin: str = Field(max_length=20, examples=["284716"], json_schema_extra={"writeOnly": True})
    staff_id: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")


class StaffModel(Model):
    staff_id: str
    store_id: str
    name: str
    role: str
