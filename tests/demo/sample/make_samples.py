"""Make the demo's sample files: `python -m tests.demo.sample.make_samples`.

The menu is a tidy CSV. The members are what an old system and three years of hand-kept lists leave
behind: `MEMBER_PLAN` says how many rows of each kind, and what an import has to make of them.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same files on every machine
from typing import Final

from openpyxl import Workbook

from tests.demo.sample import people
from tests.demo.sample.dishes import DISHES

FOLDER: Final = Path(__file__).parent
MENU_FILE: Final = FOLDER / "sample_menu.csv"
MEMBERS_FILE: Final = FOLDER / "sample_members.xlsx"
SEED: Final = 20261121

MENU_HEADER: Final = ("编号", "菜名", "分类", "价格", "售罄")
MEMBER_HEADER: Final = (
    *("序号", "姓名", "手机号码（必填）", "性别", "出生日期", "累计消费", "备注"),
)
Value = str | int | float | date | None
Row = list[Value]


def menu_rows() -> Iterator[tuple[str, ...]]:
    for number, (name, category, price, sold_out) in enumerate(DISHES, start=1):
        yield f"D{number:03d}", name, category, price, sold_out


def member_rows() -> list[Row]:
    """2,000 rows below the heading, blank ones among them."""
    chance = Random(SEED)
    kinds = [kind for kind, count in MEMBER_PLAN.items() for _ in range(count)]
    chance.shuffle(kinds)
    numbers = iter(_distinct_mobiles(chance, len(kinds)))
    rows = [kind(chance, next(numbers)) for kind in kinds]
    _repeat_some(rows, chance)
    return [[place, *row] if any(row) else [None] * 7 for place, row in enumerate(rows, start=1)]


def _distinct_mobiles(chance: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[people.mobile(chance)] = None
    return list(found)


def _row(chance: Random, phone: Value, *, name: Value = "", birthday: Value = "") -> Row:
    sex = chance.choice(("男", "女", "", "先生", "女士"))
    note = chance.choice(("", "", "", "", "不吃香菜", "常客", "靠窗", "老板朋友", "花生过敏"))
    spent = f"=SUM({chance.randint(10, 900)},{chance.randint(10, 90)})"
    amount: Value = spent if chance.random() < 0.02 else chance.randint(0, 500_000) / 100
    return [name or people.name(chance), phone, sex, birthday or _birthday(chance), amount, note]


def _birthday(chance: Random) -> Value:
    year, month, day = people.birthday(chance)
    return chance.choice(
        (
            *(None, None, None, "无", "-"),
            f"{year}-{month:02d}-{day:02d}",
            f"{year}/{month}/{day}",
            f"{year}年{month}月{day}日",
            f"{year}{month:02d}{day:02d}",
            f"{year}.{month}.{day}",
            date(year, month, day),
        )
    )


def _full_width(text: str) -> str:
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


def plain(chance: Random, mobile: str) -> Row:
    return _row(chance, mobile)


def stored_as_number(chance: Random, mobile: str) -> Row:
    return _row(chance, int(mobile))


def written_otherwise(chance: Random, mobile: str) -> Row:
    head, middle, tail = mobile[:3], mobile[3:7], mobile[7:]
    forms = (
        f"{head} {middle} {tail}",
        f"{head}-{middle}-{tail}",
        f"+86 {mobile}",
        f"+86-{head}-{middle}-{tail}",
        f"(+86){mobile}",
        f"86{mobile}",
        f"0086{mobile}",
        f"'{mobile}",
        f"{mobile}.0",
        f" {mobile}\t",
        f"{mobile}\u00a0",
        _full_width(mobile),
        _full_width(f"+86 {mobile}"),
    )
    return _row(chance, chance.choice(forms))


def padded_name(chance: Random, mobile: str) -> Row:
    name = people.name(chance)
    return _row(chance, mobile, name=f"　{name[0]}　{name[1:]} ")


def hong_kong(chance: Random, _mobile: str) -> Row:
    number = people.hong_kong(chance)
    phone = chance.choice((f"+852 {number}", f"00852{number}", f"+852-{number[:4]}-{number[4:]}"))
    return _row(chance, phone, name=people.name_abroad(chance))


def macau(chance: Random, _mobile: str) -> Row:
    return _row(chance, f"+853 {people.macau(chance)}", name=people.name_abroad(chance))


def taiwan(chance: Random, _mobile: str) -> Row:
    return _row(chance, f"+886 {people.taiwan(chance)}", name=people.name_abroad(chance))


def without_country_code(chance: Random, _mobile: str) -> Row:
    return _row(chance, people.hong_kong(chance), name=people.name_abroad(chance))


def digit_missing(chance: Random, mobile: str) -> Row:
    return _row(chance, mobile[:10])


def digit_too_many(chance: Random, mobile: str) -> Row:
    return _row(chance, f"{mobile}{chance.randint(0, 9)}")


def letter_for_digit(chance: Random, mobile: str) -> Row:
    return _row(chance, f"{mobile[:6]}O{mobile[7:]}")


def digits_lost(chance: Random, mobile: str) -> Row:
    return _row(chance, f"{mobile[0]}.{mobile[1:3]}E+10")


def two_numbers(chance: Random, mobile: str) -> Row:
    return _row(chance, f"{mobile}/{people.mobile(chance)}")


def phone_missing(chance: Random, _mobile: str) -> Row:
    return _row(chance, chance.choice((None, "", "无", "未留")))


def name_missing(chance: Random, mobile: str) -> Row:
    return [chance.choice((None, " ", "　")), *_row(chance, mobile)[1:]]


def birthday_wrong(chance: Random, mobile: str) -> Row:
    wrong = ("1990-02-30", "2031-05-20", "5月20日", "85-3-12", "03/12/1988", "1888-08-08", "属马")
    return _row(chance, mobile, birthday=chance.choice(wrong))


def formula(chance: Random, mobile: str) -> Row:
    place = chance.randrange(3)
    return _row(
        chance,
        f"={mobile[:7]}0000+{mobile[7:]}" if place == 0 else mobile,
        name='=CONCATENATE("王","芳")' if place == 1 else "",
        birthday="=DATE(1990,5,20)" if place == 2 else "",
    )


def repeated(_chance: Random, _mobile: str) -> Row:
    """Filled by `_repeat_some`: an earlier guest once more, written in another way."""
    return []


def blank(chance: Random, _mobile: str) -> Row:
    return [chance.choice((None, None, "")), None, None, None, None, None]


def _repeat_some(rows: list[Row], chance: Random) -> None:
    tidy = [place for place, row in enumerate(rows) if row and _is_tidy(row[1])]
    for place, row in enumerate(rows):
        if row:
            continue
        earlier = [found for found in tidy if found < place]
        phone = str(rows[chance.choice(earlier or tidy[:1])][1])
        rows[place] = _row(chance, f"{phone[:3]} {phone[3:7]} {phone[7:]}")


def _is_tidy(phone: Value) -> bool:
    return isinstance(phone, int)


# How many rows of each kind; 2,000 in all.
MEMBER_PLAN: Final[dict[Callable[[Random, str], Row], int]] = {
    plain: 700,
    stored_as_number: 420,
    written_otherwise: 480,
    padded_name: 90,
    hong_kong: 60,
    macau: 12,
    taiwan: 18,
    without_country_code: 10,
    digit_missing: 30,
    digit_too_many: 12,
    letter_for_digit: 8,
    digits_lost: 10,
    two_numbers: 6,
    phone_missing: 14,
    name_missing: 25,
    birthday_wrong: 35,
    formula: 9,
    repeated: 37,
    blank: 24,
}


def write_menu(path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([MENU_HEADER, *menu_rows()])


def write_members(path: Path) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("会员资料")
    sheet.append(MEMBER_HEADER)
    for row in member_rows():
        sheet.append(row)
    workbook.save(path)


if __name__ == "__main__":
    write_menu(MENU_FILE)
    write_members(MEMBERS_FILE)
