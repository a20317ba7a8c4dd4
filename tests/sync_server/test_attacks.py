"""Every field and header of what a till sends, altered, replayed and sent by others: all refused.

The fields are read from the messages themselves: one that is added later is attacked too, or its
attack is missed here.
"""

from collections.abc import Iterator

import msgspec
import pytest
from starlette.routing import Route

from domain.entries import Entry, SignedEntry, decode_entry, encode_entry
from domain.errors import ErrorCode
from domain.identifiers import BrandId, StoreId
from domain.protocol import (
    HEADER_NONCE,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PATH_ENROL,
    PATH_PUSH,
    EnrolAnswer,
    EnrolRequest,
    FeedPage,
    Outcome,
    PushRequest,
)
from domain.stamps import Stamp
from sync_server.bootstrap import Application
from sync_server.use_cases import brands, enrolment
from sync_server.use_cases.books import read_books
from sync_server.use_cases.tills import revoke
from tests.builders import facts
from tests.builders.sync_client import Refused, SyncClient, packed, unpacked
from tests.builders.sync_server import BRAND, RunningServer
from tests.builders.terminal import TestTerminal

MEMBER = "member-1"
OTHER_BRAND = BrandId("other")
# What each altered field of an enrolment is refused with; None where it decides nothing.
ENROLMENT = {
    "code": ErrorCode.ENROLMENT_CODE_WRONG,
    "public_key": ErrorCode.SIGNATURE_WRONG,
    "proof": ErrorCode.SIGNATURE_WRONG,
    "program_version": None,
}
HEADERS = {
    HEADER_PROTOCOL: ErrorCode.SERVER_OUTDATED,
    HEADER_TERMINAL: ErrorCode.TERMINAL_UNKNOWN,
    HEADER_NONCE: ErrorCode.NONCE_STALE,
    HEADER_SIGNATURE: ErrorCode.SIGNATURE_WRONG,
}


def altered(value: object) -> object:
    """Another value of the same kind; a kind that is not known here has to be added."""
    match value:
        case str():
            return value + "x"
        case int():
            return value + 1
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case None:
            return "x"
        case tuple():
            return (*value, *value)
        case _:
            raise TypeError(type(value))


def refusal(client: SyncClient, method: str, path: str, headers: dict[str, str]) -> ErrorCode:
    response = client.http.request(method, path, headers=headers)
    with pytest.raises(Refused) as refused:
        unpacked(response, FeedPage)
    return refused.value.code


def signed_paths(server: RunningServer) -> Iterator[tuple[str, str]]:
    """Method and path of every sync route, those that are added later too."""
    for route in Application(server.settings, server.context).app.routes:
        if isinstance(route, Route) and route.path.startswith("/sync/v1/"):
            for method in (route.methods or set()) - {"HEAD"}:
                if route.path != PATH_ENROL:
                    yield method, route.path


def with_nonce(client: SyncClient) -> SyncClient:
    client.feed()
    return client


def test_every_path_refuses_each_altered_header(server: RunningServer) -> None:
    till = with_nonce(server.enrolled_till("A1"))
    paths = list(signed_paths(server))
    assert len(paths) >= 10
    for method, path in paths:
        for header, code in HEADERS.items():
            headers = till.headers(method, path)
            value = headers[header]
            headers[header] = (
                f"{int(value[0], 16) ^ 1:x}{value[1:]}" if "ignature" in header else ("9" + value)
            )
            assert refusal(till, method, path, headers) is code, (path, header)


def test_every_path_refuses_another_key_another_till_and_a_revoked_one(
    server: RunningServer,
) -> None:
    till, other = with_nonce(server.enrolled_till("A1")), with_nonce(server.enrolled_till("A2"))
    revoked = with_nonce(server.enrolled_till("A3"))
    revoke(server.context, BRAND, revoked.terminal.terminal)
    for method, path in signed_paths(server):
        stolen = other.headers(method, path) | {HEADER_TERMINAL: till.terminal.terminal}
        assert refusal(till, method, path, stolen) is ErrorCode.SIGNATURE_WRONG, path
        signed_elsewhere = till.headers(method, f"{path}?x=1")
        assert refusal(till, method, path, signed_elsewhere) is ErrorCode.SIGNATURE_WRONG, path
        own = revoked.headers(method, path)
        assert refusal(revoked, method, path, own) is ErrorCode.TERMINAL_REVOKED, path


@pytest.mark.parametrize("field", EnrolRequest.__struct_fields__)
def test_an_enrolment_with_one_altered_field_is_refused(server: RunningServer, field: str) -> None:
    client = server.client(TestTerminal("new"))
    request = client.terminal.enrol_request(server.new_code("A1"))
    changed = msgspec.structs.replace(request, **{field: altered(getattr(request, field))})
    response = client.http.post(PATH_ENROL, content=packed(changed), headers={HEADER_PROTOCOL: "1"})
    code = ENROLMENT[field]
    if code is None:
        assert unpacked(response, EnrolAnswer).label == "A1"
        return
    with pytest.raises(Refused) as refused:
        unpacked(response, EnrolAnswer)
    assert refused.value.code is code
    assert "A1" not in {till.label for till in read_books(server.context, BRAND).terminals}


@pytest.mark.parametrize("field", PushRequest.__struct_fields__)
def test_a_push_with_one_altered_field_is_refused_whole(server: RunningServer, field: str) -> None:
    till = with_nonce(server.enrolled_till("A1"))
    till.terminal.write(facts.enrolled(MEMBER))
    request = till.terminal.push_request()
    headers = till.headers("POST", PATH_PUSH, packed(request))
    changed = msgspec.structs.replace(request, **{field: altered(getattr(request, field))})
    response = till.http.post(PATH_PUSH, content=packed(changed), headers=headers)
    with pytest.raises(Refused) as refused:
        unpacked(response, FeedPage)
    assert refused.value.code is ErrorCode.SIGNATURE_WRONG
    assert till.feed().acknowledged == 0


def test_an_entry_with_one_field_altered_after_it_was_signed_counts_for_nothing(
    server: RunningServer,
) -> None:
    for number, field in enumerate(Entry.__struct_fields__):
        till = server.enrolled_till(f"A{number}")
        member = f"member-{number}"
        till.terminal.write(facts.enrolled(member, phone=f"+861380013{number:04}"))
        till.push()
        sale = till.terminal.write(facts.sale(f"sale-{number}", member=member, earned=5))
        entry = decode_entry(sale.content)
        changed = msgspec.structs.replace(entry, **{field: altered(getattr(entry, field))})
        forged = SignedEntry(encode_entry(changed), sale.signature)
        assert refused_or_set_aside(till, forged), field
        assert points(server) == 0, field


def test_an_entry_for_another_place_counts_for_nothing_even_with_the_right_key(
    server: RunningServer,
) -> None:
    for number, field in enumerate(("brand", "store", "terminal")):
        till = server.enrolled_till(f"A{number}")
        entry = decode_entry(till.terminal.write(facts.enrolled(MEMBER)).content)
        content = encode_entry(msgspec.structs.replace(entry, **{field: "elsewhere"}))
        signed = SignedEntry(content, till.terminal.signer.sign(content))
        assert refused_or_set_aside(till, signed), field


def test_an_entry_of_one_till_handed_in_by_another_or_by_another_brand_counts_once(
    server: RunningServer,
) -> None:
    till, other = server.enrolled_till("A1"), server.enrolled_till("A2")
    till.terminal.write(facts.enrolled(MEMBER))
    sale = till.terminal.write(facts.sale(member=MEMBER, earned=5))
    till.push()
    stranger = enrolled_elsewhere(server)
    for thief in (other, stranger):
        assert refused_or_set_aside(thief, sale)
        later = msgspec.structs.replace(decode_entry(sale.content), stamp=Stamp(1))
        content = encode_entry(later)
        signed_by_thief = SignedEntry(content, thief.terminal.signer.sign(content))
        assert refused_or_set_aside(thief, signed_by_thief)
    assert points(server) == 5
    assert read_books(server.context, OTHER_BRAND).points_total == 0


def enrolled_elsewhere(server: RunningServer) -> SyncClient:
    context = server.context
    brands.add_brand(context, "别的餐厅", brand_id=OTHER_BRAND)
    brands.add_store(context, OTHER_BRAND, "A", name="店", zone="Asia/Shanghai", actor="")
    code = enrolment.issue_code(context, OTHER_BRAND, StoreId("A"), "A1").code
    client = server.client(TestTerminal("elsewhere"))
    client.enrol(code)
    return client


def refused_or_set_aside(client: SyncClient, entry: SignedEntry) -> bool:
    """Whether the server took nothing from it: all is refused, or it is in quarantine."""
    try:
        answer = client.push(PushRequest(epoch=1, entries=(entry,)))
    except Refused as refused:
        return refused.code in {ErrorCode.JOURNAL_GAP, ErrorCode.JOURNAL_FORKED}
    outcomes = {verdict.outcome for verdict in answer.verdicts}
    errors = {verdict.error for verdict in answer.verdicts}
    return outcomes == {Outcome.QUARANTINED} and errors <= {
        ErrorCode.ENTRY_FORGED,
        ErrorCode.ENTRY_MALFORMED,
    }


def points(server: RunningServer) -> int:
    return read_books(server.context, BRAND).points_total
