"""Chinese texts are set as Chinese is: full-width punctuation beside Chinese characters."""

from domain.wording import Language, Wording, shared_texts
from pos_client.texts.catalogue import texts_in
from sync_server.operations.wording import TEXTS as SERVER_TEXTS
from tests.architecture.tree import HALF_WIDTH

CHINESE = {
    **shared_texts(Language.CHINESE),
    **texts_in(Language.CHINESE),
    **{key: pair[0] for key, pair in SERVER_TEXTS.items()},
}


def test_chinese_punctuation_is_full_width() -> None:
    assert {key: text for key, text in CHINESE.items() if HALF_WIDTH.search(text)} == {}


def test_the_search_finds_half_width_punctuation() -> None:
    for wrong in ("已付,谢谢", "合计: 好", "(备注)", "{name}!", "完成.", "3,共"):
        assert HALF_WIDTH.search(wrong), wrong


def test_the_till_says_everything_in_both_languages() -> None:
    assert texts_in(Language.CHINESE).keys() == texts_in(Language.ENGLISH).keys()
    for language in Language:
        assert all(text.strip() for text in texts_in(language).values())
        assert Wording(language, texts_in(language)).keys() >= texts_in(language).keys()
