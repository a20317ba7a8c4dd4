"""A member as the HQ API shows it."""

from domain.fold.people import KnownPerson
from domain.members.profile import ProfileField
from domain.phones import mask_name, mask_phone
from domain.reasons import LedgerReason
from domain.stamps import Stamp, milliseconds_of
from domain.texts.reasons import LEDGER_TEXTS
from sync_server.database.sales import LedgerRow
from sync_server.routes.hq.models import LedgerLineModel, MemberModel, MemberRecordModel
from sync_server.use_cases.members import MemberRecord


def member_model(known: KnownPerson, *, full: bool) -> MemberModel:
    member, name = known.member, known.member.field(ProfileField.NAME)
    return MemberModel(
        member_id=member.member_id,
        phone=member.phone if full else mask_phone(member.phone),
        name=name if full else mask_name(name),
        points=member.points,
        visits=member.visits,
        spent_fen=member.spent_fen,
        also_enrolled_as=list(known.ids[1:]),
    )


def record_model(record: MemberRecord, *, full: bool) -> MemberRecordModel:
    return MemberRecordModel(
        member=member_model(record.known, full=full),
        ledger=[_ledger_line(row) for row in record.ledger],
    )


def _ledger_line(row: LedgerRow) -> LedgerLineModel:
    text_zh, text_en = LEDGER_TEXTS[LedgerReason(row.reason)]
    return LedgerLineModel(
        points=row.points,
        reason=row.reason,
        text_zh=text_zh,
        text_en=text_en,
        sale_id=row.sale_id,
        store_id=row.store_id,
        terminal_id=row.terminal_id,
        at_ms=milliseconds_of(Stamp(row.stamp)),
    )
