"""The till's own texts: one TOML file a language, keys as `screen.text`."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from domain.wording import Language, Wording

_FILES: Final = {Language.CHINESE: "zh_cn.toml", Language.ENGLISH: "en.toml"}


@lru_cache(maxsize=len(_FILES))
def wording_in(language: Language) -> Wording:
    return Wording(language, texts_in(language))


def texts_in(language: Language) -> dict[str, str]:
    source = files("pos_client.texts") / _FILES[language]
    sections = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": text
        for section, texts in sections.items()
        for name, text in texts.items()
    }
