"""A span of days in words → two instants: "明天到周五", "11月25日下午", "下周", "今天起三天", "到30号". The text is folded."""

import re
from datetime import date, datetime, time, timedelta

from bot.triage.dates import date_in

LONGEST = timedelta(days=366)
_PART = "上午|早上|中午|下午|晚上"
_MENTION = re.compile(
    r"(?P<weekend>(?P<which>下|本|这)?个?(?:周|星期)末)"
    r"|(?P<week>(?P<whose>下下|下|本|这)个?(?:周|星期|礼拜)(?![一二三四五六日天]))"
    r"|(?P<one>大后天|[明后今]天|[今明]日|20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}[月/]\d{1,2}[日号]?"
    r"|(?:下下|下|本|这)?个?(?:周|星期|礼拜)[一二三四五六日天]|\d{1,2}[日号](?![楼件院线栋])"
    r"|\d{1,2}(?=\s*(?:-|–|—|~|到|至)\s*\d{1,2}[日号](?![楼件院线栋])))"
    rf"(?P<part>{_PART})?"
)
_JOINED = re.compile(r"\s*(?:到|至|直到|-|–|—|~|～|和|、|与)\s*")
_UNTIL = re.compile(r"(?:到|至|直到)\s*$")
_SPAN = re.compile(
    r"(\d{1,3}|半|[一二两三四五六七八九十]{1,3})\s*个?(天|日(?![期常])|周(?![一二三四五六日天末])|星期(?![一二三四五六日天])|礼拜|月)(?![前号])"
)
_HOURS = {"上午": (0, 12), "早上": (0, 12), "中午": (11, 14), "下午": (12, 24), "晚上": (18, 24), "": (0, 24)}
_WEEKS = {"下下": 2, "下": 1}
_DAYS = {"天": 1, "日": 1, "月": 30}
_NUMBERS = "零一二三四五六七八九十"
_SAID = {"今天": 0, "今日": 0, "明日": 1}

Span = tuple[datetime, datetime]


def period_in(text: str, now: datetime) -> Span | None:
    """From and until, in the zone of ``now`` and not before it; None where no day is named, or one that is over."""
    mentions = list(_MENTION.finditer(text))
    found = _named(text, mentions, now) if mentions else _counted(text, now.date(), now)
    if found is None or not now < found[1] <= now + LONGEST:
        return None
    start = max(found[0], now)
    return (start, found[1]) if start < found[1] else None


def _named(text: str, mentions: list[re.Match[str]], now: datetime) -> Span | None:
    first = _span_of(mentions[0], now.date(), now)
    if first is None:
        return None
    if len(mentions) > 1 and _JOINED.fullmatch(text, mentions[0].end(), mentions[1].start()):
        last = _span_of(mentions[1], first[0].date(), now)
        return (first[0], last[1]) if last and last[1] > first[0] else None
    if _UNTIL.search(text[: mentions[0].start()]):
        return now, first[1]
    counted = _counted(text[mentions[0].end() :], first[0].date(), now)
    return (first[0], counted[1]) if counted and counted[1] > first[1] else first


def _span_of(mention: re.Match[str], today: date, now: datetime) -> Span | None:
    """The instants that a mention of a day, a week or a weekend takes in."""
    monday = today - timedelta(days=today.weekday())
    if mention["weekend"]:
        saturday = monday + timedelta(days=5, weeks=1 if mention["which"] == "下" else 0)
        return _from_to(saturday, saturday + timedelta(days=1), "", now)
    if mention["week"]:
        begin = monday + timedelta(weeks=_WEEKS.get(mention["whose"], 0))
        return _from_to(begin, begin + timedelta(days=6), "", now)
    day = _day_of(mention["one"], today, now.date())
    return _from_to(day, day, mention["part"] or "", now) if day else None


def _day_of(said: str, today: date, real: date) -> date | None:
    """``today`` is what a weekday or a day of the month comes after: in a span, its first day."""
    if said in _SAID:
        return real + timedelta(days=_SAID[said])
    if said.endswith("天") and said[0] in "明后大":
        return date_in(said, real)[0]
    return date_in(f"{said}号" if said.isdigit() else said, today)[0]


def _from_to(first: date, last: date, part: str, now: datetime) -> Span:
    begin, end = _HOURS[part]
    return _at(first, begin, now), _at(last, end, now)


def _at(day: date, hour: int, now: datetime) -> datetime:
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), now.tzinfo)


def _counted(text: str, first: date, now: datetime) -> Span | None:
    """So many days, the first one included; half a day ends at the next noon or midnight."""
    found = _SPAN.search(text)
    if found is None:
        return None
    if found[1] == "半":
        noon = _at(first, 12, now)
        return (now, noon if now < noon else _at(first, 24, now)) if found[2] == "天" else None
    days = _number(found[1]) * _DAYS.get(found[2], 7)
    return _from_to(first, first + timedelta(days=days - 1), "", now) if days else None


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.replace("两", "二").rpartition("十")
    if not ten:
        return _NUMBERS.index(said.replace("两", "二")) if len(said) == 1 else 0
    return (_NUMBERS.find(tens) if tens else 1) * 10 + (max(_NUMBERS.find(ones), 0) if ones else 0)
