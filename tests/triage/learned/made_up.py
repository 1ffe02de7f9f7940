"""Made-up labelled text: three trades, each with its own words between words that all share."""

import random

WORDS = {
    "灯": ("路灯", "灯泡", "楼道灯", "不亮", "照明"),
    "水": ("水管", "漏水", "停水", "水压", "下水道"),
    "车": ("停车", "车位", "堵车", "公交", "占道"),
}
SHARED = ("小区", "门口", "请问", "什么时候", "麻烦", "一直", "3栋", "居民", "希望", "处理")


def labelled(rows: int, seed: int = 0, length: int = 4) -> tuple[list[str], list[str]]:
    """Texts and labels; the same for the same seed."""
    chance = random.Random(seed)
    labels = [chance.choice(sorted(WORDS)) for _ in range(rows)]
    return ["".join(_words(chance, label, length)) for label in labels], labels


def _words(chance: random.Random, label: str, length: int) -> list[str]:
    words = [chance.choice(WORDS[label]), *chance.choices(SHARED, k=length)]
    chance.shuffle(words)
    return words
