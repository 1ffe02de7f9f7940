"""Times as exports write them → instants in UTC. What names no day (昨天, 星期三) is no time."""

import re
from datetime import UTC, datetime, tzinfo

from adapters.chatlog.entries import shown

DATE = r"[0-9]{4}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日)"
HALF = r"(?:上午|下午|凌晨|早上|中午|晚上|AM|PM)"
CLOCK = rf"(?:{HALF} ?)?[0-9]{{1,2}}[:：][0-9]{{2}}(?:[:：][0-9]{{2}})?(?: ?[AP]M)?"
STAMP = rf"{DATE}(?:[ T\u00a0\u202f]{{1,3}}|(?<=日)){CLOCK}"
RELATIVE = rf"(?:昨天|前天|今天|(?:星期|周)[一二三四五六日天]|[0-9]{{1,2}}月[0-9]{{1,2}}日|[0-9]{{1,2}}[-/][0-9]{{1,2}}) ?{CLOCK}"

_FIRST, _LAST = 2000, 2100  # years a chat can be of
_NUMBERS = re.compile(r"[0-9]+")
_EPOCH = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?|[0-9]{12,13}")
_LATER = ("下午", "晚上", "PM")
_EARLIER = ("上午", "凌晨", "早上", "AM")


class NoMoment(ValueError):
    """Words that are no time; says why in Chinese."""


def is_relative(text: str) -> bool:
    """Whether a time counts from a day that the file does not name."""
    return re.fullmatch(RELATIVE, text.strip()) is not None


def moment(text: str, zone: tzinfo) -> datetime:
    """The instant that a time names, in whole seconds; without an offset it is the zone's. Raises NoMoment."""
    text = text.strip()
    if not text:
        raise NoMoment("没有时间")
    if is_relative(text):
        raise NoMoment(f"“{shown(text)}”没有写明是哪年哪月哪日，请改成完整日期再导入")
    try:
        at = _read(text, zone).replace(microsecond=0).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoMoment(f"“{shown(text)}”不是时间") from None
    if not _FIRST <= at.year <= _LAST:
        raise NoMoment(f"“{shown(text)}”的年份不对")
    return at


def _read(text: str, zone: tzinfo) -> datetime:
    if _EPOCH.fullmatch(text):
        seconds = float(text) if len(text) < 12 or "." in text else int(text) / 1000
        return datetime.fromtimestamp(int(seconds), UTC)
    if re.fullmatch(STAMP, text):
        return _civil(text).replace(tzinfo=zone)
    if re.fullmatch(DATE, text):
        return _civil(f"{text} 0:00").replace(tzinfo=zone)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _civil(text: str) -> datetime:
    year, month, day, hour, minute, second = [*map(int, _NUMBERS.findall(text)), 0][:6]
    if any(word in text for word in _LATER) and hour < 12:
        hour += 12
    elif any(word in text for word in _EARLIER) and hour == 12:
        hour = 0
    elif "中午" in text and hour < 11:
        hour += 12
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller knows the zone
