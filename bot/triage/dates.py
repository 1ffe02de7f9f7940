"""A day in words → a date: "到9月30日", "到2026-09-30", "到30号", "到下周五"."""

import re
from datetime import date, timedelta

_FULL = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{1,2})[月/-](\d{1,2})[日号]?")
_DAY = re.compile(r"(\d{1,2})[日号]")
_WEEKDAY = re.compile(r"(下下|下|本|这)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_SPAN = re.compile(r"(\d{1,2})\s*天后?")
_NEAR = {"明天": 1, "后天": 2, "大后天": 3}
_LEAD = re.compile(r"[\s,,。;;::]*(?:延期|延长|挂起|挂账)?\s*(?:至|到|延至|延到)?\s*$")
_EDGE = " \t,,。;;::"
_WEEK = {"本": 0, "这": 0, "": 0, "下": 1, "下下": 2}


def date_in(text: str, today: date) -> tuple[date | None, str]:
    """The date that a text names, and the text without it; (None, text) where there is none or it does not exist."""
    for pattern, read in ((_FULL, _full), (_MONTH, _month), (_WEEKDAY, _weekday), (_SPAN, _span), (_DAY, _day)):
        if found := pattern.search(text):
            return read(found, today), _without(text, found.start(), found.end())
    for word in sorted(_NEAR, key=len, reverse=True):
        if (at := text.find(word)) >= 0:
            return today + timedelta(days=_NEAR[word]), _without(text, at, at + len(word))
    return None, text


def _without(text: str, start: int, end: int) -> str:
    return (_LEAD.sub("", text[:start]) + " " + text[end:].lstrip(_EDGE + "前")).strip(_EDGE)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full(found: re.Match[str], _today: date) -> date | None:
    return _made(int(found[1]), int(found[2]), int(found[3]))


def _month(found: re.Match[str], today: date) -> date | None:
    day = _made(today.year, int(found[1]), int(found[2]))
    return _made(today.year + 1, int(found[1]), int(found[2])) if day is not None and day < today else day


def _day(found: re.Match[str], today: date) -> date | None:
    day = _made(today.year, today.month, int(found[1]))
    if day is not None and day >= today:
        return day
    later = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _made(later.year, later.month, int(found[1]))


def _weekday(found: re.Match[str], today: date) -> date | None:
    wanted = "一二三四五六日天".index(found[2]) % 7 if found[2] != "天" else 6
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=wanted, weeks=_WEEK[found[1] or ""])
    return day + timedelta(weeks=1) if not found[1] and day <= today else day


def _span(found: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=int(found[1]))
