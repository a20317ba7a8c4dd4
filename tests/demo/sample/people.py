"""Invented people for the sample members: names in the mix of a real list, numbers of no one."""

from collections.abc import Callable
from random import Random  # noqa: TID251 - seeded: the same people on every machine
from typing import Final

from domain.errors import TillfoldError
from domain.phones import parse_phone

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
)
_TWO_SIGN_SURNAMES: Final = ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯")
_GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅鑫宇浩子轩梓涵欣怡诗雨佳琪俊浩然"
    "思远晨曦雅婷志鹏文博海燕春雪冬青若曦嘉懿昊天语桐景行书瑶安之亦凡清扬若水望舒念慈知微"
)
_LONG_NAMES: Final = ("阿依古丽·买买提", "古丽娜尔·吐尔逊", "才旺多吉", "巴特尔·苏和")
_ABROAD_NAMES: Final = ("Chan Ka Yan", "Ho Wing Sze", "Wong Siu Ming", "Lei Chi Kit", "Lin Yi Chun")
_MOBILE_HEADS: Final = (
    *("130", "131", "132", "133", "134", "135", "136", "137", "138", "139", "150", "151", "152"),
    *("155", "156", "157", "158", "159", "176", "177", "178", "180", "181", "185", "186", "187"),
    *("188", "189", "191", "198", "199"),
)
_LONG_NAME_SHARE: Final = 0.01
_TWO_SIGN_SURNAME_SHARE: Final = 0.02
_TWO_SIGN_GIVEN_SHARE: Final = 0.78


def name(chance: Random) -> str:
    if chance.random() < _LONG_NAME_SHARE:
        return chance.choice(_LONG_NAMES)
    rare = chance.random() < _TWO_SIGN_SURNAME_SHARE
    surname = chance.choice(_TWO_SIGN_SURNAMES) if rare else chance.choice(_SURNAMES)
    signs = 2 if chance.random() < _TWO_SIGN_GIVEN_SHARE else 1
    return surname + "".join(chance.choice(_GIVEN) for _ in range(signs))


def name_abroad(chance: Random) -> str:
    return chance.choice(_ABROAD_NAMES)


def mobile(chance: Random) -> str:
    """Eleven digits of a mobile number of the mainland."""
    return _valid(lambda: chance.choice(_MOBILE_HEADS) + _digits(chance, 8), "+86")


def hong_kong(chance: Random) -> str:
    return _valid(lambda: chance.choice("5679") + _digits(chance, 7), "+852")


def macau(chance: Random) -> str:
    return _valid(lambda: "66" + _digits(chance, 6), "+853")


def taiwan(chance: Random) -> str:
    return _valid(lambda: "9" + _digits(chance, 8), "+886")


def birthday(chance: Random) -> tuple[int, int, int]:
    return chance.randint(1950, 2008), chance.randint(1, 12), chance.randint(1, 28)


def _digits(chance: Random, count: int) -> str:
    return f"{chance.randrange(10**count):0{count}d}"


def _valid(draw: Callable[[], str], country: str) -> str:
    """Draw until the number could be one; most are."""
    for _ in range(100):
        digits = draw()
        try:
            parse_phone(country + digits)
        except TillfoldError:
            continue
        return digits
    raise RuntimeError(country)
