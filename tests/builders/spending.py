"""Subjects with a balance, and a till's requests about them, for tests of spending."""

from zlib import crc32

import msgspec

from domain.allowances.messages import (
    PATH_AUTHORISE,
    PATH_RIGHTS,
    AuthoriseAnswer,
    AuthoriseRequest,
    RightsAnswer,
    RightsRequest,
    Want,
)
from domain.allowances.rights import (
    Allowance,
    Return,
    RightKind,
    SignedReturn,
    UsedRight,
    open_allowance,
    return_text,
)
from domain.allowances.subjects import Subject, SubjectKind
from domain.facts import Fact, SaleClosed
from domain.identifiers import BrandId, TerminalId
from domain.signatures import Verifier
from sync_server.database import spending
from sync_server.database.spending import SubjectRow
from sync_server.use_cases.context import Context
from tests.builders import facts
from tests.builders.sync_client import SyncClient, packed

POINTS = Subject(SubjectKind.POINTS, "member-1")


def member_with(points: int, member: str = "member-1") -> list[Fact]:
    """Enrolled where it is written, with one sale that earned so much."""
    return [
        facts.enrolled(member, phone=f"+86138{crc32(member.encode()) % 10**8:08d}"),
        facts.sale(f"earned-{member}", member=member, earned=points),
    ]


def spends(sale_id: str, points: int, *rights: UsedRight, member: str = "member-1") -> SaleClosed:
    fact = facts.sale(sale_id, member=member, redeemed=points)
    return SaleClosed(sale=msgspec.structs.replace(fact.sale, rights=rights))


def by_hold(operation: str, amount: int, subject: Subject = POINTS) -> UsedRight:
    return UsedRight(
        kind=RightKind.AUTHORISATION, subject=subject, amount=amount, right_id=operation
    )


def by_allowance(allowance: Allowance, amount: int) -> UsedRight:
    return UsedRight(
        kind=RightKind.ALLOWANCE,
        subject=allowance.subject,
        amount=amount,
        right_id=allowance.allowance_id,
    )


def authorise(
    till: SyncClient,
    operation: str,
    amount: int,
    *,
    subject: Subject = POINTS,
    least: int | None = None,
) -> AuthoriseAnswer:
    want = Want(subject=subject, amount=amount, least=amount if least is None else least)
    request = AuthoriseRequest(operation_id=operation, wants=(want,))
    return till.ask("POST", PATH_AUTHORISE, AuthoriseAnswer, body=packed(request))


def rights(till: SyncClient, request: RightsRequest | None = None) -> RightsAnswer:
    message = request or RightsRequest()
    return till.ask("POST", PATH_RIGHTS, RightsAnswer, body=packed(message))


def allowances(till: SyncClient, context: Context, *wanted: Subject) -> list[Allowance]:
    """What the till has after asking for these."""
    answer = rights(till, RightsRequest(wanted=wanted))
    verifier = Verifier(context.keys.signer.public_key)
    return [open_allowance(each, verifier) for each in answer.allowances]


def returned(
    till: SyncClient, allowance: Allowance, *, used: int = 0, to: str = ""
) -> SignedReturn:
    content = msgspec.msgpack.encode(
        Return(
            allowance_id=allowance.allowance_id,
            terminal=till.terminal.terminal,
            used=used,
            to=TerminalId(to),
        )
    )
    return SignedReturn(content, till.terminal.signer.sign(return_text(content)))


def row_of(context: Context, subject: Subject = POINTS) -> SubjectRow:
    brand = BrandId("brand")
    found = context.database.read(
        lambda connection: spending.find(connection, brand, subject), brand=brand
    )
    return found or SubjectRow(brand_id=brand, kind=subject.kind, id=subject.id)
