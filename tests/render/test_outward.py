"""What leaves the house has nobody in it."""

import pytest

from bot.render.outward import outward

PERSONAL = {
    "我电话13812345678，快来": "1381",
    "打１３８１２３４５６７８": "５６７８",
    "一三八一二三四五六七八找我": "五六七八",
    "家里座机010-66123456": "3456",
    "身份证110101199003074610丢了": "4610",
    "身份证11010119900307461X": "461X",
    "卡号6222021234567890128被吞了": "0128",
    "京A12345堵着车库": "345",
    "发到zhangsan@qq.com": "zhangsan",
    "微信号zhang_san88": "san88",
    "QQ 12345678": "12345",
    "工单20260506000123没人理": "000123",
    "3号楼2单元501漏水": "501",
    "我是8-1-802的，水管响": "802",
    "看这里 https://example.org/t/abcDEF?user=zhang 坏了": "zhang",
    "@李四 你家楼上响": "李四",
    "周敏说了没人管": "周敏",
    "王建国主任说不归他管": "建国",
    "楼上李阿姨家总响": "李阿姨",
    "我叫赵小兵，灯坏了": "小兵",
    "联系人：钱多多": "多多",
    "联系人孙悦13812345678": "孙悦",
    "找吴桐 13812345678": "吴桐",
    "我是夏天天，灯不亮": "夏天天",
}


@pytest.mark.parametrize(("text", "secret"), PERSONAL.items())
def test_what_names_or_reaches_a_person_stays_at_home(text: str, secret: str) -> None:
    assert secret not in outward(text, ["周敏", "夏天天", ""])


@pytest.mark.parametrize(
    "text",
    [
        "3号楼楼道灯坏了三天了，晚上8点以后看不见",
        "下水道有味道",
        "5栋电梯又停了，老人上不去",
        "物业费一年1200元，说好2026年5月1日修",
        "隔壁金店门口的音响太吵",
    ],
)
def test_what_the_trouble_is_stays_readable(text: str) -> None:
    assert outward(text, ["周敏", "灯"]) == text  # one character is no name


def test_masked_again_it_stays_the_same() -> None:
    for text in PERSONAL:
        once = outward(text, ["周敏"])
        assert outward(once, ["周敏"]) == once


def test_endless_text_is_no_trouble() -> None:
    for part in ("王", "1", "@", "李阿", "a@", "*", "我叫"):
        outward(part * 4000, ["周敏"])
