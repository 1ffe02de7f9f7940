import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.masking import mask, mask_name, mask_place

FULL_WIDTH = str.maketrans("0123456789Xx-", "０１２３４５６７８９Ｘｘ－")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PLATE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
BEFORE = (
    "",
    "请联系",
    "电话：",
    "他的是 ",
    "1号楼的",
    "一",
    "三楼，",
    "（",
    "在5号楼后面，",
    "12号件 ",
    "2026年9月18日 ",
)
AFTER = ("", "。", "，谢谢", "一直打不通", "）", " 2号楼", "二十四小时", "\n2026-09-18")


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def identity(rng: random.Random) -> str:
    day = f"{rng.randint(1930, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body = rng.choice(["110105", "420106", "421202", "440305", "610102"]) + day + digits(rng, 3)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11]


def card(rng: random.Random, count: int) -> str:
    body = rng.choice(["6222", "6217", "4367", "5187", "9558"]) + digits(rng, count - 5)
    total = sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def grouped(number: str, sign: str, *sizes: int) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return sign.join(part for part in (*parts, number[start:]) if part)


def mobiles(rng: random.Random) -> Iterator[tuple[str, str]]:
    number = f"1{rng.choice('3456789')}{digits(rng, 9)}"
    shown = f"{number[:3]}****{number[7:]}"
    for sign in (" ", "-", "–", "  ", " - ", "·"):
        yield grouped(number, sign, 3, 4), shown
    yield from ((form, shown) for form in (number, grouped(number, ".", 3, 4), grouped(number, " ", *[1] * 10)))
    yield from ((form.translate(FULL_WIDTH), shown) for form in (number, grouped(number, "-", 3, 4)))
    yield from ((number.translate(SPOKEN), shown), (number[:3] + number[3:].translate(SPOKEN), shown))
    yield from ((prefix + number, shown) for prefix in ("+86", "+86 ", "0086-", "86", "(+86)"))


def landlines(rng: random.Random) -> Iterator[tuple[str, str]]:
    for area, count in (("010", 8), ("027", 8), ("0715", 7), ("0531", 8)):
        number = rng.choice("2345678") + digits(rng, count - 1)
        for form in (f"{area}-{number}", f"{area}{number}", f"({area}){number}", f"{area} {grouped(number, '-', 4)}"):
            yield form, f"{area}-****{number[-4:]}"
        yield f"+86 {area[1:]} {number}", f"{area}-****{number[-4:]}"
        yield f"{area}-{number}".translate(FULL_WIDTH), f"{area}-****{number[-4:]}"


def identities(rng: random.Random) -> Iterator[tuple[str, str]]:
    number = identity(rng)
    shown = f"{number[0]}{'*' * 16}{number[-1]}"
    yield from ((form, shown) for form in (number, number.lower(), number.translate(FULL_WIDTH)))
    yield from ((grouped(number, sign, 6, 8), shown) for sign in (" ", "-"))
    old = number[:6] + f"{rng.randint(30, 99)}0{rng.randint(1, 9)}1{rng.randint(0, 9)}" + digits(rng, 3)
    yield old, f"{old[0]}{'*' * 13}{old[-1]}"
    yield f"身份证号{number[:-1]}0", f"身份证号{number[0]}{'*' * 16}0"


def cards(rng: random.Random) -> Iterator[tuple[str, str]]:
    for count in (16, 17, 18, 19):
        number = card(rng, count)
        while count == 18 and number[:2] in {"43", "51", "62"} and number[6:8] in {"19", "20"}:
            number = card(rng, count)  # might be an identity number as well
        for form in (
            number,
            grouped(number, " ", 4, 4, 4, 4),
            grouped(number, "-", 4, 4, 4, 4),
            number.translate(FULL_WIDTH),
        ):
            yield form, f"****{number[-4:]}"
    yield "银行卡号2222333344445555", "银行卡号****5555"


def plates(rng: random.Random) -> Iterator[tuple[str, str]]:
    place, letter = rng.choice("京鄂粤陕沪"), rng.choice("ABCDEFGH")
    for count in (5, 6):
        body = rng.choice("0123456789") + "".join(rng.choice(PLATE_SIGNS) for _ in range(count - 1))
        for form in (
            place + letter + body,
            f"{place}{letter}·{body}",
            f"{place}{letter} {body}",
            place + (letter + body).lower(),
        ):
            yield form, f"{place}{letter}***{body[-2:]}"


def others(rng: random.Random) -> Iterator[tuple[str, str]]:
    name = rng.choice("abcdxyz") + digits(rng, 5)
    yield f"{name}@qq.com", f"{name[0]}***＠qq.com"
    yield f"{name}.x_y＠example.com.cn", f"{name[0]}***＠example.com.cn"
    for label in ("微信号 ", "微信号：", "微信", "加微信 ", "微信：", "vx:", "WeChat: "):
        yield label + name, f"{label}{name[0]}***"
    yield "QQ号：123456789", "QQ号：1***"
    yield "护照号E12345678", "护照号E***"
    yield "座机：8322222", "座机：****2222"
    yield "联系人：张三丰", "联系人：张**"


def surroundings(rng: random.Random, form: str) -> tuple[str, str]:
    """Words around a number that do not themselves change what it is."""
    before, after = rng.choice(BEFORE), rng.choice(AFTER)
    if "一" in form or "零" in form:
        before = ""  # 一 would be the first digit
    if form[-1].isascii() and not form[-1].isdigit():
        after = "。"
    if len(form) >= 16 and after == " 2号楼":
        after = ""  # with it the digits may well make another right card number
    return before, after


@pytest.mark.parametrize("kind", [mobiles, landlines, identities, cards, plates])
def test_every_listed_format_is_masked(kind: Callable[[random.Random], Iterator[tuple[str, str]]]) -> None:
    rng = random.Random(20260918)
    for _ in range(200):
        for form, shown in kind(rng):
            before, after = surroundings(rng, form)
            assert mask(f"{before}{form}{after}") == f"{before}{shown}{after}"


def test_what_a_label_names_is_masked() -> None:
    rng = random.Random(20260918)
    for _ in range(50):
        for form, shown in others(rng):
            assert mask(f"{form}，谢谢") == f"{shown}，谢谢"


def harmless(rng: random.Random) -> Iterator[str]:
    year, month, day = rng.randint(2019, 2031), rng.randint(1, 12), rng.randint(1, 28)
    hour, minute, number = rng.randint(0, 23), rng.randint(0, 59), rng.randint(1, 99999)
    clock = f"{hour:02}:{minute:02}"
    yield f"{year}-{month:02}-{day:02} {clock}"
    yield f"{day} {year}-{month:02}-{day:02} {hour}:{minute:02}"
    yield f"{year}-{month:02}-{day:02} 至 {year}-{month:02}-{day:02}"
    yield f"{year}/{month}/{day} {clock}-{clock}，{year}.{month}.{day}"
    yield f"{year}年{month}月{day}日{hour}时{minute}分前办结"
    yield f"{year}-{month:02}-{day:02}T{clock}:00+08:00"
    yield f"{number}号件已登记，编号{year}-{number:06}"
    yield f"工单 {year}{month:02}{day:02}{number:06}，工单号{year}{month:02}{day:02}{number:09}"
    yield f"截止 {month}月{day}日 {clock}，还剩 {number % 9}个工作日"
    yield f"¥{number}.{minute:02}，{number * 1000:,}元，1{number:05}00000元，{number}万"
    yield f"{number % 40 + 1}号楼{number % 5 + 1}单元{number % 30 + 1}01室"
    yield f"{number % 40 + 1}-{number % 5 + 1}-{number % 30 + 1}01"
    yield "急事拨打110、119、120、122、12345，电费95598，热线400-820-8820"
    yield f"13 15 17 19 21 {number % 9}号楼停水"
    yield f"经纬度 114.{number:05},30.{number:05}"
    yield f"https://example.org/t/9f1{rng.choice('3456789')}{number:09}a?d={year}{month:02}{day:02}"
    yield "二〇二六年九月十八日，一二三四五六七八九十"


def test_dates_numbers_and_prices_stay_readable() -> None:
    rng = random.Random(18)
    for _ in range(500):
        for text in harmless(rng):
            assert mask(text) == text


def test_two_numbers_side_by_side() -> None:
    assert mask("13800138000 13900139001") == "138****8000 139****9001"
    assert mask("13800138000/0715-8322222") == "138****8000/0715-****2222"


def test_a_number_inside_a_link_is_left_unless_it_stands_alone() -> None:
    assert mask("https://example.org/t/a13800138000b") == "https://example.org/t/a13800138000b"
    assert mask("https://example.org/?tel=13800138000") == "https://example.org/?tel=138****8000"
    assert mask("vx13800138000同号") == "vx138****8000同号"


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(alphabet="0123456789 -.京A微信号x@q零一：Xab身份证", max_size=60))
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize(
    "unit",
    [
        "1", "13", "1 ", "1-", "(", "0", "010-", "+86", "a", "a.", "a@", "a@a.", "@a.a", "京A", "京A1", "微信", "微信:a", "6222 ",
        "4", "4-", "一", "一 ", "身份证", "电话", "电话:2", "http://a", "http://a1380013800", "2026-09-18 ", "3号楼", "3-", "3-1-",
        "1单元", "一百", "\u200b1", "1\ufe0f\u20e3",
    ],
)  # fmt: skip
def test_long_hostile_texts_come_to_an_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert mask(text)
    assert mask_place(text) is not None


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张**"), ("张", "张**"), ("欧阳娜娜", "欧阳**"), ("欧阳", "欧**"), (" 李四 ", "李**"), ("Smith", "S**"), ("", "")],
)  # fmt: skip
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("3号楼2单元501室", "3号楼"),
        ("3号楼2单元", "3号楼"),
        ("3号楼501", "3号楼"),
        ("3号楼（501）", "3号楼"),
        ("3栋1-802", "3栋"),
        ("三号楼二单元五零一室漏水", "三号楼漏水"),
        ("凤凰小区3号楼2单元501室门口", "凤凰小区3号楼门口"),
        ("学苑路12号3幢2单元501", "学苑路12号3幢"),
        ("A座1203", "A座"),
        ("12号501室", "12号"),
        ("2單元501室", "2單元"),
        ("501室漏水", "漏水"),
        ("8-1-802", "8栋"),
        ("8-802", "8栋"),
        ("8#1-802", "8栋"),
        ("8#802", "8栋"),
        ("8-1-802张三", "8栋张三"),
        ("3号楼和5号楼2单元", "3号楼和5号楼"),
    ],
)
def test_places_end_at_the_building(place: str, shown: str) -> None:
    assert mask_place(place) == shown


@pytest.mark.parametrize(
    "text",
    [
        "5号楼后面", "3号楼100多户停水", "3号楼20户停水", "3号楼2门禁坏了", "3号楼楼道", "12号件", "2026-09-18", "9-18",
        "9-18 16:00", "5-1000元", "3-500米", "20:30-21:30", "10-12点", "119-120", "2026-000123", "0715-8322222", "138-0013-8000",
        "3号楼2026年换的电梯", "地下室", "学苑路12号",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert mask_place(text) == text
