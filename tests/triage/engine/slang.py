"""A made-up community: its people have names of their own for things, and clubs that are called like troubles."""

import random
from typing import NamedTuple

THINGS = {
    "蓝胖子": "facilities", "老铁盒": "facilities", "天眼哥": "facilities", "大肚坛": "drainage", "黑龙口": "drainage",
    "暖宝管": "utilities", "水哥": "utilities", "绿毯子": "greenery", "胡子爷爷": "greenery", "百宝桶": "sanitation",
    "红鼻头": "safety", "铁马阵": "parking",
}  # fmt: skip
STATES = (
    "又趴窝了",
    "从早上就闹脾气",
    "躺平两天啦",
    "又不认人",
    "今天罢工了",
    "又发疯了",
    "歇菜了还没人管",
    "不灵光了",
)
WHERE = ("", "", "三栋的", "我们楼下", "东门那边", "后院")
ENDS = ("", "，来个人瞧瞧", "，有人管没", "，急死个人", "，老人都没办法", "，昨晚就这样")
CLUBS = ("断电队", "漏水乐队", "堵车老鹰社", "停水合唱团", "噪音小分队")
DOINGS = ("今晚排练改到八点", "又赢了一场", "招新人，会唱就行", "周六老地方见", "昨天太精彩了", "拍的照片发群里了")
TALK = ("，来不来", "，大家捧场", "，我带水果", "，哈哈", "")


class Line(NamedTuple):
    """A line of the community and what is right."""

    text: str
    act: str
    category: str


def lines(number: int, seed: int = 1) -> list[Line]:
    """So many different lines in no order: two of three tell a matter."""
    chosen = random.Random(seed)
    told = [Line(f"{where}{thing}{state}{end}", "new", THINGS[thing])
            for thing in THINGS for state in STATES for where in dict.fromkeys(WHERE) for end in ENDS]  # fmt: skip
    talk = [Line(f"{club}{doing}{end}", "chat", "") for club in CLUBS for doing in DOINGS for end in TALK]
    found = chosen.sample(told, 2 * number // 3) + chosen.sample(talk, number - 2 * number // 3)
    chosen.shuffle(found)
    return found
