"""Working time and the calendar that the tests of limits share."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import bot.domain
from bot.domain.deadline import WorkingTime
from bot.domain.hours import DEFAULT_HOURS, OfficeHours
from bot.domain.workcalendar import WorkCalendar, from_json

FOLDER = Path(bot.domain.__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = from_json((FOLDER / "calendars" / "CN.json").read_text(encoding="utf-8"))
OFFICE = WorkingTime(CHINA, DEFAULT_HOURS, SHANGHAI)
SUMMER = "Mon-Fri 08:30-12:00,14:30-17:30"
ALWAYS = "Mon-Sun 00:00-24:00"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A local time as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def working(hours: str, zone: str = "Asia/Shanghai", calendar: WorkCalendar = CHINA) -> WorkingTime:
    """Working time with these hours."""
    return WorkingTime(calendar, OfficeHours.parse(hours), ZoneInfo(zone))
