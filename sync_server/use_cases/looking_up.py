"""A till asks for a member that it does not hold; from then on its store is told of her.

Only exact questions are answered, and at most a few a minute: nobody can list members this way.
"""

import msgspec
from sqlalchemy import Connection

from domain.errors import ErrorCode, TillfoldError
from domain.fold.aggregates import AggregateKey, AggregateKind, PhoneClaims
from domain.identifiers import BrandId, MemberId
from domain.members.likeness import likeness_of_card
from domain.phones import parse_phone
from domain.protocol import FeedPage, MemberQuestion
from sync_server.database import aggregates
from sync_server.database.brands import MemberFeed, find_brand
from sync_server.database.feed_rows import owned_rows
from sync_server.database.interests import interests_in
from sync_server.database.likeness import members_like
from sync_server.database.terminals import Terminal
from sync_server.use_cases.context import Context
from sync_server.use_cases.feed import page_of
from sync_server.use_cases.feed_keeping import add_interests, person_groups


def look_up(context: Context, till: Terminal, question: MemberQuestion) -> FeedPage:
    """All rows of the person; none where there is nobody.

    Raises:
        TillfoldError: `phone_malformed`; `request_malformed` where not exactly one of phone, id and
            card is given.
    """
    given = (question.phone, question.member_id, question.card)
    if sum(map(bool, given)) != 1:
        raise TillfoldError(ErrorCode.REQUEST_MALFORMED, where="phone, member_id, card")
    if question.phone:
        question = msgspec.structs.replace(question, phone=parse_phone(question.phone))

    def note(connection: Connection) -> int:
        ids = _ids(connection, till.brand_id, question)
        pairs = {(till.store_id, member_id) for member_id in ids}
        return add_interests(connection, till.brand_id, pairs)

    def answer(connection: Connection) -> tuple[FeedPage, bool]:
        brand = find_brand(connection, till.brand_id)
        assert brand is not None
        ids = _ids(connection, till.brand_id, question)
        found = owned_rows(connection, till.brand_id, ids)
        rows = [row for member_id in ids for row in found.get(member_id, ())]
        page = page_of(context, connection, brand, till, rows, epoch=question.epoch)
        known = interests_in(connection, till.brand_id, ids)
        noted = all((till.store_id, member_id) in known for member_id in ids)
        return page, noted or brand.member_feed == MemberFeed.ALL

    page, noted = context.database.read(answer, brand=till.brand_id)
    if noted:
        return page
    head = context.database.write(note, brand=till.brand_id)
    context.heads.announce(till.brand_id, head)
    return context.database.read(answer, brand=till.brand_id)[0]


def _ids(
    connection: Connection, brand_id: BrandId, question: MemberQuestion
) -> tuple[MemberId, ...]:
    """Every id of the person; empty where nobody is meant."""
    ids = [MemberId(question.member_id)] if question.member_id else []
    if question.phone:
        key = AggregateKey(AggregateKind.PHONE, question.phone)
        held = aggregates.load(connection, brand_id, [key]).get(key)
        ids = list(held.state.member_ids) if held and isinstance(held.state, PhoneClaims) else []
    if question.card:
        # Who of several has it now is for the till to say, by their stamps.
        ids = members_like(connection, brand_id, likeness_of_card(question.card))
    groups = person_groups(connection, brand_id, ids)
    return tuple(dict.fromkeys(member_id for group in groups for member_id in group))
