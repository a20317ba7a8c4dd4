"""Joining a brand with a one-time code."""

import pytest

from domain.errors import ErrorCode, TillfoldError
from domain.signatures import check_number
from tests.builders.sync_server import RunningServer
from tests.pos_client.sync.joined import MakeTill


def test_joining_shows_the_number_that_the_server_shows_too(
    server: RunningServer, make_till: MakeTill
) -> None:
    till = make_till("a")
    number = till.join(f" {server.url}/ ", f" {server.new_code('A1')} ")
    assert number == check_number(server.context.keys.signer.public_key)
    home = till.machinery.counter.home()
    assert (home.brand_name, home.store_name, home.label) == ("示范餐厅", "一店", "A1")
    assert not home.standalone


@pytest.mark.parametrize("code", ["WRONG-CODE-1234", "x", "", "\u00e4" * 10])
def test_a_wrong_code_leaves_the_till_new(
    server: RunningServer, make_till: MakeTill, code: str
) -> None:
    till = make_till("a")
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.join_brand(server.url, code)
    assert caught.value.code in {ErrorCode.ENROLMENT_CODE_WRONG, ErrorCode.REQUEST_MALFORMED}
    assert till.machinery.is_new()
    till.join(server.url, server.new_code("A1"))


def test_a_till_with_books_of_its_own_cannot_join(
    server: RunningServer, make_till: MakeTill
) -> None:
    till = make_till("a")
    till.begin()
    with pytest.raises(TillfoldError) as caught:
        till.machinery.counter.join_brand(server.url, server.new_code("A1"))
    assert caught.value.code is ErrorCode.TILL_HAS_OWN_BOOKS
