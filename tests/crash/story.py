"""What happens in the town while the bot is killed again and again: messages, taps, votes and long waits on a virtual clock.

Every message is clear by itself: parts that wait in the linking window may be lost in a crash (product.md §9). People name
tickets by number, because what the bot remembers of a talk dies with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.messages import Edit, InboundEvent, InboundMessage, Presence, Press, Rate, Recall
from tests.fakes import CHANNEL, CLEAR, MORNING, make_message

GREEN = "绿园3号楼的路灯坏了一个星期，晚上一片黑，麻烦修一下"
TREE = "11号楼前面的大树枝断了挂在那里，很危险，麻烦锯掉"
REPORT = "我要举报，学苑小区物业经理收装修队的好处费"


@dataclass(frozen=True, slots=True)
class Phase:
    """An instant and what happens at it; the next phase begins when all of this has settled."""

    at: datetime
    events: tuple[InboundEvent, ...] = ()


def story() -> list[Phase]:
    """A week of work and a month of waiting."""
    pace = Pace()
    return [*_first_day(pace), *_votes(pace), *_hand_over(pace), *_later_days(pace), *_silence()]


class Pace:
    """Gives every event its id, and every phase its instant."""

    def __init__(self) -> None:
        self._ids = count(1)

    def phase(self, *events: InboundEvent, **span: float) -> Phase:
        """Events at an instant after the first morning."""
        at = MORNING + timedelta(**span)
        return Phase(at, tuple(self._numbered(event, at) for event in events))

    def _numbered(self, event: InboundEvent, at: datetime) -> InboundEvent:
        number = f"e{next(self._ids)}"
        if isinstance(event, InboundMessage | Press | Rate):
            kept = event.id if event.id.startswith("known-") else number
            return replace(event, id=kept, at=at)
        return replace(event, at=at)


def say(who: str, text: str, chat: str = "xueyuan", **fields: Any) -> InboundMessage:
    """A message; ids and times are given by the pace."""
    return make_message(text, who, chat, **{"id": "", **fields})


def tap(who: str, action: str, number: int) -> Press:
    """A button."""
    return Press(CHANNEL, "xueyuan", who, "", MORNING, action, number=number)


def rate(who: str, number: int, rating: int, solved: bool | None = None, chat: str = "xueyuan") -> Rate:
    """A tap on a rating."""
    return Rate(CHANNEL, chat, who, "", MORNING, rating, None, number, solved)


def _first_day(pace: Pace) -> Iterator[Phase]:
    yield pace.phase(
        Presence(CHANNEL, "xueyuan", "bot", MORNING, True),
        say("zhang", CLEAR["drainage"]),  # 1
        say("li", "早上好[太阳]"),
        say("he", CLEAR["facilities"]),  # 2
        minutes=1,
    )
    yield pace.phase(
        say("zhou", "1号件 收到"),
        say("sun", "1号件 催一下"),
        say("qian", "1号件 催一下"),
        say("li", "今天菜价又涨了"),
        minutes=9,
    )
    yield pace.phase(say("zhou", "1号件 进展 疏通公司下午两点到"), say("zhou", "2号件 收到"), minutes=23)
    yield pace.phase(
        say("kong", CLEAR["sanitation"]),  # 3
        say("yan", CLEAR["noise"]),  # 4
        say("tao", CLEAR["parking"]),  # 5
        say("feng", GREEN, "lvyuan"),  # 6
        say("shi", "1号件 催一下"),
        minutes=37,
    )


def _votes(pace: Pace) -> Iterator[Phase]:
    yield pace.phase(
        say("zhou", "1号件 办结 已经疏通"),
        tap("zhou", "sign", 3),
        say("wu", "6号件 收到", "lvyuan"),
        hours=3,
        minutes=11,
    )
    yield pace.phase(rate("sun", 1, 4), rate("sun", 1, 3), rate("zhang", 1, 1, False), hours=3, minutes=41)
    yield pace.phase(
        say("zhou", "1号件 办结 又疏通了一遍"), say("wu", "6号件 办结 换好灯了", "lvyuan"), hours=4, minutes=17
    )
    yield pace.phase(rate("qian", 1, 5), rate("sun", 1, 4), say("feng", "非常满意", "lvyuan"), hours=4, minutes=43)
    yield pace.phase(rate("zhang", 1, 4), rate("zhang", 1, 5), say("zhou", "待办", private=True), hours=5, minutes=19)


def _hand_over(pace: Pace) -> Iterator[Phase]:
    yield pace.phase(
        say("zhou", "2号件 吹哨 @liu", mentions=("liu",)),
        say("zhou", "3号件 转派 @chen", mentions=("chen",)),
        say("zhou", "4号件 收到"),
        hours=5,
        minutes=53,
    )
    yield pace.phase(
        say("liu", "2号件 到"), say("chen", "3号件 收到"), say("zhou", "4号件 退回 不归我管"),
        say("zhang", REPORT, private=True),  # 7
        hours=6, minutes=29,
    )  # fmt: skip
    yield pace.phase(
        say("chen", "4号件 裁定"), say("zhou", "5号件 延期 等配件 到5月20日"), say("chen", "7号件 收到", private=True),
        say("du", TREE, id="known-tree"),  # 8
        hours=7, minutes=31,
    )  # fmt: skip


def _later_days(pace: Pace) -> Iterator[Phase]:
    tree = "known-tree"
    edited = Edit(CHANNEL, "xueyuan", "du", tree, MORNING, TREE + "，就在门口")
    yield pace.phase(say("chen", "5号件 同意"), edited, days=1, minutes=3)
    yield pace.phase(
        say("zhou", "2号件 办结 修好了"),
        Recall(CHANNEL, "xueyuan", "du", tree, MORNING),
        rate("kong", 3, 5),
        days=1,
        hours=2,
    )
    yield pace.phase(say("chen", "7号件 办结 已经谈话处理", private=True), say("he", "我的件"), days=2, hours=1)
    yield pace.phase(rate("zhang", 7, 4, chat="dm:zhang"), days=2, hours=3, minutes=7)


def _silence() -> Iterator[Phase]:
    """Reminders, yellow, red, the district, and polls that nobody answers."""
    for days in (3, 4, 5.1, 6, 7.2, 8, 9, 12.1, 14, 15.3, 19, 25.1, 40):
        yield Phase(MORNING + timedelta(days=days, minutes=13))
